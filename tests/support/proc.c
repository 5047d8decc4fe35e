/* SPDX-License-Identifier: ISC */
/* Processes as /proc shows them. Side: tests. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/proc.h"

void
proc_adopt(void)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
		abort();
}

bool
proc_read(pid_t pid, const char *name, char *ret_text, size_t room)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, ret_text, room - 1);
	close(fd);
	if (n < 0)
		return false;
	ret_text[n] = '\0';
	return true;
}

/* Field number n (from 3 on) of /proc/PID/stat, behind the name. */
static const char *
stat_field(pid_t pid, int n, char *text, size_t room)
{
	char *p;

	if (!proc_read(pid, "stat", text, room))
		return NULL;
	p = strrchr(text, ')');
	for (n -= 3, p = p == NULL ? NULL : p + 1; p != NULL && n > 0; n--)
		p = strchr(p + 1, ' ');
	return p == NULL ? NULL : p + 1;
}

char
proc_state(pid_t pid)
{
	char text[1024];
	const char *p = stat_field(pid, 3, text, sizeof(text));

	return p == NULL ? '\0' : *p;
}

long
proc_ticks(pid_t pid)
{
	char text[1024];
	const char *p = stat_field(pid, 14, text, sizeof(text));

	return p == NULL ? -1 : strtol(p, NULL, 10);
}

static pid_t
parent_of(pid_t pid)
{
	char text[1024];
	const char *p = stat_field(pid, 4, text, sizeof(text));

	return p == NULL ? 0 : (pid_t)strtol(p, NULL, 10);
}

static bool
is_called(pid_t pid, const char *name)
{
	char text[256];

	return name == NULL || (proc_read(pid, "cmdline", text, sizeof(text)) &&
				   strcmp(text, name) == 0);
}

void
proc_children(pid_t parent, const char *name, struct proc_list *ret)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc");
	pid_t pid;

	ret->n = 0;
	if (dir == NULL)
		abort();
	while ((entry = readdir(dir)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (parent_of(pid) != parent || proc_state(pid) == 'Z' ||
		    !is_called(pid, name) || ret->n == PROC_LIST_MAX)
			continue;
		ret->pid[ret->n++] = pid;
	}
	closedir(dir);
}

pid_t
proc_init(void)
{
	struct proc_list list;

	proc_children(getpid(), "glovebox-init", &list);
	return list.n > 0 ? list.pid[list.n - 1] : 0;
}

void
proc_zygotes(struct proc_list *ret)
{
	pid_t init = proc_init();

	ret->n = 0;
	if (init != 0)
		proc_children(init, "glovebox-zygote", ret);
}

void
proc_workers(pid_t zygote, struct proc_list *ret)
{
	proc_children(zygote, "glovebox-zygote", ret);
}

void
proc_workers_settled(pid_t zygote, struct proc_list *ret)
{
	uint64_t end = now_ms() + 5000;
	size_t before = 0;
	int same = 0;

	do {
		sleep_ms(1);
		proc_workers(zygote, ret);
		same = ret->n > 0 && ret->n == before ? same + 1 : 0;
		before = ret->n;
	} while (same < 50 && now_ms() < end);
}

pid_t
proc_spinning(pid_t zygote, long ticks)
{
	struct proc_list workers;
	size_t i;

	proc_workers(zygote, &workers);
	for (i = 0; i < workers.n; i++)
		if (proc_ticks(workers.pid[i]) >= ticks)
			return workers.pid[i];
	return 0;
}

static size_t
family_of(pid_t pid)
{
	struct proc_list list;
	size_t i, n;

	proc_children(pid, NULL, &list);
	n = list.n;
	for (i = 0; i < list.n; i++)
		n += family_of(list.pid[i]);
	return n;
}

size_t
proc_family(void)
{
	return family_of(getpid());
}

long
proc_status(pid_t pid, const char *key, int base)
{
	char text[8192], line[64];
	const char *p;

	if (!proc_read(pid, "status", text, sizeof(text)))
		return -1;
	snprintf(line, sizeof(line), "\n%s:", key);
	p = strstr(text, line);
	return p == NULL ? -1 : strtol(p + strlen(line), NULL, base);
}

size_t
proc_own_fds(void)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	if (dir == NULL)
		abort();
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n - 1; /* without the one that looks */
}

long
proc_own_rss_kib(void)
{
	return proc_status(getpid(), "VmRSS", 10);
}

uint64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

void
sleep_ms(unsigned int ms)
{
	struct timespec ts = {ms / 1000, (long)(ms % 1000) * 1000000};

	nanosleep(&ts, NULL);
}
