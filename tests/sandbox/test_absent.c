/* SPDX-License-Identifier: ISC */
/*
 * What must not be in a worker: anything of the caller's. A worker looks
 * through all its memory from inside (tests/sandbox/scanner/), and as root the
 * test looks from outside, through /proc/PID/mem, at init, zygotes and workers;
 * of the real formats too. Side: tests; public header.
 *
 * Each way of looking is shown to find a marker that is there.
 *
 * Fails if taken out: the envp or the close_range of broker/spawn.c; the envp
 * or a FD_CLOEXEC of init/init.c, exec_zygote; close(pair[0]) or
 * close(GBX_CTL_FD) in runtime/zygote.c; close_range in runtime/worker.c.
 */
#include "tests/support/cmocka.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/sandbox/scanner/client.h"
#include "tests/sandbox/scanner/look.h"
#include "tests/support/liar.h"
#include "tests/support/proc.h"
#include "tests/support/root.h"

/* ---- the marked caller --------------------------------------------------- */

#define COPIES 64

static char mark[SCANNER_MARKER + 1];
static char in_bss[1024], in_data[1024] = "x";
static char *in_heap;
static int in_memfd;

/* argv and environment can only be marked by exec. */
static void
come_back_marked(char **argv)
{
	char variable[64], name[] = "test_absent", *args[3];
	char *envp[] = {variable, NULL, NULL};

	if (getenv("GBX_MARK") != NULL)
		return;
	scanner_marker(mark);
	snprintf(variable, sizeof(variable), "GBX_MARK=%s", mark);
	if (getenv("GBX_SOAK") != NULL)
		envp[1] = (char[]){"GBX_SOAK=1"};
	args[0] = name;
	args[1] = mark;
	args[2] = NULL;
	execve("/proc/self/exe", args, envp);
	perror(argv[0]);
	exit(1);
}

static void
mark_memory(void)
{
	int i;

	memcpy(mark, getenv("GBX_MARK"), SCANNER_MARKER);
	in_heap = malloc(COPIES * SCANNER_MARKER);
	in_memfd = memfd_create("marked", 0); /* not close-on-exec */
	assert_non_null(in_heap);
	for (i = 0; i < COPIES; i++) {
		memcpy(in_heap + i * SCANNER_MARKER, mark, SCANNER_MARKER);
		memcpy(in_bss + i * SCANNER_MARKER, mark, SCANNER_MARKER);
		memcpy(in_data + i * SCANNER_MARKER, mark, SCANNER_MARKER);
		(void)!write(in_memfd, mark, SCANNER_MARKER);
		(void)!dup(in_memfd);
	}
}

/* ---- looking from outside ------------------------------------------------ */

static void
expect_clean(pid_t pid, const char *what)
{
	struct look looked;

	look_at(pid, mark, SCANNER_MARKER, &looked);
	printf("# %s: %zu pages, %zu hits\n", what, looked.pages, looked.hits);
	assert_in_range(looked.pages, 20, 100000);
	assert_int_equal(looked.hits, 0);
}

/* ---- what of the caller's is there --------------------------------------- */

static struct {
	struct gbx_broker *broker;
	pid_t init, zygote, idle, spinner;
} it;

/* One that waits beside the one that spins. */
static pid_t
idle_beside(pid_t spinner)
{
	struct proc_list list;
	size_t i;

	proc_workers(it.zygote, &list);
	for (i = 0; i < list.n; i++)
		if (list.pid[i] != spinner)
			return list.pid[i];
	return 0;
}

static void
find_family(void)
{
	struct scanner_found found;
	struct gbx_result *r = NULL;
	struct proc_list list;
	int i;

	it.init = proc_init();
	assert_true(it.init > 0);
	proc_zygotes(&list);
	assert_int_equal(list.n, 1);
	it.zygote = list.pid[0];
	scanner_submit(it.broker, SCANNER_SPIN, 0, NULL, NULL);
	for (i = 0; i < 4000 && it.spinner == 0; i++) {
		assert_int_equal(gbx_collect(it.broker, 5, &r), GBX_ERR_AGAIN);
		it.spinner = proc_spinning(it.zygote, 2);
	}
	assert_true(it.spinner > 0);
	/* The next one is made when a job is done. */
	scanner_run(it.broker, SCANNER_SCAN, mark, &found);
	for (i = 0; i < 1000 && it.idle == 0; i++, sleep_ms(5))
		it.idle = idle_beside(it.spinner);
	assert_true(it.idle > 0);
	/* It is warm, and waits. */
	for (i = 0; i < 1000 && proc_state(it.idle) != 'S'; i++)
		sleep_ms(5);
}

