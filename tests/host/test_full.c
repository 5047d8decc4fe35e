/* SPDX-License-Identifier: ISC */
/*
 * Hosts that submit until they are told BUSY, hold every result, and have few
 * descriptors: no job is lost to that, and BUSY says what is full. Side:
 * caller.
 *
 * Fails if taken out: gbx_fds_left in broker/allowance.c, the put back of
 * broker/schedule.c, the small inputs that wait as bytes, the close in
 * gbx_store_map.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/cmocka.h"
#include "tests/support/fdroom.h"
#include "tests/support/host.h"

#define HELD_MOST 2048

static struct gbx_result *held[HELD_MOST];
static int n_held, n_lost;

/* Until it is told BUSY, small inputs and large ones in turn. */
static int
submit_until_busy(struct gbx_broker *broker, int most)
{
	struct gbx_input input;
	struct gbx_job job;
	enum gbx_err err = GBX_OK;
	int sent = 0;

	while (sent < most && err == GBX_OK) {
		host_job(sent % 2 == 0 ? HOST_SMALL : HOST_LARGE, &input, &job);
		job.cookie = sent % 2 == 0 ? NULL : broker;
		errno = 0;
		err = gbx_submit(broker, &input, &job, NULL);
		sent += err == GBX_OK;
	}
	if (err != GBX_OK && err != GBX_ERR_BUSY) {
		fprintf(stderr, "# after %d: %s, %s\n", sent, gbx_err_name(err),
		    strerror(errno));
		return -1;
	}
	return sent;
}

static int
collect_and_hold(struct gbx_broker *broker, int n)
{
	struct gbx_result *r;
	int i;

	for (i = 0; i < n; i++) {
		CHECK(gbx_collect(broker, 60000, &r) == GBX_OK);
		if (!host_right(
			gbx_result_cookie(r) == NULL ? HOST_SMALL : HOST_LARGE,
			r)) {
			if (n_lost++ == 0)
				fprintf(stderr, "# %s: %s, %s\n",
				    gbx_verdict_name(gbx_result_verdict(r)),
				    gbx_result_detail(r),
				    strerror(gbx_result_errno(r)));
			gbx_result_free(r);
			continue;
		}
		held[n_held++] = r;
	}
	return 0;
}

/* How many descriptors are outputs of jobs. */
static int
outputs_open(void)
{
	static const char output[] = "/memfd:gbx-output";
	char path[64], link[64];
	int fd, n = 0;

	for (fd = 0; fd < HELD_MOST; fd++) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n += readlink(path, link, sizeof(link)) >=
			 (ssize_t)sizeof(output) - 1 &&
		     memcmp(link, output, sizeof(output) - 1) == 0;
	}
	return n;
}

static int
fill(rlim_t fds, int results)
{
	struct gbx_broker *broker;
	struct rlimit limit;
	int sent, all = 0;

	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = fds;
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	broker = host_open();
	CHECK(broker != NULL);
	while (all < results) {
		sent = submit_until_busy(broker, results - all);
		CHECK(sent > 0);
		CHECK(collect_and_hold(broker, sent) == 0);
		all += sent;
	}
	fprintf(stderr,
	    "# %d descriptors: %d jobs, %d held, in %d of them; %d lost\n",
	    (int)fds, all, n_held, outputs_open(), n_lost);
	/* The rest is the host's own. */
	CHECK(outputs_open() <= (int)fds / 8);
	CHECK(n_lost == 0);
	CHECK(host_run(broker, HOST_LARGE));
	while (n_held > 0)
		gbx_result_free(held[--n_held]);
	gbx_broker_close(broker);
	CHECK(census_none_after(2000));
	return 0;
}

static int
with_64(void)
{
	return fill(64, 120);
}

static int
with_256(void)
{
	return fill(256, 520);
}

static int
with_1024(void)
{
	return fill(1024, 2040);
}

static void
test_few_descriptors(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(with_64, 250), 0);
	assert_int_equal(host_in_child(with_256, 250), 0);
	assert_int_equal(host_in_child(with_1024, 250), 0);
}

/* The host itself takes all descriptors after the jobs were accepted, for a
 * moment: they wait. */
static int
taken_for_a_moment(void)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker;
	struct gbx_result *r;
	int i, sent = 0;

	host_opts(&opts);
	opts.preload = "gif"; /* no zygote of theirs yet */
	CHECK(host_open_with(&opts, &broker) == GBX_OK);
	CHECK(fdroom_leave(0));
	for (i = 0; i < 20; i++) {
		CHECK(host_submit(broker, HOST_SMALL, NULL));
		sent++;
	}
	CHECK(gbx_collect(broker, 300, &r) == GBX_ERR_AGAIN);
	CHECK(fdroom_give());
	CHECK(collect_and_hold(broker, sent) == 0);
	CHECK(n_lost == 0);
	while (n_held > 0)
		gbx_result_free(held[--n_held]);
	gbx_broker_close(broker);
	return 0;
}

static void
test_taken_for_a_moment(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(taken_for_a_moment, 120), 0);
}

/* For good: each job is told, in a bounded time, what is missing. */
static int
taken_for_good(void)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker;
	struct gbx_result *r;
	uint64_t start;
	int i;

	host_opts(&opts);
	opts.preload = "gif";
	CHECK(host_open_with(&opts, &broker) == GBX_OK);
	CHECK(fdroom_leave(0));
	for (i = 0; i < 20; i++)
		CHECK(host_submit(broker, HOST_SMALL, NULL));
	start = host_now_ms();
	for (i = 0; i < 20; i++) {
		CHECK(gbx_collect(broker, 60000, &r) == GBX_OK);
		CHECK(gbx_result_verdict(r) == GBX_VERDICT_ERROR);
		CHECK(gbx_result_errno(r) == EMFILE);
		gbx_result_free(r);
	}
	CHECK(host_now_ms() - start < 90000);
	CHECK(fdroom_give());
	CHECK(host_many(broker, 20));
	gbx_broker_close(broker);
	return 0;
}

static void
test_taken_for_good(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(taken_for_good, 120), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_few_descriptors, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_taken_for_a_moment, host_nothing_left),
	    cmocka_unit_test_teardown(test_taken_for_good, host_nothing_left),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("full", tests, host_set_up, NULL);
}
