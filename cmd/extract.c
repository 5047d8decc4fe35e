/* SPDX-License-Identifier: ISC */
/*
 * extract: one member of an archive, by number or name, or all of them.
 * Side: caller.
 * What comes out is as hostile as what went in, and is written as it is. No
 * name of the archive's ever becomes the name of a file: one member goes where
 * the user says, all go to numbers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/cleanup.h"
#include "cmd/blocks.h"
#include "cmd/commands.h"
#include "cmd/files.h"
#include "cmd/input.h"
#include "cmd/members.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/session.h"
#include "cmd/values.h"

struct extract {
	const struct gbx_cmd_options *options;
	struct gbx_cmd_session session;
	const char *file;
	FILE *lines;
	int fd; /* the archive; read anew for each job */
	int status;
	uint64_t left; /* of the limit `output`, for all together */
};

/* ---- asking -------------------------------------------------------------- */

/* One job. *ret_result is NULL unless it went well; *a tells it all. */
static void
ask(struct extract *x, enum gbx_op op, uint32_t member,
    struct gbx_cmd_answer *a, struct gbx_result **ret_result)
{
	struct gbx_input input;
	struct gbx_job job;
	enum gbx_err err;

	*ret_result = NULL;
	if (!gbx_cmd_session_open(&x->session, x->fd, a))
		return;
	gbx_input_init(&input);
	input.fd = x->fd;
	input.type = x->options->format;
	gbx_cmd_job(x->options, op, &job);
	job.first = member;
	errno = 0;
	err = gbx_run(x->session.broker, &input, &job, ret_result);
	if (err != GBX_OK) {
		gbx_cmd_answer_error(a, errno, gbx_cmd_call_failed(err, errno));
		return;
	}
	gbx_cmd_answer_result(a, *ret_result);
	if (a->verdict != GBX_VERDICT_OK) {
		gbx_result_free(*ret_result);
		*ret_result = NULL;
	}
}

static void
say(struct extract *x, struct gbx_cmd_answer *a)
{
	x->status = gbx_cmd_worse(x->status, gbx_cmd_answer_status(a));
	if (x->options->json)
		gbx_cmd_answer_json(x->lines, a);
	else
		gbx_cmd_answer_text(x->lines, a);
	gbx_cmd_more_free(&a->more);
}

/* ---- writing ------------------------------------------------------------- */

static int
write_bytes(const char *path, const struct gbx_block *bytes)
{
	struct gbx_cmd_output out;
	int error = gbx_cmd_output_open(path, &out);

	if (error)
		return error;
	if (bytes->length > 0 &&
	    fwrite(bytes->data, 1, bytes->length, out.f) != bytes->length) {
		error = errno;
		gbx_cmd_output_abort(&out);
		return error;
	}
	return gbx_cmd_output_commit(&out);
}

static void
give(struct extract *x, uint32_t member, const char *path,
    struct gbx_cmd_answer *a)
{
	struct gbx_result *result;
	struct gbx_block bytes;
	int error;

	ask(x, GBX_OP_EXTRACT, member, a, &result);
	if (!result)
		return;
	if (!gbx_cmd_find_block(result, GBX_BLOCK_BYTES, NULL, &bytes)) {
		gbx_cmd_answer_error(a, 0, "the result has no bytes");
	} else if (bytes.length > x->left) {
		a->verdict = GBX_VERDICT_LIMIT;
		a->limit = GBX_LIMIT_OUTPUT;
		a->detail = "all members together are larger";
	} else {
		x->left -= bytes.length;
		error = write_bytes(path, &bytes);
		if (error)
			gbx_cmd_answer_output(a, path, error);
	}
	gbx_result_free(result);
}

/* ---- which --------------------------------------------------------------- */

static bool
is_called(const struct gbx_record *r, const char *name, size_t length)
{
	if (r->raw_length == length && memcmp(r->raw, name, length) == 0)
		return true;
	return r->name_length == length && memcmp(r->name, name, length) == 0;
}

/* The one that is called so. */
static bool
find_member(struct extract *x, const char *name, struct gbx_cmd_answer *a,
    uint32_t *ret_number)
{
	uint32_t number = UINT32_MAX, n = 0;
	struct gbx_result *result;
	struct gbx_record r;
	size_t at = 0;

	ask(x, GBX_OP_LIST, 0, a, &result);
	if (!result)
		return false;
	while (gbx_cmd_member(result, &at, &number, &r)) {
		if (!is_called(&r, name, strlen(name)))
			continue;
		*ret_number = number;
		n++;
	}
	gbx_result_free(result);
	if (n == 1)
		return true;
	a->verdict = GBX_VERDICT_UNSUPPORTED;
	a->detail = n == 0 ? "no member is called so; see 'glovebox list'"
			   : "several members are called so: give a number; "
			     "see 'glovebox list'";
	return false;
}

