/* SPDX-License-Identifier: ISC */
/*
 * Workers whose library is broken: it aborts, crashes, takes all memory or
 * fails before there is a first job, in main or before it. Who is called at
 * night learns what it was, from the result of a job and from the call that
 * opens a broker; other formats work. The same of a zygote that sends other
 * descriptors than belong to its message: none stays with the host.
 * Side: tests; public header. The workers are tests/hostile/broken/.
 *
 * Fails if taken out: gbx_last_words in runtime/shared/abort.c (before main)
 * and runtime/overflow.c, the read in it; gbx_start_error in broker/words.c;
 * ELIBBAD in try_again of broker/settle.c; `locked` in is_unlocked of
 * broker/canary.c; fds_of and what is closed in gbx_zygote_event of
 * broker/answers.c.
 */
#include "tests/support/cmocka.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <glovebox.h>

#include "tests/support/liar.h"
#include "tests/support/proc.h"

static const struct broken {
	const char *format, *name, *begins;
	int error;
	const char *detail; /* a part of it */
} broken[] = {
    {"png", "aborts while it warms up", "\x89PNG\r\n\x1a\n", ELIBBAD,
	"crashes or aborts while it is loaded or warms up"},
    {"docx", "has no memory while it warms up", "PK\3\4", ENOMEM,
	"no memory for a worker, or for its library"},
    {"gif", "fails on its sample", "GIF89a", EBADMSG,
	"fails on a built-in sample"},
    {"jpeg", "aborts before main", "\xff\xd8\xff", ELIBBAD,
	"crashes or aborts while it is loaded or warms up"},
    {"webp", "has no memory before main", "RIFF1234WEBP", ENOMEM,
	"no memory for a worker, or for its library"},
    {"tiff", "says nothing", "II*", ECONNRESET, "ends before it is ready"},
};
#define N_BROKEN (sizeof(broken) / sizeof(broken[0]))

static const struct broken surplus[] = {
    {"jxl", "three descriptors with a canary", "\xff\x0a", EPROTO, ""},
    {"heif", "64 descriptors with a canary", "1234ftypheic", EPROTO, ""},
    {"pnm", "three descriptors with a worker", "P6", EPROTO, ""},
    {"avif", "one descriptor with a worker", "1234ftypavif", EPROTO, ""},
    {"tga", "a descriptor with an ending", "1", EPROTO, ""},
    {"jp2", "a descriptor with an error", "\xff\x4f\xff\x51", EPROTO, ""},
};
#define N_SURPLUS (sizeof(surplus) / sizeof(surplus[0]))

static enum gbx_err
open_with(const char *preload, struct gbx_broker **ret)
{
	struct gbx_broker_opts opts;
	enum gbx_err err;

	gbx_broker_opts_init(&opts);
	opts.lockdown = liar_lockdown();
	opts.worker_dir = build_path("broken/libexec");
	opts.preload = preload;
	errno = 0;
	err = gbx_broker_open(&opts, ret);
	free((char *)opts.worker_dir);
	return err;
}

static void
test_open(void **state)
{
	struct gbx_broker *broker = NULL;
	enum gbx_err err;
	size_t i;

	(void)state;
	for (i = 0; i < N_BROKEN; i++) {
		err = open_with(broken[i].format, &broker);
		if (err != GBX_ERR_SYSTEM || errno != broken[i].error)
			print_error("# %s %s: %s, %s\n", broken[i].format,
			    broken[i].name, gbx_err_name(err), strerror(errno));
		assert_int_equal(errno, broken[i].error);
		assert_int_equal(err, GBX_ERR_SYSTEM);
	}
}

static void
check_job(struct gbx_broker *broker, const struct broken *b)
{
	struct gbx_result *r = NULL;
	struct gbx_input input;
	struct gbx_job job;
	char data[64] = {0};

	memcpy(data, b->begins, strlen(b->begins));
	gbx_input_init(&input);
	input.data = data;
	input.length = sizeof(data);
	input.type = b->format;
	gbx_job_init(&job, GBX_OP_PROBE);
	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_OK);
	if (gbx_result_errno(r) != b->error ||
	    strstr(gbx_result_detail(r), b->detail) == NULL)
		print_error("# %s %s: %s, errno %d: %s\n", b->format, b->name,
		    gbx_verdict_name(gbx_result_verdict(r)),
		    gbx_result_errno(r), gbx_result_detail(r));
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_ERROR);
	assert_int_equal(gbx_result_errno(r), b->error);
	assert_non_null(strstr(gbx_result_detail(r), b->detail));
	gbx_result_free(r);
}

/* Three zygotes were tried for each that went without being told to. */
static void
test_jobs(void **state)
{
	struct gbx_broker *broker = NULL;
	size_t i;

	(void)state;
	assert_int_equal(open_with("qoi", &broker), GBX_OK);
	for (i = 0; i < N_BROKEN; i++)
		check_job(broker, &broken[i]);
	assert_int_equal(liar_zygotes_started(broker), 1 + 5 * 3 + 1);
	gbx_broker_close(broker);
}

/* A zygote hands the host what it has forked and nothing else; one that does
 * not is given up at once, and the host has no descriptor more than before. */
static void
test_surplus(void **state)
{
	struct gbx_broker *broker = NULL;
	size_t i, fds;

	(void)state;
	assert_int_equal(open_with("qoi", &broker), GBX_OK);
	fds = proc_own_fds();
	for (i = 0; i < N_SURPLUS; i++) {
		check_job(broker, &surplus[i]);
		if (proc_own_fds() != fds)
			print_error("# %s: %zu descriptors, not %zu\n",
			    surplus[i].name, proc_own_fds(), fds);
		assert_int_equal(proc_own_fds(), fds);
	}
	assert_int_equal(liar_zygotes_started(broker), 1 + N_SURPLUS);
	gbx_broker_close(broker);
}

/* SIGKILL is what the kernel's own list ends a canary with, too: only /proc can
 * tell that this one was not locked. */
static void
test_canary_killed(void **state)
{
	bool strict = liar_lockdown() == GBX_LOCKDOWN_STRICT;
	struct gbx_broker *broker = NULL;
	enum gbx_err err;

	(void)state;
	err = open_with("bmp", &broker);
	if (err != (strict ? GBX_ERR_SYSTEM : GBX_OK))
		print_error("# %s, %s\n", gbx_err_name(err), strerror(errno));
	assert_int_equal(err, strict ? GBX_ERR_SYSTEM : GBX_OK);
	if (strict)
		assert_int_equal(errno, ECHILD);
	gbx_broker_close(broker);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_open),
	    cmocka_unit_test(test_jobs),
	    cmocka_unit_test(test_surplus),
	    cmocka_unit_test(test_canary_killed),
	};

	return liar_run_both(tests, 4, NULL, NULL);
}
