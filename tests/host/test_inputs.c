/* SPDX-License-Identifier: ISC */
/*
 * Inputs that are slow, endless, changing, or not files at all: the broker
 * gives each a verdict in time, and never waits for one. Side: caller.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/cmocka.h"
#include "tests/support/fuse.h"
#include "tests/support/host.h"
#include "tests/support/proc.h"
#include "tests/support/slow.h"

#define WALL_MS	 300
#define GRACE_MS 100
#define TRIES	 20

static struct gbx_broker *broker;

static enum gbx_err
run_fd(int fd, uint64_t wall, struct gbx_result **ret)
{
	struct gbx_input input;
	struct gbx_job job;

	gbx_input_init(&input);
	input.fd = fd;
	gbx_job_init(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = wall;
	return gbx_run(broker, &input, &job, ret);
}

/* The verdict must be DEADLINE, and come within the grace: of a few tries one
 * must, since the machine may be busy with something else. */
static void
expect_deadline(int fd)
{
	uint64_t start, took = UINT64_MAX, best = UINT64_MAX;
	struct gbx_result *r;
	int i;

	for (i = 0; i < TRIES && best > WALL_MS + GRACE_MS; i++) {
		start = host_now_ms();
		assert_int_equal(run_fd(fd, WALL_MS, &r), GBX_OK);
		took = host_now_ms() - start;
		assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_DEADLINE);
		assert_int_equal(gbx_result_limit(r), GBX_LIMIT_WALL);
		assert_true(took >= WALL_MS);
		gbx_result_free(r);
		best = took < best ? took : best;
	}
	print_message("# wall limit %d ms: verdict after %d (%d tries)\n",
	    WALL_MS, (int)best, i);
	assert_true(best <= WALL_MS + GRACE_MS);
}

/* ---- pipes --------------------------------------------------------------- */

static void
test_silent_pipe(void **state)
{
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	expect_deadline(fd[0]);
	close(fd[0]);
	close(fd[1]);
	assert_true(host_run(broker, HOST_SMALL));
}

static atomic_bool dripping;

static void *
drip(void *arg)
{
	int fd = *(int *)arg;

	while (atomic_load(&dripping) && write(fd, "x", 1) == 1)
		host_sleep_ms(5);
	return NULL;
}

static void
test_dripping_pipe(void **state)
{
	pthread_t thread;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	atomic_store(&dripping, true);
	assert_int_equal(pthread_create(&thread, NULL, drip, &fd[1]), 0);
	expect_deadline(fd[0]);
	atomic_store(&dripping, false);
	pthread_join(thread, NULL);
	close(fd[0]);
	close(fd[1]);
}

static void
test_fifo_without_writer(void **state)
{
	char path[64] = "/tmp/glovebox-fifo-XXXXXX";
	int fd;

	(void)state;
	assert_non_null(mkdtemp(path));
	strcat(path, "/fifo");
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	expect_deadline(fd);
	close(fd);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

/* The picture in one pipe, in pieces. */
static void *
feed(void *arg)
{
	struct gbx_input input;
	struct gbx_job job;
	const uint8_t *p;
	size_t at, n;
	int fd = *(int *)arg;

	host_job(HOST_LARGE, &input, &job);
	p = input.data;
	for (at = 0; at < input.length; at += n) {
		n = input.length - at < 20000 ? input.length - at : 20000;
		if (write(fd, p + at, n) != (ssize_t)n)
			break;
		host_sleep_ms(2);
	}
	close(fd);
	return NULL;
}

static void
test_slow_but_sure_pipe(void **state)
{
	struct gbx_result *r;
	pthread_t thread;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(pthread_create(&thread, NULL, feed, &fd[1]), 0);
	assert_int_equal(run_fd(fd[0], 60000, &r), GBX_OK);
	pthread_join(thread, NULL);
	assert_true(host_right(HOST_LARGE, r));
	gbx_result_free(r);
	close(fd[0]);
}

/* More than the limit in a pipe: refused by name, not for want of time. */
static void *
flood(void *arg)
{
	static char zeros[65536];
	int fd = *(int *)arg;

	while (write(fd, zeros, sizeof(zeros)) > 0)
		continue;
	close(fd);
	return NULL;
}

static void
test_endless_pipe(void **state)
{
	struct gbx_result *r;
	struct gbx_input input;
	struct gbx_job job;
	pthread_t thread;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(pthread_create(&thread, NULL, flood, &fd[1]), 0);
	gbx_input_init(&input);
	input.fd = fd[0];
	gbx_job_init(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_INPUT] = 1 << 20;
	job.limit[GBX_LIMIT_WALL] = 60000;
	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_OK);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_LIMIT);
	assert_int_equal(gbx_result_limit(r), GBX_LIMIT_INPUT);
	gbx_result_free(r);
	close(fd[0]);
	pthread_join(thread, NULL);
}

