/* SPDX-License-Identifier: ISC */
/*
 * Hosts with threads, signals and children of their own: the library works in
 * all of them and is seen by none. Side: caller.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/cmocka.h"
#include "tests/support/host.h"

/* ---- threads ------------------------------------------------------------- */

#define THREADS 16
#define ROUNDS	40

struct worker {
	pthread_t thread;
	struct gbx_broker *broker;
	int bad, collected;
};

/* A picture whose result is copied or mapped, as bytes or as a file that is
 * copied: what the library does while it holds no lock. */
static bool
submit(struct gbx_broker *broker, int round)
{
	enum host_size size = round % 4 == 3 ? HOST_LARGE : HOST_SMALL;
	struct gbx_input input;
	struct gbx_job job;
	bool sent = true;

	host_job(size, &input, &job);
	job.cookie = (void *)(uintptr_t)size;
	if (round % 2 == 1) {
		input.fd = memfd_create("picture", MFD_CLOEXEC);
		sent = write(input.fd, input.data, input.length) ==
		       (ssize_t)input.length;
		input.data = NULL;
		input.length = 0;
	}
	sent = sent && gbx_submit(broker, &input, &job, NULL) == GBX_OK;
	if (round % 2 == 1)
		close(input.fd);
	return sent;
}

/* Collects what any thread submitted. */
static void *
run_and_collect(void *arg)
{
	struct worker *w = arg;
	struct gbx_result *r;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		w->bad += !submit(w->broker, i);
		w->bad += !host_run(w->broker, HOST_SMALL);
		if (gbx_collect(w->broker, 60000, &r) != GBX_OK)
			continue;
		w->collected++;
		w->bad += !host_right(
		    (enum host_size)(uintptr_t)gbx_result_cookie(r), r);
		gbx_result_free(r);
	}
	return NULL;
}

static void
test_sixteen_threads(void **state)
{
	struct gbx_broker *broker = host_open();
	struct worker w[THREADS] = {0};
	struct gbx_result *r;
	int i, collected = 0;

	(void)state;
	assert_non_null(broker);
	for (i = 0; i < THREADS; i++) {
		w[i].broker = broker;
		assert_int_equal(
		    pthread_create(&w[i].thread, NULL, run_and_collect, &w[i]),
		    0);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(w[i].thread, NULL);
		assert_int_equal(w[i].bad, 0);
		collected += w[i].collected;
	}
	for (; gbx_collect(broker, 60000, &r) == GBX_OK; collected++)
		gbx_result_free(r);
	assert_int_equal(collected, THREADS * ROUNDS);
	gbx_broker_close(broker);
}

static void *
open_run_close(void *arg)
{
	struct worker *w = arg;
	struct gbx_broker *broker;
	int i;

	for (i = 0; i < 5; i++) {
		broker = host_open();
		w->bad += broker == NULL || !host_run(broker, HOST_LARGE) ||
			  !host_many(broker, 10);
		gbx_broker_close(broker);
	}
	return NULL;
}

static void
test_opened_at_once(void **state)
{
	struct worker w[4] = {0};
	int i, fds = census_fds();

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(
		    pthread_create(&w[i].thread, NULL, open_run_close, &w[i]),
		    0);
	for (i = 0; i < 4; i++) {
		pthread_join(w[i].thread, NULL);
		assert_int_equal(w[i].bad, 0);
	}
	assert_int_equal(census_fds(), fds);
	assert_true(census_none_after(1000));
}

static void
test_two_brokers(void **state)
{
	struct gbx_broker *a = host_open(), *b = host_open();
	int i;

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	for (i = 0; i < 20; i++) {
		assert_true(host_run(i & 1 ? a : b, HOST_SMALL));
		assert_true(host_many(i & 1 ? b : a, 4));
	}
	gbx_broker_close(a);
	assert_true(host_run(b, HOST_SMALL));
	gbx_broker_close(b);
}

/* ---- SIGCHLD ------------------------------------------------------------- */

static volatile sig_atomic_t chld_seen, chld_reaped;

static void
reap_all(int sig)
{
	int saved = errno;

	(void)sig;
	chld_seen++;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		chld_reaped++;
	errno = saved;
}

static int
with_reaping_handler(void)
{
	struct sigaction act = {.sa_handler = reap_all};
	struct gbx_broker *broker;
	int i;
	pid_t pid;

	sigaction(SIGCHLD, &act, NULL);
	broker = host_open();
	CHECK(broker != NULL);
	for (i = 0; i < 20; i++) {
		pid = fork();
		if (pid == 0)
			_exit(0);
		CHECK(host_many(broker, 10));
		CHECK(host_run(broker, HOST_SMALL));
	}
	gbx_broker_close(broker);
	host_sleep_ms(50);
	/* Ours are the 20 alone; their SIGCHLDs may have merged. */
	CHECK(chld_reaped == 20);
	CHECK(chld_seen <= 20);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	return 0;
}

