/* SPDX-License-Identifier: ISC */
/*
 * The zygote of one format: loads the decoder, gives up every privilege, warms
 * up, and clones workers when the broker says so. The main of every worker
 * executable.
 * Side: setup. It never sees a hostile byte: it reads orders from the broker
 * and nothing from workers, and its end of every socket it makes is handed on.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipc/control.h"
#include "ipc/datagram.h"
#include "sandboxed_parsers/runtime/arena.h"
#include "sandboxed_parsers/runtime/lastwords.h"
#include "sandboxed_parsers/runtime/layers.h"
#include "sandboxed_parsers/runtime/lockdown.h"
#include "sandboxed_parsers/runtime/overflow.h"
#include "sandboxed_parsers/runtime/parser.h"
#include "sandboxed_parsers/runtime/tsc.h"
#include "sandboxed_parsers/runtime/worker.h"
#include "schemas/limits.h"

#define EXIT_CONTROL 1
#define EXIT_SETUP   2
/* The samples need most of this. */
#define ARENA_LEAST ((uint64_t)16 << 20)

static void
say_error(int err)
{
	uint8_t msg[1 + 4] = {GBX_CTL_ERROR};

	gbx_put_u32(msg + 1, (uint32_t)-err);
	(void)gbx_ipc_send(GBX_CTL_FD, msg, sizeof(msg), NULL, 0);
}

/* Like fork(2), with a pidfd for the broker, and without libc's atfork work.
 * No exit signal: a worker stays a zombie until it was read from outside.
 * Not clone3(2): a filter can't see its flags, so containers refuse it. */
static pid_t
clone_worker(int *ret_pidfd)
{
	return (pid_t)syscall(SYS_clone, CLONE_PIDFD, NULL, ret_pidfd, 0, 0);
}

static int
start_canary(struct gbx_report *report, uint32_t arena_mib)
{
	uint8_t msg[GBX_CTL_READY_LEN];
	int err, pair[2], fds[2] = {-1, -1};
	pid_t pid;

	err = gbx_ipc_pair(pair);
	if (err != 0)
		return err;
	pid = clone_worker(&fds[0]);
	err = pid < 0 ? -errno : 0;
	if (pid == 0) {
		close(pair[0]);
		close(GBX_CTL_FD);
		gbx_worker_canary(pair[1]);
	}
	close(pair[1]);
	if (err == 0) {
		fds[1] = pair[0];
		gbx_report_pack(msg, GBX_CTL_READY, report);
		gbx_put_u32(msg + GBX_CTL_REPORT_LEN, (uint32_t)pid);
		gbx_put_u32(msg + GBX_CTL_REPORT_LEN + 4, arena_mib);
		err = gbx_ipc_send(GBX_CTL_FD, msg, sizeof(msg), fds, 2);
		close(fds[0]);
	}
	close(pair[0]);
	return err;
}

static int
start_worker(bool cold)
{
	uint8_t msg[1 + 4] = {GBX_CTL_WORKER};
	int err, pair[2], fds[2];
	pid_t pid;

	err = gbx_ipc_pair(pair);
	if (err != 0)
		return err;
	fds[0] = pair[0];
	fds[1] = -1;
	pid = clone_worker(&fds[1]);
	if (pid == 0) {
		/* The other ends are not this worker's business. */
		close(pair[0]);
		close(GBX_CTL_FD);
		gbx_worker_main(pair[1], cold);
	}
	err = pid < 0 ? -errno : 0;
	close(pair[1]);
	if (err == 0) {
		gbx_put_u32(msg + 1, (uint32_t)pid);
		err = gbx_ipc_send(GBX_CTL_FD, msg, sizeof(msg), fds, 2);
		close(fds[1]);
	}
	close(pair[0]);
	return err;
}

static void
reap(const uint8_t *pids, size_t n)
{
	siginfo_t info;
	size_t i;

	for (i = 0; i < n; i++)
		waitid(P_PID, (id_t)gbx_get_u32(pids + 4 * i), &info,
		    WEXITED | WNOHANG | __WALL);
}

static void
order_workers(const uint8_t *msg, size_t length)
{
	uint32_t i, order = gbx_get_u32(msg + 1), n = order & ~GBX_CTL_COLD;
	int err;

	reap(msg + 5, (length - 5) / 4);
	for (i = 0; i < n; i++) {
		err = start_worker((order & GBX_CTL_COLD) != 0);
		if (err != 0)
			say_error(err);
	}
}

