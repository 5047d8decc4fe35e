/* SPDX-License-Identifier: ISC */
/*
 * While an input is copied or a result checked, other threads go on: no lock is
 * held. The library's own copying and checking is stopped half way (mk/host.mk)
 * until another thread has been inside and out again. Side: caller.
 *
 * Fails if taken out: the unlock around gbx_input_take in broker/submit.c, the
 * one of harvest_unlocked in broker/verdict.c, its look at kill_verdict
 * afterwards.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <time.h>
#include <unistd.h>

#include "broker/list.h"
#include "broker/validate/gate.h"
#include "ipc/memfd.h"
#include "tests/support/cmocka.h"
#include "tests/support/host.h"

static struct gbx_broker *broker;
static void *(*meanwhile)(void *);
static uint64_t job_id;
static int been;

ssize_t __real_sendfile(int to, int from, off_t *at, size_t n);
ssize_t __wrap_sendfile(int to, int from, off_t *at, size_t n);
int __real_gbx_memfd_write(int fd, const void *p, size_t n, uint64_t at);
int __wrap_gbx_memfd_write(int fd, const void *p, size_t n, uint64_t at);
const char *__real_gbx_gate_data(const struct gbx_gate_job *job,
    const struct gbx_gate_reply *reply, const uint8_t *data, size_t size);
const char *__wrap_gbx_gate_data(const struct gbx_gate_job *job,
    const struct gbx_gate_reply *reply, const uint8_t *data, size_t size);

/* ---- a fork in the middle of a change --------------------------------------
 */

static bool fork_next;
static int child_status = -1;

static int
close_in_child(void)
{
	struct gbx_input input;
	struct gbx_job job;

	host_job(HOST_SMALL, &input, &job);
	CHECK(gbx_submit(broker, &input, &job, NULL) == GBX_ERR_FORKED);
	gbx_broker_close(broker);
	return 0;
}

void __real_gbx_list_append(struct gbx_link *head, struct gbx_link *item);
void __wrap_gbx_list_append(struct gbx_link *head, struct gbx_link *item);

void
__wrap_gbx_list_append(struct gbx_link *head, struct gbx_link *item)
{
	if (fork_next) {
		fork_next = false;
		item->next = (struct gbx_link *)16;
		head->prev->next = item;
		child_status = host_in_child(close_in_child, 40);
		head->prev->next = head;
	}
	__real_gbx_list_append(head, item);
}

/* A child has the lists as they were at that moment, and closes its copy. */
static void
test_forked_meanwhile(void **state)
{
	(void)state;
	fork_next = true;
	assert_true(host_run(broker, HOST_SMALL));
	assert_false(fork_next);
	assert_int_equal(child_status, 0);
	assert_true(host_run(broker, HOST_SMALL));
}

/* Another thread's call, which must come back before we go on. */
static void
let_in(void)
{
	void *(*what)(void *) = meanwhile;
	struct timespec until;
	pthread_t thread;

	if (what == NULL)
		return;
	meanwhile = NULL;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	if (pthread_create(&thread, NULL, what, NULL) != 0)
		return;
	if (pthread_timedjoin_np(thread, NULL, &until) == 0)
		been++;
	else
		pthread_detach(thread);
}

ssize_t
__wrap_sendfile(int to, int from, off_t *at, size_t n)
{
	let_in();
	return __real_sendfile(to, from, at, n);
}

int
__wrap_gbx_memfd_write(int fd, const void *p, size_t n, uint64_t at)
{
	let_in();
	return __real_gbx_memfd_write(fd, p, n, at);
}

const char *
__wrap_gbx_gate_data(const struct gbx_gate_job *job,
    const struct gbx_gate_reply *reply, const uint8_t *data, size_t size)
{
	let_in();
	return __real_gbx_gate_data(job, reply, data, size);
}

/* ---- what the other thread does ------------------------------------------ */

static void *
ask(void *unused)
{
	struct gbx_stats stats = {.size = sizeof(stats)};

	(void)unused;
	assert_int_equal(gbx_broker_stats(broker, &stats), GBX_OK);
	assert_int_equal(gbx_cancel(broker, 1U << 30), GBX_ERR_NOTFOUND);
	return NULL;
}

static void *
run_another(void *unused)
{
	(void)unused;
	assert_true(host_run(broker, HOST_SMALL));
	return NULL;
}

static void *
cancel(void *unused)
{
	(void)unused;
	assert_int_equal(gbx_cancel(broker, job_id), GBX_OK);
	return NULL;
}

static int
large_file(void)
{
	char path[] = "/tmp/glovebox-file-XXXXXX";
	struct gbx_input input;
	struct gbx_job job;
	int fd = mkstemp(path);

	host_job(HOST_LARGE, &input, &job);
	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(write(fd, input.data, input.length), input.length);
	return fd;
}

static void
run_large(int fd, void *(*what)(void *))
{
	struct gbx_input input;
	struct gbx_result *r;
	struct gbx_job job;

	host_job(HOST_LARGE, &input, &job);
	if (fd >= 0) {
		gbx_input_init(&input);
		input.fd = fd;
	}
	been = 0;
	meanwhile = what;
	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_OK);
	assert_int_equal(been, 1);
	assert_true(host_right(HOST_LARGE, r));
	gbx_result_free(r);
}

static void
test_file(void **state)
{
	int fd = large_file();

	(void)state;
	run_large(fd, ask);
	run_large(fd, run_another);
	close(fd);
}

static void
test_bytes(void **state)
{
	(void)state;
	run_large(-1, ask);
	run_large(-1, run_another);
}

/* A memfd that is sealed is not copied: the first to let in is the check. */
static int
sealed_memfd(void)
{
	struct gbx_input input;
	struct gbx_job job;
	int fd = gbx_memfd_new("input");

	host_job(HOST_LARGE, &input, &job);
	assert_int_equal(
	    __real_gbx_memfd_write(fd, input.data, input.length, 0), 0);
	assert_int_equal(gbx_memfd_seal_all(fd), 0);
	return fd;
}

static void
test_check(void **state)
{
	int fd = sealed_memfd();

	(void)state;
	run_large(fd, ask);
	run_large(fd, run_another);
	close(fd);
}

/* Cancelled while it is checked: then that is its verdict. */
static void
test_cancelled_meanwhile(void **state)
{
	struct gbx_input input;
	struct gbx_result *r;
	struct gbx_job job;
	int i, fd = sealed_memfd();

	(void)state;
	host_job(HOST_LARGE, &input, &job);
	gbx_input_init(&input);
	input.fd = fd;
	for (i = 0; i < 3; i++) {
		been = 0;
		assert_int_equal(
		    gbx_submit(broker, &input, &job, &job_id), GBX_OK);
		meanwhile = cancel;
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		assert_int_equal(been, 1);
		assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_CANCELLED);
		assert_int_equal(gbx_result_blocks(r), 0);
		gbx_result_free(r);
		assert_true(host_run(broker, HOST_SMALL));
	}
	close(fd);
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
	    cmocka_unit_test(test_file),
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_check),
	    cmocka_unit_test(test_cancelled_meanwhile),
	    cmocka_unit_test(test_forked_meanwhile),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
	    "unlocked", tests, set_up, tear_down);
}
