/* SPDX-License-Identifier: ISC */
/*
 * Hosts in narrow places: no /proc, a chroot, no privilege, no user
 * namespaces, a pid namespace's init. Jobs work with what there is, and the
 * posture says what there is not; or nothing is parsed. Side: caller. Most of
 * it needs root.
 *
 * Fails if taken out: the memfd in place of /dev/null in broker/spawn.c (bare
 * chroot); proc_proof in gbx_zygote_posture (without /proc); the canary's wait
 * for its byte in runtime/worker.c (hidden /proc); the lock of runtime/worker.c
 * (hosts-unsandboxed counts those that have no /proc to see it).
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/cmocka.h"
#include "tests/support/host.h"
#include "tests/support/narrow.h"
#include "tests/support/root.h"
#include "tests/support/trial.h"

#define WALLS \
	(GBX_POSTURE_USERNS | GBX_POSTURE_NETNS | GBX_POSTURE_PIDNS | \
	    GBX_POSTURE_ROOT)
#define NOBODY 65534
#define USER   1000

static void
print_posture(const char *where, uint32_t posture)
{
	uint32_t bit;

	fprintf(stderr, "# %s:", where);
	for (bit = 1; bit <= GBX_POSTURE_NONROOT; bit <<= 1)
		if (posture & bit)
			fprintf(stderr, " %s", gbx_posture_name(bit));
	fprintf(stderr, "\n");
}

static enum gbx_err
open_in(const char *dir, uint32_t require, struct gbx_broker **ret)
{
	struct gbx_broker_opts opts;

	host_opts(&opts);
	opts.require = require;
	if (dir != NULL)
		opts.worker_dir = dir;
	return gbx_broker_open(&opts, ret);
}

static int
try_here(const char *where, const char *dir, uint32_t *ret_posture)
{
	CHECK(trial_here(where, TRIAL_WORKS, dir, ret_posture) == 0);
	print_posture(where, *ret_posture);
	CHECK(*ret_posture & GBX_POSTURE_FILTER);
	return 0;
}

/* ---- the host as it is --------------------------------------------------- */

static int
as_it_is(void)
{
	uint32_t posture;

	CHECK(try_here("as it is", NULL, &posture) == 0);
	CHECK(posture & GBX_POSTURE_PROVEN);
	return 0;
}

static void
test_as_it_is(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(as_it_is, 60), 0);
}

/* ---- without /proc ------------------------------------------------------- */

static int
without_proc(void)
{
	struct gbx_broker *broker = NULL;
	uint32_t posture;

	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("none", "/proc", "tmpfs", 0, NULL) == 0);
	CHECK(access("/proc/self", F_OK) != 0);
	CHECK(try_here("without /proc", NULL, &posture) == 0);
	CHECK(!(posture & GBX_POSTURE_PROVEN));
	/* Who wants the proof gets nothing parsed. */
	CHECK(open_in(NULL, GBX_POSTURE_PROVEN, &broker) == GBX_ERR_POSTURE);
	CHECK(broker == NULL);
	return 0;
}

static void
test_without_proc(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(host_in_child(without_proc, 60), 0);
}

/* One that shows each user only whom he may trace (proc(5), hidepid): workers
 * are dumpable by nobody, and seen all the same by who owns their namespace. */
static int
with_hidden_proc(void)
{
	struct gbx_broker *broker = NULL;
	uint32_t posture;
	int i;

	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("proc", "/proc", "proc", 0, "hidepid=2") == 0);
	CHECK(host_become(USER));
	CHECK(try_here("hidden /proc", NULL, &posture) == 0);
	CHECK(posture & GBX_POSTURE_PROVEN);
	/* And not by luck. */
	for (i = 0; i < 10; i++) {
		CHECK(open_in(NULL, GBX_POSTURE_PROVEN, &broker) == GBX_OK);
		gbx_broker_close(broker);
	}
	return 0;
}