static void
test_reaping_handler(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(with_reaping_handler, 120), 0);
}

static int
with_chld_ignored(void)
{
	struct gbx_broker *broker;

	signal(SIGCHLD, SIG_IGN);
	broker = host_open();
	CHECK(broker != NULL);
	CHECK(host_many(broker, 100));
	CHECK(host_run(broker, HOST_LARGE));
	gbx_broker_close(broker);
	CHECK(signal(SIGCHLD, SIG_DFL) == SIG_IGN);
	return 0;
}

static void
test_chld_ignored(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(with_chld_ignored, 120), 0);
}

/* A host that adopts orphans gets init for a child: it may see that one, and
 * nothing else; and it may even reap it. */
static int
as_subreaper(void)
{
	struct sigaction act = {.sa_handler = reap_all};
	struct gbx_broker *broker;

	CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	sigaction(SIGCHLD, &act, NULL);
	broker = host_open();
	CHECK(broker != NULL);
	CHECK(host_many(broker, 100));
	gbx_broker_close(broker);
	host_sleep_ms(50);
	fprintf(stderr, "# as a subreaper the host reaped %d of ours\n",
	    (int)chld_reaped);
	CHECK(chld_reaped <= 2);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	return 0;
}

static void
test_subreaper(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(as_subreaper, 120), 0);
}

/* The same without a handler: nobody but the library reaps. */
static int
as_quiet_subreaper(void)
{
	struct gbx_broker *broker;

	CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	broker = host_open();
	CHECK(broker != NULL);
	CHECK(host_many(broker, 100));
	gbx_broker_close(broker);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	return 0;
}

static void
test_quiet_subreaper(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(as_quiet_subreaper, 120), 0);
}

/* ---- signals ------------------------------------------------------------- */

static volatile sig_atomic_t alarms;

static void
on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

static int
in_signal_storm(void)
{
	/* No SA_RESTART: every slow call of ours is broken off. */
	struct sigaction act = {.sa_handler = on_alarm};
	struct itimerval it = {{0, 1000}, {0, 1000}};
	struct gbx_broker *broker;
	int i;

	sigaction(SIGALRM, &act, NULL);
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	for (i = 0; i < 5; i++) {
		broker = host_open();
		CHECK(broker != NULL);
		CHECK(host_many(broker, 60));
		CHECK(host_run(broker, HOST_LARGE));
		gbx_broker_close(broker);
	}
	fprintf(stderr, "# %d signals\n", (int)alarms);
	CHECK(alarms > 20);
	return 0;
}

static void
test_signal_storm(void **state)
{
	(void)state;
	/* alarm(2) is the storm's: no time limit but the runner's. */
	assert_int_equal(host_in_child(in_signal_storm, 0), 0);
}

/* A signal that is sent to the whole process group, as the terminal's are.
 * Where a process that shares this one's memory is being started, its handler
 * must not run in that one. */
static volatile sig_atomic_t own_signals, foreign_signals;
static pid_t host_pid;

static void
on_group_signal(int sig)
{
	(void)sig;
	if (getpid() == host_pid)
		own_signals++;
	else
		foreign_signals++;
}

static pid_t
start_storm(int sig)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (setpgid(0, 0) == 0)
		while (kill(-host_pid, sig) == 0)
			(void)sched_yield();
	_exit(1);
}

/* Ignored by whoever does not handle it; else its end; else it stops. */
static const int group_signals[] = {SIGWINCH, SIGINT, SIGTSTP};
static int group_signal;

static int
in_group_storm(void)
{
	struct sigaction act = {
	    .sa_handler = on_group_signal, .sa_flags = SA_RESTART};
	struct gbx_broker *broker;
	uint64_t until;
	pid_t storm;
	int i;

	host_pid = getpid();
	CHECK(sigaction(group_signal, &act, NULL) == 0);
	CHECK(setpgid(0, 0) == 0);
	storm = start_storm(group_signal);
	CHECK(storm > 0);
	/* An emulated processor does not come to a hundred. */
	until = host_now_ms() + 15000;
	for (i = 0; i < 100 && (i < 5 || host_now_ms() < until); i++) {
		broker = host_open();
		CHECK(broker != NULL);
		CHECK(host_run(broker, HOST_SMALL));
		gbx_broker_close(broker);
	}
	CHECK(kill(storm, SIGKILL) == 0 && waitpid(storm, NULL, 0) == storm);
	fprintf(stderr,
	    "# SIG%s to the group: %d, %d of them handled by another process\n",
	    sigabbrev_np(group_signal), (int)own_signals, (int)foreign_signals);
	CHECK(own_signals > 100 && foreign_signals == 0);
	return 0;
}

static void
test_group_storm(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(group_signals) / sizeof(int); i++) {
		group_signal = group_signals[i];
		assert_int_equal(host_in_child(in_group_storm, 60), 0);
	}
}

