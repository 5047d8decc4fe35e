/* SPDX-License-Identifier: ISC */
/*
 * Hosts that were started by somebody else: set-user-ID, set-group-ID, with
 * file capabilities, and with an environment that means harm. Nothing of it
 * reaches a worker or chooses one; without being told so the library does not
 * work there at all. Side: caller. Needs root.
 *
 * Fails if taken out: the AT_SECURE check of gbx_broker_open; envp in
 * run_program of broker/spawn.c and in exec_zygote of init/init.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/cmocka.h"
#include "tests/support/host.h"
#include "tests/support/root.h"
#include "tests/support/trial.h"

#define NOBODY	   65534
#define USER	   1000
#define NOT_SECURE 100 /* exit status: not set-user-ID after all */

/* ---- the environment ----------------------------------------------------- */

/* A place of programs that tell when one of them runs. */
static char evil_dir[64], evil_mark[96];

static bool
write_program(const char *name)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/glovebox-%s", evil_dir, name);
	f = fopen(path, "we");
	if (f == NULL)
		return false;
	fprintf(f, "#!/bin/sh\n: >%s\n", evil_mark);
	return fclose(f) == 0 && chmod(path, 0755) == 0;
}

static bool
make_evil_dir(void)
{
	strcpy(evil_dir, "/tmp/glovebox-evil-XXXXXX");
	if (mkdtemp(evil_dir) == NULL || chmod(evil_dir, 01777) != 0)
		return false;
	snprintf(evil_mark, sizeof(evil_mark), "%s/ran", evil_dir);
	return write_program("init") && write_program("png") &&
	       write_program("copy");
}

/* True: and none of them ever ran. */
static bool
remove_evil_dir(void)
{
	static const char *const names[] = {
	    "glovebox-init", "glovebox-png", "glovebox-copy"};
	bool quiet = access(evil_mark, F_OK) != 0;
	char path[128];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", evil_dir, names[i]);
		unlink(path);
	}
	unlink(evil_mark);
	return rmdir(evil_dir) == 0 && quiet;
}

static int
poison(void)
{
	static const char *const here[] = {"GLOVEBOX_LIBEXEC", "TMPDIR", "HOME",
	    "PATH", "GLOVEBOX_WORKER_DIR", "LIBEXECDIR", "XDG_RUNTIME_DIR"};
	size_t i;

	for (i = 0; i < sizeof(here) / sizeof(here[0]); i++)
		CHECK(setenv(here[i], evil_dir, 1) == 0);
	CHECK(setenv("LD_PRELOAD", "/nowhere/evil.so", 1) == 0);
	CHECK(setenv("LD_AUDIT", "/nowhere/evil.so", 1) == 0);
	CHECK(setenv("LD_LIBRARY_PATH", "/nowhere", 1) == 0);
	CHECK(setenv("GLIBC_TUNABLES", "glibc.malloc.perturb=85", 1) == 0);
	CHECK(setenv("MALLOC_PERTURB_", "85", 1) == 0);
	CHECK(setenv("TZ", "Asia/Kolkata", 1) == 0);
	CHECK(setenv("LC_ALL", "tr_TR.UTF-8", 1) == 0);
	return 0;
}

static int
read_of(long pid, const char *name, char *ret, size_t room)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	n = read(fd, ret, room - 1);
	close(fd);
	CHECK(n >= 0);
	ret[n] = '\0';
	return 0;
}

/* init's, or that of a zygote and its workers; nothing follows. */
static int
has_fixed_environment(long pid)
{
	static const char init[] = "TZ=UTC0\0LC_ALL=C\0";
	static const char zygote[] = "TZ=UTC0\0LC_ALL=C\0LD_LIBRARY_PATH=.\0";
	char name[64], environment[4096];

	CHECK(read_of(pid, "cmdline", name, sizeof(name)) == 0);
	CHECK(read_of(pid, "environ", environment, sizeof(environment)) == 0);
	if (strcmp(name, "glovebox-init") == 0)
		CHECK(memcmp(environment, init, sizeof(init)) == 0);
	else
		CHECK(memcmp(environment, zygote, sizeof(zygote)) == 0);
	return 0;
}

static int
with_poisoned_environment(void)
{
	struct gbx_broker *broker;
	uint32_t posture;
	long pid[64];
	int i, n;

	CHECK(poison() == 0);
	broker = host_open();
	CHECK(broker != NULL);
	CHECK(host_many(broker, 10));
	n = census_pids(pid, 64);
	CHECK(n >= 3);
	for (i = 0; i < n; i++)
		CHECK(has_fixed_environment(pid[i]) == 0);
	gbx_broker_close(broker);
	return trial_here("poisoned environment", TRIAL_WORKS, NULL, &posture);
}

