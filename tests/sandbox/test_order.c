/* SPDX-License-Identifier: ISC */
/*
 * The order of a worker's last steps, seen by a tracer that stops it at every
 * system call: descriptors away, lock on, and only then the first byte of the
 * input; behind the lock one call, the exit.
 * Side: tests; public header, ptrace(2) on the broker's own workers.
 *
 * That no byte was read is seen in smaps: of the input's mapping not a page is
 * there when the lock comes on, and some are at the exit.
 *
 * Fails if taken out or moved: close_range, or gbx_lockdown_worker, in
 * runtime/worker.c; a read of maps.in before them.
 */
#include "tests/support/cmocka.h"

#include <dirent.h>
#include <errno.h>
#include <linux/ptrace.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/liar.h"
#include "tests/support/proc.h"

/* <sys/ptrace.h> and <linux/ptrace.h> don't go together. */
long ptrace(int request, ...);
#define TRACE_SYSCALL 24
#define TRACE_SYSGOOD 1L
#define SYSCALL_STOP  (SIGTRAP | 0x80)
#define WORKERS_MAX   16

/* What was seen of one worker. */
struct seen {
	pid_t pid;
	bool gone, locking, locked;
	int calls_before, calls_after;
	long last_call;
	/* at the lock's entry */
	long input_kib, fds;
	/* behind it */
	long mode, filters, nnp;
	long input_kib_at_exit;
};

static struct trace {
	struct gbx_broker *broker;
	uint32_t lockdown;
	struct seen worker[WORKERS_MAX];
	size_t n;
} trace;

/* "Rss:" of the mapping of this memfd; -1 if it is not mapped. */
static long
resident_kib(pid_t pid, const char *name)
{
	char path[64], line[512];
	bool inside = false;
	long kib = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps", (int)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return -1;
	while (kib < 0 && fgets(line, sizeof(line), file) != NULL) {
		if (strchr(line, '-') != NULL && strchr(line, ':') != NULL &&
		    strstr(line, " kB") == NULL)
			inside = strstr(line, name) != NULL;
		else if (inside)
			(void)sscanf(line, "Rss: %ld kB", &kib);
	}
	fclose(file);
	return kib;
}

