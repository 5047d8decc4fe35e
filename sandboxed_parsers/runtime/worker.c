/* SPDX-License-Identifier: ISC */
/*
 * The life of a worker: wait for one job, lock, decode, reply, die.
 * Side: setup until gbx_lockdown_worker() returns, hostile from then on.
 * On any surprise it ends at once: there is nothing to save, and the broker
 * takes silence for what it is.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "ipc/control.h"
#include "ipc/datagram.h"
#include "ipc/replypage.h"
#include "sandboxed_parsers/runtime/arena.h"
#include "sandboxed_parsers/runtime/jobmsg.h"
#include "sandboxed_parsers/runtime/lockdown.h"
#include "sandboxed_parsers/runtime/reply.h"
#include "sandboxed_parsers/runtime/sink.h"
#include "sandboxed_parsers/runtime/worker.h"

/* Exit codes, for the one who reads a trace: the broker only knows 0. */
#define EXIT_NO_JOB	  10
#define EXIT_BAD_JOB	  11
#define EXIT_NO_MAP	  12
#define EXIT_NO_LOCK	  13
#define EXIT_CANARY_LIVED 14

/* More than a tick. */
#define LAST_AFTER_MS 20

#define WARM_OUT 16384

/* One of each is all that a worker ever needs. */
static struct gbx_jobmsg the_job;
static struct gbx_reply the_reply;

/* What the samples decode to, and later the job's datagram: not zeroed between
 * them, for each page touched here is paid for in every worker, and nobody
 * looks at what is left. */
static _Alignas(4096) uint8_t scratch[WARM_OUT];

static const uint64_t warm_limits[GBX_LIMIT_COUNT] = {
#define GBX_LIMIT(num, ID, name, unit, def, ceil, text) [num] = (def),
#include "schemas/limits.def"
};

static bool
warm_one(const struct gbx_sample *sample, struct gbx_reply *reply)
{
	struct gbx_sink sink;
	struct gbx_task task = {
	    .op = sample->op,
	    .data = sample->data,
	    .size = sample->size,
	    .count = 1,
	    .box_w = 8,
	    .box_h = 8,
	    .dpi = 96,
	    .want =
		sample->op == GBX_WIRE_OP_PROBE ? GBX_WIRE_WANT_METADATA : 0,
	};

	memcpy(task.limit, warm_limits, sizeof(task.limit));
	gbx_sink_open(&sink, &task, scratch, sizeof(scratch), 0);
	gbx_sink_close(&sink, gbx_parser.run(&task, &sink));
	gbx_reply_add(reply, &sink);
	return sink.status == GBX_WIRE_OK;
}

bool
gbx_worker_warm_up(void)
{
	static const uint8_t nonce[GBX_NONCE_LEN];
	bool good = true;
	size_t i;

	if (gbx_colour_warm_up != NULL)
		good = gbx_colour_warm_up();
	gbx_reply_open(&the_reply, nonce);
	for (i = 0; good && i < gbx_parser.n_samples; i++)
		good = warm_one(&gbx_parser.samples[i], &the_reply);
	gbx_reply_commit_to(&the_reply, scratch);
	gbx_arena_forget_exhausted();
	/* The way a job takes in, too; this one is refused. */
	return good && !gbx_jobmsg_read(scratch + 4, 64, &the_job);
}

/* All workers of a zygote are born with the same stack canary: whoever learns
 * it in one must not know it in the next. x86-64 keeps it at %fs:0x28 (the
 * psABI of the stack protector). Only a function that never returns may do so.
 */
static void
reroll_stack_guard(void)
{
#if defined(__x86_64__) /* GBX_WORKER_HAS_GUARD: `guard` in the posture */
	uint64_t guard;

	/* The plain call: glibc 2.41 takes getrandom(3) from the vDSO (Linux
	 * 6.11), whose first use maps memory and blocks signals, which the
	 * zygote's filter kills. */
	if (syscall(SYS_getrandom, &guard, sizeof(guard), 0) != sizeof(guard))
		_exit(EXIT_NO_JOB);
	guard &= ~(uint64_t)0xff; /* a NUL byte stops string overflows */
	__asm__ volatile("movq %0, %%fs:0x28" : : "r"(guard) : "memory");
#endif
}

