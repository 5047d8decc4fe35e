/* SPDX-License-Identifier: ISC */
/* A place to try dangerous things in; see cage.h. Side: tests. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/capabilities.h"
#include "sandboxed_parsers/init/root.h"
#include "tests/support/cage.h"

#define NOBODY 65534
#define WALLS \
	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | \
	    CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

static int
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	close(fd);
	return n < 0 ? -EPERM : 0;
}

/* Whatever root's id means to the kernel, it means nothing in there. */
static int
leave_root(void)
{
	if (geteuid() != 0)
		return 0;
	if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) != 0 ||
	    prctl(PR_SET_DUMPABLE, 1) != 0)
		return -errno;
	return 0;
}

static int
enter(void)
{
	unsigned int uid, gid;
	char line[64];
	int err = leave_root();

	uid = geteuid();
	gid = getegid();
	if (err == 0 && unshare(WALLS) != 0)
		err = -errno;
	snprintf(line, sizeof(line), "%d %u 1\n", NOBODY, uid);
	if (err == 0)
		err = write_file("/proc/self/uid_map", line);
	if (err == 0)
		err = write_file("/proc/self/setgroups", "deny");
	snprintf(line, sizeof(line), "%d %u 1\n", NOBODY, gid);
	if (err == 0)
		err = write_file("/proc/self/gid_map", line);
	return err;
}

static int
inside(int (*fn)(void *), void *arg, volatile int *ret_err)
{
	int status;

	*ret_err = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 ? 0 : -errno;
	if (*ret_err == 0)
		*ret_err = gbx_root_enter();
	if (*ret_err == 0)
		*ret_err = gbx_drop_capabilities();
	if (*ret_err != 0)
		return 1;
	status = fn(arg);
	fflush(NULL);
	return status;
}

/* The one who waits outside: pid 1's parent. */
static int
outside(int (*fn)(void *), void *arg, volatile int *ret_err)
{
	int status = 0;
	pid_t pid;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	*ret_err = enter();
	if (*ret_err != 0)
		return 1;
	pid = fork();
	if (pid == 0)
		_exit(inside(fn, arg, ret_err));
	if (pid < 0)
		*ret_err = -errno;
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
cage_run(int (*fn)(void *arg), void *arg, int *ret_status)
{
	volatile int *err = mmap(NULL, sizeof(*err), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int result;
	pid_t pid;

	if (err == MAP_FAILED)
		return -errno;
	fflush(NULL);
	*err = -ECANCELED;
	pid = fork();
	if (pid == 0)
		_exit(outside(fn, arg, err));
	while (pid > 0 && waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
		continue;
	result = pid < 0 ? -EAGAIN : *err;
	munmap((void *)(uintptr_t)err, sizeof(*err));
	return result;
}