static void
test_hidden_proc(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(host_in_child(with_hidden_proc, 60), 0);
}

/* ---- chroot -------------------------------------------------------------- */

/* Nothing but the workers. */
static int
in_bare_chroot(void)
{
	uint32_t posture;

	CHECK(chroot(census_worker_dir()) == 0 && chdir("/") == 0);
	CHECK(try_here("in a bare chroot", "/", &posture) == 0);
	CHECK(!(posture & GBX_POSTURE_PROVEN));
	return 0;
}

static void
test_bare_chroot(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(host_in_child(in_bare_chroot, 60), 0);
}

/* As chroots usually are: /dev/null and /proc. */
static int
in_chroot(void)
{
	char path[256];
	uint32_t posture;
	int err = 0;

	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("none", "/mnt", "tmpfs", 0, "mode=755") == 0);
	CHECK(mkdir("/mnt/workers", 0755) == 0);
	CHECK(mkdir("/mnt/dev", 0755) == 0);
	CHECK(mkdir("/mnt/proc", 0755) == 0);
	CHECK(mknod("/mnt/dev/null", S_IFCHR | 0666, makedev(1, 3)) == 0);
	CHECK(mount("proc", "/mnt/proc", "proc", 0, NULL) == 0);
	snprintf(path, sizeof(path), "%s", census_worker_dir());
	err = mount(path, "/mnt/workers", NULL, MS_BIND, NULL);
	CHECK(err == 0);
	CHECK(chroot("/mnt") == 0 && chdir("/") == 0);
	CHECK(try_here("in a chroot", "/workers", &posture) == 0);
	CHECK(posture & GBX_POSTURE_PROVEN);
	return 0;
}

static void
test_chroot(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(host_in_child(in_chroot, 60), 0);
}

/* ---- without privilege --------------------------------------------------- */

static int
as_nobody(void)
{
	uint32_t posture;

	CHECK(host_become(NOBODY));
	CHECK(try_here("as nobody", NULL, &posture) == 0);
	CHECK(posture & GBX_POSTURE_PROVEN);
	return 0;
}

static int
as_user(void)
{
	uint32_t posture;

	CHECK(host_become(USER));
	CHECK(try_here("as uid 1000", NULL, &posture) == 0);
	CHECK(posture & GBX_POSTURE_PROVEN);
	return 0;
}

static void
test_unprivileged(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(host_in_child(as_nobody, 60), 0);
	assert_int_equal(host_in_child(as_user, 60), 0);
}

/* ---- without user namespaces --------------------------------------------- */

/* Root there, with an id for nobody: the other walls stand. */
static int
barren_root(void)
{
	uint32_t posture;

	CHECK(narrow_barren_ns("0 0 65536\n"));
	CHECK(try_here("root, no user namespaces", NULL, &posture) == 0);
	CHECK(!(posture & GBX_POSTURE_USERNS));
	CHECK(posture & GBX_POSTURE_PIDNS);
	return 0;
}

/* Root there, and no other id to become (rootless containers). */
static int
barren_lone_root(void)
{
	uint32_t posture;

	CHECK(narrow_barren_ns("0 0 1\n"));
	CHECK(try_here("a lone root, no user namespaces", NULL, &posture) == 0);
	CHECK(!(posture & GBX_POSTURE_USERNS));
	return 0;
}

/* No privilege at all: only what any process may take from itself. */
static int
barren_user(void)
{
	struct gbx_broker *broker = NULL;
	uint32_t posture;

	CHECK(narrow_barren_ns("0 0 65536\n"));
	CHECK(host_become(USER));
	CHECK(try_here("uid 1000, no user namespaces", NULL, &posture) == 0);
	CHECK((posture & WALLS) == 0);
	CHECK(posture & GBX_POSTURE_PROVEN);
	CHECK(open_in(NULL, GBX_POSTURE_USERNS, &broker) == GBX_ERR_POSTURE);
	return 0;
}

static void
test_barren_root(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(host_in_child(barren_root, 60), 0);
}