/* ---- no files ------------------------------------------------------------ */

static void
refused(const char *path, int flags, int want)
{
	struct gbx_result *r = NULL;
	int fd = open(path, flags | O_CLOEXEC);

	assert_true(fd >= 0);
	errno = 0;
	assert_int_equal(run_fd(fd, 1000, &r), GBX_ERR_ARG);
	assert_int_equal(errno, want);
	assert_null(r);
	close(fd);
}

static void
test_refused(void **state)
{
	(void)state;
	refused("/dev/zero", O_RDONLY, ENODEV);
	refused("/dev/null", O_RDONLY, ENODEV);
	refused("/dev/urandom", O_RDONLY, ENODEV);
	refused("/tmp", O_RDONLY | O_DIRECTORY, EISDIR);
}

static void
test_not_readable(void **state)
{
	struct gbx_result *r = NULL;
	int fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(run_fd(fd, 1000, &r), GBX_ERR_SYSTEM);
	assert_int_equal(errno, EBADF);
	close(fd);
	assert_int_equal(run_fd(987654, 1000, &r), GBX_ERR_SYSTEM);
	assert_int_equal(errno, EBADF);
}

/* ---- memfds -------------------------------------------------------------- */

static int
picture_memfd(enum host_size size)
{
	struct gbx_input input;
	struct gbx_job job;
	int fd = memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	host_job(size, &input, &job);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, input.data, input.length), input.length);
	return fd;
}

static int
copies_of(int fd)
{
	struct stat want, st;
	int i, n = 0;

	assert_int_equal(fstat(fd, &want), 0);
	for (i = 0; i < 1024; i++)
		n += fstat(i, &st) == 0 && st.st_ino == want.st_ino &&
		     st.st_dev == want.st_dev;
	return n;
}

static void
one_memfd(int seals, bool travels)
{
	int fd = picture_memfd(HOST_LARGE);
	struct gbx_result *r;
	struct gbx_input input;
	struct gbx_job job;

	if (seals != 0)
		assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	gbx_input_init(&input);
	input.fd = fd;
	gbx_job_init(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = 60000;
	assert_int_equal(gbx_submit(broker, &input, &job, NULL), GBX_OK);
	/* uncopied: the broker holds the very same file until it is done */
	assert_int_equal(copies_of(fd), travels ? 2 : 1);
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	assert_int_equal(copies_of(fd), 1);
	assert_true(host_right(HOST_LARGE, r));
	gbx_result_free(r);
	close(fd);
}

static void
test_memfds(void **state)
{
	(void)state;
	one_memfd(F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK, true);
	one_memfd(
	    F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL, true);
	one_memfd(F_SEAL_WRITE | F_SEAL_GROW, false);
	one_memfd(F_SEAL_GROW | F_SEAL_SHRINK, false);
#ifdef F_SEAL_FUTURE_WRITE
	one_memfd(F_SEAL_FUTURE_WRITE | F_SEAL_GROW | F_SEAL_SHRINK, false);
#endif
	one_memfd(0, false);
}

/* ---- files that change --------------------------------------------------- */

static atomic_bool changing;

static void *
truncate_and_write(void *arg)
{
	int fd = *(int *)arg;
	struct gbx_input input;
	struct gbx_job job;

	host_job(HOST_LARGE, &input, &job);
	while (atomic_load(&changing)) {
		if (ftruncate(fd, 100) != 0 || ftruncate(fd, 0) != 0 ||
		    pwrite(fd, input.data, input.length, 0) !=
			(ssize_t)input.length) {
			perror("# the file that changes");
			break;
		}
		host_sleep_ms(1);
	}
	return NULL;
}

/* Cut off where it may be: malformed, or whole. Never our fault, never the
 * worker's. */
static void
test_file_truncated(void **state)
{
	char path[] = "/tmp/glovebox-file-XXXXXX";
	int i, fd = mkstemp(path), seen[16] = {0};
	struct gbx_result *r;
	pthread_t thread;

	(void)state;
	assert_true(fd >= 0);
	unlink(path);
	atomic_store(&changing, true);
	assert_int_equal(
	    pthread_create(&thread, NULL, truncate_and_write, &fd), 0);
	for (i = 0; i < 20000; i++) {
		assert_int_equal(run_fd(fd, 60000, &r), GBX_OK);
		seen[gbx_result_verdict(r)]++;
		if (gbx_result_verdict(r) == GBX_VERDICT_OK)
			assert_true(host_right(HOST_LARGE, r));
		else if (gbx_result_verdict(r) != GBX_VERDICT_UNSUPPORTED)
			assert_int_equal(
			    gbx_result_verdict(r), GBX_VERDICT_MALFORMED);
		gbx_result_free(r);
		if (i >= 200 && seen[GBX_VERDICT_OK] >= 10)
			break;
	}
	atomic_store(&changing, false);
	pthread_join(thread, NULL);
	print_message("# %d whole, %d cut off\n", seen[GBX_VERDICT_OK],
	    seen[GBX_VERDICT_MALFORMED]);
	assert_int_equal(run_fd(fd, 60000, &r), GBX_OK);
	assert_true(host_right(HOST_LARGE, r));
	gbx_result_free(r);
	close(fd);
}

static void
test_offset_stays(void **state)
{
	char path[] = "/tmp/glovebox-file-XXXXXX";
	struct gbx_result *r;
	struct gbx_input input;
	struct gbx_job job;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	unlink(path);
	host_job(HOST_LARGE, &input, &job);
	assert_int_equal(write(fd, input.data, input.length), input.length);
	assert_int_equal(lseek(fd, 17, SEEK_SET), 17);
	assert_int_equal(run_fd(fd, 60000, &r), GBX_OK);
	assert_true(host_right(HOST_LARGE, r));
	gbx_result_free(r);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 17);
	close(fd);
}

