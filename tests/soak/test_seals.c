/* SPDX-License-Identifier: ISC */
/*
 * The seal is granted at once after every death, and never while somebody can
 * still write: not one EBUSY in all those jobs, and a result that is held by
 * somebody is refused. Side: tests; public header and the liar.
 *     2,000 seals; 100,000 with GBX_SOAK=1
 *
 * Fails if taken out: gbx_memfd_seal_all in seal_and_map of broker/harvest.c.
 */
#include "tests/support/cmocka.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/liar.h"
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
test_holder_is_refused(void **state)
{
	struct gbx_broker *broker = *state;
	struct gbx_result *r = NULL;
	size_t size;
	uint8_t *p;

	p = submit_and_hold(broker, PROT_READ | PROT_WRITE, &size);
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_BAD_REPLY);
	assert_string_equal(gbx_result_field(r), "seal");
	assert_int_equal(gbx_result_blocks(r), 0);
	gbx_result_free(r);
	munmap(p, size);
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
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_BAD_REPLY);
	assert_string_equal(gbx_result_field(r), "seal");
	gbx_result_free(r);
	munmap(p, size);
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
		test_holder_is_refused, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_reader_may_write_later, liar_set_up, liar_tear_down),
	};
	int failed =
	    liar_run_both(tests, sizeof(tests) / sizeof(tests[0]), NULL, NULL);

	score("seals-tried", tried, ">=2000");
	score("seals-busy", busy, "==0");
	return failed > 0;
}