/* A host that finishes its work when somebody presses Ctrl-C: so do its
 * workers. */
static int
interrupted(void)
{
	struct sigaction act = {.sa_handler = on_group_signal};
	struct gbx_stats stats = {.size = sizeof(stats)};
	struct gbx_broker *broker;
	struct gbx_result *r;
	int i;

	host_pid = getpid();
	CHECK(setpgid(0, 0) == 0);
	CHECK(sigaction(SIGINT, &act, NULL) == 0);
	broker = host_open();
	CHECK(broker != NULL);
	for (i = 0; i < 20; i++) {
		CHECK(host_submit(broker, HOST_LARGE, NULL));
		CHECK(kill(-host_pid, SIGINT) == 0);
		CHECK(gbx_collect(broker, 60000, &r) == GBX_OK);
		CHECK(host_right(HOST_LARGE, r));
		gbx_result_free(r);
	}
	CHECK(own_signals >= 20);
	CHECK(gbx_broker_stats(broker, &stats) == GBX_OK);
	CHECK(stats.zygotes_started == 1);
	gbx_broker_close(broker);
	return 0;
}

static void
test_interrupt(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(interrupted, 120), 0);
}

/* ---- what belongs to the process ----------------------------------------- */

struct process_state {
	struct {
		sighandler_t handler;
		int flags;
		uint64_t mask;
	} actions[NSIG];
	sigset_t mask;
	struct rlimit limits[RLIM_NLIMITS];
	char cwd[4096];
	mode_t umask;
	int dumpable, subreaper, nnp, seccomp, threads, priority, tsc;
	long oom;
	char **environ, *first;
};

static long
number_of(const char *path)
{
	FILE *f = fopen(path, "re");
	long n = -1;

	if (f != NULL && fscanf(f, "%ld", &n) != 1)
		n = -1;
	if (f != NULL)
		fclose(f);
	return n;
}

/* Past the kernel's 64 signals the library's struct holds what it held. */
static void
take_action(struct process_state *s, int sig)
{
	struct sigaction act;

	if (sigaction(sig, NULL, &act) != 0)
		return;
	s->actions[sig].handler = act.sa_handler;
	s->actions[sig].flags = act.sa_flags;
	memcpy(&s->actions[sig].mask, &act.sa_mask, sizeof(uint64_t));
}

static void
take_state(struct process_state *s)
{
	extern char **environ;
	unsigned int i;

	memset(s, 0, sizeof(*s));
	for (i = 1; i < NSIG; i++)
		take_action(s, (int)i);
	sigemptyset(&s->mask);
	sigprocmask(SIG_BLOCK, NULL, &s->mask);
	for (i = 0; i < RLIM_NLIMITS; i++)
		(void)getrlimit((__rlimit_resource_t)i, &s->limits[i]);
	assert_non_null(getcwd(s->cwd, sizeof(s->cwd)));
	s->umask = umask(0);
	umask(s->umask);
	s->dumpable = prctl(PR_GET_DUMPABLE);
	prctl(PR_GET_CHILD_SUBREAPER, &s->subreaper);
	prctl(PR_GET_TSC, &s->tsc);
	s->nnp = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	s->seccomp = prctl(PR_GET_SECCOMP);
	s->threads = (int)census_status_kb("Threads");
	s->priority = getpriority(PRIO_PROCESS, 0);
	s->oom = number_of("/proc/self/oom_score_adj");
	s->environ = environ;
	s->first = environ[0];
}

static void
test_process_unchanged(void **state)
{
	static struct process_state before, during, after;
	struct gbx_broker *broker;

	(void)state;
	take_state(&before);
	broker = host_open();
	assert_non_null(broker);
	assert_true(host_many(broker, 20));
	take_state(&during);
	gbx_broker_close(broker);
	take_state(&after);
	assert_memory_equal(&before, &during, sizeof(before));
	assert_memory_equal(&before, &after, sizeof(before));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_sixteen_threads, host_nothing_left),
	    cmocka_unit_test_teardown(test_opened_at_once, host_nothing_left),
	    cmocka_unit_test_teardown(test_two_brokers, host_nothing_left),
	    cmocka_unit_test_teardown(test_reaping_handler, host_nothing_left),
	    cmocka_unit_test_teardown(test_chld_ignored, host_nothing_left),
	    cmocka_unit_test_teardown(test_subreaper, host_nothing_left),
	    cmocka_unit_test_teardown(test_quiet_subreaper, host_nothing_left),
	    cmocka_unit_test_teardown(test_signal_storm, host_nothing_left),
	    cmocka_unit_test_teardown(test_group_storm, host_nothing_left),
	    cmocka_unit_test_teardown(test_interrupt, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_process_unchanged, host_nothing_left),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("threads", tests, host_set_up, NULL);
}
