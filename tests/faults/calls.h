/* SPDX-License-Identifier: ISC */
/* What wrapped.syms puts in the place of libc's calls, with their prototypes.
 * Side: tests; see inject.h. */
#ifndef GBX_TESTS_FAULTS_CALLS_H
#define GBX_TESTS_FAULTS_CALLS_H

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "tests/faults/inject.h"

#define OR_FAIL(id, call) (fault_fails(FAULT_##id) ? -1 : (call))
/* For functions that return the error. */
#define OR_RETURN(id, call) (fault_fails(FAULT_##id) ? errno : (call))

void *fault_malloc(size_t size);
void *fault_calloc(size_t n, size_t size);
void *fault_realloc(void *p, size_t size);
char *fault_strdup(const char *s);
void *fault_tsearch(
    const void *key, void **root, int (*compare)(const void *, const void *));
void fault_free(void *p);
void *fault_mmap(
    void *at, size_t size, int prot, int flags, int fd, off_t offset);
int fault_munmap(void *p, size_t size);
int fault_madvise(void *at, size_t size, int advice);
int fault_memfd_create(const char *name, unsigned int flags);
int fault_open(const char *path, int flags, ...);
int fault_openat(int dir, const char *path, int flags, ...);
int fault_close(int fd);
int fault_fcntl(int fd, int what, ...);
int fault_fstat(int fd, struct stat *st);
int fault_fstatfs(int fd, struct statfs *fs);
int fault_statx(
    int fd, const char *path, int flags, unsigned int mask, struct statx *st);
int fault_ftruncate(int fd, off_t size);
off_t fault_lseek(int fd, off_t offset, int whence);
ssize_t fault_read(int fd, void *data, size_t size);
ssize_t fault_pread(int fd, void *data, size_t size, off_t at);
ssize_t fault_write(int fd, const void *data, size_t size);
ssize_t fault_pwrite(int fd, const void *data, size_t size, off_t at);
ssize_t fault_sendfile(int to, int from, off_t *at, size_t size);
int fault_ioctl(int fd, unsigned long what, ...);
ssize_t fault_recv(int fd, void *buf, size_t room, int flags);
int fault_socketpair(int domain, int type, int protocol, int pair[2]);
ssize_t fault_sendmsg(int sock, const struct msghdr *msg, int flags);
ssize_t fault_recvmsg(int sock, struct msghdr *msg, int flags);
int fault_epoll_create1(int flags);
int fault_epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev);
int fault_epoll_wait(int epfd, struct epoll_event *ev, int most, int ms);
int fault_timerfd_create(clockid_t clock, int flags);
int fault_timerfd_settime(
    int fd, int flags, const struct itimerspec *now, struct itimerspec *before);
int fault_eventfd(unsigned int count, int flags);
int fault_poll(struct pollfd *fds, nfds_t n, int ms);
int fault_pthread_cond_init(
    pthread_cond_t *cond, const pthread_condattr_t *attr);
int fault_pthread_condattr_init(pthread_condattr_t *attr);
int fault_pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock);
int fault_pthread_mutex_init(
    pthread_mutex_t *mutex, const pthread_mutexattr_t *attr);
int fault_clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);
int fault_waitid(idtype_t type, id_t id, siginfo_t *info, int options);
long fault_syscall(long nr, ...);
int fault_pthread_sigmask(int how, const sigset_t *set, sigset_t *old);
int fault_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int fault_getrlimit(int what, struct rlimit *r);
ssize_t fault_getrandom(void *data, size_t size, unsigned int flags);

#endif
