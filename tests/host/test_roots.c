/* SPDX-License-Identifier: ISC */
/*
 * Callers that are root, and how much of root is left to them and to their
 * workers: all capabilities, none (docker run --cap-drop=ALL), no id to become,
 * containers of their own. Jobs work, and the posture tells whose id the
 * workers have. Side: caller. Needs root.
 *
 * Fails if taken out: leave_root (sandboxed_parsers/init/init.c) that goes on
 * without CAP_SETUID, and the note of GBX_LAYER_NONROOT behind it; private_id
 * there (getpid() in its place: the same in every container);
 * gbx_drop_bounding_set there.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/cmocka.h"
#include "tests/support/host.h"
#include "tests/support/narrow.h"
#include "tests/support/proc.h"
#include "tests/support/root.h"
#include "tests/support/trial.h"

/* What docker leaves to root, moby's DefaultCapabilities; it has SETUID, SETGID
 * and SETFCAP. */
#define BIT(cap) (1ULL << (cap))
#define DOCKER \
	(BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FSETID) | \
	    BIT(CAP_FOWNER) | BIT(CAP_MKNOD) | BIT(CAP_NET_RAW) | \
	    BIT(CAP_SETGID) | BIT(CAP_SETUID) | BIT(CAP_SETFCAP) | \
	    BIT(CAP_SETPCAP) | BIT(CAP_NET_BIND_SERVICE) | \
	    BIT(CAP_SYS_CHROOT) | BIT(CAP_KILL) | BIT(CAP_AUDIT_WRITE))

static enum gbx_err
open_with(uint32_t require, struct gbx_broker **ret)
{
	struct gbx_broker_opts opts;

	host_opts(&opts);
	opts.require = require;
	return gbx_broker_open(&opts, ret);
}

/* A number that /proc shows of every process of a broker of these programs: -2
 * if they differ, -1 if there are none. Only root with all its powers sees
 * them. */
static long
number_of_all(const char *key, int base)
{
	long pid[64], first = -1, it;
	int i, n = census_pids(pid, 64);

	for (i = 0; i < n; i++) {
		it = proc_status((pid_t)pid[i], key, base);
		if (it == -1)
			continue; /* a worker that ended just now */
		if (first != -1 && it != first)
			return -2;
		first = it;
	}
	return n >= 2 ? first : -1;
}

/* Run fn in a child that enters its narrow place, opens a broker, does a job
 * and calls show_me(); meanwhile its processes are looked at from here. */
static int shown[2], seen[2];

static int
show_me(void)
{
	char byte;

	CHECK(write(shown[1], "", 1) == 1);
	CHECK(read(seen[0], &byte, 1) == 1);
	return 0;
}

static struct {
	long uid, effective, permitted, bounding;
} look;

static void
look_around(void)
{
	look.uid = number_of_all("Uid", 10);
	look.effective = number_of_all("CapEff", 16);
	look.permitted = number_of_all("CapPrm", 16);
	look.bounding = number_of_all("CapBnd", 16);
}

static void
look_while(int (*fn)(void))
{
	char byte = 1;
	pid_t pid;

	assert_true(pipe(shown) == 0 && pipe(seen) == 0);
	pid = host_start_child(fn, 60);
	assert_true(pid > 0);
	close(shown[1]);
	if (read(shown[0], &byte, 1) == 1)
		look_around();
	assert_int_equal(write(seen[1], "", 1), 1);
	assert_int_equal(host_end_of(pid, -1), 0);
	assert_int_equal(byte, 0);
	close(shown[0]);
	close(seen[0]);
	close(seen[1]);
}

/* A broker to look at. */
static int
be_shown(void)
{
	struct gbx_broker *broker = host_open();

	CHECK(broker != NULL && host_run(broker, HOST_SMALL));
	CHECK(show_me() == 0);
	gbx_broker_close(broker);
	return 0;
}

/* ---- capabilities -------------------------------------------------------- */

static uint64_t kept;
static bool expect_nonroot;

static int
with_kept(void)
{
	struct gbx_broker *broker = NULL;
	uint32_t posture;

	CHECK(narrow_capabilities(kept));
	CHECK(
	    trial_here("fewer capabilities", TRIAL_WORKS, NULL, &posture) == 0);
	CHECK(((posture & GBX_POSTURE_NONROOT) != 0) == expect_nonroot);
	CHECK(posture & GBX_POSTURE_PROVEN);
	/* Who will not have root's id gets no broker where there is none. */
	CHECK(open_with(GBX_POSTURE_NONROOT, &broker) ==
	      (expect_nonroot ? GBX_OK : GBX_ERR_POSTURE));
	gbx_broker_close(broker);
	return be_shown();
}

