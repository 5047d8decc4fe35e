/* SPDX-License-Identifier: ISC */
/*
 * The kernel's audit log is where an administrator looks for attacks: to start
 * brokers and to do honest jobs leaves nothing there; a violation leaves one
 * record. Records are taken as the kernel sends them (NETLINK_AUDIT, the group
 * of readers), for its own log drops most of them when there are many.
 * Side: tests; public header. Needs root, and a kernel with audit.
 *
 * Fails if taken out: the errno in place of the kill in gbx_lockdown_canary, or
 * the belief in what /proc shows in gbx_lockdown_acts (runtime/lockdown.c).
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/cmocka.h"
#include "tests/support/host.h"
#include "tests/support/root.h"

#define STARTS	8
#define SILENCE 1500 /* ms; the kernel's thread sends them on */
#define BUFFER	(8 << 20)

static int records = -1;
static uint32_t lockdown;

/* errno, or 0. */
static int
listen_to_audit(void)
{
	struct sockaddr_nl all = {
	    .nl_family = AF_NETLINK,
	    .nl_groups = 1U << (AUDIT_NLGRP_READLOG - 1),
	};
	int size = BUFFER;

	records = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	if (records < 0)
		return errno;
	(void)setsockopt(
	    records, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return bind(records, (struct sockaddr *)&all, sizeof(all)) == 0 ? 0
									: errno;
}

/* The next record of a program of this test's; false: none came any more. */
static bool
next_record(unsigned int *ret_type, char *ret_text, size_t room)
{
	struct pollfd p = {.fd = records, .events = POLLIN};
	union {
		struct nlmsghdr header;
		char bytes[16384];
	} msg;
	uint64_t end = host_now_ms() + SILENCE, now;
	ssize_t n;

	/* Others' programs may never be silent. */
	while (
	    (now = host_now_ms()) < end && poll(&p, 1, (int)(end - now)) > 0) {
		n = recv(records, &msg, sizeof(msg) - 1, 0);
		if (n < (ssize_t)NLMSG_HDRLEN)
			continue;
		msg.bytes[n] = '\0';
		if (strstr(msg.bytes + NLMSG_HDRLEN, census_worker_dir()) ==
		    NULL)
			continue;
		*ret_type = msg.header.nlmsg_type;
		snprintf(ret_text, room, "%.1000s", msg.bytes + NLMSG_HDRLEN);
		return true;
	}
	return false;
}

static int
count_records(unsigned int of_type)
{
	unsigned int type;
	char text[1024];
	int n = 0;

	while (next_record(&type, text, sizeof(text))) {
		printf("# %u %s\n", type, text);
		n += of_type == 0 || type == of_type;
	}
	return n;
}

static struct gbx_broker *
start(const char *dir)
{
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;

	host_opts(&opts);
	opts.lockdown = lockdown;
	if (dir != NULL)
		opts.worker_dir = dir;
	opts.preload = "png";
	assert_int_equal(gbx_broker_open(&opts, &broker), GBX_OK);
	return broker;
}

/* An attacker's: a call that the zygote could make and a worker can't. */
static void
violate(void)
{
	static const char script[] = "\x89PNG\r\n\x1a\n call 318 ";
	struct gbx_broker *broker = start(census_liar_dir());
	struct gbx_input input;
	struct gbx_result *r;
	struct gbx_job job;

	gbx_input_init(&input);
	input.data = script;
	input.length = sizeof(script) - 1;
	gbx_job_init(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_OUTPUT] = 1 << 20;
	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_OK);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_VIOLATION);
	gbx_result_free(r);
	gbx_broker_close(broker);
}

/* SECURITY.md tells administrators how one looks. */
static void
expect_record_of_violation(void)
{
	unsigned int type;
	char text[1024];

	while (next_record(&type, text, sizeof(text)) && type != AUDIT_SECCOMP)
		printf("# %u %s\n", type, text);
	printf("# %u %s\n", type, text);
	assert_int_equal(type, AUDIT_SECCOMP);
	assert_non_null(strstr(text, "comm=\"glovebox-png\""));
	assert_non_null(strstr(text, "syscall=318"));
	assert_non_null(
	    strstr(text, lockdown == GBX_LOCKDOWN_STRICT ? "sig=9" : "sig=31"));
	assert_int_equal(count_records(AUDIT_SECCOMP), 0);
}

static void
leave_none(void)
{
	struct gbx_broker *broker;
	int i;

	for (i = 0; i < STARTS; i++) {
		broker = start(NULL);
		assert_true(host_run(broker, HOST_SMALL));
		assert_true(host_run(broker, HOST_LARGE));
		gbx_broker_close(broker);
	}
	assert_int_equal(count_records(0), 0);
}

static void
try_lockdown(uint32_t which)
{
	int err;

	need_root();
	lockdown = which;
	err = listen_to_audit();
	if (err != 0) {
		print_message("# SKIP no audit records to be had here: %s\n",
		    strerror(err));
		skip();
	}
	violate();
	expect_record_of_violation();
	leave_none();
	/* They would still have been seen. */
	violate();
	expect_record_of_violation();
	close(records);
}

static void
test_filter(void **state)
{
	(void)state;
	try_lockdown(GBX_LOCKDOWN_FILTER);
}

static void
test_strict(void **state)
{
	(void)state;
	try_lockdown(GBX_LOCKDOWN_STRICT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_filter),
	    cmocka_unit_test(test_strict),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (!host_prepare_quick() || census_liar_dir() == NULL)
		return 1;
	return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
