/* SPDX-License-Identifier: ISC */
/*
 * Scenes with honest workers: each way in, each way out.
 * Side: caller; uses the public header alone.
 */
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/faults/asks.h"
#include "tests/faults/scenes.h"

#define TRY(what) \
	do { \
		const char *wrong_ = (what); \
		if (wrong_ != NULL) \
			return wrong_; \
	} while (0)

static const char *
fine_picture(struct gbx_broker *b)
{
	struct ask a;

	ask_picture(&a, 0);
	return ask_run(b, &a, true);
}

static const char *
fine_both(struct gbx_broker *b)
{
	struct ask a;

	TRY(fine_picture(b));
	ask_document(&a);
	return ask_run(b, &a, true);
}

/* ---- one after the other ------------------------------------------------- */

static void
opts_png(struct gbx_broker_opts *opts)
{
	opts->preload = "png";
}

static void
opts_strict(struct gbx_broker_opts *opts)
{
	opts->preload = "png";
	opts->lockdown = GBX_LOCKDOWN_STRICT;
}

static const char *
play_pictures(struct gbx_broker *b)
{
	struct ask a;

	ask_picture(&a, 0);
	TRY(ask_run(b, &a, false));
	ask_picture(&a, 0);
	a.job.op = GBX_OP_PROBE;
	a.content = ASK_SIZE;
	TRY(ask_run(b, &a, false));
	ask_picture(&a, 0);
	a.job.op = GBX_OP_THUMBNAIL;
	a.job.box_w = a.job.box_h = 8;
	a.content = ASK_SMALL;
	TRY(ask_run(b, &a, false));
	ask_picture(&a, 0);
	a.name = "half a picture";
	a.input.length /= 2;
	a.verdicts = 1U << GBX_VERDICT_MALFORMED;
	return ask_run(b, &a, false);
}

static const char *
play_limits(struct gbx_broker *b)
{
	struct ask a;

	ask_picture(&a, 0);
	a.name = "more pixels than the limit";
	a.job.limit[GBX_LIMIT_PIXELS] = 10;
	a.verdicts = 1U << GBX_VERDICT_LIMIT;
	TRY(ask_run(b, &a, false));
	ask_picture(&a, 0);
	a.name = "another type than declared";
	a.input.type = "docx";
	a.verdicts = 1U << GBX_VERDICT_MISMATCH;
	TRY(ask_run(b, &a, false));
	ask_picture(&a, 0);
	a.name = "a type that no worker reads";
	a.input.type = "video/none";
	a.verdicts = 1U << GBX_VERDICT_UNSUPPORTED;
	return ask_run(b, &a, false);
}

static const char *
play_document(struct gbx_broker *b)
{
	struct ask a;

	ask_document(&a);
	TRY(ask_run(b, &a, false));
	ask_document(&a);
	a.job.domain = "a letter";
	return ask_run(b, &a, false);
}

/* ---- ways in ------------------------------------------------------------- */

static const char *
from_fd(struct gbx_broker *b, int fd, const char *domain)
{
	const char *wrong;
	struct ask a;

	ask_file(&a, 0, fd);
	a.job.domain = domain;
	wrong = ask_run(b, &a, false);
	close(fd);
	return wrong;
}

/* A memfd without seals is a file like another, on a local filesystem. */
static const char *
play_files(struct gbx_broker *b)
{
	TRY(from_fd(b, ask_memfd(0, false), NULL));
	TRY(from_fd(b, ask_memfd(0, false), "a letter"));
	return from_fd(b, ask_memfd(0, true), NULL);
}

/* Not a memfd: the list of mounts tells whether reading it may hang. */
static const char *
play_disk(struct gbx_broker *b)
{
	char path[] = "/tmp/glovebox-fault-XXXXXX";
	int fd = mkstemp(path), from = ask_memfd(0, false);
	char data[4096];
	ssize_t n;

	if (fd < 0)
		abort();
	(void)unlink(path);
	n = pread(from, data, sizeof(data), 0);
	if (n <= 0 || n == sizeof(data) || write(fd, data, (size_t)n) != n)
		abort();
	close(from);
	return from_fd(b, fd, NULL);
}

static const char *
play_pipe(struct gbx_broker *b)
{
	return from_fd(b, ask_pipe(0), NULL);
}