/* A limit of 0 would disarm the timer (setitimer(2)). */
static void
arm_timer(__itimer_which_t which, uint64_t ms)
{
	struct itimerval it = {{0, 0}, {0, 0}};

	it.it_value.tv_sec = (time_t)(ms / 1000);
	it.it_value.tv_usec = (suseconds_t)(ms % 1000 * 1000);
	if (ms == 0 || setitimer(which, &it, NULL) != 0)
		_exit(EXIT_BAD_JOB);
}

static int
arm_clock(clockid_t clock, int sig, uint64_t ms)
{
	struct sigevent event = {
	    .sigev_notify = SIGEV_SIGNAL, .sigev_signo = sig};
	struct itimerspec it = {{0, 0}, {0, 0}};
	int timer;

	it.it_value.tv_sec = (time_t)(ms / 1000);
	it.it_value.tv_nsec = (long)(ms % 1000 * 1000000);
	if (syscall(SYS_timer_create, clock, &event, &timer) != 0)
		return -errno;
	return syscall(SYS_timer_settime, timer, 0, &it, NULL) == 0 ? 0
								    : -errno;
}

/* ITIMER_PROF counts the ticks that found us running, which on a busy or a
 * virtual machine can be far from the truth. This clock is exact, and looked at
 * with each tick. It can fail for want of RLIMIT_SIGPENDING of the whole user
 * (timer_create(2)): then the ticks have to do. */
static void
arm_exact(uint64_t ms)
{
	(void)arm_clock(CLOCK_PROCESS_CPUTIME_ID, SIGPROF, ms);
}

