/* SPDX-License-Identifier: ISC */
/* Jobs whose right answer is known; see asks.h. Side: caller. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/faults/asks.h"
#include "tests/support/docx.h"
#include "tests/support/picture.h"

#define ONE(verdict) (1U << GBX_VERDICT_##verdict)

static struct {
	uint32_t width, height, seed;
	uint8_t *png;
	size_t size;
} picture[] = {{24, 20, 3, NULL, 0}, {200, 150, 4, NULL, 0}};
static uint8_t *docx;
static size_t docx_size;
static const char docx_text[] = "what was written";

bool
ask_prepare(void)
{
	size_t i;

	for (i = 0; i < sizeof(picture) / sizeof(picture[0]); i++) {
		picture[i].png = test_picture(picture[i].width,
		    picture[i].height, picture[i].seed, &picture[i].size);
		if (picture[i].png == NULL)
			return false;
	}
	docx = test_docx(docx_text, &docx_size);
	return docx != NULL;
}

/* ---- questions ----------------------------------------------------------- */

static void
begin(struct ask *a, const char *name, enum gbx_op op)
{
	memset(a, 0, sizeof(*a));
	a->name = name;
	a->verdicts = ONE(OK);
	gbx_input_init(&a->input);
	gbx_job_init(&a->job, op);
	a->job.limit[GBX_LIMIT_WALL] = 60000;
	a->job.limit[GBX_LIMIT_CPU] = 60000;
	a->job.cookie = a;
}

void
ask_picture(struct ask *a, int number)
{
	begin(a, number == 0 ? "a picture" : "a large picture", GBX_OP_DECODE);
	a->input.data = picture[number].png;
	a->input.length = picture[number].size;
	a->content = ASK_PIXELS;
	a->width = picture[number].width;
	a->height = picture[number].height;
	a->seed = picture[number].seed;
}

void
ask_file(struct ask *a, int number, int fd)
{
	ask_picture(a, number);
	a->input.data = NULL;
	a->input.length = 0;
	a->input.fd = fd;
	a->name = "a picture in a file";
}

void
ask_document(struct ask *a)
{
	begin(a, "a document", GBX_OP_TEXT);
	a->input.data = docx;
	a->input.length = docx_size;
	a->content = ASK_TEXT;
	a->text = docx_text;
}

void
ask_liar(struct ask *a, const char *script, enum gbx_verdict verdict)
{
	static char input[8][512];
	static int next;
	char *p = input[next++ % 8];

	begin(a, script, GBX_OP_DECODE);
	a->input.length = (size_t)snprintf(
	    p, sizeof(input[0]), "\x89PNG\r\n\x1a\n %s", script);
	a->input.data = p;
	a->job.limit[GBX_LIMIT_OUTPUT] = 1 << 20;
	a->job.limit[GBX_LIMIT_WALL] = 8000;
	a->verdicts = 1U << verdict;
}

void
ask_also(struct ask *a, enum gbx_verdict verdict)
{
	a->verdicts |= 1U << verdict;
}

int
ask_memfd(int number, bool sealed)
{
	int fd = memfd_create("sample", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;

	if (write(fd, picture[number].png, picture[number].size) !=
		(ssize_t)picture[number].size ||
	    (sealed && fcntl(fd, F_ADD_SEALS, seals) != 0))
		abort();
	return fd;
}

int
ask_silent_pipe(int *ret_writer)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) != 0)
		abort();
	*ret_writer = fd[1];
	return fd[0];
}

int
ask_pipe(int number)
{
	int writer, fd = ask_silent_pipe(&writer);

	if (write(writer, picture[number].png, picture[number].size) !=
	    (ssize_t)picture[number].size)
		abort();
	close(writer);
	return fd;
}

/* ---- answers ------------------------------------------------------------- */

static bool
right_block(const struct ask *a, const struct gbx_block *b)
{
	switch (a->content) {
	case ASK_PIXELS:
		return b->kind == GBX_BLOCK_PIXELS && b->width == a->width &&
		       b->height == a->height &&
		       test_pixels(
			   b->data, b->stride, a->width, a->height, a->seed);
	case ASK_SIZE:
		return b->kind == GBX_BLOCK_PIXELS && b->width == a->width &&
		       b->height == a->height && b->length == 0;
	case ASK_SMALL:
		return b->kind == GBX_BLOCK_PIXELS && b->width >= 1 &&
		       b->height >= 1 && b->width <= a->job.box_w &&
		       b->height <= a->job.box_h &&
		       b->length == 4 * (size_t)b->width * b->height;
	case ASK_TEXT:
		return b->kind == GBX_BLOCK_TEXT &&
		       b->length >= strlen(a->text) &&
		       memcmp(b->data, a->text, strlen(a->text)) == 0;
	case ASK_NOTHING:
		break;
	}
	return true;
}