/* One that says nothing: cancelled, and too late. */
static const char *
play_silent(struct gbx_broker *b)
{
	int writer, fd = ask_silent_pipe(&writer), n;
	const char *wrong;
	struct ask a[2];

	ask_file(&a[0], 0, fd);
	a[0].name = "a silent pipe, cancelled";
	a[0].verdicts = 1U << GBX_VERDICT_CANCELLED;
	ask_file(&a[1], 0, fd);
	a[1].name = "a silent pipe";
	a[1].job.limit[GBX_LIMIT_WALL] = 40;
	a[1].verdicts = 1U << GBX_VERDICT_DEADLINE;
	wrong = ask_submit(b, &a[0]);
	if (wrong == NULL)
		wrong = ask_submit(b, &a[1]);
	n = (a[0].state == 1) + (a[1].state == 1);
	if (a[0].state == 1 && gbx_cancel(b, a[0].id) != GBX_OK)
		wrong = "gbx_cancel";
	if (wrong == NULL)
		wrong = ask_collect(b, n, true, NULL);
	close(fd);
	close(writer);
	return wrong;
}

/* ---- many ---------------------------------------------------------------- */

#define MANY 5

static const char *
submit_all(struct gbx_broker *b, struct ask *a, int n, int *ret_sent)
{
	int i;

	*ret_sent = 0;
	for (i = 0; i < n; i++) {
		TRY(ask_submit(b, &a[i]));
		*ret_sent += a[i].state == 1;
	}
	return NULL;
}

static const char *
play_batch(struct gbx_broker *b)
{
	struct ask a[MANY];
	int i, n;

	for (i = 0; i < MANY; i++) {
		ask_picture(&a[i], 0);
		a[i].job.domain = "a letter";
	}
	a[2].name = "half a picture in a batch";
	a[2].input.length /= 2;
	a[2].verdicts = 1U << GBX_VERDICT_MALFORMED;
	TRY(submit_all(b, a, MANY, &n));
	return ask_collect(b, n, true, NULL);
}

static const char *
play_mixed(struct gbx_broker *b)
{
	struct ask a[MANY];
	int i, n;

	for (i = 0; i < MANY; i++)
		ask_picture(&a[i], i == 1);
	ask_document(&a[3]);
	ask_also(&a[4], GBX_VERDICT_CANCELLED);
	TRY(submit_all(b, a, MANY, &n));
	if (a[4].state == 1 && gbx_cancel(b, a[4].id) != GBX_OK)
		return "gbx_cancel";
	return ask_collect(b, n, false, NULL);
}

/* ---- ways out ------------------------------------------------------------ */

static const char *
as_memfd(const struct gbx_result *r)
{
	int fd = -1;
	enum gbx_err err;

	if (gbx_result_verdict(r) != GBX_VERDICT_OK)
		return NULL;
	errno = 0;
	err = gbx_result_memfd(r, 0, &fd);
	if (err == GBX_OK && fd >= 0) {
		close(fd);
		return NULL;
	}
	return fd < 0 && (err == GBX_ERR_MEMORY ||
			     (err == GBX_ERR_SYSTEM && errno > 0))
		   ? NULL
		   : "gbx_result_memfd";
}

static const char *
play_large(struct gbx_broker *b)
{
	struct gbx_result *kept[2] = {NULL, NULL};
	const char *wrong;
	struct ask a[2];
	int i, n;

	ask_picture(&a[0], 1);
	ask_picture(&a[1], 0);
	TRY(submit_all(b, a, 2, &n));
	wrong = ask_collect(b, n, false, kept);
	for (i = 0; i < n && wrong == NULL; i++)
		wrong = as_memfd(kept[i]);
	gbx_result_free(kept[0]);
	gbx_result_free(kept[1]);
	return wrong;
}

/* Jobs under way, one of them still read in: the close takes them. */
static const char *
play_close(struct gbx_broker *b)
{
	static struct ask a[3];
	int writer, fd = ask_silent_pipe(&writer), n;
	const char *wrong;

	ask_picture(&a[0], 1);
	ask_picture(&a[1], 0);
	ask_file(&a[2], 0, fd);
	wrong = submit_all(b, a, 3, &n);
	close(fd);
	close(writer);
	return wrong;
}

static const char *
not_asked(struct gbx_broker *b)
{
	(void)b;
	return NULL;
}

/* ---- threads ------------------------------------------------------------- */

