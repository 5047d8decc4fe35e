/* SPDX-License-Identifier: ISC */
/*
 * The seal is granted at once after every death, and never while somebody can
 * still write: not one EBUSY in all those jobs, and of what somebody holds a
 * copy is made, which he can't write to. Side: tests; public header and the
 * liar. 2,000 seals; 100,000 with GBX_SOAK=1
 *
 * Fails if taken out: gbx_memfd_seal_now, or copy_and_map, in
 * seal_and_map of broker/harvest.c.
 */
#include "tests/support/cmocka.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/liar.h"
#include "tests/support/proc.h"
#include "tests/support/score.h"

#define WIDTH 8
/* 68,644 bytes: past what is copied. */
#define LARGE "image 131 131 0x5a"
#define ALL   (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

static uint64_t tried, busy;

static void
check_sealed(const struct gbx_result *r)
{
	int fd = -1;

	assert_int_equal(gbx_result_memfd(r, 0, &fd), GBX_OK);
	assert_int_equal(fcntl(fd, F_GET_SEALS) & ALL, ALL);
	close(fd);
}

static void
judge(const struct gbx_result *r)
{
	const char *field = gbx_result_field(r);

	tried++;
	if (field != NULL && strcmp(field, "seal") == 0)
		busy++;
	else
		assert_string_equal(
		    gbx_verdict_name(gbx_result_verdict(r)), "ok");
	if (gbx_result_verdict(r) == GBX_VERDICT_OK)
		check_sealed(r);
}

static void
test_every_seal(void **state)
{
	uint64_t n = score_long_form() ? 50000 : 1000, sent = 0, i;
	struct gbx_broker *broker = *state;
	uint64_t before = tried;
	struct gbx_result *r;
	struct gbx_job job;

	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = 60000;
	for (i = 0; i < n; i++) {
		for (; sent < n && sent < i + WIDTH; sent++)
			liar_submit(broker, LIAR_PNG, LARGE, &job);
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		judge(r);
		gbx_result_free(r);
	}
	assert_int_equal(tried - before, n);
	assert_int_equal(busy, 0);
}

/* ---- somebody who looks -------------------------------------------------- */

/* A process that reads what ps(1) and top(1) read, of everybody, without rest:
 * while it does it holds the memory of whom it reads, also of the dead. */
static pid_t
start_looker(void)
{
	static const char *const files[] = {"status", "cmdline", "smaps"};
	char path[64], text[4096];
	pid_t pid = fork();
	struct dirent *e;
	DIR *dir;
	size_t i;
	int fd;

	if (pid != 0)
		return pid;
	for (;;) {
		dir = opendir("/proc");
		while (dir != NULL && (e = readdir(dir)) != NULL)
			for (i = 0; i < 3 && atoi(e->d_name) > 0; i++) {
				snprintf(path, sizeof(path), "/proc/%d/%s",
				    atoi(e->d_name), files[i]);
				fd = open(path, O_RDONLY | O_CLOEXEC);
				while (
				    fd >= 0 && read(fd, text, sizeof(text)) > 0)
					;
				close(fd);
			}
		closedir(dir);
	}
}