static void
test_sparse_giant(void **state)
{
	char path[] = "/tmp/glovebox-file-XXXXXX";
	struct gbx_result *r;
	int fd = mkstemp(path);
	clock_t start = clock(); /* of this process alone */

	(void)state;
	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(ftruncate(fd, (off_t)4 << 30), 0);
	assert_int_equal(run_fd(fd, 60000, &r), GBX_OK);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_LIMIT);
	assert_int_equal(gbx_result_limit(r), GBX_LIMIT_INPUT);
	assert_true(clock() - start < CLOCKS_PER_SEC / 2);
	gbx_result_free(r);
	close(fd);
}

static void
expect_limit(
    const struct gbx_input *input, size_t limit, const char *domain, bool ok)
{
	struct gbx_result *r;
	struct gbx_job job;

	gbx_job_init(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_INPUT] = limit;
	job.domain = domain;
	assert_int_equal(gbx_run(broker, input, &job, &r), GBX_OK);
	assert_int_equal(
	    gbx_result_verdict(r), ok ? GBX_VERDICT_OK : GBX_VERDICT_LIMIT);
	assert_int_equal(gbx_result_limit(r), ok ? 0 : GBX_LIMIT_INPUT);
	gbx_result_free(r);
}

/* However it comes, it may be as long as the limit, and not a byte longer. */
static void
expect_exact_limit(const struct gbx_input *input, size_t length)
{
	expect_limit(input, length, NULL, true);
	expect_limit(input, length, "a domain", true);
	expect_limit(input, length - 1, NULL, false);
	expect_limit(input, length - 1, "a domain", false);
}

static void
one_limit(enum host_size size)
{
	char path[] = "/tmp/glovebox-file-XXXXXX";
	struct gbx_input input, by_fd;
	struct gbx_job job;
	int i,
	    fd[3] = {mkstemp(path), picture_memfd(size), picture_memfd(size)};

	unlink(path);
	host_job(size, &input, &job);
	assert_int_equal(write(fd[0], input.data, input.length), input.length);
	assert_int_equal(fcntl(fd[1], F_ADD_SEALS,
			     F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK),
	    0);
	expect_exact_limit(&input, input.length);
	for (i = 0; i < 3; i++) {
		gbx_input_init(&by_fd);
		by_fd.fd = fd[i];
		expect_exact_limit(&by_fd, input.length);
		close(fd[i]);
	}
}

