/* SPDX-License-Identifier: ISC */
/* What a process and its broker hold when no job is under way, and whether it
 * became more. Side: caller, see load.h. */
#include "ipc/control.h"
#include "tests/support/cmocka.h"
#include "tests/support/load.h"
#include "tests/support/proc.h"

#define RSS_KB 1024
/* Shmem is the whole machine's: others move it too. A page a job would be
 * 40 MB and more. */
#define SHMEM_KB 16384
/* Of an idle worker: its socket, its pidfd and two files of /proc. */
#define IDLE_FDS 4

static int
idle_now(void)
{
	struct gbx_stats stats = {.size = sizeof(stats)};

	load_drain();
	assert_int_equal(gbx_broker_stats(load_broker(), &stats), GBX_OK);
	return (int)stats.idle;
}

/* How many workers are idle is the pool's affair; what they take can best be
 * compared when there are as many as the last time. */
static int
settle(int want)
{
	int tries, idle;

	load_run_each_worker();
	idle = idle_now();

	for (tries = 0; tries < 40 && want >= 0 && idle != want; tries++) {
		load_run_each_worker();
		idle = idle_now();
	}
	return idle;
}

/* Workers that were ordered are still being born, others still die: until
 * nothing moved for a while. */
static void
calm_down(struct load_figures *f)
{
	struct load_figures old;
	int i, same = 0;

	for (i = 0; i < 200 && same < 5; i++) {
		old = *f;
		f->idle = idle_now();
		f->fds = census_fds();
		f->people = census_processes();
		same = f->idle == old.idle && f->fds == old.fds &&
			       f->people.alive == old.people.alive
			   ? same + 1
			   : 0;
	}
}

struct load_figures
load_look(const char *when, int idle)
{
	struct gbx_stats stats = {.size = sizeof(stats)};
	struct load_figures f = {0};

	f.idle = settle(idle);
	calm_down(&f);
	assert_int_equal(gbx_broker_stats(load_broker(), &stats), GBX_OK);
	f.shared = stats.shared_bytes;
	f.rss = census_status_kb("VmRSS");
	f.shmem = census_meminfo_kb("Shmem");
	print_message("# %s: %llu jobs, %d fds, %d processes (%d idle "
		      "workers), %d zombies, VmRSS %ld kB, Shmem %ld kB\n",
	    when, (unsigned long long)load_counts().collected, f.fds,
	    f.people.alive, f.idle, f.people.zombies, f.rss, f.shmem);
	return f;
}

/* Beyond what more idle workers hold. It may be less: one that was killed while
 * it was idle is only missed when its turn comes. */
static int
more(int before, int now)
{
	return now > before ? now - before : 0;
}

/* What others hold goes again, what we lost does not. */
static bool
shmem_falls_to(long most)
{
	int tenths;

	for (tenths = 300; tenths > 0; tenths--) {
		if (census_meminfo_kb("Shmem") < most)
			return true;
		sleep_ms(100);
	}
	return false;
}

/* Corpses wait for the next order to be reaped. */
int
load_compare(const struct load_figures *a, const struct load_figures *b)
{
	int fds =
	    more(a->fds - IDLE_FDS * a->idle, b->fds - IDLE_FDS * b->idle);
	int people = more(a->people.alive - a->idle, b->people.alive - b->idle);

	assert_int_equal(fds, 0);
	assert_int_equal(people, 0);
	assert_in_range(b->people.zombies, 0, 2 * GBX_CTL_REAP_MAX);
	assert_true(b->rss - a->rss < RSS_KB);
	assert_true(shmem_falls_to(a->shmem + SHMEM_KB));
	assert_int_equal(a->shared, 0);
	assert_int_equal(b->shared, 0);
	return fds + people;
}