/* Processor time that is gone already, on warming up; RLIMIT_CPU counts it. */
static rlim_t
spent_s(void)
{
	struct timespec ts = {0, 0};

	(void)syscall(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (rlim_t)ts.tv_sec;
}

/* Strict mode allows rt_sigreturn(2) (seccomp(2)), which sets the signal mask:
 * whoever owns the worker can block the signals above. Nobody blocks SIGKILL.
 * A little later than the others, so that an honest worker ends by a signal
 * that says which limit it was. Where no more timers can be had, the limit of
 * processor time is left, in whole seconds; that holds for the wall clock too,
 * since a worker can't sleep. */
static void
arm_last(uint64_t cpu_ms, uint64_t wall_ms)
{
	uint64_t least = cpu_ms < wall_ms ? cpu_ms : wall_ms;
	struct rlimit r, old;

	(void)arm_clock(
	    CLOCK_PROCESS_CPUTIME_ID, SIGKILL, cpu_ms + LAST_AFTER_MS);
	(void)arm_clock(CLOCK_MONOTONIC, SIGKILL, wall_ms + LAST_AFTER_MS);
	r.rlim_cur = r.rlim_max = spent_s() + (least + 999) / 1000 + 1;
	if (getrlimit(RLIMIT_CPU, &old) != 0 ||
	    (old.rlim_max > r.rlim_max && setrlimit(RLIMIT_CPU, &r) != 0))
		_exit(EXIT_BAD_JOB);
}

/* Ends that no one inside can take back; the default action of the signals ends
 * the process. They hold while the broker is stopped, and are no longer than
 * its own. */
static void
arm_timers(const struct gbx_jobmsg *job)
{
	arm_timer(ITIMER_PROF, job->limit[GBX_WIRE_LIMIT_CPU]);
	arm_exact(job->limit[GBX_WIRE_LIMIT_CPU]);
	arm_timer(ITIMER_REAL, job->limit[GBX_WIRE_LIMIT_WALL]);
	if (gbx_lockdown_is_strict())
		arm_last(job->limit[GBX_WIRE_LIMIT_CPU],
		    job->limit[GBX_WIRE_LIMIT_WALL]);
}

struct maps {
	const uint8_t *in;
	uint8_t *out;
	uint8_t *reply;
};

static bool
map_job(
    const struct gbx_jobmsg *job, const int fds[GBX_JOB_FDS], struct maps *ret)
{
	size_t out_size = job->out_size + GBX_REPLY_PAGE;
	void *p;

	/* A sealed file never changes, so private is as good as shared, and
	 * older kernels refuse a shared mapping of a write-sealed memfd. */
	p = mmap(NULL, job->in_size ? job->in_size : 1, PROT_READ, MAP_PRIVATE,
	    fds[0], 0);
	if (p == MAP_FAILED)
		return false;
	ret->in = p;
	p = mmap(NULL, out_size, PROT_READ | PROT_WRITE, MAP_SHARED, fds[1], 0);
	if (p == MAP_FAILED)
		return false;
	ret->out = p;
	ret->reply = ret->out + job->out_size;
	return true;
}

static void
run_item(const struct gbx_jobmsg *job, const struct maps *maps, uint32_t i,
    size_t *out_used, struct gbx_reply *reply)
{
	struct gbx_sink sink;
	struct gbx_task task = {
	    .op = job->op,
	    .data = maps->in + job->input[i].offset,
	    .size = job->input[i].length,
	    .first = job->first,
	    .count = job->count,
	    .box_w = job->box_w,
	    .box_h = job->box_h,
	    .dpi = job->dpi,
	    .want = job->want,
	};

	memcpy(task.limit, job->limit, sizeof(task.limit));
	memcpy(task.salt, job->salt, sizeof(task.salt));
	gbx_arena_forget_exhausted();
	gbx_sink_open(&sink, &task, maps->out, job->out_size, *out_used);
	gbx_sink_close(&sink, gbx_parser.run(&task, &sink));
	gbx_reply_add(reply, &sink);
	*out_used = sink.out_used;
	/* The next item counts on zeroes where this one failed. */
	if (sink.out_dirty > sink.out_used && i + 1 < job->n_inputs)
		memset(maps->out + sink.out_used, 0,
		    sink.out_dirty - sink.out_used);
}

/* From here on every byte of the input may be hostile. */
static _Noreturn void
run_locked(const struct gbx_jobmsg *job, const struct maps *maps)
{
	size_t out_used = 0;
	uint32_t i;

	gbx_reply_open(&the_reply, job->nonce);
	for (i = 0; i < job->n_inputs; i++)
		run_item(job, maps, i, &out_used, &the_reply);
	gbx_reply_commit_to(&the_reply, maps->reply);
	gbx_lockdown_exit(0);
}

_Noreturn void
gbx_worker_main(int sock, bool cold)
{
	int fds[GBX_JOB_FDS];
	struct maps maps;
	ssize_t n;

	reroll_stack_guard();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		_exit(EXIT_NO_JOB);
	/* The zygote has seen the samples; here they only bring the pages in,
	 * which pays while there is nothing else to do. */
	if (!cold && !gbx_worker_warm_up())
		_exit(EXIT_NO_JOB);
	n = gbx_ipc_recv(sock, scratch, GBX_JOB_MAX, 0, fds, GBX_JOB_FDS);
	if (n <= 0)
		_exit(EXIT_NO_JOB);
	if (!gbx_jobmsg_read(scratch, (size_t)n, &the_job) ||
	    the_job.worker != gbx_parser.worker)
		_exit(EXIT_BAD_JOB);
	if (!map_job(&the_job, fds, &maps) ||
	    gbx_arena_trim(the_job.limit[GBX_WIRE_LIMIT_MEMORY]) != 0)
		_exit(EXIT_NO_MAP);
	arm_timers(&the_job);
	if (syscall(SYS_close_range, 0, ~0U, 0) != 0 ||
	    gbx_lockdown_worker() != 0)
		_exit(EXIT_NO_LOCK);
	run_locked(&the_job, &maps);
}

_Noreturn void
gbx_worker_canary(int sock)
{
	uint8_t told = 0;
	bool shown;

	/* Alive until the broker has opened its /proc: some are not shown to
	 * their owner any more when they are dead (proc(5), hidepid=). */
	shown = gbx_ipc_recv(sock, &told, 1, 0, NULL, 0) == 1 &&
		told == GBX_CTL_SHOWN;
	if (syscall(SYS_close_range, 0, ~0U, 0) != 0 ||
	    gbx_lockdown_canary() != 0)
		_exit(EXIT_NO_LOCK);
	gbx_lockdown_exit(
	    gbx_lockdown_acts(shown) ? GBX_CANARY_PROVED : EXIT_CANARY_LIVED);
}
