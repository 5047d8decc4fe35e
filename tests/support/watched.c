/* SPDX-License-Identifier: ISC */
/* Deaths of a broker's workers, seen from outside. Side: tests. */
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/support/watched.h"

void
watched_workers(struct watched *w)
{
	struct proc_list zygotes, workers;
	size_t i, j;

	memset(w, 0, sizeof(*w));
	proc_zygotes(&zygotes);
	for (i = 0; i < zygotes.n; i++) {
		proc_workers(zygotes.pid[i], &workers);
		for (j = 0; j < workers.n && w->n < PROC_LIST_MAX; j++) {
			w->fd[w->n].fd =
			    (int)syscall(SYS_pidfd_open, workers.pid[j], 0);
			w->fd[w->n].events = POLLIN;
			w->pid[w->n++] = workers.pid[j];
		}
	}
}

void
watched_done(struct watched *w)
{
	while (w->n > 0)
		close(w->fd[--w->n].fd);
}

/* The one that died; 0 if none did. */
pid_t
watched_death(struct watched *w, int ms)
{
	size_t i;

	if (poll(w->fd, (nfds_t)w->n, ms) <= 0)
		return 0;
	for (i = 0; i < w->n; i++)
		if (w->fd[i].revents & POLLIN)
			return w->pid[i];
	return 0;
}

/* What it had on a processor, to the nanosecond: fs/proc/base.c, schedstat. */
uint64_t
watched_cpu_ms(pid_t pid)
{
	char text[128];

	if (proc_read(pid, "schedstat", text, sizeof(text)))
		return strtoull(text, NULL, 10) / 1000000;
	return (uint64_t)proc_ticks(pid) * 1000 /
	       (uint64_t)sysconf(_SC_CLK_TCK);
}
