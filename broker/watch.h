/* SPDX-License-Identifier: ISC */
/* What epoll watches, the one timer, and the clock. Side: trusted. */
#ifndef GBX_BROKER_WATCH_H
#define GBX_BROKER_WATCH_H

#include <stdint.h>

struct gbx_broker;
struct gbx_link;

enum gbx_watch_kind {
	GBX_WATCH_NONE = 0,
	GBX_WATCH_INIT,	  /* init's socket: answers */
	GBX_WATCH_ZYGOTE, /* a zygote's control socket */
	GBX_WATCH_CANARY, /* a canary's pidfd */
	GBX_WATCH_WORKER, /* a busy worker's pidfd */
	GBX_WATCH_COPIER, /* a copier's pidfd */
	GBX_WATCH_SAYS,	  /* a copier's socket */
	GBX_WATCH_TIMER,  /* the earliest deadline */
};

struct gbx_watch {
	enum gbx_watch_kind kind;
	int fd; /* borrowed from owner */
	void *owner;
};

/* CLOCK_MONOTONIC in ns. */
uint64_t gbx_now_ns(void);

/* 0 or -errno. */
int gbx_watch_add(struct gbx_broker *b, struct gbx_watch *w,
    enum gbx_watch_kind kind, int fd, void *owner);
/* Always call it before the descriptor is closed: epoll goes on reporting a
 * closed descriptor while a forked child of the host holds a copy (epoll(7)).
 * Harmless if not watched. */
void gbx_watch_remove(struct gbx_broker *b, struct gbx_watch *w);

/* Free an object that holds a watch and starts with its struct gbx_link: now,
 * or, while a thread waits in epoll, when that thread is back. */
void gbx_free_watched(struct gbx_broker *b, struct gbx_link *object);
void gbx_free_graveyard(struct gbx_broker *b);

/* Have GBX_WATCH_TIMER happen at this time or before. */
void gbx_arm(struct gbx_broker *b, uint64_t deadline_ns);
/* It has happened: the timer is not set any more. */
void gbx_timer_expired(struct gbx_broker *b);

#endif
