/* SPDX-License-Identifier: ISC */
/*
 * What a broker keeps, it keeps for so long and no longer: what the list of
 * mounts said of one, for a second, because their numbers are given out again;
 * a zygote, for ten minutes, because all of its workers have one layout. The
 * library's clock is moved on here (mk/host.mk). Side: caller.
 *
 * Fails if taken out: CACHE_NS in broker/mounts.c; gbx_zygote_worn in
 * zygote_for of broker/schedule.c.
 */
#include "tests/support/cmocka.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/fuse.h"
#include "tests/support/host.h"
#include "tests/support/liar.h"
#include "tests/support/proc.h"

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __real_timerfd_settime(
    int fd, int flags, const struct itimerspec *at, struct itimerspec *ret_old);
int __wrap_timerfd_settime(
    int fd, int flags, const struct itimerspec *at, struct itimerspec *ret_old);

/* Seconds by which the library's clock is ahead of the kernel's. */
static _Atomic time_t ahead;

int
__wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	int err = __real_clock_gettime(clock, ret);

	if (err == 0 && clock == CLOCK_MONOTONIC)
		ret->tv_sec += atomic_load(&ahead);
	return err;
}

/* A time that is over already fires at once, as it should. */
int
__wrap_timerfd_settime(
    int fd, int flags, const struct itimerspec *at, struct itimerspec *ret_old)
{
	struct itimerspec real = *at;
	time_t by = atomic_load(&ahead);

	if ((flags & TFD_TIMER_ABSTIME) && real.it_value.tv_sec >= by)
		real.it_value.tv_sec -= by;
	if (real.it_value.tv_sec == 0 && real.it_value.tv_nsec == 0)
		real.it_value.tv_nsec = at->it_value.tv_sec != 0;
	return __real_timerfd_settime(fd, flags, &real, ret_old);
}

/* ---- a zygote ------------------------------------------------------------ */

#define ROUNDS 10

static void
test_zygote(void **state)
{
	struct gbx_broker *broker = host_open();
	int i;

	(void)state;
	assert_non_null(broker);
	assert_true(host_many(broker, 8));
	assert_int_equal(liar_zygotes_started(broker), 1);
	/* The last round is not long enough. */
	for (i = 1; i <= ROUNDS + 1; i++) {
		atomic_fetch_add(&ahead, i <= ROUNDS ? 601 : 300);
		assert_true(host_many(broker, 8));
		assert_int_equal(liar_zygotes_started(broker),
		    1 + (i < ROUNDS ? i : ROUNDS));
	}
	gbx_broker_close(broker);
}

/* ---- the number of a mount ----------------------------------------------- */

#define WALL_MS 300
#define TRIES	200

static struct fuse fuse;
static char dir[] = "/tmp/glovebox-ages-XXXXXX";
static char path[sizeof(dir) + 8];

static uint64_t
mount_number(int fd)
{
	struct statx st = {0};

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID,
		&st) != 0 ||
	    !(st.stx_mask & STATX_MNT_ID))
		return 0;
	return st.stx_mnt_id;
}

static bool
run_file(struct gbx_broker *broker, int fd, struct gbx_result **ret)
{
	struct gbx_input input;
	struct gbx_job job;

	host_job(HOST_LARGE, &input, &job);
	input.data = NULL;
	input.length = 0;
	input.fd = fd;
	job.limit[GBX_LIMIT_WALL] = WALL_MS;
	return gbx_run(broker, &input, &job, ret) == GBX_OK;
}

/* A local file, mounted, read and unmounted; then the silent server in its
 * place. Its descriptor, if it has the number that the other one had. Not on
 * tmpfs, whose files have seals: those are not looked up in any list. */
static int
change_places(struct gbx_broker *broker)
{
	struct gbx_result *r;
	struct gbx_input input;
	struct gbx_job job;
	uint64_t number;
	int fd;

	host_job(HOST_LARGE, &input, &job);
	if (mount("none", dir, "ramfs", 0, NULL) != 0)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 ||
	    write(fd, input.data, input.length) != (ssize_t)input.length ||
	    !run_file(broker, fd, &r))
		return -1;
	gbx_result_free(r);
	number = mount_number(fd);
	close(fd);
	if (umount2(dir, 0) != 0 ||
	    mount(fuse.dir, dir, NULL, MS_BIND, NULL) != 0)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && number != 0 && mount_number(fd) == number)
		return fd;
	close(fd);
	umount2(dir, 0);
	return -1;
}

/* Runs in a child: a process that waits for its own FUSE server can't even be
 * killed. */
static int
read_under_old_number(void)
{
	struct gbx_broker *broker = host_open();
	struct gbx_result *r;
	int i, fd = -1;

	CHECK(broker != NULL);
	for (i = 0; i < TRIES && fd < 0; i++)
		fd = change_places(broker);
	fprintf(stderr, "# the number of a mount was taken again: try %d\n", i);
	CHECK(fd >= 0);
	fuse_stall(&fuse);
	atomic_fetch_add(&ahead, 2);
	CHECK(run_file(broker, fd, &r));
	CHECK(gbx_result_verdict(r) == GBX_VERDICT_DEADLINE);
	gbx_result_free(r);
	gbx_broker_close(broker);
	_exit(0);
}

static void
test_mount(void **state)
{
	struct gbx_input input;
	struct gbx_job job;
	int status;
	pid_t pid;

	(void)state;
	host_job(HOST_LARGE, &input, &job);
	if (!fuse_mount(&fuse, input.data, input.length)) {
		print_message("# no FUSE here: %s\n", fuse.why);
		skip();
	}
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	pid = host_start_child(read_under_old_number, 120);
	status = host_end_of(pid, 30000);
	fuse_let_go(&fuse);
	if (status < 0)
		(void)host_end_of(pid, 5000);
	umount2(dir, MNT_DETACH);
	fuse_unmount(&fuse);
	rmdir(dir);
	assert_int_equal(status, 0);
}

static int
prepare(void **state)
{
	(void)state;
	return host_prepare_quick() ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_zygote),
	    cmocka_unit_test(test_mount),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
	    "ages", tests, prepare, host_nothing_left);
}
