/* SPDX-License-Identifier: ISC */
/* Probes: other processes, and new ones. Side: hostile. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sandbox/walls/prober.h"
#include "tests/sandbox/walls/program.h"

#define PIDFD_SEND  424
#define PIDFD_OPEN  434
#define PIDFD_GETFD 438

static int
signal_victim(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	return walls_result(kill(o->victim, SIGUSR1));
}

static int
pidfd_victim(const struct walls_order *o, struct walls_answer *answer)
{
	int fd = (int)syscall(PIDFD_OPEN, o->victim, 0);

	(void)answer;
	if (fd < 0)
		return walls_failed();
	return walls_result(syscall(PIDFD_SEND, fd, SIGUSR1, NULL, 0));
}

static int
queue_victim(const struct walls_order *o, struct walls_answer *answer)
{
	union sigval v = {0};

	(void)answer;
	return walls_result(sigqueue(o->victim, SIGUSR1, v));
}

static int
kill_sibling(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	return walls_result(kill(o->sibling, SIGKILL));
}

static int
kill_zygote(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	(void)answer;
	return walls_result(kill(getppid(), SIGKILL));
}

static int
kill_init(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	return walls_result(kill(o->init, SIGKILL));
}

/* Stop it, read a few bytes of its memory, let it go. */
static int
trace(pid_t pid, uint64_t address, struct walls_answer *answer)
{
	long word;
	size_t i;
	int status;

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) != 0)
		return walls_failed();
	(void)waitpid(pid, &status, __WALL);
	for (i = 0; i < WALLS_LOOT; i += sizeof(word)) {
		errno = 0;
		word =
		    ptrace(PTRACE_PEEKDATA, pid, (void *)(address + i), NULL);
		if (errno != 0)
			break;
		memcpy(answer->loot + i, &word, sizeof(word));
	}
	(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return 0;
}

static int
read_memory(pid_t pid, uint64_t address, struct walls_answer *answer)
{
	struct iovec ours = {answer->loot, WALLS_LOOT};
	struct iovec theirs = {(void *)address, WALLS_LOOT};

	return walls_result(process_vm_readv(pid, &ours, 1, &theirs, 1, 0));
}

static uint64_t
own_secret(void)
{
	return (uint64_t)(uintptr_t)walls_own_secret;
}

static int
trace_victim(const struct walls_order *o, struct walls_answer *answer)
{
	return trace(o->victim, o->address, answer);
}

static int
trace_sibling(const struct walls_order *o, struct walls_answer *answer)
{
	return trace(o->sibling, own_secret(), answer);
}

static int
trace_zygote(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	return trace(getppid(), own_secret(), answer);
}

static int
read_victim(const struct walls_order *o, struct walls_answer *answer)
{
	return read_memory(o->victim, o->address, answer);
}

static int
read_sibling(const struct walls_order *o, struct walls_answer *answer)
{
	return read_memory(o->sibling, own_secret(), answer);
}

static int
read_zygote(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	return read_memory(getppid(), own_secret(), answer);
}

static int
steal_descriptor(const struct walls_order *o, struct walls_answer *answer)
{
	int got, fd = (int)syscall(PIDFD_OPEN, o->victim, 0);

	if (fd < 0)
		return walls_failed();
	got = (int)syscall(PIDFD_GETFD, fd, WALLS_VICTIM_FD, 0);
	if (got < 0)
		return walls_failed();
	(void)lseek(got, 0, SEEK_SET);
	return walls_take(got, answer);
}

static int
open_proc(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return open(path, O_RDONLY);
}

static int
proc_memory(const struct walls_order *o, struct walls_answer *answer)
{
	int fd = open_proc(o->victim, "mem");

	if (fd < 0)
		return walls_failed();
	return walls_result(
	    pread(fd, answer->loot, WALLS_LOOT, (off_t)o->address));
}

static int
proc_search(
    const struct walls_order *o, const char *name, struct walls_answer *answer)
{
	static char text[65536];
	int fd = open_proc(o->victim, name);
	ssize_t n;
	char *p;

	if (fd < 0)
		return walls_failed();
	n = read(fd, text, sizeof(text));
	if (n <= 0)
		return walls_failed();
	p = memmem(text, (size_t)n, "mark=", 5);
	if (p == NULL || p + 5 + WALLS_LOOT > text + n)
		return ENOENT;
	memcpy(answer->loot, p + 5, WALLS_LOOT);
	return 0;
}

static int
proc_environ(const struct walls_order *o, struct walls_answer *answer)
{
	return proc_search(o, "environ", answer);
}

static int
proc_cmdline(const struct walls_order *o, struct walls_answer *answer)
{
	return proc_search(o, "cmdline", answer);
}

static int
new_process(const struct walls_order *o, struct walls_answer *answer)
{
	long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	(void)o;
	(void)answer;
	if (pid == 0)
		_exit(0);
	return walls_result(pid);
}

static int
run_planted(const struct walls_order *o, const char *name)
{
	char arg[] = "x";
	char *argv[] = {arg, NULL}, *envp[] = {NULL};

	execve(walls_planted(o, name), argv, envp);
	return walls_failed();
}

static int
run_program(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	return run_planted(o, "program");
}

static int
run_setuid(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	return run_planted(o, "setuid");
}

/* A program that the attacker brings along, in memory. */
static int
run_memory(const struct walls_order *o, struct walls_answer *answer)
{
	char arg[] = "x";
	char *argv[] = {arg, NULL}, *envp[] = {NULL};
	int fd = memfd_create("x", MFD_CLOEXEC);

	(void)o;
	(void)answer;
	if (fd < 0 || write(fd, walls_program, sizeof(walls_program)) !=
			  sizeof(walls_program))
		return walls_failed();
	syscall(SYS_execveat, fd, "", argv, envp, 0x1000 /* AT_EMPTY_PATH */);
	return walls_failed();
}

/* mprotect(2) of a page of one's own: code where there was none. */
static int
new_code(const struct walls_order *o, struct walls_answer *answer)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)o;
	(void)answer;
	return p == MAP_FAILED ? walls_failed() : 0;
}

static int
raise_priority(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	(void)answer;
	return walls_result(setpriority(PRIO_PROCESS, 0, -5));
}

static int
real_time(const struct walls_order *o, struct walls_answer *answer)
{
	struct sched_param p = {.sched_priority = 1};

	(void)o;
	(void)answer;
	return walls_result(syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &p));
}

const struct walls_probe walls_process_probes[] = {
    {"kill-host", signal_victim},
    {"pidfd-signal-host", pidfd_victim},
    {"sigqueue-host", queue_victim},
    {"kill-sibling", kill_sibling},
    {"kill-zygote", kill_zygote},
    {"kill-init", kill_init},
    {"ptrace-host", trace_victim},
    {"ptrace-sibling", trace_sibling},
    {"ptrace-zygote", trace_zygote},
    {"vm-read-host", read_victim},
    {"vm-read-sibling", read_sibling},
    {"vm-read-zygote", read_zygote},
    {"pidfd-getfd-host", steal_descriptor},
    {"proc-mem-host", proc_memory},
    {"proc-environ-host", proc_environ},
    {"proc-cmdline-host", proc_cmdline},
    {"new-process", new_process},
    {"exec-host", run_program},
    {"exec-setuid", run_setuid},
    {"exec-memory", run_memory},
    {"new-code", new_code},
    {"nice", raise_priority},
    {"real-time", real_time},
    {NULL, NULL},
};