static void
try_capabilities(uint64_t keep, bool nonroot)
{
	need_root();
	kept = keep;
	expect_nonroot = nonroot;
	look_while(with_kept);
	/* The posture says what is so. */
	assert_true(look.uid >= 0);
	assert_int_equal(look.uid != 0, expect_nonroot);
	assert_int_equal(look.effective, 0);
	assert_int_equal(look.permitted, 0);
	assert_int_equal(
	    look.bounding, kept >> CAP_SETPCAP & 1 ? 0 : (long)kept);
}

static void
test_all_capabilities(void **state)
{
	(void)state;
	try_capabilities(~0ULL >> (63 - CAP_LAST_CAP), true);
}

static void
test_no_capabilities(void **state)
{
	(void)state;
	try_capabilities(0, false);
}

static void
test_docker_capabilities(void **state)
{
	(void)state;
	try_capabilities(DOCKER, true);
}

/* The user can be left, the group can't. */
static void
test_no_setgid(void **state)
{
	(void)state;
	try_capabilities(DOCKER & ~BIT(CAP_SETGID), true);
}

static void
test_no_setuid(void **state)
{
	(void)state;
	try_capabilities(DOCKER & ~BIT(CAP_SETUID), false);
}

/* All of root's powers but these: its namespaces are there. */
static void
test_only_setuid_missing(void **state)
{
	(void)state;
	try_capabilities(
	    (~0ULL >> (63 - CAP_LAST_CAP)) & ~BIT(CAP_SETUID), false);
}

/* ---- the bounding set ---------------------------------------------------- */

/* Without user namespaces: the sets are those of the host. */
static int
barren_root(void)
{
	uint32_t posture;

	CHECK(narrow_barren_ns("0 0 65536\n"));
	CHECK(proc_status(getpid(), "CapBnd", 16) != 0);
	CHECK(trial_here("barren", TRIAL_WORKS, NULL, &posture) == 0);
	CHECK(posture & GBX_POSTURE_NONROOT);
	return be_shown();
}

static void
test_bounding_set(void **state)
{
	(void)state;
	need_root();
	look_while(be_shown);
	assert_int_equal(look.bounding, 0);
	look_while(barren_root);
	assert_int_equal(look.bounding, 0);
	assert_int_equal(look.permitted, 0);
}

/* ---- ids ----------------------------------------------------------------- */

/* Rootless containers: root there, and no other id. */
static int
lone_root(void)
{
	struct gbx_broker *broker = NULL;
	uint32_t posture;

	CHECK(narrow_barren_ns("0 0 1\n"));
	CHECK(trial_here("a lone root", TRIAL_WORKS, NULL, &posture) == 0);
	CHECK(!(posture & GBX_POSTURE_NONROOT));
	CHECK(open_with(GBX_POSTURE_NONROOT, &broker) == GBX_ERR_POSTURE);
	return 0;
}

static void
test_lone_root(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(host_in_child(lone_root, 60), 0);
}

/* Two containers count their processes from 1 each. */
static int
in_container(void)
{
	return narrow_pid_ns(be_shown);
}

static void
test_two_containers(void **state)
{
	long uid[3];
	int i, j;

	(void)state;
	need_root();
	for (i = 0; i < 3; i++) {
		look_while(in_container);
		uid[i] = look.uid;
		/* What systemd.io/UIDS-GIDS leaves unused. */
		assert_in_range(uid[i], 0x7fff0000, 0x7fffffff);
	}
	/* Once in some 20,000 runs two of them may be the same. */
	for (i = 0; i < 3; i++)
		for (j = 0; j < i; j++)
			assert_int_not_equal(uid[i], uid[j]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_all_capabilities, host_nothing_left),
	    cmocka_unit_test_teardown(test_no_capabilities, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_docker_capabilities, host_nothing_left),
	    cmocka_unit_test_teardown(test_no_setgid, host_nothing_left),
	    cmocka_unit_test_teardown(test_no_setuid, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_only_setuid_missing, host_nothing_left),
	    cmocka_unit_test_teardown(test_bounding_set, host_nothing_left),
	    cmocka_unit_test_teardown(test_lone_root, host_nothing_left),
	    cmocka_unit_test_teardown(test_two_containers, host_nothing_left),
	};
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed =
	    cmocka_run_group_tests_name("roots", tests, trial_set_up, NULL);
	trial_score();
	return failed;
}
