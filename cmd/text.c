/* SPDX-License-Identifier: ISC */
/*
 * text: the text of a document. Side: caller.
 * A terminal gets no bidi control and no invisible character of the text as
 * it is; a file or a pipe gets the text unchanged.
 */
#include <unistd.h>

#include "cmd/blocks.h"
#include "cmd/commands.h"
#include "cmd/files.h"
#include "cmd/flags.h"
#include "cmd/options.h"

static void
json_text(struct gbx_cmd_json *j, const struct gbx_result *result)
{
	struct gbx_block block;
	size_t i;

	if (gbx_cmd_find_block(result, GBX_BLOCK_TEXT, &i, &block))
		gbx_cmd_json_string(j, "text", block.data, block.length);
	else
		gbx_cmd_json_string(j, "text", "", 0);
}

/* The last property that belongs to no other: which record it is, and its place
 * in the list. */
struct owner {
	uint32_t record; /* + 1 */
	uint64_t place;
};

static void
json_property(struct gbx_cmd_json *j, const struct gbx_record *record,
    const struct owner *owner)
{
	gbx_cmd_json_open(j, NULL, '{');
	gbx_cmd_json_string(j, "name", record->name, record->name_length);
	gbx_cmd_json_string(j, "value", record->value, record->value_length);
	if (record->parent != 0 && record->parent == owner->record)
		gbx_cmd_json_number(j, "parent", owner->place);
	gbx_cmd_json_close(j, '}');
}

static void
json_properties(struct gbx_cmd_json *j, const struct gbx_result *result)
{
	struct gbx_record record = {.size = sizeof(record)};
	struct gbx_block block = {0};
	struct owner owner = {0};
	uint64_t place = 0;
	size_t i = 0;

	gbx_cmd_json_open(j, "properties", '[');
	if (!gbx_cmd_find_block(result, GBX_BLOCK_RECORDS, &i, &block))
		block.records = 0;
	for (uint32_t k = 0; k < block.records; k++) {
		if (gbx_result_record(result, i, k, &record) != GBX_OK ||
		    record.kind != GBX_RECORD_PROPERTY)
			continue;
		if (record.parent == 0)
			owner = (struct owner){k + 1, place};
		json_property(j, &record, &owner);
		place++;
	}
	gbx_cmd_json_close(j, ']');
}

static void
say_json(struct gbx_cmd_answer *a, const struct gbx_result *result)
{
	struct gbx_cmd_json j = {.f = stdout};

	gbx_cmd_more_free(&a->more);
	gbx_cmd_answer_keys(&j, a);
	json_text(&j, result);
	json_properties(&j, result);
	gbx_cmd_flags_json(&j, result);
	gbx_cmd_json_close(&j, '}');
	fputc('\n', stdout);
	(void)gbx_cmd_flush();
}

static void
say_text(const struct gbx_cmd_answer *a, const struct gbx_result *result)
{
	struct gbx_block block;
	size_t i;

	if (gbx_cmd_find_block(result, GBX_BLOCK_TEXT, &i, &block)) {
		if (isatty(STDOUT_FILENO))
			gbx_cmd_print_visible(stdout, block.data, block.length);
		else
			(void)gbx_cmd_put(block.data, block.length);
	}
	if (!gbx_cmd_flush())
		return;
	/* What a reader of this text alone would be wrong about. */
	if (a->degraded)
		gbx_cmd_complain(
		    a->file, "damaged: part of the text is missing");
	if (gbx_cmd_flags(result) & GBX_DOC_AMBIGUOUS)
		gbx_cmd_complain(a->file,
		    "ambiguous: other programs may show different text");
}

static void
take_text(void *context, struct gbx_broker *broker, struct gbx_cmd_answer *a,
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
gbx_cmd_text(const struct gbx_cmd_options *o)
{
	struct gbx_cmd_options options = *o;
	struct gbx_cmd_work work = {.options = &options,
	    .op = GBX_OP_TEXT,
	    .file = o->operand,
	    .n_files = 1,
	    .lines = o->json ? stdout : stderr,
	    .done = take_text,
	    .context = &options};

	return gbx_cmd_files(&work);
}