static void
test_environment(void **state)
{
	(void)state;
	need_root();
	assert_true(make_evil_dir());
	assert_int_equal(host_in_child(with_poisoned_environment, 60), 0);
	assert_true(remove_evil_dir());
}

/* ---- as a copy that somebody else may run -------------------------------- */

/* What the copy does: refused as it must be, and works when it insists; the
 * folder built in is the only one that it looks into unasked. */
static int
run_copy(const char *dir)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker = NULL;
	uint32_t posture;
	enum gbx_err err;

	if (getauxval(AT_SECURE) == 0)
		return NOT_SECURE;
	CHECK(gbx_broker_open(NULL, &broker) == GBX_ERR_SETID);
	gbx_broker_opts_init(&opts);
	opts.worker_dir = dir;
	opts.preload = "png";
	CHECK(gbx_broker_open(&opts, &broker) == GBX_ERR_SETID);
	opts.allow_setid = true;
	opts.worker_dir = NULL;
	err = gbx_broker_open(&opts, &broker);
	CHECK(err == GBX_OK || err == GBX_ERR_NOTFOUND);
	gbx_broker_close(broker);
	CHECK(setenv("GLOVEBOX_LIBEXEC", dir, 1) == 0);
	CHECK(trial_set_up(NULL) == 0);
	return trial_here("set-ID", TRIAL_WORKS, NULL, &posture);
}

static const char *self;
static char copy_path[64];

static bool
copy_self(void)
{
	char buf[65536];
	int in = open(self, O_RDONLY | O_CLOEXEC), out;
	bool good;
	ssize_t n;

	strcpy(copy_path, "/tmp/glovebox-setid-XXXXXX");
	if (mkdtemp(copy_path) == NULL || chmod(copy_path, 0755) != 0)
		return false;
	strcat(copy_path, "/copy");
	out = open(copy_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	good = in >= 0 && out >= 0;
	while (good && (n = read(in, buf, sizeof(buf))) > 0)
		good = write(out, buf, (size_t)n) == n;
	close(in);
	close(out);
	return good;
}

static int
exec_copy(void)
{
	/* The build may be in a home that this user can't enter. */
	const char *dir = census_worker_dir();

	CHECK(dir != NULL && census_liar_dir() != NULL && poison() == 0);
	CHECK(host_become(USER));
	execl(copy_path, copy_path, "copy", dir, (char *)NULL);
	return 99;
}

/* 0, or NOT_SECURE. */
static int
try_copy(bool (*mark)(void))
{
	int status = 98;

	assert_true(make_evil_dir());
	if (copy_self() && mark())
		status = host_in_child(exec_copy, 60);
	unlink(copy_path);
	*strrchr(copy_path, '/') = '\0';
	rmdir(copy_path);
	assert_true(remove_evil_dir());
	return status;
}

static bool
set_user_id(void)
{
	return chown(copy_path, NOBODY, NOBODY) == 0 &&
	       chmod(copy_path, 04755) == 0;
}

static bool
set_user_id_root(void)
{
	return chmod(copy_path, 04755) == 0;
}

static bool
set_group_id(void)
{
	return chown(copy_path, 0, NOBODY) == 0 && chmod(copy_path, 02755) == 0;
}

/* capabilities(7), "File capability extended attribute versioning". */
static bool
give_capability(void)
{
	struct vfs_cap_data cap = {
	    .magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
	    .data[0].permitted = 1U << CAP_NET_BIND_SERVICE,
	};

	return setxattr(
		   copy_path, "security.capability", &cap, sizeof(cap), 0) == 0;
}

static void
test_copy(bool (*mark)(void))
{
	int status;

	need_root();
	status = try_copy(mark);
	if (status == NOT_SECURE) {
		print_message("# /tmp is mounted nosuid\n");
		skip();
	}
	assert_int_equal(status, 0);
}

static void
test_set_user_id(void **state)
{
	(void)state;
	test_copy(set_user_id);
}

static void
test_set_user_id_root(void **state)
{
	(void)state;
	test_copy(set_user_id_root);
}

static void
test_set_group_id(void **state)
{
	(void)state;
	test_copy(set_group_id);
}

static void
test_file_capability(void **state)
{
	(void)state;
	test_copy(give_capability);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_environment, host_nothing_left),
	    cmocka_unit_test_teardown(test_set_user_id, host_nothing_left),
	    cmocka_unit_test_teardown(test_set_user_id_root, host_nothing_left),
	    cmocka_unit_test_teardown(test_set_group_id, host_nothing_left),
	    cmocka_unit_test_teardown(test_file_capability, host_nothing_left),
	};
	int failed;

	if (argc == 3 && strcmp(argv[1], "copy") == 0)
		return run_copy(argv[2]);
	self = argv[0];
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed =
	    cmocka_run_group_tests_name("setid", tests, trial_set_up, NULL);
	trial_score();
	return failed;
}
