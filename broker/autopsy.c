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
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/broker.h"

#define EXIT_CODE_FIELD 52
/* "Seccomp:" of a process that seccomp itself killed (kernel/seccomp.c). */
#define MODE_DEAD 3

static bool
read_proc(struct gbx_broker *b, pid_t pid, const char *what, char *ret_text,
    size_t room)
{
	gbx_autoclose int fd = -1;
	char path[48];
	ssize_t n;

	if (b->proc_fd < 0 || pid <= 0)
		return false;
	snprintf(path, sizeof(path), "%d/%s", (int)pid, what);
	fd = openat(b->proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, ret_text, room - 1);
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

int
gbx_autopsy_filters(struct gbx_broker *b, pid_t pid)
{
	char text[4096];

	if (!read_proc(b, pid, "status", text, sizeof(text)))
		return -1;
	return (int)number_of(text, "\nSeccomp_filters:");
}

static void
read_lock(struct gbx_broker *b, const struct gbx_zygote *z, pid_t pid,
    struct gbx_death *ret)
{
	char text[4096];
	long mode, filters;

	if (!read_proc(b, pid, "status", text, sizeof(text)) ||
	    strstr(text, "\nState:\tZ") == NULL)
		return;
	mode = number_of(text, "\nSeccomp:");
	filters = number_of(text, "\nSeccomp_filters:");
	if (mode < 0)
		return;
	ret->proof_read = true;
	ret->nnp = number_of(text, "\nNoNewPrivs:") == 1;
	if (b->lockdown == GBX_LOCKDOWN_STRICT)
		ret->locked = filters == 0 && (mode == 1 || mode == MODE_DEAD);
	else
		ret->locked =
		    (mode == 2 || mode == MODE_DEAD) && filters >= 1 &&
		    (z->filters == 0 || (uint32_t)filters == z->filters);
}

/* As a shell would put it together: the low byte is a signal, the next one the
 * exit status (wait(2)). */
static void
read_exit(struct gbx_broker *b, pid_t pid, struct gbx_death *ret)
{
	char text[1024], *p, *save = NULL;
	int field, code;

	if (!read_proc(b, pid, "stat", text, sizeof(text)))
		return;
	p = strrchr(text, ')'); /* the name may hold anything */
	if (p == NULL)
		return;
	p = strtok_r(p + 1, " ", &save);
	for (field = 3; p != NULL && field < EXIT_CODE_FIELD; field++)
		p = strtok_r(NULL, " ", &save);
	if (p == NULL)
		return;
	code = (int)strtol(p, NULL, 10);
	ret->known = true;
	ret->code = WIFEXITED(code) ? CLD_EXITED : CLD_KILLED;
	ret->status = WIFEXITED(code) ? WEXITSTATUS(code) : WTERMSIG(code);
}

void
gbx_autopsy(struct gbx_broker *b, const struct gbx_zygote *z, int pidfd,
    pid_t pid, bool exit_too, struct gbx_death *ret)
{
	struct gbx_death read = {0};

	read_lock(b, z, pid, &read);
	if (exit_too)
		read_exit(b, pid, &read);
	/* A number is only given to another process after the corpse was
	 * reaped. Not reaped by now: what was read was its own. */
	if (syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == 0)
		*ret = read;
}
