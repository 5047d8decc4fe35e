/* SPDX-License-Identifier: ISC */
/*
 * An input is sealed against every change before a worker gets it, whichever
 * way it came in, and a seal that is refused for a moment loses no job.
 * Side: caller, with the library's own fcntl(2) and gbx_ipc_send looked at
 * (mk/host.mk).
 *
 * Fails if taken out: the seal of a copied file, of packed bytes, of what a
 * copier wrote (input.c, run.c); the wait in gbx_memfd_seal_all.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/cmocka.h"
#include "tests/support/host.h"

#define ALL (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

static struct gbx_broker *broker;
static int shrink_fd = -1;
static int busy, refused, jobs_seen, jobs_open;

int __real_fcntl(int fd, int cmd, ...);
int __wrap_fcntl(int fd, int cmd, ...);
int __real_gbx_ipc_send(
    int sock, const void *data, size_t length, const int *fds, size_t n_fds);
int __wrap_gbx_ipc_send(
    int sock, const void *data, size_t length, const int *fds, size_t n_fds);

/* The next `busy` times that all is to be sealed it is refused. */
int
__wrap_fcntl(int fd, int cmd, ...)
{
	va_list ap;
	long arg;

	va_start(ap, cmd);
	arg = va_arg(ap, long);
	va_end(ap);
	if (cmd == F_GET_SEALS && fd == shrink_fd && fd >= 0) {
		shrink_fd = -1;
		assert_int_equal(ftruncate(fd, 65600), 0);
		assert_int_equal(__real_fcntl(fd, F_ADD_SEALS, ALL), 0);
	}
	if (cmd == F_ADD_SEALS && (arg & F_SEAL_WRITE) && busy > 0) {
		busy--;
		refused++;
		errno = EBUSY;
		return -1;
	}
	return __real_fcntl(fd, cmd, arg);
}

/* A job is what carries two memfds: its input is the first. */
int
__wrap_gbx_ipc_send(
    int sock, const void *data, size_t length, const int *fds, size_t n_fds)
{
	int seals = -1, out = -1;

	if (n_fds == 2) {
		seals = __real_fcntl(fds[0], F_GET_SEALS, 0);
		out = __real_fcntl(fds[1], F_GET_SEALS, 0);
	}
	if (seals >= 0 && out >= 0) {
		jobs_seen++;
		jobs_open += (seals & ALL) != ALL;
	}
	return __real_gbx_ipc_send(sock, data, length, fds, n_fds);
}

/* ---- the ways in --------------------------------------------------------- */

static void
expect_right(enum host_size size, const struct gbx_input *input,
    const struct gbx_job *job, int n)
{
	struct gbx_result *r;
	int i;

	jobs_seen = jobs_open = refused = 0;
	for (i = 0; i < n; i++)
		assert_int_equal(gbx_submit(broker, input, job, NULL), GBX_OK);
	for (i = 0; i < n; i++) {
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		assert_true(host_right(size, r));
		gbx_result_free(r);
	}
	assert_true(jobs_seen > 0);
	assert_int_equal(jobs_open, 0);
}

static void
by_bytes(enum host_size size, const char *domain, int times)
{
	struct gbx_input input;
	struct gbx_job job;

	host_job(size, &input, &job);
	job.domain = domain;
	busy = times;
	expect_right(size, &input, &job, 1);
	assert_int_equal(refused, times);
}

static void
by_file(enum host_size size, const char *domain, int times)
{
	char path[] = "/tmp/glovebox-file-XXXXXX";
	struct gbx_input input;
	struct gbx_job job;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	host_job(size, &input, &job);
	assert_true(size == HOST_SMALL || input.length > 65536);
	assert_int_equal(write(fd, input.data, input.length), input.length);
	gbx_input_init(&input);
	input.fd = fd;
	job.domain = domain;
	busy = times;
	expect_right(size, &input, &job, 1);
	assert_int_equal(refused, times);
	close(fd);
}

static void
by_pipe(enum host_size size, const char *domain, int times)
{
	struct gbx_input input;
	struct gbx_job job;
	int fd[2];

	assert_int_equal(pipe(fd), 0);
	assert_true(__real_fcntl(fd[0], F_SETPIPE_SZ, 1 << 20) > 0);
	host_job(size, &input, &job);
	assert_int_equal(write(fd[1], input.data, input.length), input.length);
	close(fd[1]);
	gbx_input_init(&input);
	input.fd = fd[0];
	job.domain = domain;
	busy = times;
	expect_right(size, &input, &job, 1);
	assert_int_equal(refused, times);
	close(fd[0]);
}