static void
test_barren_lone_root(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(host_in_child(barren_lone_root, 60), 0);
}

static void
test_barren_user(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(host_in_child(barren_user, 60), 0);
}

/* Killed there, where no pid namespace ends all: still nothing is left. */
static int
barren_user_for_ever(void)
{
	struct gbx_broker *broker;

	CHECK(narrow_barren_ns("0 0 65536\n"));
	CHECK(host_become(USER));
	broker = host_open();
	CHECK(broker != NULL);
	for (;;)
		CHECK(host_run(broker, HOST_LARGE));
}

static void
test_barren_user_killed(void **state)
{
	pid_t pid;

	(void)state;
	need_root();
	pid = host_start_child(barren_user_for_ever, 60);
	host_sleep_ms(1000);
	assert_true(census_some_within(3, 1000)); /* init, zygote, worker */
	kill(pid, SIGKILL);
	assert_int_equal(host_end_of(pid, -1), 128 + SIGKILL);
	assert_true(census_none_after(1000));
}

/* ---- pid 1 of a container ------------------------------------------------ */

static int
be_pid_one(void)
{
	struct gbx_broker *broker;

	broker = host_open();
	CHECK(broker != NULL);
	CHECK(host_many(broker, 40));
	CHECK(host_run(broker, HOST_LARGE));
	gbx_broker_close(broker);
	/* all that it adopted was reaped for it */
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	return 0;
}

static int
as_pid_one(void)
{
	return narrow_pid_ns(be_pid_one);
}

static void
test_pid_one(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(host_in_child(as_pid_one, 60), 0);
}

/* ---- the worker directory ------------------------------------------------ */

/* The words name the path, with its mode or owner. */
static void
expect_words(const char *path, const char *what)
{
	char why[512];

	assert_true(gbx_dir_refused(census_worker_dir(), why, sizeof(why)) ||
		    gbx_dir_refused(path, why, sizeof(why)));
	assert_non_null(strstr(why, path));
	assert_non_null(strstr(why, what));
}

static void
test_worker_dir(void **state)
{
	struct gbx_broker *broker = NULL;
	char dir[] = "/tmp/glovebox-dir-XXXXXX";

	(void)state;
	assert_int_equal(open_in("/nowhere", 0, &broker), GBX_ERR_NOTFOUND);
	assert_int_equal(open_in("/etc/passwd", 0, &broker), GBX_ERR_NOTFOUND);
	assert_non_null(mkdtemp(dir));
	assert_int_equal(open_in(dir, 0, &broker), GBX_ERR_NOTFOUND);
	assert_int_equal(chmod(dir, 0777), 0);
	assert_int_equal(open_in(dir, 0, &broker), GBX_ERR_SYSTEM);
	assert_int_equal(errno, EPERM);
	expect_words(dir, "(mode 0777): chmod go-w");
	if (geteuid() == 0) {
		assert_int_equal(chmod(dir, 0755), 0);
		assert_int_equal(chown(dir, 12345, 12345), 0);
		assert_int_equal(open_in(dir, 0, &broker), GBX_ERR_SYSTEM);
		assert_int_equal(errno, EPERM);
		expect_words(dir, "belongs to uid 12345");
	}
	rmdir(dir);
}

/* A worker is ours, and a file in that very directory. */
static void
expect_worker(int err)
{
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;
	enum gbx_err got;

	host_opts(&opts);
	opts.worker_dir = census_worker_dir();
	opts.preload = "png";
	got = gbx_broker_open(&opts, &broker);
	assert_int_equal(got, err == 0 ? GBX_OK : GBX_ERR_SYSTEM);
	if (err != 0)
		assert_int_equal(errno, err);
	gbx_broker_close(broker);
}

