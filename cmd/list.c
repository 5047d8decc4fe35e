/* SPDX-License-Identifier: ISC */
/*
 * list: the members of an archive, or the parts of a document. Side: caller.
 * Names are the archive's words: what could move a line or hide in it never
 * reaches the terminal, and where that changes a name, JSON has its bytes, too.
 */
#include <inttypes.h>

#include "cmd/blocks.h"
#include "cmd/commands.h"
#include "cmd/files.h"
#include "cmd/flags.h"
#include "cmd/members.h"
#include "cmd/options.h"

static const char *const type_names[] = {[GBX_MEMBER_FILE] = "file",
    [GBX_MEMBER_FOLDER] = "folder",
    [GBX_MEMBER_SYMLINK] = "symlink",
    [GBX_MEMBER_HARDLINK] = "hardlink",
    [GBX_MEMBER_OTHER] = "other"};

/* By bit of enum gbx_member_flag. */
static const char *const flag_names[] = {"absolute", "up", "cut", "encrypted",
    "overlap", "duplicate", "ambiguous", "unread"};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *
type_name(uint32_t type)
{
	return type < COUNT(type_names) && type_names[type] ? type_names[type]
							    : "other";
}

bool
gbx_cmd_member(const struct gbx_result *result, size_t *at, uint32_t *number,
    struct gbx_record *ret_record)
{
	struct gbx_block block;
	size_t i;

	if (!gbx_cmd_find_block(result, GBX_BLOCK_RECORDS, &i, &block))
		return false;
	for (; *at < block.records; ++*at) {
		ret_record->size = sizeof(*ret_record);
		if (gbx_result_record(result, i, *at, ret_record) == GBX_OK &&
		    ret_record->kind == GBX_RECORD_MEMBER) {
			++*at;
			++*number;
			return true;
		}
	}
	return false;
}

static void
text_flags(uint32_t flags)
{
	const char *before = "  [";

	for (size_t i = 0; i < COUNT(flag_names); i++) {
		if (!(flags >> i & 1))
			continue;
		printf("%s%s", before, flag_names[i]);
		before = " ";
	}
	if (flags)
		putchar(']');
}

static void
text_member(uint32_t number, const struct gbx_record *r)
{
	printf("%6" PRIu32 " %12" PRIu64 " %12" PRIu64 "  %-8s  ", number,
	    r->bytes, r->packed, type_name(r->type));
	gbx_cmd_print_visible(stdout, r->name, r->name_length);
	if (r->value_length > 0) {
		fputs(" -> ", stdout);
		gbx_cmd_print_visible(stdout, r->value, r->value_length);
	}
	text_flags(r->flags);
	putchar('\n');
}

static void
json_member(struct gbx_cmd_json *j, uint32_t number, const struct gbx_record *r)
{
	gbx_cmd_json_open(j, NULL, '{');
	gbx_cmd_json_number(j, "number", number);
	gbx_cmd_json_string(j, "name", r->name, r->name_length);
	if (r->raw_length > 0)
		gbx_cmd_json_base64(j, "raw", r->raw, r->raw_length);
	gbx_cmd_json_name(j, "type", type_name(r->type));
	if (r->value_length > 0)
		gbx_cmd_json_string(j, "target", r->value, r->value_length);
	gbx_cmd_json_number(j, "size", r->bytes);
	gbx_cmd_json_number(j, "packed", r->packed);
	gbx_cmd_json_number(j, "offset", r->offset);
	gbx_cmd_json_open(j, "flags", '[');
	for (size_t i = 0; i < COUNT(flag_names); i++)
		if (r->flags >> i & 1)
			gbx_cmd_json_name(j, NULL, flag_names[i]);
	gbx_cmd_json_close(j, ']');
	gbx_cmd_json_close(j, '}');
}

static void
say_json(const struct gbx_cmd_answer *a, const struct gbx_result *result)
{
	struct gbx_cmd_json j = {.f = stdout};
	uint32_t number = UINT32_MAX;
	struct gbx_record r;
	size_t at = 0;

	gbx_cmd_answer_keys(&j, a);
	gbx_cmd_flags_json(&j, result);
	gbx_cmd_json_open(&j, "members", '[');
	while (gbx_cmd_member(result, &at, &number, &r))
		json_member(&j, number, &r);
	gbx_cmd_json_close(&j, ']');
	gbx_cmd_json_close(&j, '}');
	fputc('\n', stdout);
	(void)gbx_cmd_flush();
}

static void
say_text(const struct gbx_cmd_answer *a, const struct gbx_result *result)
{
	uint32_t number = UINT32_MAX;
	struct gbx_record r;
	size_t at = 0;

	printf("%6s %12s %12s  %-8s  %s\n", "number", "size", "packed", "type",
	    "name");
	while (gbx_cmd_member(result, &at, &number, &r))
		text_member(number, &r);
	if (!gbx_cmd_flush())
		return;
	if (a->degraded)
		gbx_cmd_complain(a->file, "damaged: members may be missing");
	if (gbx_cmd_flags(result) & GBX_DOC_AMBIGUOUS)
		gbx_cmd_complain(
		    a->file, "ambiguous: other programs may see other members");
}

static void
take_list(void *context, struct gbx_broker *broker, struct gbx_cmd_answer *a,
    const struct gbx_result *result)
{
	const struct gbx_cmd_options *o = context;

	(void)broker;
	if (a->verdict != GBX_VERDICT_OK)
		return;
	if (o->json)
		say_json(a, result);
	else
		say_text(a, result);
	a->said = true;
}

int
gbx_cmd_list(const struct gbx_cmd_options *o)
{
	struct gbx_cmd_options options = *o;
	struct gbx_cmd_work work = {.options = &options,
	    .op = GBX_OP_LIST,
	    .file = o->operand,
	    .n_files = 1,
	    .lines = o->json ? stdout : stderr,
	    .done = take_list,
	    .context = &options};

	return gbx_cmd_files(&work);
}
