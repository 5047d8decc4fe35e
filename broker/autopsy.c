/* SPDX-License-Identifier: ISC */
/*
 * Reading a zombie from outside: how it ended, and whether it was locked.
 * Side: trusted. The text comes from the kernel; nothing in it was written by
 * the worker (a locked one can't even change its name).
 * proc_pid_status(5): Seccomp, Seccomp_filters, NoNewPrivs of a zombie are
 * those it died with. proc_pid_stat(5): exit_code is shown to those who could
 * trace the process, and is 0 to others; so it counts only where a canary
 * proved it.
 */
#include <errno.h>
#include <fcntl.h>
#include <glovebox.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/autopsy.h"
#include "broker/broker.h"

#define UTIME_FIELD	14
#define STIME_FIELD	15
#define EXIT_CODE_FIELD 52
/* "Seccomp:" of a process that seccomp itself killed (kernel/seccomp.c). */
#define MODE_DEAD 3

/* linux/pidfd.h of 6.13; the headers of Debian 12 end at 6.1. */
struct pidfd_info {
	uint64_t mask, cgroupid;
	uint32_t pid, rest[11];
};
#define GET_INFO _IOWR(0xFF, 11, struct pidfd_info)
#define INFO_PID 1U

/* Quicker, where the kernel has it. */
static int
pid_by_ioctl(int pidfd)
{
	struct pidfd_info info = {.mask = INFO_PID};

	if (ioctl(pidfd, GET_INFO, &info) != 0 || !(info.mask & INFO_PID))
		return 0;
	return (int)info.pid;
}

/* "Pid:" of /proc/self/fdinfo/N (pidfd_open(2)): its number in our own pid
 * namespace; 0 when there is no telling. */
static int
pid_of(struct gbx_broker *b, int pidfd)
{
	gbx_autoclose int fd = -1;
	char path[48], text[512];
	const char *p;
	ssize_t n;
	int pid;

	if (b->proc_fd < 0)
		return 0;
	pid = pid_by_ioctl(pidfd);
	if (pid > 0)
		return pid;
	snprintf(path, sizeof(path), "self/fdinfo/%d", pidfd);
	fd = openat(b->proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	p = strstr(text, "\nPid:");
	return p == NULL ? 0 : (int)strtol(p + 5, NULL, 10);
}

static int
open_proc(struct gbx_broker *b, int pid, const char *what)
{
	char path[48];

	snprintf(path, sizeof(path), "%d/%s", pid, what);
	return openat(b->proc_fd, path, O_RDONLY | O_CLOEXEC);
}

void
gbx_corpse_open(struct gbx_broker *b, int pidfd, struct gbx_corpse *ret_corpse)
{
	int pid = pid_of(b, pidfd);

	ret_corpse->status_fd = ret_corpse->stat_fd = -1;
	if (pid <= 0)
		return;
	ret_corpse->status_fd = open_proc(b, pid, "status");
	ret_corpse->stat_fd = open_proc(b, pid, "stat");
	/* Not reaped by now: the number was its own while we opened them.
	 * EPERM: it is there, and a host that gave up root may not signal it.
	 */
	if (syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) != 0 &&
	    errno != EPERM)
		gbx_corpse_close(ret_corpse);
}

void
gbx_corpse_close(struct gbx_corpse *c)
{
	gbx_close_fd(&c->status_fd);
	gbx_close_fd(&c->stat_fd);
}

static bool
read_proc(int fd, char *ret_text, size_t room)
{
	ssize_t n;

	if (fd < 0)
		return false;
	n = pread(fd, ret_text, room - 1, 0);
	if (n <= 0)
		return false;
	ret_text[n] = '\0';
	return true;
}

/* "\nKey:\t7" -> 7; -1 when it isn't there. */
static long
number_of(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return p == NULL ? -1 : strtol(p + strlen(key), NULL, 10);
}

/* The groups stand before what is looked for, and may be 65,536: if they fill
 * the text, read what is behind them instead. */