struct pair {
	struct gbx_broker *b;
	const char *wrong;
};

static void *
in_thread(void *arg)
{
	struct pair *p = arg;
	struct ask a;
	int i;

	for (i = 0; i < 3 && p->wrong == NULL; i++) {
		ask_picture(&a, i == 1);
		p->wrong = ask_run(p->b, &a, false);
	}
	return NULL;
}

static const char *
play_threads(struct gbx_broker *b)
{
	struct pair p[2] = {{b, NULL}, {b, NULL}};
	pthread_t t;

	if (pthread_create(&t, NULL, in_thread, &p[0]) != 0)
		abort();
	in_thread(&p[1]);
	(void)pthread_join(t, NULL);
	return p[0].wrong != NULL ? p[0].wrong : p[1].wrong;
}

const struct scene scenes_real[] = {
    {"pictures", opts_png, play_pictures, fine_picture},
    {"limits", opts_png, play_limits, fine_picture},
    {"document", NULL, play_document, fine_both},
    {"files", opts_png, play_files, fine_picture},
    {"disk", opts_png, play_disk, fine_picture},
    {"pipe", opts_png, play_pipe, fine_picture},
    {"silent pipe", opts_png, play_silent, fine_picture},
    {"batch", opts_png, play_batch, fine_picture},
    {"mixed", NULL, play_mixed, fine_both},
    {"large", opts_png, play_large, fine_picture},
    {"strict", opts_strict, play_pictures, fine_picture},
    {"threads", opts_png, play_threads, fine_picture},
    {"close", opts_png, play_close, not_asked},
    {NULL, NULL, NULL, NULL},
};

/* ---- the hostile kit ----------------------------------------------------- */

static const char *
fine_liar(struct gbx_broker *b)
{
	struct ask a;

	ask_liar(&a, "image 3 2 0x5a", GBX_VERDICT_OK);
	return ask_run(b, &a, true);
}

static const char *
play_liars(struct gbx_broker *b)
{
	static const struct {
		const char *script;
		enum gbx_verdict verdict;
	} lies[] = {{"segv", GBX_VERDICT_CRASHED},
	    {"call 39", GBX_VERDICT_VIOLATION},
	    {"exit 0", GBX_VERDICT_BAD_REPLY},
	    {"image 3 2 0x5a", GBX_VERDICT_OK}};
	struct ask a;
	size_t i;

	for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		ask_liar(&a, lies[i].script, lies[i].verdict);
		TRY(ask_run(b, &a, false));
	}
	return NULL;
}

/* One crashes in a batch, its neighbours run again alone. */
static const char *
play_neighbours(struct gbx_broker *b)
{
	struct ask a[4];
	int i, n;

	for (i = 0; i < 4; i++) {
		ask_liar(&a[i], i == 1 ? "segv" : "image 3 2 0x5a",
		    i == 1 ? GBX_VERDICT_CRASHED : GBX_VERDICT_OK);
		a[i].job.domain = "a letter";
	}
	TRY(submit_all(b, a, 4, &n));
	return ask_collect(b, n, false, NULL);
}

static const char *
play_spinners(struct gbx_broker *b)
{
	struct ask a[2];
	int n;

	ask_liar(&a[0], "spin", GBX_VERDICT_DEADLINE);
	a[0].job.limit[GBX_LIMIT_WALL] = 50;
	ask_liar(&a[1], "spin", GBX_VERDICT_CANCELLED);
	TRY(submit_all(b, a, 2, &n));
	if (a[1].state == 1 && gbx_cancel(b, a[1].id) != GBX_OK)
		return "gbx_cancel";
	/* Where the kill fails its own clock ends it. */
	ask_also(&a[1], GBX_VERDICT_DEADLINE);
	return ask_collect(b, n, true, NULL);
}

static const char *
play_close_spinner(struct gbx_broker *b)
{
	static struct ask a;

	ask_liar(&a, "spin", GBX_VERDICT_DEADLINE);
	return ask_submit(b, &a);
}

const struct scene scenes_hostile[] = {
    {"liars", opts_png, play_liars, fine_liar},
    {"neighbours", opts_png, play_neighbours, fine_liar},
    {"spinners", opts_png, play_spinners, fine_liar},
    {"close a spinner", opts_png, play_close_spinner, not_asked},
    {NULL, NULL, NULL, NULL},
};
