/* SPDX-License-Identifier: ISC */
/*
 * Workers that crash leave nothing behind: no core file, though the host has
 * raised RLIMIT_CORE and stands in a folder where all may write; and where the
 * system pipes cores to a program (core(5)), that program is never started,
 * which no RLIMIT_CORE of 0 would see to. A plain process that crashes beside
 * them does leave one, and does start it.
 * Side: tests; public header. GBX_SOAK=1: 10^4 crashes, not 100.
 *
 * core_pattern is all of the system's. It is changed in a kernel of our own
 * alone (GBX_OWN_KERNEL, tests/kernel/), where a guardian in a session of its
 * own puts it back as soon as this program ends. Elsewhere it is used as it
 * stands; and of the pipe the condition is looked at that the kernel asks for
 * first: who is not dumpable has no handler started for it (core(5)).
 *
 * Fails if taken out: PR_SET_DUMPABLE in runtime/layers.c (pipe); that and
 * RLIMIT_CORE there and the pivot in init/init.c (files: walls, "core-file",
 * tries each of the three alone).
 */
#include "tests/support/cmocka.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sandbox/scanner/client.h"
#include "tests/support/proc.h"
#include "tests/support/root.h"
#include "tests/support/score.h"

/* So many at once die in one zygote's life; one after the other each would
 * cost a new zygote, and wait for it. */
#define WIDTH 48

#define PATTERN "/proc/sys/kernel/core_pattern"
#define CONTROL "gbx-plain-crash"

static char dir[64];

/* ---- the pattern, and its guardian --------------------------------------- */

static struct guardian {
	pid_t pid;
	int pipe; /* open while this program lives */
} guardian = {0, -1};

/* Its own session: what kills our process group does not reach it. */
static bool
guard_pattern(void)
{
	static char old[512];
	int fds[2], fd = open(PATTERN, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, old, sizeof(old) - 1);
	char byte;

	if (fd >= 0)
		close(fd);
	if (n <= 0 || pipe2(fds, O_CLOEXEC) != 0)
		return false;
	guardian.pid = fork();
	if (guardian.pid == 0) {
		setsid();
		close(fds[1]);
		while (read(fds[0], &byte, 1) < 0 && errno == EINTR)
			continue;
		_exit(write_text(PATTERN, old) ? 0 : 1);
	}
	close(fds[0]);
	guardian.pipe = fds[1];
	return guardian.pid > 0;
}

static bool
pattern_put_back(void)
{
	int status = -1;

	if (guardian.pid <= 0)
		return true;
	close(guardian.pipe);
	(void)waitpid(guardian.pid, &status, 0);
	guardian.pid = 0;
	return status == 0;
}

/* ---- crashes ------------------------------------------------------------- */

/* Of every kind in turn. */
static unsigned int
crash_workers(uint32_t lockdown, unsigned int n)
{
	struct gbx_broker *broker = scanner_open(lockdown, WIDTH);
	unsigned int i, k, wave, crashed = 0;
	enum gbx_verdict verdict;
	struct gbx_result *r;

	for (i = 0; i < n; i += wave) {
		wave = n - i < WIDTH ? n - i : WIDTH;
		for (k = 0; k < wave; k++)
			scanner_submit(broker, SCANNER_CRASH,
			    (i + k) % SCANNER_CRASHES, NULL, NULL);
		for (k = 0; k < wave; k++) {
			r = scanner_collect(broker);
			verdict = gbx_result_verdict(r);
			crashed += verdict == GBX_VERDICT_CRASHED ||
				   verdict == GBX_VERDICT_VIOLATION;
			gbx_result_free(r);
		}
	}
	gbx_broker_close(broker);
	assert_int_equal(crashed, n);
	return crashed;
}

static unsigned int
crash_both(void)
{
	unsigned int n = score_long_form() ? 5000 : 50;

	return crash_workers(GBX_LOCKDOWN_FILTER, n) +
	       crash_workers(GBX_LOCKDOWN_STRICT, n);
}

/* A process without any wall, by a name of its own. */
static void
crash_plainly(void)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_NAME, CONTROL);
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

/* ---- what the kernel asks for -------------------------------------------- */

/* Who is not dumpable has a /proc that is root's: proc(5), /proc/pid. */
static bool
is_dumpable(pid_t pid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	assert_int_equal(stat(path, &st), 0);
	return (long)st.st_uid == proc_status(pid, "Uid", 10);
}

/* A process that could have a core, of another user where we are root: of root
 * it can't be told. */
static void
expect_plain_dumpable(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
			_exit(1);
		(void)prctl(PR_SET_DUMPABLE, 1);
		(void)raise(SIGSTOP);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, WUNTRACED), pid);
	assert_true(is_dumpable(pid));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
expect_undumpable(uint32_t lockdown)
{
	struct gbx_broker *broker = scanner_open(lockdown, 1);
	struct proc_list zygotes, workers;
	char limits[4096];
	size_t i;

	expect_plain_dumpable();
	proc_zygotes(&zygotes);
	assert_int_equal(zygotes.n, 1);
	proc_workers_settled(zygotes.pid[0], &workers);
	assert_in_range(workers.n, 1, PROC_LIST_MAX);
	for (i = 0; i < workers.n; i++) {
		assert_false(is_dumpable(workers.pid[i]));
		assert_true(proc_read(
		    workers.pid[i], "limits", limits, sizeof(limits)));
		assert_non_null(strstr(limits,
		    "Max core file size        0                    0"));
	}
	gbx_broker_close(broker);
}