static void
by_batch(int times)
{
	struct gbx_input input;
	struct gbx_job job;

	host_job(HOST_SMALL, &input, &job);
	job.domain = "letters";
	busy = times;
	expect_right(HOST_SMALL, &input, &job, 8);
	assert_int_equal(refused, times);
}

/* The small one waits as bytes, the large one as a memfd. */
static void
every_way(int times)
{
	static const enum host_size sizes[2] = {HOST_SMALL, HOST_LARGE};
	size_t i;

	for (i = 0; i < 2; i++) {
		by_bytes(sizes[i], NULL, times);
		by_bytes(sizes[i], "letters", times);
		by_file(sizes[i], NULL, times);
		by_file(sizes[i], "letters", times);
		by_pipe(sizes[i], NULL, times);
		by_pipe(sizes[i], "letters", times);
	}
	by_batch(times);
}

static void
test_sealed(void **state)
{
	(void)state;
	every_way(0);
}

static void
test_refused_for_a_moment(void **state)
{
	(void)state;
	every_way(3);
}

/* Outputs that are mapped, and what is made of results. */
static void
test_outputs_too(void **state)
{
	struct gbx_encode how = {
	    .size = sizeof(how), .encoding = GBX_ENCODING_PNG};
	struct gbx_block pixels = {.size = sizeof(pixels)};
	struct gbx_input input;
	struct gbx_result *r;
	struct gbx_job job;
	int fd;

	(void)state;
	busy = 0;
	by_bytes(HOST_LARGE, NULL, 3);
	host_job(HOST_SMALL, &input, &job);
	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_OK);
	busy = 3;
	assert_int_equal(gbx_result_memfd(r, 0, &fd), GBX_OK);
	assert_int_equal(__real_fcntl(fd, F_GET_SEALS, 0) & ALL, ALL);
	close(fd);
	assert_int_equal(gbx_result_block(r, 0, &pixels), GBX_OK);
	busy = 3;
	assert_int_equal(gbx_encode_input(&pixels, &how, &fd), GBX_OK);
	assert_int_equal(__real_fcntl(fd, F_GET_SEALS, 0) & ALL, ALL);
	close(fd);
	gbx_result_free(r);
	assert_int_equal(busy, 0);
}

/* A peer that shrinks its memfd, and seals it, just before we look at its
 * seals: the size that counts is the one after them. */
static void
test_shrunk_before_sealed(void **state)
{
	struct gbx_input input;
	struct gbx_result *r;
	struct gbx_job job;

	(void)state;
	host_job(HOST_LARGE, &input, &job);
	shrink_fd = memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_true(shrink_fd >= 0);
	assert_int_equal(
	    write(shrink_fd, input.data, input.length), input.length);
	gbx_input_init(&input);
	input.fd = shrink_fd;
	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_OK);
	assert_int_equal(shrink_fd, -1);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_MALFORMED);
	gbx_result_free(r);
	close(input.fd);
}

/* For good: the call says so, in a bounded time, and nothing is left. */
static void
test_refused_for_good(void **state)
{
	struct gbx_input input;
	struct gbx_result *r;
	struct gbx_job job;
	enum gbx_err err;

	(void)state;
	host_job(HOST_SMALL, &input, &job);
	busy = 1 << 30;
	err = gbx_run(broker, &input, &job, &r);
	busy = 0;
	if (err == GBX_OK) {
		assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_ERROR);
		assert_int_equal(gbx_result_errno(r), EBUSY);
		gbx_result_free(r);
	} else {
		assert_int_equal(err, GBX_ERR_SYSTEM);
		assert_int_equal(errno, EBUSY);
	}
	assert_true(host_run(broker, HOST_SMALL));
}

static int
set_up(void **state)
{
	(void)state;
	if (!host_prepare_quick())
		return -1;
	broker = host_open();
	return broker != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	gbx_broker_close(broker);
	return host_nothing_left(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sealed),
	    cmocka_unit_test(test_refused_for_a_moment),
	    cmocka_unit_test(test_outputs_too),
	    cmocka_unit_test(test_shrunk_before_sealed),
	    cmocka_unit_test(test_refused_for_good),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("sealed", tests, set_up, tear_down);
}
