/* SPDX-License-Identifier: ISC */
/* What epoll watches, the one timer, and the clock that deadlines are told in.
 * Side: trusted. */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "broker/broker.h"
#include "broker/list.h"
#include "broker/watch.h"

uint64_t
gbx_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

int
gbx_watch_add(struct gbx_broker *b, struct gbx_watch *w,
    enum gbx_watch_kind kind, int fd, void *owner)
{
	/* A death comes once; after it nothing names the watch any more, and
	 * that saves taking it off. */
	uint32_t once = kind == GBX_WATCH_WORKER ? EPOLLONESHOT : 0;
	struct epoll_event ev = {.events = EPOLLIN | once, .data.ptr = w};

	w->kind = kind;
	w->fd = fd;
	w->owner = owner;
	if (epoll_ctl(b->epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0) {
		w->kind = GBX_WATCH_NONE;
		return -errno;
	}
	return 0;
}

void
gbx_watch_remove(struct gbx_broker *b, struct gbx_watch *w)
{
	if (w->kind == GBX_WATCH_NONE)
		return;
	w->kind = GBX_WATCH_NONE;
	(void)epoll_ctl(b->epoll_fd, EPOLL_CTL_DEL, w->fd, NULL);
}

/* A thread in epoll_wait may come back with a watch of this object. */
void
gbx_free_watched(struct gbx_broker *b, struct gbx_link *object)
{
	if (!b->pumping) {
		free(object);
		return;
	}
	object->next = b->graveyard;
	b->graveyard = object;
}

void
gbx_free_graveyard(struct gbx_broker *b)
{
	struct gbx_link *object;

	while ((object = b->graveyard) != NULL) {
		b->graveyard = object->next;
		free(object);
	}
}

/* Early is harmless: the timer then only looks again. */
void
gbx_arm(struct gbx_broker *b, uint64_t deadline_ns)
{
	struct itimerspec it = {{0, 0}, {0, 0}};

	if (b->timer_ns != 0 && b->timer_ns <= deadline_ns)
		return;
	b->timer_ns = deadline_ns;
	it.it_value.tv_sec = (time_t)(deadline_ns / 1000000000U);
	it.it_value.tv_nsec = (long)(deadline_ns % 1000000000U);
	(void)timerfd_settime(b->timer_fd, TFD_TIMER_ABSTIME, &it, NULL);
}

void
gbx_timer_expired(struct gbx_broker *b)
{
	uint64_t expirations;

	(void)!read(b->timer_fd, &expirations, sizeof(expirations));
	b->timer_ns = 0;
}
