/* SPDX-License-Identifier: ISC */
/*
 * Waiting for events: one thread waits in epoll for all that are inside the
 * library, the others on a condition; whoever leaves hands on. Side: trusted.
 * An event is recorded by the file that it belongs to; then the reconciler
 * (schedule.c) acts on it.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <time.h>

#include "broker/answers.h"
#include "broker/arrive.h"
#include "broker/broker.h"
#include "broker/canary.h"
#include "broker/deadlines.h"
#include "broker/death.h"
#include "broker/pump.h"
#include "broker/sandbox.h"
#include "broker/schedule.h"
#include "broker/watch.h"

/* After so many the time is looked at, even if there are always more. */
#define EVENTS_MOST 256

static void
record(struct gbx_broker *b, struct gbx_watch *w)
{
	switch (w->kind) {
	case GBX_WATCH_INIT:
		gbx_sandbox_event(b);
		break;
	case GBX_WATCH_ZYGOTE:
		gbx_zygote_event(w->owner);
		break;
	case GBX_WATCH_CANARY:
		gbx_canary_died(w->owner);
		break;
	case GBX_WATCH_WORKER:
		gbx_death_seen(w->owner);
		break;
	case GBX_WATCH_COPIER:
		gbx_arrive_copied(w->owner);
		break;
	case GBX_WATCH_SAYS:
		gbx_arrive_says(w->owner);
		break;
	case GBX_WATCH_TIMER:
		gbx_deadlines_check(b);
		break;
	case GBX_WATCH_NONE:
		break;
	}
}

static int
timeout_ms(uint64_t until_ns)
{
	uint64_t now, ms;

	if (until_ns == UINT64_MAX)
		return -1;
	now = gbx_now_ns();
	if (now >= until_ns)
		return 0;
	ms = (until_ns - now + 999999) / 1000000;
	return ms > 60000 ? 60000 : (int)ms;
}

/* Wait for one event and handle it. What other threads take off the watch
 * meanwhile is only freed after that. */
static int
pump_once(struct gbx_broker *b, uint64_t until_ns)
{
	struct epoll_event ev;
	int n, err;

	b->pumping = true;
	pthread_mutex_unlock(&b->lock);
	n = epoll_wait(b->epoll_fd, &ev, 1, timeout_ms(until_ns));
	err = n < 0 ? errno : 0;
	pthread_mutex_lock(&b->lock);
	b->pumping = false;
	if (n == 1) {
		record(b, ev.data.ptr);
		gbx_schedule(b);
	}
	/* While that let go of the lock another thread may have begun to wait;
	 * then it is its to free. */
	if (!b->pumping)
		gbx_free_graveyard(b);
	pthread_cond_broadcast(&b->moved);
	if (n < 0)
		return err == EINTR ? 0 : -err;
	return n;
}

static void
wait_for_pump(struct gbx_broker *b, uint64_t until_ns)
{
	struct timespec ts;

	if (until_ns == UINT64_MAX) {
		pthread_cond_wait(&b->moved, &b->lock);
		return;
	}
	ts.tv_sec = (time_t)(until_ns / 1000000000U);
	ts.tv_nsec = (long)(until_ns % 1000000000U);
	(void)pthread_cond_timedwait(&b->moved, &b->lock, &ts);
}

int
gbx_pump(struct gbx_broker *b, gbx_pump_until *until, const void *arg,
    uint64_t until_ns)
{
	uint32_t handled = 0;
	int n;

	while (!until(b, arg)) {
		if (b->pumping) {
			if (until_ns != UINT64_MAX && gbx_now_ns() >= until_ns)
				return -ETIMEDOUT;
			wait_for_pump(b, until_ns);
			continue;
		}
		n = pump_once(b, until_ns);
		if (n < 0)
			return n;
		if (n > 0 && ++handled % EVENTS_MOST != 0)
			continue;
		if (until_ns != UINT64_MAX && gbx_now_ns() >= until_ns)
			return until(b, arg) ? 0 : -ETIMEDOUT;
	}
	return 0;
}
