/* SPDX-License-Identifier: ISC */
/*
 * Taking over the descriptors that a program is started with, and closing all
 * others. Side: setup.
 *
 * close(2) asks the file's server (f_op->flush), and while a FUSE server is
 * silent the process that closes can't even be killed. But the descriptor has
 * left the table before the question is asked (close_fd_get_file in
 * fs/file.c). So children that share our table do the closing: one that comes
 * to its end proves that nothing is left to close, and those that hang are left
 * behind with a table in which nothing is.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandboxed_parsers/init/inherit.h"

/* One that has not ended by then hangs, or waits for a processor. */
#define ROUND_NS 20000000L
/* None of them has ended for so many of these: then they hang. Whoever is left
 * behind is adopted by the host, if that adopts orphans or is the first process
 * of a container, and stays there as a zombie. */
#define CALM_ROUNDS 10
/* 1, 2, 4, ... children at a time; each takes one that hangs. */
#define ROUNDS 11

struct kept {
	int fd[GBX_INHERIT_FDS]; /* ascending */
	int n;
};

static int
close_others(const struct kept *k)
{
	unsigned int from = 0;
	int i;

	for (i = 0; i < k->n; i++) {
		if ((unsigned int)k->fd[i] > from &&
		    syscall(SYS_close_range, from, k->fd[i] - 1, 0) != 0)
			return -errno;
		from = (unsigned int)k->fd[i] + 1;
	}
	return syscall(SYS_close_range, from, ~0U, 0) == 0 ? 0 : -errno;
}

/* The table is shared, the memory is not. */
static long
start_sharing(void)
{
	return syscall(
	    SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
}

static int
start_closers(const struct kept *k, int n)
{
	int i;
	long pid;

	for (i = 0; i < n; i++) {
		pid = start_sharing();
		if (pid == 0)
			_exit(close_others(k) == 0 ? 0 : 1);
		if (pid < 0)
			break;
	}
	return i;
}

/* Count those that have ended; *ret_done: one of them had closed all. */
static int
reap(bool *ret_done)
{
	int status, n = 0;

	while (waitpid(-1, &status, WNOHANG) > 0) {
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			*ret_done = true;
		n++;
	}
	return n;
}

/* All is closed, and so many still run: those that only came late, too, have
 * nothing more to do than to end. The number that hang. */
static int
wait_for_late(int running)
{
	const struct timespec patience = {0, ROUND_NS};
	int calm = 0, ended;
	bool done = true;
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	while (running > 0 && calm < CALM_ROUNDS) {
		(void)sigtimedwait(&chld, NULL, &patience);
		ended = reap(&done);
		running -= ended;
		calm = ended > 0 ? 0 : calm + 1;
	}
	return running;
}

/* With SIGCHLD blocked. The number that still run, or -errno. */
static int
close_by_children(const struct kept *k)
{
	const struct timespec patience = {0, ROUND_NS};
	int round, running = 0, started;
	bool done = false;
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	for (round = 0; round < ROUNDS && !done; round++) {
		started = start_closers(k, 1 << round);
		if (started == 0)
			return -EAGAIN;
		running += started;
		do
			running -= reap(&done);
		while (!done && running > 0 &&
		       sigtimedwait(&chld, NULL, &patience) == SIGCHLD);
		if (!done && running == 0)
			return -EPERM;
	}
	return done ? wait_for_late(running) : -EBUSY;
}

/* Those that hang keep the table that we share with them, for as long as they
 * do: so take a copy, and have what is ours closed in theirs. With SIGCHLD
 * blocked, which is what the child waits for: a descriptor to wait on might
 * still be closed by another child. */
static int
leave_table(void)
{
	struct kept none = {.n = 0};
	sigset_t chld;
	int err, sig;
	long pid;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	pid = start_sharing();
	if (pid == 0) {
		(void)sigwait(&chld, &sig);
		_exit(close_others(&none) == 0 ? 0 : 1);
	}
	if (pid < 0)
		return -errno;
	err = unshare(CLONE_FILES) == 0 ? 0 : -errno;
	(void)kill((pid_t)pid, SIGCHLD);
	(void)waitpid((pid_t)pid, NULL, 0);
	return err;
}

static int
keep_only(const struct kept *k)
{
	sigset_t chld, old;
	int running, err = 0;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &chld, &old) != 0)
		return -errno;
	running = close_by_children(k);
	if (running > 0)
		err = leave_table();
	else if (running == -EAGAIN)
		err = close_others(k); /* no process to be had: by ourselves */
	else
		err = running;
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return err;
}

static void
add(struct kept *k, int fd)
{
	int i, at = 0;

	while (at < k->n && k->fd[at] < fd)
		at++;
	if (fd < 0 || (at < k->n && k->fd[at] == fd))
		return;
	for (i = k->n++; i > at; i--)
		k->fd[i] = k->fd[i - 1];
	k->fd[at] = fd;
}

static int
parse(const char *list, int ret_fd[GBX_INHERIT_FDS])
{
	char *end;
	int i;

	for (i = 0; i < GBX_INHERIT_FDS; i++) {
		ret_fd[i] = (int)strtol(list, &end, 10);
		if (end == list ||
		    *end != (i + 1 < GBX_INHERIT_FDS ? ',' : '\0'))
			return -EINVAL;
		list = end + 1;
	}
	return 0;
}

/* Up, out of each other's way, and down into place. */
static int
place(const int fd[GBX_INHERIT_FDS])
{
	int i, high[GBX_INHERIT_FDS];

	for (i = 0; i < GBX_INHERIT_FDS; i++) {
		high[i] = fd[i] < 0
			      ? -1
			      : fcntl(fd[i], F_DUPFD_CLOEXEC, GBX_INHERIT_FDS);
		if (fd[i] >= 0 && high[i] < 0)
			return -errno;
	}
	for (i = 0; i < GBX_INHERIT_FDS; i++) {
		if (high[i] < 0)
			(void)close(i);
		else if (dup2(high[i], i) < 0)
			return -errno;
	}
	return syscall(SYS_close_range, GBX_INHERIT_FDS, ~0U, 0) == 0 ? 0
								      : -errno;
}

int
gbx_inherit(const char *list)
{
	struct kept k = {.n = 0};
	int i, err, fd[GBX_INHERIT_FDS];

	err = parse(list, fd);
	if (err != 0)
		return err;
	for (i = 0; i < GBX_INHERIT_FDS; i++)
		add(&k, fd[i]);
	err = keep_only(&k);
	return err == 0 ? place(fd) : err;
}