/* The result says which program, while other formats work. */
static void
expect_detail(const char *detail)
{
	struct gbx_broker *broker = NULL;
	struct gbx_result *result = NULL;
	struct gbx_broker_opts opts;
	struct gbx_input input;
	struct gbx_job job;

	host_opts(&opts);
	opts.worker_dir = census_worker_dir();
	opts.preload = "docx";
	assert_int_equal(gbx_broker_open(&opts, &broker), GBX_OK);
	host_job(HOST_SMALL, &input, &job);
	assert_int_equal(gbx_run(broker, &input, &job, &result), GBX_OK);
	assert_int_equal(gbx_result_verdict(result), GBX_VERDICT_ERROR);
	assert_string_equal(gbx_result_detail(result), detail);
	gbx_broker_close(broker);
	assert_string_equal(gbx_result_detail(result), detail);
	gbx_result_free(result);
}

static void
test_worker_file(void **state)
{
	char path[512], away[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/glovebox-png", census_worker_dir());
	snprintf(away, sizeof(away), "%s/away", census_worker_dir());
	assert_int_equal(chmod(path, 0775), 0);
	expect_worker(EPERM);
	expect_words(path, "(mode 0775): chmod go-w");
	expect_detail(
	    "others may write to glovebox-png (mode 0775): chmod go-w");
	assert_int_equal(chmod(path, 0757), 0);
	expect_worker(EPERM);
	assert_int_equal(chmod(path, 0755), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 12345, 12345), 0);
		expect_worker(EPERM);
		expect_words(path, "belongs to uid 12345");
		assert_int_equal(chown(path, 0, 0), 0);
	}
	assert_int_equal(rename(path, away), 0);
	assert_int_equal(symlink("away", path), 0);
	expect_worker(EPERM);
	assert_int_equal(rename(away, path), 0);
	expect_worker(0);
}

/* In a mount namespace of its own, with another folder over that of the
 * system's libraries: this program has loaded its own by now. */
static int
libraries_of_others(void)
{
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;

	host_opts(&opts);
	opts.preload = "heif";
	CHECK(gbx_broker_open(&opts, &broker) == GBX_OK);
	gbx_broker_close(broker);
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("none", GBX_SYSLIBS, "tmpfs", 0, "mode=777") == 0);
	CHECK(gbx_broker_open(&opts, &broker) == GBX_ERR_SYSTEM);
	CHECK(errno == ELIBACC);
	/* Those that need none of them work. */
	opts.preload = "png";
	CHECK(gbx_broker_open(&opts, &broker) == GBX_OK);
	gbx_broker_close(broker);
	return 0;
}

static void
test_libraries_of_others(void **state)
{
	char path[512];

	(void)state;
	snprintf(
	    path, sizeof(path), "%s/glovebox-heif", getenv("GLOVEBOX_LIBEXEC"));
	if (geteuid() != 0 || access(path, X_OK) != 0)
		skip();
	assert_int_equal(host_in_child(libraries_of_others, 60), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_as_it_is, host_nothing_left),
	    cmocka_unit_test_teardown(test_without_proc, host_nothing_left),
	    cmocka_unit_test_teardown(test_hidden_proc, host_nothing_left),
	    cmocka_unit_test_teardown(test_bare_chroot, host_nothing_left),
	    cmocka_unit_test_teardown(test_chroot, host_nothing_left),
	    cmocka_unit_test_teardown(test_unprivileged, host_nothing_left),
	    cmocka_unit_test_teardown(test_barren_root, host_nothing_left),
	    cmocka_unit_test_teardown(test_barren_lone_root, host_nothing_left),
	    cmocka_unit_test_teardown(test_barren_user, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_barren_user_killed, host_nothing_left),
	    cmocka_unit_test_teardown(test_pid_one, host_nothing_left),
	    cmocka_unit_test_teardown(test_worker_dir, host_nothing_left),
	    cmocka_unit_test_teardown(test_worker_file, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_libraries_of_others, host_nothing_left),
	};
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed =
	    cmocka_run_group_tests_name("places", tests, trial_set_up, NULL);
	trial_score();
	return failed;
}