static long
descriptors(pid_t pid)
{
	char path[64];
	struct dirent *entry;
	long n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

static bool
is_lock(const struct ptrace_syscall_info *info)
{
	if (trace.lockdown == GBX_LOCKDOWN_STRICT)
		return info->entry.nr == SYS_prctl &&
		       info->entry.args[0] == PR_SET_SECCOMP &&
		       info->entry.args[1] == SECCOMP_MODE_STRICT;
	return info->entry.nr == SYS_seccomp &&
	       info->entry.args[0] == SECCOMP_SET_MODE_FILTER;
}

static void
at_entry(struct seen *w, const struct ptrace_syscall_info *info)
{
	w->last_call = (long)info->entry.nr;
	if (w->locked) {
		w->calls_after++;
		w->input_kib_at_exit = resident_kib(w->pid, "gbx-input");
		return;
	}
	w->calls_before++;
	w->locking = is_lock(info);
	if (!w->locking)
		return;
	w->input_kib = resident_kib(w->pid, "gbx-input");
	w->fds = descriptors(w->pid);
}

static void
at_exit(struct seen *w, const struct ptrace_syscall_info *info)
{
	if (!w->locking || info->exit.is_error)
		return;
	w->locking = false;
	w->locked = true;
	w->mode = proc_status(w->pid, "Seccomp", 10);
	w->filters = proc_status(w->pid, "Seccomp_filters", 10);
	w->nnp = proc_status(w->pid, "NoNewPrivs", 10);
}

static void
on_stop(struct seen *w, int status)
{
	struct ptrace_syscall_info info;
	int sig = WSTOPSIG(status);

	if (sig == SYSCALL_STOP) {
		if (ptrace(PTRACE_GET_SYSCALL_INFO, w->pid, sizeof(info),
			&info) <= 0)
			return;
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
			at_entry(w, &info);
		else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
			at_exit(w, &info);
		sig = 0;
	} else if (status >> 16 != 0 || sig == SIGTRAP) {
		sig = 0; /* the stop that we asked for */
	}
	(void)ptrace(TRACE_SYSCALL, w->pid, 0L, (long)sig);
}

/* Let all run to their next stop; true while any lives. */
static void
watch(void)
{
	size_t i;
	int status;

	for (i = 0; i < trace.n; i++) {
		struct seen *w = &trace.worker[i];

		if (w->gone || waitpid(w->pid, &status, __WALL | WNOHANG) <= 0)
			continue;
		if (WIFSTOPPED(status))
			on_stop(w, status);
		else
			w->gone = true;
	}
}

static void
seize_idle(void)
{
	struct proc_list zygotes, workers;
	size_t i;

	proc_zygotes(&zygotes);
	assert_int_equal(zygotes.n, 1);
	proc_workers_settled(zygotes.pid[0], &workers);
	assert_in_range(workers.n, 1, WORKERS_MAX);
	for (i = 0; i < workers.n; i++) {
		trace.worker[i] = (struct seen){.pid = workers.pid[i]};
		if (ptrace(PTRACE_SEIZE, workers.pid[i], 0L, TRACE_SYSGOOD) !=
		    0) {
			assert_int_equal(errno, EPERM);
			print_message("# SKIP tracing is not allowed here\n");
			skip();
		}
		(void)ptrace(PTRACE_INTERRUPT, workers.pid[i], 0L, 0L);
	}
	trace.n = workers.n;
	for (i = 0; i < 100; i++, sleep_ms(1))
		watch();
}

static struct seen *
the_one_that_ran(void)
{
	struct seen *ran = NULL;
	size_t i;

	for (i = 0; i < trace.n; i++) {
		if (!trace.worker[i].locked)
			continue;
		assert_null(ran);
		ran = &trace.worker[i];
	}
	assert_non_null(ran);
	return ran;
}

static void
test_order(void **state)
{
	const bool strict = trace.lockdown == GBX_LOCKDOWN_STRICT;
	long own = proc_status(getpid(), "Seccomp_filters", 10);
	struct gbx_result *r = NULL;
	struct gbx_job job;
	struct seen *w;
	int i;

	(void)state;
	seize_idle();
	liar_job(&job, GBX_OP_DECODE);
	liar_submit(trace.broker, LIAR_PNG, "image 8 8 1", &job);
	for (i = 0; i < 4000 && r == NULL; i++) {
		watch();
		if (gbx_collect(trace.broker, 1, &r) != GBX_OK)
			r = NULL;
	}
	assert_non_null(r);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
	assert_true(gbx_result_posture(r) & GBX_POSTURE_PROVEN);
	gbx_result_free(r);
	w = the_one_that_ran();
	printf("# %d calls up to the lock, %d behind it; input resident: %ld "
	       "KiB at the lock, %ld at the exit\n",
	    w->calls_before, w->calls_after, w->input_kib,
	    w->input_kib_at_exit);
	fflush(stdout);
	/* The kernel shows them to root alone. */
	if (geteuid() == 0)
		assert_int_equal(w->fds, 0);
	assert_int_equal(w->input_kib, 0);
	assert_int_equal(w->mode, strict ? 1 : 2);
	assert_int_equal(w->filters, strict ? 0 : own + 2);
	assert_int_equal(w->nnp, 1);
	assert_int_equal(w->calls_after, 1);
	assert_int_equal(w->last_call, strict ? SYS_exit : SYS_exit_group);
	assert_in_range(w->input_kib_at_exit, 4, 4096);
}

static int
begin(void **state)
{
	(void)state;
	trace.n = 0;
	trace.broker = liar_open(trace.lockdown);
	liar_expect_fine(trace.broker, LIAR_PNG);
	return 0;
}

static int
finish(void **state)
{
	size_t i;

	(void)state;
	/* Killed workers are not gone before their tracer has seen it. */
	for (i = 0; i < trace.n; i++)
		if (!trace.worker[i].gone)
			(void)kill(trace.worker[i].pid, SIGKILL);
	for (i = 0; i < 100; i++, sleep_ms(1))
		watch();
	gbx_broker_close(trace.broker);
	return 0;
}

static int
run_all(uint32_t lockdown)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_order, begin, finish),
	};

	trace.lockdown = lockdown;
	return cmocka_run_group_tests_name(
	    lockdown == GBX_LOCKDOWN_STRICT ? "strict" : "filter", tests, NULL,
	    NULL);
}

int
main(void)
{
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	proc_adopt();
	failed = run_all(GBX_LOCKDOWN_FILTER);
	failed += run_all(GBX_LOCKDOWN_STRICT);
	return failed > 0 ? 1 : 0;
}