/* How a child ended, without reaping it. */
static void
order_status(const uint8_t *msg)
{
	uint8_t answer[1 + 4 + 4] = {GBX_CTL_STATUS};
	uint32_t pid = gbx_get_u32(msg + 1);
	siginfo_t info = {0};

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | __WALL) != 0) {
		say_error(-errno);
		return;
	}
	gbx_put_u32(answer + 1, pid);
	gbx_put_u32(answer + 5,
	    (uint32_t)info.si_code << 16 | ((uint32_t)info.si_status & 0xffff));
	(void)gbx_ipc_send(GBX_CTL_FD, answer, sizeof(answer), NULL, 0);
}

static _Noreturn void
serve(void)
{
	uint8_t msg[GBX_CTL_MAX];
	ssize_t n;

	for (;;) {
		n = gbx_ipc_recv(GBX_CTL_FD, msg, sizeof(msg), 0, NULL, 0);
		if (n <= 0)
			_exit(EXIT_CONTROL);
		if (msg[0] == GBX_CTL_WORKER && n >= 5)
			order_workers(msg, (size_t)n);
		else if (msg[0] == GBX_CTL_STATUS && n == 5)
			order_status(msg);
		else
			_exit(EXIT_CONTROL);
	}
}

/* No fine timer for the workers, nor for us. Strict mode does that by itself
 * (seccomp(2)). Last of the layers: libc's start-up may look at the clock. */
static void
enter_tsc(struct gbx_report *report)
{
	int err = gbx_tsc_forbid();

	if (err == 0)
		report->bits |= 1U << GBX_LAYER_TSC;
	report->why[GBX_LAYER_TSC] = (uint32_t)-err;
}

static void
note_guard(struct gbx_report *report)
{
	if (GBX_WORKER_HAS_GUARD)
		report->bits |= 1U << GBX_LAYER_GUARD;
	else
		report->why[GBX_LAYER_GUARD] = ENOSYS;
}

/* A host may have less to promise than the limit (vm.overcommit_memory=2,
 * ulimit -v): then the arena is half of that, or a quarter, and so on; what is
 * left tells the broker. */
static int
map_arena(uint64_t size, uint32_t *ret_mib)
{
	int err = gbx_arena_init((size_t)size);

	while (err == -ENOMEM && size / 2 >= ARENA_LEAST) {
		size /= 2;
		err = gbx_arena_init((size_t)size);
	}
	*ret_mib = (uint32_t)(size >> 20);
	return err;
}

static int
set_up(const uint8_t *config, struct gbx_report *report, uint32_t *ret_mib)
{
	uint32_t lockdown = gbx_get_u32(config + 1);
	int err = map_arena(gbx_get_u64(config + 5), ret_mib);

	if (err == 0)
		err = gbx_overflow_watch((uintptr_t)&lockdown);
	if (err == 0)
		err = gbx_layers_enter(gbx_get_u32(config + 13), report);
	if (err == 0)
		err = gbx_lockdown_prepare(lockdown);
	if (err == 0)
		enter_tsc(report);
	note_guard(report);
	if (err == 0 && gbx_parser.prepare != NULL)
		gbx_parser.prepare();
	if (err == 0 && !gbx_worker_warm_up())
		err = -EBADMSG;
	if (err == 0)
		err = gbx_layers_seal();
	if (err == 0)
		err = gbx_lockdown_zygote();
	report->bits |= lockdown == GBX_WIRE_LOCK_STRICT
			    ? 1U << GBX_LAYER_STRICT
			    : 1U << GBX_LAYER_FILTER;
	return err;
}

int
main(void)
{
	uint8_t config[GBX_CTL_CONFIG_LEN];
	struct gbx_report report = {0};
	uint32_t arena_mib = 0;
	ssize_t n;
	int err;

	/* With a loader (getauxval(3), AT_BASE): out of the folder that the
	 * shared libraries came from. */
	if (getauxval(AT_BASE) != 0 && chdir("/") != 0)
		return EXIT_SETUP;
	n = gbx_ipc_recv(GBX_CTL_FD, config, sizeof(config), 0, NULL, 0);
	if (n != sizeof(config) || config[0] != GBX_CTL_CONFIG)
		return EXIT_CONTROL;
	err = set_up(config, &report, &arena_mib);
	gbx_last_words_over();
	if (err == 0)
		err = start_canary(&report, arena_mib);
	if (err != 0) {
		say_error(err);
		return EXIT_SETUP;
	}
	serve();
}
