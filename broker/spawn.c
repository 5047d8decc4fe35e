/* SPDX-License-Identifier: ISC */
/*
 * exec of our own programs out of somebody else's process.
 * Side: trusted. Must not touch the host: no fork of its memory, no child that
 * its wait() could see, no SIGCHLD, no signal handler run in the wrong place.
 *
 * How: a helper is cloned with CLONE_VM|CLONE_VFORK on a stack of its own, so
 * nothing is copied and only this thread waits. It has no exit signal, so that
 * only a wait with __WALL sees it. It clones the program the same way and
 * exits at once: the program is an orphan, adopted by the host's reaper,
 * before the host runs again. (A process that was exec'd always has SIGCHLD as
 * its exit signal, whatever clone(2) was told: fs/exec.c, de_thread. So it must
 * not be a child of the host.)
 *
 * Nothing here closes a descriptor of the host's, not even in a copy of its
 * table: closing can wait for a file's server for ever, and no kill ends that.
 * exec does it only after it has let the host go (begin_new_exec in fs/exec.c),
 * and only for what can't hang; files are closed by the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/broker.h"
#include "broker/owner.h"
#include "broker/spawn.h"
#include "ipc/control.h"
#include "ipc/memfd.h"

#define STACK_SIZE 32768
#define BLINDLY	   1024 /* without a /proc: so many descriptors */

/* What runs between clone and exec does so in the memory of a host that may
 * have a sanitizer in it. It must leave no mark there: ASan's poison of a stack
 * that is unmapped soon, a frame that TSan waits to see left. And it calls the
 * kernel alone, for a sanitizer takes libc's close, clone or sigaction in that
 * process for the host's own. */
#define BARE __attribute__((no_sanitize("address", "thread")))
#ifdef __GLIBC__
int __clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);
#define bare_clone __clone /* the same function by a name none intercepts */
#else
#define bare_clone clone
#endif

struct plan {
	const struct gbx_spawn *what;
	char *helper_stack, *program_stack;
	char list[GBX_INHERIT_FDS * 12], *argv[4];
	int fd[GBX_INHERIT_FDS];
	int pidfd; /* of the program, in the host's table */
	int err;   /* errno of whatever failed */
};

/* ---- in the program's process, before exec ------------------------------- */
/* It shares the host's memory: only plain system calls, and no write but to
 * *plan and this stack. */

/* rt_sigaction(2) as the kernel has it; the mask is its own 64 signals. */
struct kernel_action {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

BARE static void
default_signals(void)
{
	const struct kernel_action dfl = {.handler = SIG_DFL};
	const struct kernel_action ign = {.handler = SIG_IGN};
	const uint64_t none = 0;
	int sig;

	/* exec would reset what is handled, but only after what waits for the
	 * mask to open was handled, here, in the host's memory. And to be
	 * ignored for a moment drops what waits (POSIX, 2.4.3): it came while
	 * this was of the host's group still, and is the host's alone. */
	for (sig = 1; sig <= 64; sig++) {
		(void)syscall(SYS_rt_sigaction, sig, &ign, NULL, sizeof(none));
		(void)syscall(SYS_rt_sigaction, sig, &dfl, NULL, sizeof(none));
	}
	(void)syscall(
	    SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none));
}

/* The kernel's struct linux_dirent64 (getdents(2)). */
struct entry {
	uint64_t inode;
	int64_t next;
	uint16_t length;
	uint8_t type;
	char name[];
};

/* A number, or -1. */
BARE static int
number(const char *p)
{
	int n = 0;

	for (; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return -1;
		n = n * 10 + (*p - '0');
	}
	return n;
}

/* exec closes what is marked so, and close(2) of a file may wait for its server
 * (sandboxed_parsers/init/inherit.c): files stay open for the program to close.
 * What else there is has no path, like "pipe:[17]", and is never waited for. */
BARE static void
look_at(struct plan *plan, int dir, const char *name)
{
	int fd = number(name);
	char first;

	if (fd < 0 || fd == dir || fd == plan->what->program)
		return;
	if (syscall(SYS_readlinkat, dir, name, &first, 1) == 1 && first != '/')
		return;
	(void)syscall(SYS_fcntl, fd, F_SETFD, 0);
}

