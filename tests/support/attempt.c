/* SPDX-License-Identifier: ISC */
/* A system call, a process; see attempt.h. Side: tests. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/attempt.h"

#define STACK 65536
/* Long enough for a call that returns, twice; few calls don't. */
#define FIRST_MS  60
#define SECOND_MS 200

enum state {
	BEGUN,
	LOCKED,
	LIVED,
};

/* Shared with the child, whether or not its memory is. */
static struct shared {
	volatile enum state state;
	volatile long value;
	const struct attempt *attempt;
	uint8_t room[2048]; /* what arguments may point at */
} * shared;
static char *stack;

bool
attempt_init(void)
{
	const struct rlimit none = {0, 0};
	void *p;
	int sig;

	/* A handler (cmocka has some) would make calls of its own. */
	for (sig = 1; sig < NSIG; sig++)
		(void)signal(sig, SIG_DFL);
	if (prctl(PR_SET_DUMPABLE, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0)
		return false;
	p = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return false;
	shared = p;
	p = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (p == MAP_FAILED)
		return false;
	stack = p;
	return true;
}

/* A fork or a vfork that got through comes back twice: both copies end here. */
static int
child(void *arg)
{
	const struct attempt *a = arg;
	long value;

	syscall(SYS_close_range, 0, ~0U, 0);
	if (a->lock() != 0)
		a->end();
	shared->state = LOCKED;
	value = calls_make(a->abi, a->nr, a->arg);
	shared->value = value;
	shared->state = LIVED;
	return a->end();
}

static pid_t
start(const struct attempt *a)
{
	pid_t pid;

	if (!a->apart)
		return clone(child, stack + STACK,
		    CLONE_VM | CLONE_VFORK | SIGCHLD, (void *)(uintptr_t)a);
	pid = fork();
	if (pid == 0)
		child((void *)(uintptr_t)a);
	return pid;
}

/* true: it ended by itself. */
static bool
ends_within(pid_t pid, int ms)
{
	struct pollfd p = {.events = POLLIN};
	int n;

	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (p.fd < 0)
		return false;
	do {
		n = poll(&p, 1, ms);
	} while (n < 0 && errno == EINTR);
	close(p.fd);
	return n > 0;
}

static void
once(const struct attempt *a, int ms, struct attempt_result *ret)
{
	bool in_time = true;
	pid_t pid;

	*ret = (struct attempt_result){.end = ATTEMPT_NO_LOCK};
	shared->state = BEGUN;
	shared->value = 0;
	pid = start(a);
	if (pid < 0)
		return;
	if (a->apart)
		in_time = ends_within(pid, ms);
	if (!in_time)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &ret->status, __WALL) < 0 && errno == EINTR)
		continue;
	ret->value = shared->value;
	if (shared->state == BEGUN)
		ret->end = ATTEMPT_NO_LOCK;
	else if (shared->state == LIVED)
		ret->end = ATTEMPT_LIVED;
	else if (in_time && WIFSIGNALED(ret->status) &&
		 WTERMSIG(ret->status) == a->killer)
		ret->end = ATTEMPT_REFUSED;
	else if (in_time)
		ret->end = ATTEMPT_DIED;
	else
		ret->end = ATTEMPT_BLOCKED;
}

void
attempt_run(const struct attempt *a, struct attempt_result *ret)
{
	int tries;

	once(a, FIRST_MS, ret);
	/* Blocked, or was the machine busy? */
	for (tries = 0; tries < 8 && ret->end == ATTEMPT_NO_LOCK; tries++)
		once(a, SECOND_MS, ret);
	if (ret->end == ATTEMPT_BLOCKED)
		once(a, SECOND_MS, ret);
}

const char *
attempt_pattern(int pattern, struct attempt *ret)
{
	int i;

	for (i = 0; i < 6; i++) {
		switch (pattern) {
		case 1:
			ret->arg[i] = ~(uint64_t)0;
			break;
		case 2: /* descriptors, processes, small sizes */
			ret->arg[i] = (uint64_t)i + 1;
			break;
		case 3:
			ret->arg[i] = (uint64_t)(uintptr_t)shared->room;
			break;
		case 4: /* as a real call has them: what, where, how much */
			ret->arg[i] = i % 3 == 1
					  ? (uint64_t)(uintptr_t)shared->room
					  : (uint64_t)(i % 3 == 0 ? 3 : 64);
			break;
		default:
			ret->arg[i] = 0;
		}
	}
	/* The kernel, and its filters, take 32 bits of rax. */
	if (pattern == 5)
		ret->nr = (ret->nr & 0xffffffff) | 0xdeadbeef00000000;
	switch (pattern) {
	case 1:
		return "all -1";
	case 2:
		return "1 to 6";
	case 3:
		return "pointers";
	case 4:
		return "descriptor, pointer, size";
	case 5:
		return "a number of 64 bits";
	default:
		return "all 0";
	}
}
