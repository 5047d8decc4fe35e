/* SPDX-License-Identifier: ISC */
/*
 * One scene, once, in a process of its own: open, play, one more job with
 * nothing failing, close, and a look at what is left.
 * Side: tests; the product by its public header alone.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/trial.h"
#include "tests/support/census.h"
#include "tests/support/host.h"

/* The library gives its own processes ten seconds to answer. */
#define HANG_S 40

#if defined(__SANITIZE_ADDRESS__)
int __lsan_do_recoverable_leak_check(void);
#define memory_leaked() (__lsan_do_recoverable_leak_check() != 0)
#else
#define memory_leaked() (0)
#endif

struct shared {
	struct fault_view view;
	char said[1024];
};
static struct shared *shared;

const struct fault_view *
trial_view(void)
{
	return &shared->view;
}

static int
lost(const char *when, const char *what)
{
	snprintf(shared->said, sizeof(shared->said), "%s: %s", when, what);
	return TRIAL_LOST;
}

static int
leak(const char *what, long n)
{
	snprintf(shared->said, sizeof(shared->said), "left: %ld %s", n, what);
	return TRIAL_LEAK;
}

static enum gbx_err
open_broker(const struct scene *s, struct gbx_broker **ret)
{
	struct gbx_broker_opts opts;

	gbx_broker_opts_init(&opts);
	opts.worker_dir = census_worker_dir();
	if (s->opts != NULL)
		s->opts(&opts);
	errno = 0;
	return gbx_broker_open(&opts, ret);
}

static bool
open_error_is_clean(enum gbx_err err)
{
	return err == GBX_ERR_MEMORY ||
	       ((err == GBX_ERR_SYSTEM || err == GBX_ERR_POSTURE ||
		    err == GBX_ERR_NOTFOUND) &&
		   errno > 0);
}

/* Killed workers may still be on their way out. */
static uint64_t
shared_bytes(struct gbx_broker *b)
{
	struct gbx_stats stats = {.size = sizeof(stats)};
	struct gbx_result *r = NULL;
	int i;

	for (i = 0; i < 200; i++) {
		if (gbx_collect(b, 0, &r) == GBX_OK)
			gbx_result_free(r);
		if (gbx_broker_stats(b, &stats) == GBX_OK &&
		    stats.in_flight == 0 && stats.shared_bytes == 0)
			return 0;
		host_sleep_ms(10);
	}
	return stats.shared_bytes + stats.in_flight;
}

static int
use(const struct scene *s, bool from_open)
{
	struct gbx_broker *b = NULL;
	const char *wrong = NULL;
	enum gbx_err err;
	uint64_t held;

	fault_arm(from_open);
	err = open_broker(s, &b);
	fault_arm(true);
	if (err == GBX_OK)
		wrong = s->play(b);
	fault_arm(false);
	if (err != GBX_OK && (b != NULL || !open_error_is_clean(err)))
		return lost("open", gbx_err_name(err));
	if (wrong != NULL)
		return lost("while it fails", wrong);
	if (err != GBX_OK && open_broker(s, &b) != GBX_OK)
		return lost("the next open", strerror(errno));
	wrong = s->after(b);
	if (wrong != NULL)
		return lost("afterwards", wrong);
	held = strncmp(s->name, "close", 5) == 0 ? 0 : shared_bytes(b);
	fault_arm(true);
	gbx_broker_close(b);
	fault_arm(false);
	return held == 0 ? TRIAL_FINE
			 : leak("bytes of shared memory", (long)held);
}

static int
look_around(int fds)
{
	int end = TRIAL_FINE;

	if (shared->view.blocks != 0)
		end = leak("blocks of memory", shared->view.blocks);
	else if (shared->view.maps != 0)
		end = leak("mappings", shared->view.maps);
	else if (census_fds() != fds)
		end = leak("descriptors", census_fds() - fds);
	else if (census_memfds() != 0)
		end = leak("memfds", census_memfds());
	else if (!census_none_after(2000))
		end = leak("processes",
		    census_processes().alive + census_processes().zombies);
	else if (memory_leaked())
		end = leak("(see above) by LeakSanitizer", 1);
	return end;
}

static int
in_child(const struct trial *t)
{
	int end, fds = census_fds();

	alarm(HANG_S);
	fault_begin(&shared->view, &t->plan, t->depth);
	end = use(t->scene, t->from_open);
	return end == TRIAL_FINE ? look_around(fds) : end;
}

static enum trial_end
end_of(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) <= TRIAL_LEAK)
		return (enum trial_end)WEXITSTATUS(status);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		return TRIAL_HANG;
	return TRIAL_CRASH;
}

void
trial_run(struct trial *t)
{
	uint64_t start = host_now_ms();
	int status = 0;
	pid_t pid;

	if (shared == NULL)
		shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		abort();
	shared->said[0] = '\0';
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		status = in_child(t);
		fflush(NULL);
		_exit(status);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	t->end = end_of(status);
	t->fired = shared->view.fired;
	t->ms = (uint32_t)(host_now_ms() - start);
	memcpy(t->said, shared->said, sizeof(t->said));
	if (t->end == TRIAL_HANG || t->end == TRIAL_CRASH)
		snprintf(t->said, sizeof(t->said), "wait status %#x",
		    (unsigned int)status);
	/* What a crash left is not the next one's leak. */
	if (t->end != TRIAL_FINE)
		(void)census_none_after(15000);
}
