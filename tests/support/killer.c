/* SPDX-License-Identifier: ISC */
/* Kills at random moments. Side: tests, see killer.h. */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/cmocka.h"
#include "tests/support/killer.h"
#include "tests/support/proc.h"

/* Of a hundred: the rest are workers. */
#define INITS	 2
#define ZYGOTES	 15
#define STOPS	 20 /* not killed but stopped, for a moment */
#define STOP_MS	 20
#define IN_A_ROW 2
#define END_MS	 5000

static pthread_t thread;
static bool running;
static atomic_bool enough;
static atomic_uint_fast64_t n_inits, n_zygotes, n_workers, n_stops;
/* Kills that may end a zygote, or keep one from being ready; and up to which of
 * them each kind has come back. */
static atomic_uint_fast64_t n_fatal, back[KILLER_KINDS];
static unsigned int period_ms;
static unsigned int seed = 20220;

static unsigned int
below(unsigned int n)
{
	return (unsigned int)rand_r(&seed) % n;
}

static void
nap_us(unsigned int us)
{
	struct timespec ts = {us / 1000000, (long)(us % 1000000) * 1000};

	nanosleep(&ts, NULL);
}

/* What ends with it has ended when it has: no worker of a dead zygote answers
 * any more (prctl(2), PR_SET_PDEATHSIG). */
static void
wait_for_end(int pidfd)
{
	struct pollfd p = {.fd = pidfd, .events = POLLIN};

	(void)poll(&p, 1, END_MS);
	atomic_fetch_add(&n_fatal, 1);
}

static bool
may_be_fatal(void)
{
	uint64_t last = atomic_load(&n_fatal);
	int i;

	for (i = 0; i < KILLER_KINDS; i++)
		if (last - atomic_load(&back[i]) >= IN_A_ROW)
			return false;
	return true;
}

/* The number may be another's by now: what is held is looked at before it is
 * hit, and both are the same process. */
static bool
hit(pid_t pid, pid_t parent, int sig, bool fatal)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	bool done;

	if (fd < 0)
		return false;
	done = proc_status(pid, "PPid", 10) == (long)parent &&
	       syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0) == 0;
	if (done && sig == SIGSTOP) {
		nap_us(below(STOP_MS * 1000));
		(void)syscall(SYS_pidfd_send_signal, fd, SIGCONT, NULL, 0);
	} else if (done && fatal) {
		wait_for_end(fd);
	}
	close(fd);
	return done;
}

/* init or a zygote. */
static bool
hit_fatally(pid_t pid, pid_t parent, int sig)
{
	if (sig == SIGKILL && !may_be_fatal())
		return false;
	return hit(pid, parent, sig, sig == SIGKILL);
}

static bool
hit_zygote(const struct proc_list *zygotes, pid_t init, int sig)
{
	if (zygotes->n == 0)
		return false;
	return hit_fatally(
	    zygotes->pid[below((unsigned int)zygotes->n)], init, sig);
}

/* The oldest may be the canary, without which its zygote is of no use. */
static bool
is_oldest(const struct proc_list *workers, pid_t pid)
{
	size_t i;

	for (i = 0; i < workers->n; i++)
		if (workers->pid[i] < pid)
			return false;
	return true;
}

static bool
hit_worker(const struct proc_list *zygotes, int sig)
{
	struct proc_list workers;
	pid_t zygote, pid;

	if (zygotes->n == 0)
		return false;
	zygote = zygotes->pid[below((unsigned int)zygotes->n)];
	proc_workers(zygote, &workers);
	if (workers.n == 0)
		return false;
	pid = workers.pid[below((unsigned int)workers.n)];
	return is_oldest(&workers, pid) ? hit_fatally(pid, zygote, sig)
					: hit(pid, zygote, sig, false);
}

static void
strike(void)
{
	int sig = below(100) < STOPS ? SIGSTOP : SIGKILL;
	atomic_uint_fast64_t *count;
	unsigned int whom = below(100);
	struct proc_list zygotes;
	pid_t init = proc_init();
	bool done;

	if (init == 0)
		return;
	proc_children(init, "glovebox-zygote", &zygotes);
	if (whom < INITS && sig == SIGKILL) {
		count = &n_inits;
		done = hit_fatally(init, getpid(), sig);
	} else if (whom < INITS + ZYGOTES) {
		count = &n_zygotes;
		done = hit_zygote(&zygotes, init, sig);
	} else {
		count = &n_workers;
		done = hit_worker(&zygotes, sig);
	}
	if (done)
		atomic_fetch_add(sig == SIGSTOP ? &n_stops : count, 1);
}

static void *
run(void *arg)
{
	(void)arg;
	while (!atomic_load(&enough)) {
		nap_us(below(2 * period_ms * 1000 + 1));
		if (!atomic_load(&enough))
			strike();
	}
	return NULL;
}

void
killer_start(unsigned int every_ms)
{
	period_ms = every_ms;
	assert_int_equal(pthread_create(&thread, NULL, run, NULL), 0);
	running = true;
}

void
killer_stop(void)
{
	atomic_store(&enough, true);
	if (running)
		pthread_join(thread, NULL);
	running = false;
}

uint64_t
killer_mark(void)
{
	return atomic_load(&n_fatal);
}

void
killer_came_back(enum killer_kind kind, uint64_t mark)
{
	if (mark > atomic_load(&back[kind]))
		atomic_store(&back[kind], mark);
}

uint64_t
killer_inits(void)
{
	return atomic_load(&n_inits);
}

uint64_t
killer_kills(void)
{
	return atomic_load(&n_inits) + atomic_load(&n_zygotes) +
	       atomic_load(&n_workers);
}

void
killer_tell(void)
{
	printf("# killed: %llu init, %llu zygotes, %llu workers; %llu stopped "
	       "for a moment\n",
	    (unsigned long long)atomic_load(&n_inits),
	    (unsigned long long)atomic_load(&n_zygotes),
	    (unsigned long long)atomic_load(&n_workers),
	    (unsigned long long)atomic_load(&n_stops));
	fflush(stdout);
}