/* Our own table, in /proc: no file is asked for anything. */
BARE static bool
keep_files(struct plan *plan)
{
	uint64_t buf[256];
	struct entry *e;
	char *p;
	long n, dir;

	dir = syscall(SYS_openat, plan->what->proc_fd, "self/fd",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return false;
	while ((n = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0)
		for (p = (char *)buf; n > 0; n -= e->length, p += e->length) {
			e = (struct entry *)(void *)p;
			look_at(plan, (int)dir, e->name);
		}
	return n == 0;
}

/* All is marked, then what is to stay, then what the program is to have. */
BARE static bool
mark_fds(struct plan *plan)
{
	int i;

	if (syscall(SYS_close_range, 0, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
		return false;
	if (!keep_files(plan))
		for (i = 0; i < BLINDLY; i++)
			if (i != plan->what->program)
				(void)syscall(SYS_fcntl, i, F_SETFD, 0);
	for (i = 0; i < GBX_INHERIT_FDS; i++)
		if (plan->fd[i] >= 0)
			(void)syscall(SYS_fcntl, plan->fd[i], F_SETFD, 0);
	return true;
}

BARE static int
run_program(void *arg)
{
	char tz[] = "TZ=UTC0", locale[] = "LC_ALL=C";
	char *envp[] = {tz, locale, NULL};
	struct plan *plan = arg;

	/* What a terminal sends to the host's group is the host's to take. */
	(void)syscall(SYS_setpgid, 0, 0);
	default_signals();
	if (mark_fds(plan))
		syscall(SYS_execveat, plan->what->program, "", plan->argv, envp,
		    AT_EMPTY_PATH);
	plan->err = errno;
	syscall(SYS_exit_group, 127);
	return 0;
}

BARE static int
run_helper(void *arg)
{
	struct plan *plan = arg;

	if (bare_clone(run_program, plan->program_stack + STACK_SIZE,
		CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, plan,
		&plan->pidfd) < 0)
		plan->err = errno;
	syscall(SYS_exit_group, 0);
	return 0;
}

static int
clone_helper(struct plan *plan)
{
	siginfo_t info;
	int pid, r;

	/* CLONE_FILES: the pidfd must appear in our own table. */
	pid = bare_clone(run_helper, plan->helper_stack + STACK_SIZE,
	    CLONE_VM | CLONE_VFORK | CLONE_FILES, plan);
	if (pid < 0)
		return -errno;
	do
		r = waitid(P_PID, (id_t)pid, &info, WEXITED | __WALL);
	while (r != 0 && errno == EINTR);
	if (plan->err != 0) {
		gbx_spawn_forget(&plan->pidfd);
		return -plan->err;
	}
	return plan->pidfd < 0 ? -ECHILD : 0;
}

/* With every signal blocked: a handler of the host's must not run in a process
 * that shares its memory. The mask is this thread's alone. */
static int
clone_quietly(struct plan *plan)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	err = pthread_sigmask(SIG_SETMASK, &all, &old);
	if (err != 0)
		return -err;
	err = clone_helper(plan);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

/* By the numbers they have here: the program puts them in their places. */
static void
list_fds(struct plan *plan, int null_fd)
{
	const struct gbx_spawn *w = plan->what;
	size_t used = 0;
	int i;

	for (i = 0; i < GBX_INHERIT_FDS; i++) {
		plan->fd[i] = i < 3 ? w->fd[i] : w->extra[i - 3];
		if (plan->fd[i] < 0 && i < 3)
			plan->fd[i] = null_fd;
		used += (size_t)snprintf(plan->list + used,
		    sizeof(plan->list) - used, i == 0 ? "%d" : ",%d",
		    plan->fd[i]);
	}
}

int
gbx_spawn(const struct gbx_spawn *what, int *ret_pidfd)
{
	gbx_autoclose int null_fd = -1;
	struct plan plan = {.what = what, .pidfd = -1};
	char *stacks;
	int err;

	/* In a chroot without devices an empty file has to do. */
	null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null_fd < 0)
		null_fd = gbx_memfd_new("gbx-null");
	if (null_fd < 0)
		return null_fd;
	stacks = mmap(NULL, 2 * (size_t)STACK_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stacks == MAP_FAILED)
		return -errno;
	plan.helper_stack = stacks;
	plan.program_stack = stacks + STACK_SIZE;
	list_fds(&plan, null_fd);
	plan.argv[0] = (char *)what->name;
	plan.argv[1] = plan.list;
	plan.argv[2] = (char *)what->arg;
	err = clone_quietly(&plan);
	munmap(stacks, 2 * (size_t)STACK_SIZE);
	if (err == 0)
		*ret_pidfd = plan.pidfd;
	return err;
}

void
gbx_spawn_forget(int *pidfd)
{
	siginfo_t info;

	if (*pidfd < 0)
		return;
	(void)waitid(P_PIDFD, (id_t)*pidfd, &info, WEXITED | WNOHANG | __WALL);
	gbx_close_fd(pidfd);
}

int
gbx_open_program(struct gbx_broker *b, const char *name)
{
	char file[64];
	int fd;

	snprintf(file, sizeof(file), "glovebox-%s", name);
	fd = openat(b->dir_fd, file, O_PATH | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	if (gbx_others_may_write(b->proc_fd, fd)) {
		close(fd);
		return -EPERM;
	}
	return fd;
}