static int
begin(void **state)
{
	(void)state;
	it.broker = scanner_open(GBX_LOCKDOWN_FILTER, 2);
	find_family();
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	gbx_broker_close(it.broker);
	return 0;
}

static void
test_looking_works(void **state)
{
	struct look looked;

	(void)state;
	need_root();
	look_at(getpid(), mark, SCANNER_MARKER, &looked);
	printf(
	    "# the caller: %zu pages, %zu hits\n", looked.pages, looked.hits);
	/* heap, bss and data; argv, environment, and mark itself */
	assert_in_range(looked.hits, 3 * COPIES + 3, 10000);
}

static void
test_nothing_seen_outside(void **state)
{
	(void)state;
	need_root();
	expect_clean(it.init, "init");
	expect_clean(it.zygote, "zygote");
	expect_clean(it.idle, "idle worker");
	expect_clean(it.spinner, "locked worker");
}

static void
test_nothing_seen_inside(void **state)
{
	struct scanner_found found;

	(void)state;
	scanner_run(it.broker, SCANNER_SCAN, mark, &found);
	printf("# from inside: %u ranges, %" PRIu64 " bytes, %" PRIu64
	       " hits\n",
	    found.ranges, found.bytes, found.hits);
	assert_in_range(found.ranges, 6, 32);
	assert_in_range(found.bytes, 3 << 20, 64 << 20);
	assert_int_equal(found.hits, 0);
}

static void
expect_text(pid_t pid, const char *name, const char *want, size_t length)
{
	char text[4096];
	int fd = look_open(pid, name);

	assert_true(fd >= 0);
	assert_int_equal(read(fd, text, sizeof(text)), length);
	assert_memory_equal(text, want, length);
	close(fd);
}

/* Its name, and the numbers that its descriptors had (inherit.h). */
static void
expect_init(pid_t pid)
{
	static const char name[] = "glovebox-init";
	char text[4096];
	ssize_t n;
	int fd = look_open(pid, "cmdline");

	assert_true(fd >= 0);
	n = read(fd, text, sizeof(text));
	assert_in_range(n, sizeof(name) + 10, sizeof(name) + 60);
	assert_memory_equal(text, name, sizeof(name));
	assert_int_equal(strspn(text + sizeof(name), "0123456789,-"),
	    (size_t)n - sizeof(name) - 1);
	close(fd);
}

static void
test_words(void **state)
{
	static const char rest[] = "glovebox-zygote";
	static const char env[] = "TZ=UTC0\0LC_ALL=C";
	static const char zygote[] = "TZ=UTC0\0LC_ALL=C\0LD_LIBRARY_PATH=.";
	const pid_t others[] = {it.zygote, it.idle, it.spinner};
	size_t i;

	(void)state;
	need_root();
	expect_init(it.init);
	expect_text(it.init, "environ", env, sizeof(env));
	for (i = 0; i < 3; i++) {
		expect_text(others[i], "cmdline", rest, sizeof(rest));
		expect_text(others[i], "environ", zygote, sizeof(zygote));
	}
}

/* What each descriptor is, in order, e.g. "/dev/null". */
static void
expect_descriptors(pid_t pid, const char *want)
{
	char path[64], to[64], line[16], all[1024] = "";
	ssize_t n;
	int fd;

	for (fd = 0; fd < 1024; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
		n = readlink(path, to, sizeof(to) - 1);
		if (n < 0)
			continue;
		to[n] = '\0';
		to[strcspn(to, "[")] = '\0'; /* not its number */
		snprintf(line, sizeof(line), "%d ", fd);
		strncat(all, line, sizeof(all) - strlen(all) - 1);
		strncat(all, to, sizeof(all) - strlen(all) - 1);
		strncat(all, " ", sizeof(all) - strlen(all) - 1);
	}
	assert_string_equal(all, want);
}

#define STDIO "0 /dev/null 1 /dev/null 2 /dev/null "

/* The caller has 65 descriptors that it would hand on. */
static void
test_descriptors(void **state)
{
	(void)state;
	need_root();
	expect_descriptors(it.init, STDIO "3 socket: 4 anon_inode: ");
	expect_descriptors(it.zygote, STDIO "3 socket: ");
	expect_descriptors(it.idle, STDIO "5 socket: ");
	expect_descriptors(it.spinner, "");
}

