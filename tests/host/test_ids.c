/* SPDX-License-Identifier: ISC */
/*
 * A host that gives up root, or the power to trace, after it opened its broker.
 * The kernel then shows it a 0 for the exit status of a worker
 * (proc_pid_stat(5)), and a 0 is what an honest worker ends with: a crash and a
 * violation must not pass for that. And one with many groups.
 * Side: tests; public header alone.
 *
 * Fails if taken out: the readers compared in gbx_death_seen of broker/death.c;
 * read_past_groups of broker/autopsy.c.
 */
#include "tests/support/cmocka.h"

#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/capabilities.h"
#include "tests/support/census.h"
#include "tests/support/host.h"
#include "tests/support/lies.h"

#define USER 65534

static const struct fall {
	const char *script;
	enum gbx_verdict verdict;
} falls[] = {
    {GOOD, GBX_VERDICT_OK},
    {GOOD_THEN("segv"), GBX_VERDICT_CRASHED},
    {GOOD_THEN("call 39"), GBX_VERDICT_VIOLATION},
    {GOOD_THEN("exit 3"), GBX_VERDICT_BAD_REPLY},
};
static const struct fall *fall;
static bool keep_user;

static int
give_up(void)
{
	if (keep_user)
		return gbx_drop_capabilities();
	return host_become(USER) ? 0 : 1;
}

static int
judge(void)
{
	struct gbx_broker *broker = liar_open(liar_lockdown());
	struct gbx_result *r;
	struct gbx_job job;
	int i;

	/* Afterwards workers wait that were met by root. */
	for (i = 0; i < 4; i++) {
		r = liar_run(broker, LIAR_PNG, falls[0].script, NULL);
		CHECK(gbx_result_verdict(r) == GBX_VERDICT_OK);
		gbx_result_free(r);
		host_sleep_ms(20);
	}
	CHECK(give_up() == 0);
	r = liar_run(broker, LIAR_PNG, fall->script, NULL);
	if (gbx_result_verdict(r) != fall->verdict)
		fprintf(stderr, "# %s: %s, %s\n", fall->script,
		    gbx_verdict_name(gbx_result_verdict(r)),
		    gbx_result_detail(r));
	CHECK(gbx_result_verdict(r) == fall->verdict);
	gbx_result_free(r);
	/* It goes on with workers that only the user has met. */
	for (i = 0; i < 12; i++) {
		r = liar_run(broker, LIAR_PNG, GOOD, NULL);
		if (gbx_result_verdict(r) != GBX_VERDICT_OK)
			fprintf(stderr, "# job %d after %s: %s, %s\n", i,
			    fall->script,
			    gbx_verdict_name(gbx_result_verdict(r)),
			    gbx_result_detail(r));
		CHECK(gbx_result_verdict(r) == GBX_VERDICT_OK);
		CHECK(gbx_result_posture(r) & GBX_POSTURE_PROVEN);
		gbx_result_free(r);
	}
	/* Which end by themselves, for it may not kill them. */
	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = 200;
	r = liar_run(broker, LIAR_PNG, "spin", &job);
	CHECK(gbx_result_verdict(r) == GBX_VERDICT_DEADLINE);
	gbx_result_free(r);
	return 0; /* it may not signal its workers; they end with it */
}

static void
need_root(void)
{
	if (geteuid() == 0)
		return;
	print_message("# only root can give up root\n");
	skip();
}

static void
judge_all(void)
{
	size_t i;

	need_root();
	for (i = 0; i < sizeof(falls) / sizeof(falls[0]); i++) {
		fall = &falls[i];
		assert_int_equal(host_in_child(judge, 60), 0);
	}
}

static void
test_user(void **state)
{
	(void)state;
	keep_user = false;
	judge_all();
}

static void
test_capabilities(void **state)
{
	(void)state;
	keep_user = true;
	judge_all();
}

/* Their line in /proc/PID/status is longer than what is read at once, and in
 * front of what is looked for. */
static int
many_groups(void)
{
	static gid_t groups[1000];
	struct gbx_broker_opts opts;
	struct gbx_broker *broker;
	struct gbx_result *r;
	uint32_t i;

	for (i = 0; i < 1000; i++)
		groups[i] = 4000000000U + i;
	liar_opts(&opts, liar_lockdown());
	free((char *)opts.worker_dir);
	/* The build may be in a home that this user can't enter. */
	opts.worker_dir = census_liar_dir();
	CHECK(opts.worker_dir != NULL);
	CHECK(setgroups(1000, groups) == 0);
	CHECK(setresgid(USER, USER, USER) == 0);
	CHECK(setresuid(USER, USER, USER) == 0);
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
	opts.require = GBX_POSTURE_PROVEN;
	CHECK(gbx_broker_open(&opts, &broker) == GBX_OK);
	r = liar_run(broker, LIAR_PNG, GOOD, NULL);
	CHECK(gbx_result_verdict(r) == GBX_VERDICT_OK);
	CHECK(gbx_result_posture(r) & GBX_POSTURE_PROVEN);
	gbx_result_free(r);
	gbx_broker_close(broker);
	return 0;
}

static void
test_many_groups(void **state)
{
	(void)state;
	need_root();
	assert_non_null(census_liar_dir());
	assert_int_equal(host_in_child(many_groups, 60), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_user),
	    cmocka_unit_test(test_capabilities),
	    cmocka_unit_test(test_many_groups),
	};

	return liar_run_both(tests, 3, NULL, NULL);
}