static void
test_somebody_looks(void **state)
{
	pid_t pid = start_looker();

	assert_true(pid > 0);
	test_every_seal(state);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* ---- somebody who holds it ----------------------------------------------- */

/* The broker's own descriptor of the output, in this process; -1: none. */
static int
find_output(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	char target[128];
	int fd = -1;
	ssize_t n;

	assert_non_null(dir);
	while (fd < 0 && (e = readdir(dir)) != NULL) {
		n = readlinkat(
		    dirfd(dir), e->d_name, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = '\0';
		if (strncmp(target, "/memfd:gbx-output", 17) == 0)
			fd = atoi(e->d_name);
	}
	closedir(dir);
	return fd;
}

/* Give a job that takes a while, and take a mapping of its output. */
static uint8_t *
submit_and_hold(struct gbx_broker *broker, int prot, size_t *ret_size)
{
	struct gbx_result *r;
	struct gbx_job job;
	struct stat st;
	int fd = -1;
	void *p;

	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = 60000;
	liar_submit(broker, LIAR_PNG, "delay 300000000 " LARGE, &job);
	while ((fd = find_output()) < 0)
		assert_int_equal(gbx_collect(broker, 1, &r), GBX_ERR_AGAIN);
	assert_int_equal(fstat(fd, &st), 0);
	*ret_size = (size_t)st.st_size;
	p = mmap(NULL, *ret_size, prot, MAP_SHARED, fd, 0);
	assert_true(p != MAP_FAILED);
	return p;
}

static void
expect_right(struct gbx_result *r)
{
	struct gbx_block block = {.size = sizeof(block)};
	size_t i;

	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
	assert_int_equal(gbx_result_block(r, 0, &block), GBX_OK);
	assert_int_equal(block.length, 4 * 131 * 131);
	for (i = 0; i < block.length; i++)
		assert_int_equal(((const uint8_t *)block.data)[i], 0x5a);
	check_sealed(r);
}

/* With somebody who holds a mapping the seal can't be had. The worker's lock is
 * proven: it is not to be blamed, and what it wrote is copied. */
static void
test_holder_gets_a_copy_made(void **state)
{
	struct gbx_broker *broker = *state;
	struct gbx_result *r = NULL;
	struct stat st;
	size_t size;
	uint8_t *p;
	int fd;

	p = submit_and_hold(broker, PROT_READ | PROT_WRITE, &size);
	fd = find_output();
	assert_true(fd >= 0);
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	assert_true(fd >= 0);
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	/* Nor can he hold memory that nobody has accounted for. */
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_blocks, 0);
	expect_right(r);
	gbx_result_free(r);
	munmap(p, size);
	close(fd);
	liar_expect_fine(broker, LIAR_PNG);
}

/* Whoever can only read may not become a writer, and may stay. A mapping of a
 * descriptor that can write may: so it counts as one (memfd_create(2)). */
static void
test_reader_may_write_later(void **state)
{
	struct gbx_broker *broker = *state;
	struct gbx_result *r = NULL;
	size_t size;
	uint8_t *p;

	p = submit_and_hold(broker, PROT_READ, &size);
	assert_int_equal(mprotect(p, size, PROT_READ | PROT_WRITE), 0);
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	expect_right(r);
	gbx_result_free(r);
	munmap(p, size);
	liar_expect_fine(broker, LIAR_PNG);
}

/* ---- somebody who looks, into a page that comes slowly --------------------
 */

struct slow_reader {
	int faults; /* userfaultfd(2) */
	int file;
	uint8_t *page;
	pthread_t thread;
};

static void *
read_slowly(void *arg)
{
	struct slow_reader *s = arg;

	(void)!read(s->file, s->page, 64);
	return NULL;
}

/* /proc/PID/cmdline may be read by everybody, and while it is copied out the
 * kernel holds the memory of that process, mappings and all. */
static bool
start_reading(struct slow_reader *s, pid_t pid)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register area = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	struct pollfd p;
	char path[64];

	s->faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (s->faults < 0)
		return false;
	assert_int_equal(ioctl(s->faults, UFFDIO_API, &api), 0);
	s->page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(s->page != MAP_FAILED);
	area.range.start = (uintptr_t)s->page;
	area.range.len = 4096;
	assert_int_equal(ioctl(s->faults, UFFDIO_REGISTER, &area), 0);
	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	s->file = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(s->file >= 0);
	assert_int_equal(pthread_create(&s->thread, NULL, read_slowly, s), 0);
	p.fd = s->faults;
	p.events = POLLIN;
	assert_int_equal(poll(&p, 1, 10000), 1);
	return true;
}

static void
stop_reading(struct slow_reader *s)
{
	struct uffdio_zeropage zero = {
	    .range = {.start = (uintptr_t)s->page, .len = 4096}};

	assert_int_equal(ioctl(s->faults, UFFDIO_ZEROPAGE, &zero), 0);
	pthread_join(s->thread, NULL);
	munmap(s->page, 4096);
	close(s->file);
	close(s->faults);
}

static void
test_slow_reader(void **state)
{
	struct gbx_broker *broker = *state;
	struct gbx_result *r = NULL;
	struct slow_reader reader;
	struct proc_list zygotes;
	struct gbx_job job;
	pid_t worker = 0;

	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = job.limit[GBX_LIMIT_CPU] = 60000;
	liar_submit(broker, LIAR_PNG, "delay 600000000 " LARGE, &job);
	while (worker == 0) {
		assert_int_equal(gbx_collect(broker, 10, &r), GBX_ERR_AGAIN);
		proc_zygotes(&zygotes);
		if (zygotes.n > 0)
			worker = proc_spinning(zygotes.pid[0], 1);
	}
	if (!start_reading(&reader, worker)) {
		print_message("# no userfaultfd: %s\n", strerror(errno));
		skip();
	}
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	expect_right(r);
	gbx_result_free(r);
	stop_reading(&reader);
	liar_expect_fine(broker, LIAR_PNG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_every_seal, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_somebody_looks, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_holder_gets_a_copy_made, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_reader_may_write_later, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_slow_reader, liar_set_up, liar_tear_down),
	};
	int failed;

	proc_adopt();
	failed =
	    liar_run_both(tests, sizeof(tests) / sizeof(tests[0]), NULL, NULL);

	score("seals-tried", tried, ">=2000");
	score("seals-busy", busy, "==0");
	return failed > 0;
}
