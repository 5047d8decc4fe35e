/* SPDX-License-Identifier: ISC */
/*
 * A client whose every input crashes its worker, beside one whose inputs are
 * honest: the second is served. Counted in jobs, not in time. Side: tests;
 * public header and the liar.
 *
 * Fails if taken out: the turns of lanes, gbx_queue_blame or the look at who
 * owes in broker/queue.c; gbx_start_ns in broker/backoff.c.
 */
#include "tests/support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/liar.h"

#define CRASHES 24
#define HONEST	384
#define OWED	64 /* as in broker/queue.c */

static struct gbx_broker *
open_one_at_a_time(void)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker;

	liar_opts(&opts, liar_lockdown());
	opts.max_in_flight = 1;
	opts.max_queued = CRASHES + HONEST;
	assert_int_equal(gbx_broker_open(&opts, &broker), GBX_OK);
	free((char *)opts.worker_dir);
	return broker;
}

static void
submit(struct gbx_broker *broker, const char *client, const char *domain,
    const char *script)
{
	struct gbx_job job;

	liar_job(&job, GBX_OP_DECODE);
	job.client = client;
	job.domain = domain;
	job.cookie = (void *)(script[0] == 's' ? "crash" : "honest");
	job.limit[GBX_LIMIT_WALL] = 60000;
	liar_submit(broker, LIAR_PNG, script, &job);
}

/* 'c' or 'h', and its verdict as it must be. */
static char
collect(struct gbx_broker *broker)
{
	struct gbx_result *r;
	enum gbx_verdict want;
	char c;

	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	c = *(char *)gbx_result_cookie(r);
	want = c == 'c' ? GBX_VERDICT_CRASHED : GBX_VERDICT_OK;
	assert_int_equal(gbx_result_verdict(r), want);
	gbx_result_free(r);
	return c;
}

/* All wait from the start: how many crashes came before the last of the honest
 * ones? */
static int
crashes_before_the_end(struct gbx_broker *broker)
{
	int crashes = 0, honest = 0;

	while (honest < HONEST) {
		if (collect(broker) == 'h')
			honest++;
		else
			crashes++;
	}
	while (gbx_collect(broker, 0, &(struct gbx_result *){NULL}) == GBX_OK)
		crashes++;
	return crashes;
}

static void
flood(const char *client[2], const char *domain[2], int most)
{
	struct gbx_broker *broker = open_one_at_a_time();
	int i, crashes;

	for (i = 0; i < CRASHES; i++)
		submit(broker, client[0], domain[0], "segv");
	for (i = 0; i < HONEST; i++)
		submit(broker, client[1], domain[1], "image 3 2 1");
	crashes = crashes_before_the_end(broker);
	print_message(
	    "# %d honest jobs beside %d that crashed\n", HONEST, crashes);
	assert_in_range(crashes, 1, most);
	gbx_broker_close(broker);
}

static void
test_clients(void **state)
{
	const char *client[2] = {"mallory", "alice"}, *domain[2] = {NULL};

	(void)state;
	flood(client, domain, HONEST / OWED + 2);
}

/* Without a client the domain is one; jobs that have neither are one, too. */
static void
test_domains(void **state)
{
	const char *client[2] = {NULL}, *domain[2] = {"mallory", NULL};

	(void)state;
	flood(client, domain, HONEST / OWED + 2);
}

/* Those who crashed get their turns all the same, and none is lost. */
static void
test_all_are_served(void **state)
{
	struct gbx_broker *broker = open_one_at_a_time();
	int i, n[2] = {0, 0};

	(void)state;
	for (i = 0; i < 10; i++) {
		submit(broker, "mallory", NULL, "segv");
		submit(broker, "alice", NULL, "image 3 2 1");
		submit(broker, "bob", NULL, "image 3 2 1");
	}
	for (i = 0; i < 30; i++)
		n[collect(broker) == 'h']++;
	assert_int_equal(n[0], 10);
	assert_int_equal(n[1], 20);
	gbx_broker_close(broker);
}

/* Two honest clients share, however many one of them has sent before. */
static void
test_in_turn(void **state)
{
	struct gbx_broker *broker = open_one_at_a_time();
	int i, of_many = 0;
	struct gbx_result *r;
	struct gbx_job job;

	(void)state;
	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = 60000;
	for (i = 0; i < 220; i++) {
		job.client = i < 200 ? "many" : "few";
		job.cookie = (void *)job.client;
		liar_submit(broker, LIAR_PNG, "image 3 2 1", &job);
	}
	for (i = 0; i < 20;) {
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		if (strcmp(gbx_result_cookie(r), "few") == 0)
			i++;
		else
			of_many++;
		gbx_result_free(r);
	}
	print_message("# 20 of the few beside %d of the many\n", of_many);
	/* Some ran before the few came. */
	assert_in_range(of_many, 15, 60);
	gbx_broker_close(broker);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_clients),
	    cmocka_unit_test(test_domains),
	    cmocka_unit_test(test_all_are_served),
	    cmocka_unit_test(test_in_turn),
	};

	return liar_run_both(
		   tests, sizeof(tests) / sizeof(tests[0]), NULL, NULL) != 0;
}
