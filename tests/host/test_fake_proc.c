/* SPDX-License-Identifier: ISC */
/*
 * A /proc that is none: plain files on a tmpfs that say of every process what
 * the broker would like to read. It proves nothing. And none at all: then a
 * worker whose zygote is killed leaves nobody to ask how it ended, and its job
 * is done again. Side: caller.
 * Fails if taken out: PROC_SUPER_MAGIC in open_proc (broker/open.c); the look
 * at `known` in gbx_judge_death (broker/judge.c).
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glovebox.h>

#include "tests/support/cmocka.h"
#include "tests/support/host.h"
#include "tests/support/proc.h"
#include "tests/support/root.h"

/* The broker's processes get the next numbers; nobody else starts so many
 * while this runs. */
#define AHEAD 2000

/* A worker in strict mode that exited with 0 (proc_pid_stat(5)). */
static const char status_text[] = "Name:\tx\nState:\tZ (zombie)\n"
				  "NoNewPrivs:\t1\nSeccomp:\t1\n"
				  "Seccomp_filters:\t0\n";
static const char stat_text[] =
    "1 (x) Z 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
    "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 9\n";

static bool
put_file(const char *dir, const char *name, const char *text)
{
	char path[64];
	int fd;
	bool good;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
	if (fd < 0)
		return false;
	good = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return good;
}

static bool
fill_proc(void)
{
	int pid, self = getpid();
	char dir[48];

	for (pid = self; pid < self + AHEAD; pid++) {
		snprintf(dir, sizeof(dir), "/proc/%d", pid);
		if (mkdir(dir, 0755) != 0 ||
		    !put_file(dir, "status", status_text) ||
		    !put_file(dir, "stat", stat_text))
			return false;
	}
	return true;
}

static int
fake_proc(void)
{
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;
	struct gbx_input input;
	struct gbx_job job;
	struct gbx_result *r = NULL;

	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("none", "/proc", "tmpfs", 0, NULL) == 0);
	CHECK(fill_proc());
	host_opts(&opts);
	opts.lockdown = GBX_LOCKDOWN_STRICT;
	CHECK(gbx_broker_open(&opts, &broker) == GBX_OK);
	host_job(HOST_SMALL, &input, &job);
	CHECK(gbx_run(broker, &input, &job, &r) == GBX_OK);
	CHECK(host_right(HOST_SMALL, r));
	CHECK(gbx_result_posture(r) & GBX_POSTURE_STRICT);
	CHECK(!(gbx_result_posture(r) & GBX_POSTURE_PROVEN));
	gbx_result_free(r);
	gbx_broker_close(broker);
	opts.require = GBX_POSTURE_PROVEN;
	CHECK(gbx_broker_open(&opts, &broker) == GBX_ERR_POSTURE);
	return 0;
}

/* Its zygote, once a worker of it has begun to work. */
static pid_t
zygote_at_work(struct gbx_broker *broker)
{
	struct gbx_result *r = NULL;
	struct proc_list zygotes;
	int i;

	for (i = 0; i < 200; i++) {
		if (gbx_collect(broker, 10, &r) != GBX_ERR_AGAIN)
			break;
		proc_zygotes(&zygotes);
		if (zygotes.n == 1 && proc_spinning(zygotes.pid[0], 2) > 0)
			return zygotes.pid[0];
	}
	gbx_result_free(r);
	return 0;
}

static int
unknown_end(void)
{
	struct gbx_stats stats = {.size = sizeof(stats)};
	struct gbx_broker *broker;
	struct gbx_result *r = NULL;
	pid_t zygote;

	proc_adopt();
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("none", "/proc", "tmpfs", 0, NULL) == 0);
	broker = host_open();
	CHECK(broker != NULL);
	CHECK(umount("/proc") == 0); /* for this test's own eyes */
	CHECK(host_submit(broker, HOST_HUGE, NULL));
	zygote = zygote_at_work(broker);
	CHECK(zygote > 0);
	CHECK(kill(zygote, SIGKILL) == 0);
	CHECK(gbx_collect(broker, 30000, &r) == GBX_OK);
	CHECK(host_right(HOST_HUGE, r));
	CHECK(gbx_broker_stats(broker, &stats) == GBX_OK);
	CHECK(stats.zygotes_started == 2);
	gbx_result_free(r);
	gbx_broker_close(broker);
	return 0;
}

static void
in_child(int (*fn)(void))
{
	need_root();
	assert_int_equal(host_in_child(fn, 60), 0);
}

static void
test_fake_proc(void **state)
{
	(void)state;
	in_child(fake_proc);
}

static void
test_unknown_end(void **state)
{
	(void)state;
	in_child(unknown_end);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fake_proc),
	    cmocka_unit_test(test_unknown_end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, host_set_up, host_nothing_left) !=
	       0;
}