/* ---- files --------------------------------------------------------------- */

static unsigned int
cores_in(const char *path)
{
	struct dirent *entry;
	DIR *folder = opendir(path);
	unsigned int n = 0;

	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL)
		if (strncmp(entry->d_name, "core", 4) == 0) {
			(void)unlinkat(dirfd(folder), entry->d_name, 0);
			n++;
		}
	closedir(folder);
	return n;
}

static void
score_cores(unsigned int crashes, unsigned int cores)
{
	score("crashes-made", crashes, score_long_form() ? ">=10000" : ">=100");
	score("core-dumps", cores, "==0");
	assert_int_equal(cores, 0);
}

/* "core" where it stands: beside the crashed process. */
static void
test_no_file(void **state)
{
	char pattern[512] = "";
	unsigned int crashes;
	int fd = open(PATTERN, O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(read(fd, pattern, sizeof(pattern) - 1) > 0);
	close(fd);
	if (guardian.pid > 0)
		assert_true(write_text(PATTERN, "core.%p"));
	else if (strncmp(pattern, "core", 4) != 0) {
		printf("# cores go elsewhere here: %s", pattern);
		expect_undumpable(GBX_LOCKDOWN_FILTER);
		expect_undumpable(GBX_LOCKDOWN_STRICT);
		return;
	}
	crash_plainly();
	assert_int_equal(cores_in("."), 1);
	crashes = crash_both();
	score_cores(crashes, cores_in("."));
	/* And still it would. */
	crash_plainly();
	assert_int_equal(cores_in("."), 1);
}

/* ---- the pipe ------------------------------------------------------------ */

/* What the kernel will start: notes the name and the number of who crashed. */
static void
plant_handler(void)
{
	char path[128], text[256];
	int fd;

	snprintf(path, sizeof(path), "%s/handler", dir);
	snprintf(
	    text, sizeof(text), "#!/bin/sh\necho \"$1 $2\" >>%s/trace\n", dir);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0700);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	snprintf(text, sizeof(text), "|%s %%e %%P", path);
	assert_true(write_text(PATTERN, text));
}

/* Lines that begin with this name; other programs of the machine may crash. */
static unsigned int
calls_for(const char *name)
{
	char path[128], line[256];
	unsigned int n = 0;
	FILE *trace;

	snprintf(path, sizeof(path), "%s/trace", dir);
	trace = fopen(path, "re");
	while (trace != NULL && fgets(line, sizeof(line), trace) != NULL)
		n += strncmp(line, name, strlen(name)) == 0 &&
		     line[strlen(name)] == ' ';
	if (trace != NULL)
		fclose(trace);
	return n;
}

static unsigned int
calls_after(const char *name, unsigned int want)
{
	int i;

	for (i = 0; i < 1000 && calls_for(name) < want; i++)
		sleep_ms(10);
	return calls_for(name);
}

/* The name that the kernel gives to a worker. */
static void
name_of_workers(char *ret, size_t room)
{
	struct gbx_broker *broker = scanner_open(GBX_LOCKDOWN_FILTER, 1);
	struct proc_list zygotes;

	proc_zygotes(&zygotes);
	assert_int_equal(zygotes.n, 1);
	assert_true(proc_read(zygotes.pid[0], "comm", ret, room));
	ret[strcspn(ret, "\n")] = '\0';
	gbx_broker_close(broker);
}

static void
test_no_pipe(void **state)
{
	unsigned int crashes, calls;
	char name[64];

	(void)state;
	if (guardian.pid <= 0) {
		expect_undumpable(GBX_LOCKDOWN_FILTER);
		expect_undumpable(GBX_LOCKDOWN_STRICT);
		return;
	}
	name_of_workers(name, sizeof(name));
	plant_handler();
	crash_plainly();
	assert_int_equal(calls_after(CONTROL, 1), 1);
	crashes = crash_both();
	/* All that could be under way is through when this one is. */
	crash_plainly();
	assert_int_equal(calls_after(CONTROL, 2), 2);
	sleep_ms(200);
	calls = calls_for(name);
	printf("# workers are called \"%s\": %u calls of the handler\n", name,
	    calls);
	score_cores(crashes, calls);
}

/* ---- the frame ----------------------------------------------------------- */

static int
begin(void **state)
{
	struct rlimit r;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_CORE, &r), 0);
	r.rlim_cur = r.rlim_max = RLIM_INFINITY;
	if (setrlimit(RLIMIT_CORE, &r) != 0) {
		(void)getrlimit(RLIMIT_CORE, &r);
		r.rlim_cur = r.rlim_max;
		assert_int_equal(setrlimit(RLIMIT_CORE, &r), 0);
	}
	strcpy(dir, "/tmp/gbx-cores-XXXXXX");
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0777), 0);
	assert_int_equal(chdir(dir), 0);
	if (getenv("GBX_OWN_KERNEL") != NULL && access(PATTERN, W_OK) == 0)
		assert_true(guard_pattern());
	return 0;
}

static int
finish(void **state)
{
	char path[128];

	(void)state;
	assert_true(pattern_put_back());
	snprintf(path, sizeof(path), "%s/handler", dir);
	(void)unlink(path);
	snprintf(path, sizeof(path), "%s/trace", dir);
	(void)unlink(path);
	(void)cores_in(dir);
	return chdir("/") == 0 && rmdir(dir) == 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_file),
	    cmocka_unit_test(test_no_pipe),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	proc_adopt();
	return cmocka_run_group_tests_name("cores", tests, begin, finish) > 0
		   ? 1
		   : 0;
}