static void
give_one(struct extract *x)
{
	const char *member = x->options->operand[1];
	struct gbx_cmd_answer a = {.file = x->file};
	uint32_t number = 0;
	uint64_t n = 0;

	if (gbx_cmd_parse_number(member, 1, &n)) {
		/* So many there can't be. */
		number = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
		give(x, number, x->options->operand[2], &a);
	} else if (find_member(x, member, &a, &number)) {
		gbx_cmd_more_free(&a.more);
		a = (struct gbx_cmd_answer){.file = x->file};
		give(x, number, x->options->operand[2], &a);
	}
	say(x, &a);
}

/* ---- all of them --------------------------------------------------------- */

static void
give_numbered(struct extract *x, uint32_t number)
{
	gbx_autofree char *path = NULL, *shown = NULL;
	struct gbx_cmd_answer a = {0};

	if (asprintf(&path, "%s/%06u", x->options->all, number) < 0 ||
	    asprintf(&shown, "%s[%u]", x->file, number) < 0) {
		gbx_cmd_complain(NULL, "no memory");
		x->status = EX_OSERR;
		return;
	}
	a.file = shown;
	give(x, number, path, &a);
	say(x, &a);
}

static void
give_all(struct extract *x)
{
	struct gbx_cmd_answer a = {.file = x->file};
	uint32_t number = UINT32_MAX;
	struct gbx_result *result;
	struct gbx_record r;
	size_t at = 0;

	if (mkdir(x->options->all, 0777) != 0 && errno != EEXIST) {
		gbx_cmd_answer_output(&a, x->options->all, errno);
		say(x, &a);
		return;
	}
	ask(x, GBX_OP_LIST, 0, &a, &result);
	say(x, &a);
	while (result && gbx_cmd_member(result, &at, &number, &r))
		if (r.type == GBX_MEMBER_FILE)
			give_numbered(x, number);
	gbx_result_free(result);
}

/* ---- the command --------------------------------------------------------- */

static bool
check_operands(const struct gbx_cmd_options *o)
{
	const struct gbx_cmd_command *c = o->command;

	if (o->n_operands != (o->all ? 1 : 3)) {
		gbx_cmd_complain(
		    NULL, "usage: glovebox %s %s", c->name, c->usage);
		return false;
	}
	if (!o->all && gbx_cmd_output_is_terminal(o->operand[2])) {
		gbx_cmd_complain(o->operand[2],
		    "a member is not written to a terminal; if it must be, "
		    "name it: /dev/tty");
		return false;
	}
	return true;
}

/* What can be read once alone is read into memory: jobs follow each other. */
static bool
open_archive(struct extract *x, struct gbx_cmd_answer *a)
{
	int error = gbx_cmd_input_open(x->file, &x->fd);

	if (!error)
		error = gbx_cmd_input_keep(
		    &x->fd, x->options->limit[GBX_LIMIT_INPUT]);
	if (error == EFBIG) {
		a->known = true;
		a->verdict = GBX_VERDICT_LIMIT;
		a->limit = GBX_LIMIT_INPUT;
	} else if (error) {
		gbx_cmd_open_failed(a, error);
	}
	return error == 0;
}

int
gbx_cmd_extract(const struct gbx_cmd_options *o)
{
	struct gbx_limit_info most = {.size = sizeof(most)};
	struct extract x = {.options = o, .fd = -1, .status = EX_OK};
	struct gbx_cmd_answer a = {0};

	if (!check_operands(o))
		return EX_USAGE;
	x.file = a.file = o->operand[0];
	x.lines = !o->all && gbx_cmd_output_is_stdout(o->operand[2]) ? stderr
								     : stdout;
	x.left = o->limit[GBX_LIMIT_OUTPUT];
	if (x.left == 0 && gbx_limit_info(GBX_LIMIT_OUTPUT, &most) == GBX_OK)
		x.left = most.standard;
	gbx_cmd_session_init(&x.session, o, 1);
	if (!open_archive(&x, &a))
		say(&x, &a);
	else if (o->all)
		give_all(&x);
	else
		give_one(&x);
	gbx_cmd_session_done(&x.session);
	gbx_close_fd(&x.fd);
	return x.status;
}