static const char *
say(const struct ask *a, const struct gbx_result *r, const char *what)
{
	static char text[512];

	snprintf(text, sizeof(text), "%s: %s: %s, %s, %s", a->name, what,
	    gbx_verdict_name(gbx_result_verdict(r)), gbx_result_detail(r),
	    gbx_result_errno(r) != 0 ? strerrorname_np(gbx_result_errno(r))
				     : "no errno");
	return text;
}

static const char *
judge(const struct ask *a, const struct gbx_result *r, bool strict)
{
	struct gbx_block b = {.size = sizeof(b)};
	enum gbx_verdict v = gbx_result_verdict(r);

	if (gbx_result_cookie(r) != a)
		return say(a, r, "another job's answer");
	if (!strict &&
	    (v == GBX_VERDICT_ERROR || v == GBX_VERDICT_UNAVAILABLE)) {
		if (gbx_result_blocks(r) != 0)
			return say(a, r, "an error with a result");
		return gbx_result_errno(r) > 0
			   ? NULL
			   : say(a, r, "an error that is none");
	}
	if (!(a->verdicts & (1U << v)))
		return say(a, r, "wrong verdict");
	if (v != GBX_VERDICT_OK)
		return gbx_result_blocks(r) == 0 ? NULL
						 : say(a, r, "with a result");
	if (a->content != ASK_NOTHING &&
	    (gbx_result_block(r, 0, &b) != GBX_OK || !right_block(a, &b)))
		return say(a, r, "wrong content");
	return NULL;
}

/* An error that the function may tell, and that tells something. */
static const char *
judge_error(const struct ask *a, enum gbx_err err, bool strict)
{
	static char text[256];

	if (!strict && (err == GBX_ERR_MEMORY || err == GBX_ERR_BUSY ||
			   (err == GBX_ERR_SYSTEM && errno > 0)))
		return NULL;
	snprintf(text, sizeof(text), "%s: the call failed: %s (%s)", a->name,
	    gbx_err_name(err), strerrorname_np(errno));
	return text;
}

const char *
ask_run(struct gbx_broker *b, struct ask *a, bool strict)
{
	struct gbx_result *r = NULL;
	const char *wrong;
	enum gbx_err err;

	errno = 0;
	err = gbx_run(b, &a->input, &a->job, &r);
	if (err != GBX_OK)
		return r != NULL ? "an error and a result"
				 : judge_error(a, err, strict);
	wrong = judge(a, r, strict);
	gbx_result_free(r);
	return wrong;
}

const char *
ask_submit(struct gbx_broker *b, struct ask *a)
{
	enum gbx_err err;

	errno = 0;
	err = gbx_submit(b, &a->input, &a->job, &a->id);
	if (err != GBX_OK)
		return judge_error(a, err, false);
	a->state = 1;
	return NULL;
}

static const char *
answered(struct gbx_result *r)
{
	struct ask *a = gbx_result_cookie(r);

	if (a == NULL || a->state != 1)
		return "an answer that nobody waited for";
	a->state = 2;
	if (gbx_result_id(r) != a->id)
		return say(a, r, "another id");
	return judge(a, r, false);
}

const char *
ask_collect(struct gbx_broker *b, int n, bool polled, struct gbx_result **kept)
{
	struct pollfd p = {.fd = gbx_broker_fd(b), .events = POLLIN};
	struct gbx_result *r;
	const char *wrong = NULL;
	enum gbx_err err;

	while (wrong == NULL && n > 0) {
		if (polled)
			(void)poll(&p, 1, -1);
		r = NULL;
		errno = 0;
		err = gbx_collect(b, polled ? 0 : 30000, &r);
		if (err == GBX_ERR_AGAIN && polled)
			continue;
		if (err == GBX_ERR_SYSTEM && errno > 0)
			continue; /* told; the next call goes on */
		if (err != GBX_OK)
			return "gbx_collect gave neither job nor error";
		n--;
		wrong = answered(r);
		if (kept != NULL)
			*kept++ = r;
		else
			gbx_result_free(r);
	}
	return wrong;
}