static void
test_limit(void **state)
{
	(void)state;
	one_limit(HOST_SMALL);
	one_limit(HOST_LARGE);
}

/* ---- a filesystem whose server is silent --------------------------------- */

static struct fuse fuse;
static char slow_file[160]; /* on it, or on what is laid over it */
static atomic_bool *over;   /* shared with the child */

/* Runs in a child: a process that waits for its own FUSE server can't even be
 * killed. */
static int
read_fuse(void)
{
	struct gbx_result *r;
	uint64_t start;
	int fd, i;

	broker = host_open();
	CHECK(broker != NULL);
	/* It answers: read as any file. */
	fd = open(slow_file, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	CHECK(run_fd(fd, 60000, &r) == GBX_OK);
	CHECK(host_right(HOST_LARGE, r));
	gbx_result_free(r);
	/* Nothing of it in the page cache, which an overlay reads into. */
	CHECK(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0);
	fuse_stall(&fuse);
	/* It does not: the deadline, and other jobs go on. */
	for (i = 0; i < 2; i++) {
		start = host_now_ms();
		CHECK(run_fd(fd, WALL_MS, &r) == GBX_OK);
		fprintf(stderr, "# a silent server: %s after %d ms of %d\n",
		    gbx_verdict_name(gbx_result_verdict(r)),
		    (int)(host_now_ms() - start), WALL_MS);
		CHECK(gbx_result_verdict(r) == GBX_VERDICT_DEADLINE);
		CHECK(gbx_result_limit(r) == GBX_LIMIT_WALL);
		CHECK(host_now_ms() - start < in_time(WALL_MS + 1000));
		gbx_result_free(r);
		CHECK(host_run(broker, HOST_SMALL));
	}
	start = host_now_ms();
	gbx_broker_close(broker);
	CHECK(host_now_ms() - start < in_time(2000));
	_exit(0);
}

static int
read_in_child(void)
{
	pid_t pid = host_start_child(read_fuse, 60);
	int status = host_end_of(pid, 90000);

	/* Lets go whoever still waits for it. */
	fuse_let_go(&fuse);
	if (status < 0)
		(void)host_end_of(pid, 5000);
	return status;
}

static void
test_fuse(void **state)
{
	struct gbx_input input;
	struct gbx_job job;
	int status;

	(void)state;
	host_job(HOST_LARGE, &input, &job);
	if (!fuse_mount(&fuse, input.data, input.length)) {
		print_message("# no FUSE here: %s\n", fuse.why);
		skip();
	}
	snprintf(slow_file, sizeof(slow_file), "%s", fuse.file);
	status = read_in_child();
	fuse_unmount(&fuse);
	assert_int_equal(status, 0);
}

/* An overlay reads from what is below it, whatever that is. */
static void
test_overlay_on_fuse(void **state)
{
	char dir[] = "/tmp/glovebox-overlay-XXXXXX", opts[256];
	struct gbx_input input;
	struct gbx_job job;
	int status = -1, err;

	(void)state;
	host_job(HOST_LARGE, &input, &job);
	if (!fuse_mount(&fuse, input.data, input.length)) {
		print_message("# no FUSE here: %s\n", fuse.why);
		skip();
	}
	assert_non_null(mkdtemp(dir));
	snprintf(opts, sizeof(opts), "lowerdir=%s:%s", fuse.dir, dir);
	err = mount("none", dir, "overlay", MS_RDONLY, opts) == 0 ? 0 : errno;
	snprintf(slow_file, sizeof(slow_file), "%s/file", dir);
	if (err == 0)
		status = read_in_child();
	umount2(dir, MNT_DETACH);
	fuse_unmount(&fuse);
	rmdir(dir);
	if (err != 0) {
		print_message("# no overlay here: %s\n", strerror(err));
		skip();
	}
	assert_int_equal(status, 0);
}

/* ---- a filesystem whose server answers nothing at all -------------------- */

#define HELD 5

static int
run_pipe(struct gbx_result **ret)
{
	struct gbx_input input;
	struct gbx_job job;
	enum gbx_err err;
	int fd[2];

	host_job(HOST_SMALL, &input, &job);
	CHECK(pipe2(fd, O_CLOEXEC) == 0);
	CHECK(write(fd[1], input.data, input.length) == (ssize_t)input.length);
	close(fd[1]);
	err = run_fd(fd[0], 60000, ret);
	close(fd[0]);
	return err == GBX_OK ? 0 : 1;
}

/* All that starts a process of ours, while this one holds descriptors whose
 * close(2) never returns: at 0, low and high, with and without close-on-exec.
 */
static int
work_beside(void)
{
	struct gbx_broker *first = broker;
	struct gbx_result *r;

	CHECK(run_pipe(&r) == 0);
	CHECK(host_right(HOST_SMALL, r));
	gbx_result_free(r);
	broker = host_open();
	CHECK(broker != NULL);
	CHECK(host_run(broker, HOST_SMALL));
	/* The processes that hang hold no end of its socket. */
	CHECK(kill(proc_init(), SIGKILL) == 0);
	CHECK(gbx_collect(broker, 300, &r) == GBX_ERR_AGAIN);
	CHECK(host_run(broker, HOST_SMALL));
	CHECK(run_pipe(&r) == 0);
	CHECK(host_right(HOST_SMALL, r));
	gbx_result_free(r);
	gbx_broker_close(broker);
	broker = first;
	return 0;
}

static int
hold_mute(void)
{
	struct gbx_result *r;
	uint64_t start;
	int fd, i;

	proc_adopt();
	broker = host_open();
	CHECK(broker != NULL);
	fd = open(fuse.file, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	CHECK(dup2(fd, 0) == 0);
	for (i = 0; i < HELD; i++) {
		CHECK(fcntl(fd, F_DUPFD, 10 + 100 * i) >= 0);
		CHECK(fcntl(fd, F_DUPFD_CLOEXEC, 10 + 100 * i) >= 0);
	}
	fuse_mute(&fuse);
	start = host_now_ms();
	CHECK(work_beside() == 0);
	CHECK(run_fd(fd, WALL_MS, &r) == GBX_OK);
	CHECK(gbx_result_verdict(r) == GBX_VERDICT_DEADLINE);
	gbx_result_free(r);
	CHECK(work_beside() == 0);
	gbx_broker_close(broker);
	fprintf(stderr, "# a mute server held: all over after %d ms\n",
	    (int)(host_now_ms() - start));
	CHECK(host_now_ms() - start < 80000);
	atomic_store(over, true);
	_exit(0);
}

/* Our descriptors alone make the child hang when it exits; it has done all that
 * it had to by then. */
static void
test_fuse_mute(void **state)
{
	struct gbx_input input;
	struct gbx_job job;
	bool was_over;
	int i, status;
	pid_t pid;

	(void)state;
	host_job(HOST_LARGE, &input, &job);
	if (!fuse_mount(&fuse, input.data, input.length)) {
		print_message("# no FUSE here: %s\n", fuse.why);
		skip();
	}
	atomic_store(over, false);
	pid = host_start_child(hold_mute, 60);
	for (i = 0; i < 9000 && !atomic_load(over); i++) {
		status = host_end_of(pid, 10);
		if (status >= 0)
			break;
	}
	was_over = atomic_load(over);
	fuse_unmount(&fuse);
	if (i == 9000 || was_over)
		status = host_end_of(pid, 30000);
	assert_true(was_over);
	assert_int_equal(status, 0);
}

/* ---- around -------------------------------------------------------------- */

static int fds;

static int
prepare(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	if (!host_prepare())
		return -1;
	over = mmap(NULL, sizeof(*over), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (over == MAP_FAILED)
		return -1;
	fds = census_fds();
	broker = host_open();
	return broker == NULL ? -1 : 0;
}

static int
finish(void **state)
{
	(void)state;
	gbx_broker_close(broker);
	return census_none_after(1000) && census_memfds() == 0 &&
		       census_fds() == fds
		   ? 0
		   : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_silent_pipe),
	    cmocka_unit_test(test_dripping_pipe),
	    cmocka_unit_test(test_fifo_without_writer),
	    cmocka_unit_test(test_slow_but_sure_pipe),
	    cmocka_unit_test(test_endless_pipe),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_not_readable),
	    cmocka_unit_test(test_memfds),
	    cmocka_unit_test(test_file_truncated),
	    cmocka_unit_test(test_offset_stays),
	    cmocka_unit_test(test_sparse_giant),
	    cmocka_unit_test(test_limit),
	    cmocka_unit_test(test_fuse),
	    cmocka_unit_test(test_overlay_on_fuse),
	    cmocka_unit_test(test_fuse_mute),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("inputs", tests, prepare, finish);
}