/* ---- what memory a locked worker has ------------------------------------- */

struct kind {
	const char *what, *name, *perms;
	int least, most, seen;
};

static bool
is_of(const struct kind *k, const char *name, const char *perms)
{
	const char *p;

	if (*k->name == '\0' ? *name != '\0'
			     : strncmp(name, k->name, strlen(k->name)) != 0)
		return false;
	for (p = k->perms; *p != '\0'; p += 5)
		if (strncmp(p, perms, 4) == 0)
			return true;
	return false;
}

static void
test_inventory(void **state)
{
	static struct kind kinds[] = {
	    {"arena, bss, TLS", "", "rw-p ", 1, 3, 0},
	    {"heap", "[heap]", "rw-p ", 0, 1, 0},
	    {"input", "/memfd:gbx-input", "r--p ", 1, 1, 0},
	    {"output", "/memfd:gbx-output", "rw-s ", 1, 1, 0},
	    {"stack", "[stack]", "rw-p ", 1, 1, 0},
	    {"vvar", "[vvar", "r--p ", 1, 3, 0},
	    {"vdso", "[vdso]", "r-xp ", 1, 1, 0},
	    {"vsyscall", "[vsyscall]", "--xp r-xp ", 0, 1, 0},
	    {"program", "/", "r--p r-xp rw-p ", 4, 6, 0},
	};
	const size_t n = sizeof(kinds) / sizeof(kinds[0]);
	static char text[65536];
	char *line, *save = NULL, perms[8], name[256];
	size_t i, at;

	(void)state;
	need_root();
	assert_true(proc_read(it.spinner, "maps", text, sizeof(text)));
	for (line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		name[0] = '\0';
		assert_in_range(
		    sscanf(line, "%*s %7s %*s %*s %*s %255[^\n]", perms, name),
		    1, 2);
		for (at = 0; at < n && !is_of(&kinds[at], name, perms);)
			at++;
		if (at == n)
			print_error("# not expected: %s\n", line);
		assert_in_range(at, 0, n - 1);
		kinds[at].seen++;
	}
	for (i = 0; i < n; i++) {
		printf("# %d %s\n", kinds[i].seen, kinds[i].what);
		assert_in_range(kinds[i].seen, kinds[i].least, kinds[i].most);
	}
}

/* ---- the real formats ---------------------------------------------------- */

static void
test_real_formats(void **state)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker;
	struct proc_list zygotes, workers;
	size_t i, k, seen = 0;
	char what[64];

	(void)state;
	need_root();
	gbx_broker_opts_init(&opts);
	opts.worker_dir = build_path("libexec");
	opts.preload = "png,docx";
	assert_int_equal(gbx_broker_open(&opts, &broker), GBX_OK);
	free((char *)(uintptr_t)opts.worker_dir);
	proc_zygotes(&zygotes);
	for (i = 0; i < zygotes.n; i++) {
		snprintf(what, sizeof(what), "real zygote %zu", i + 1);
		expect_clean(zygotes.pid[i], what);
		proc_workers_settled(zygotes.pid[i], &workers);
		for (k = 0; k < workers.n; k++, seen++)
			expect_clean(workers.pid[k], "  its worker");
	}
	gbx_broker_close(broker);
	assert_int_equal(zygotes.n, 2);
	assert_in_range(seen, 2, 64);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest of_caller[] = {
	    cmocka_unit_test(test_looking_works),
	    cmocka_unit_test(test_nothing_seen_outside),
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_descriptors),
	    cmocka_unit_test(test_inventory),
	    /* Takes the idle one: last. */
	    cmocka_unit_test(test_nothing_seen_inside),
	};
	const struct CMUnitTest real[] = {
	    cmocka_unit_test(test_real_formats),
	};
	char on_stack[SCANNER_MARKER + 1];
	int failed;

	(void)argc;
	come_back_marked(argv);
	mark_memory();
	memcpy(on_stack, mark, sizeof(on_stack));
	__asm__ volatile("" : : "r"(on_stack) : "memory");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	proc_adopt();
	failed = cmocka_run_group_tests_name(
	    "of the caller", of_caller, begin, finish);
	failed += cmocka_run_group_tests_name("real", real, NULL, NULL);
	return failed > 0 ? 1 : 0;
}
