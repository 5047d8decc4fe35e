/* SPDX-License-Identifier: ISC */
/*
 * Calls about sockets, waiting and processes, as in calls.c. Side: tests. Some
 * run in a process that shares our memory between clone and exec (spawn.c):
 * only what a signal handler may do.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/calls.h"

/* ---- sockets and pipes --------------------------------------------------- */

ssize_t
fault_recv(int fd, void *buf, size_t room, int flags)
{
	return OR_FAIL(RECV, recv(fd, buf, room, flags));
}

int
fault_socketpair(int domain, int type, int protocol, int pair[2])
{
	return OR_FAIL(SOCKETPAIR, socketpair(domain, type, protocol, pair));
}

ssize_t
fault_sendmsg(int sock, const struct msghdr *msg, int flags)
{
	return OR_FAIL(SENDMSG, sendmsg(sock, msg, flags));
}

static void
lose_fds(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	size_t i;
	int fd;

	if (c == NULL)
		return;
	for (i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(fd); i++) {
		memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
		close(fd);
	}
	msg->msg_controllen = 0;
	msg->msg_flags |= MSG_CTRUNC;
}

ssize_t
fault_recvmsg(int sock, struct msghdr *msg, int flags)
{
	int how = fault_how(FAULT_RECVMSG);
	ssize_t n;

	if (how > 0) {
		errno = how;
		return -1;
	}
	n = recvmsg(sock, msg, flags);
	if (n > 0 && how == FDS_LOST)
		lose_fds(msg);
	return n;
}

/* ---- waiting ------------------------------------------------------------- */

int
fault_epoll_create1(int flags)
{
	return OR_FAIL(EPOLL_CREATE, epoll_create1(flags));
}

/* Taking off what is watched can't fail. */
int
fault_epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev)
{
	if (op == EPOLL_CTL_ADD && fault_fails(FAULT_EPOLL_ADD))
		return -1;
	return epoll_ctl(epfd, op, fd, ev);
}

int
fault_epoll_wait(int epfd, struct epoll_event *ev, int most, int ms)
{
	return OR_FAIL(EPOLL_WAIT, epoll_wait(epfd, ev, most, ms));
}

int
fault_timerfd_create(clockid_t clock, int flags)
{
	return OR_FAIL(TIMERFD_CREATE, timerfd_create(clock, flags));
}

/* Of CLOCK_MONOTONIC, with a sound time: can't fail (timerfd_create(2)). */
int
fault_timerfd_settime(
    int fd, int flags, const struct itimerspec *now, struct itimerspec *before)
{
	return timerfd_settime(fd, flags, now, before);
}

int
fault_eventfd(unsigned int count, int flags)
{
	return OR_FAIL(EVENTFD, eventfd(count, flags));
}

int
fault_poll(struct pollfd *fds, nfds_t n, int ms)
{
	return OR_FAIL(POLL, poll(fds, n, ms));
}

int
fault_pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attr)
{
	return OR_RETURN(COND_INIT, pthread_cond_init(cond, attr));
}

int
fault_pthread_condattr_init(pthread_condattr_t *attr)
{
	return OR_RETURN(CONDATTR_INIT, pthread_condattr_init(attr));
}

int
fault_pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock)
{
	return OR_RETURN(
	    CONDATTR_CLOCK, pthread_condattr_setclock(attr, clock));
}

int
fault_pthread_mutex_init(
    pthread_mutex_t *mutex, const pthread_mutexattr_t *attr)
{
	return OR_RETURN(MUTEX_INIT, pthread_mutex_init(mutex, attr));
}

/* ---- processes ----------------------------------------------------------- */

/* The library uses one of the optional arguments, for CLONE_PIDFD. */
int
fault_clone(int (*fn)(void *), void *stack, int flags, void *arg, ...)
{
	int *pidfd = NULL;
	va_list ap;

	if (flags & CLONE_PIDFD) {
		va_start(ap, arg);
		pidfd = va_arg(ap, int *);
		va_end(ap);
	}
	return OR_FAIL(CLONE, clone(fn, stack, flags, arg, pidfd));
}

int
fault_waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	int how = fault_how(FAULT_WAITID);

	if (how == 0)
		return waitid(type, id, info, options);
	/* ECHILD: somebody else waits with __WALL, and was quicker. */
	if (how == ECHILD)
		(void)waitid(type, id, info, options);
	errno = how;
	return -1;
}

/* Those that the library makes by number. Negative: it can't fail, or has no
 * caller to tell. */
static int
call_of(long nr)
{
	switch (nr) {
	case SYS_pidfd_open:
		return FAULT_PIDFD_OPEN;
	case SYS_pidfd_send_signal:
		return FAULT_PIDFD_SIGNAL;
	case SYS_close_range:
		return FAULT_CLOSE_RANGE;
	case SYS_execveat:
		return FAULT_EXECVEAT;
	case SYS_openat:
		return FAULT_OPENAT;
	case SYS_getdents64:
		return FAULT_GETDENTS;
	case SYS_readlinkat:
		return FAULT_READLINKAT;
	case SYS_rt_sigaction:
		return FAULT_SIGACTION;
	case SYS_rt_sigprocmask:
		return FAULT_SIGPROCMASK;
	case SYS_setpgid:
		return FAULT_SETPGID;
	case SYS_capget: /* of sound arguments */
	case SYS_fcntl:	 /* F_SETFD */
	case SYS_exit_group:
		return -1;
	default:
		fault_unknown(nr);
		return -1;
	}
}

long
fault_syscall(long nr, ...)
{
	int call = call_of(nr);
	va_list ap;
	long a[5];
	int i;

	va_start(ap, nr);
	for (i = 0; i < 5; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (call >= 0 && fault_fails((enum fault_call)call))
		return -1;
	return syscall(nr, a[0], a[1], a[2], a[3], a[4]);
}

int
fault_pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	return OR_RETURN(SIGMASK, pthread_sigmask(how, set, old));
}

int
fault_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	return OR_FAIL(AFFINITY, sched_getaffinity(pid, size, set));
}

int
fault_getrlimit(int what, struct rlimit *r)
{
	return OR_FAIL(GETRLIMIT, getrlimit((__rlimit_resource_t)what, r));
}

ssize_t
fault_getrandom(void *data, size_t size, unsigned int flags)
{
	return OR_FAIL(GETRANDOM, getrandom(data, size, flags));
}