static bool
read_past_groups(int fd, char *text, size_t room)
{
	char *from = strstr(text, "\nGroups:"), *end;
	off_t at;
	ssize_t n;

	if (from == NULL || strchr(from + 1, '\n') != NULL)
		return true;
	at = (off_t)strlen(text);
	do {
		n = pread(fd, text, room - 1, at);
		if (n <= 0)
			return false;
		end = memchr(text, '\n', (size_t)n);
		at += end == NULL ? n : end - text;
	} while (end == NULL);
	n = pread(fd, text, room - 1, at);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

int
gbx_autopsy_filters(const struct gbx_corpse *c)
{
	char text[4096];

	if (!read_proc(c->status_fd, text, sizeof(text)) ||
	    !read_past_groups(c->status_fd, text, sizeof(text)))
		return -1;
	return (int)number_of(text, "\nSeccomp_filters:");
}

static void
read_lock(struct gbx_broker *b, uint32_t wanted, const struct gbx_corpse *c,
    struct gbx_death *ret)
{
	char text[4096];
	long mode, filters;

	if (!read_proc(c->status_fd, text, sizeof(text)) ||
	    strstr(text, "\nState:\tZ") == NULL ||
	    !read_past_groups(c->status_fd, text, sizeof(text)))
		return;
	mode = number_of(text, "\nSeccomp:");
	filters = number_of(text, "\nSeccomp_filters:");
	if (mode < 0)
		return;
	ret->proof_read = true;
	ret->by_seccomp = mode == MODE_DEAD;
	ret->nnp = number_of(text, "\nNoNewPrivs:") == 1;
	if (b->lockdown == GBX_LOCKDOWN_STRICT)
		ret->locked = filters == 0 && (mode == 1 || mode == MODE_DEAD);
	else
		ret->locked = (mode == 2 || mode == MODE_DEAD) &&
			      filters >= 1 &&
			      (wanted == 0 || (uint32_t)filters == wanted);
}

static uint64_t
ms_of(uint64_t ticks)
{
	long hertz = sysconf(_SC_CLK_TCK);

	return hertz > 0 ? ticks * 1000 / (uint64_t)hertz : 0;
}

/* Processor time, which everybody is shown; and, with exit_too, as a shell
 * would put it together: the low byte is a signal, the next one the exit status
 * (wait(2)). */
static void
read_stat(const struct gbx_corpse *c, bool exit_too, struct gbx_death *ret)
{
	char text[1024], *p, *save = NULL;
	uint64_t ticks = 0;
	int field, code;

	if (!read_proc(c->stat_fd, text, sizeof(text)))
		return;
	p = strrchr(text, ')'); /* the name may hold anything */
	if (p == NULL)
		return;
	p = strtok_r(p + 1, " ", &save);
	for (field = 3; p != NULL && field < EXIT_CODE_FIELD; field++) {
		if (field == UTIME_FIELD || field == STIME_FIELD)
			ticks += strtoull(p, NULL, 10);
		p = strtok_r(NULL, " ", &save);
	}
	if (p == NULL)
		return;
	ret->cpu_ms = ms_of(ticks);
	if (!exit_too)
		return;
	code = (int)strtol(p, NULL, 10);
	ret->known = true;
	ret->code = WIFEXITED(code) ? CLD_EXITED : CLD_KILLED;
	ret->status = WIFEXITED(code) ? WEXITSTATUS(code) : WTERMSIG(code);
}

/* proc_pid_stat(5): exit_code is shown by a PTRACE_MODE_READ_FSCREDS check. */
void
gbx_autopsy_reader(struct gbx_reader *ret)
{
	struct __user_cap_header_struct header = {
	    .version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2] = {{0, 0, 0}, {0, 0, 0}};

	memset(ret, 0, sizeof(*ret));
	(void)syscall(SYS_capget, &header, caps);
	ret->uid = geteuid();
	ret->gid = getegid();
	ret->caps[0] = caps[0].effective;
	ret->caps[1] = caps[1].effective;
}

void
gbx_autopsy(struct gbx_broker *b, uint32_t filters, const struct gbx_corpse *c,
    bool exit_too, struct gbx_death *ret)
{
	read_lock(b, filters, c, ret);
	read_stat(c, exit_too, ret);
}
