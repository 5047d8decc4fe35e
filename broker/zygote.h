/* SPDX-License-Identifier: ISC */
/* A zygote, from its start to its retirement. Side: trusted. */
#ifndef GBX_BROKER_ZYGOTE_H
#define GBX_BROKER_ZYGOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/autopsy.h"
#include "broker/list.h"
#include "broker/watch.h"
#include "ipc/control.h"

struct gbx_broker;

/* init and zygotes are our own and answer at once, or are stuck for good. */
#define GBX_ANSWER_NS (10ULL * 1000000000ULL)
/* A zygote that answered before and does not now is stopped, or worse. */
#define GBX_SILENT_NS 1000000000ULL

enum gbx_zygote_state {
	GBX_ZYGOTE_EXEC,   /* asked init for it */
	GBX_ZYGOTE_SETUP,  /* it gives up its powers and warms up */
	GBX_ZYGOTE_CANARY, /* its canary has to prove the lock */
	GBX_ZYGOTE_READY,
	GBX_ZYGOTE_DEAD,
};

struct gbx_zygote {
	struct gbx_link link; /* broker->starting, ->fallen or ->zygotes */
	struct gbx_broker *broker;
	uint32_t kind; /* enum gbx_worker_kind */
	enum gbx_zygote_state state;
	int err;	     /* why it is dead: negative errno */
	bool worked;	     /* it was READY when it died */
	bool posture_failed; /* the canary lived, or a layer is missing */
	bool retired;	     /* no new jobs; freed with its last busy worker */
	int sock, pidfd;
	struct gbx_watch watch;
	int canary_pidfd;
	struct gbx_corpse canary_corpse;
	uint32_t canary_zpid;
	bool canary_shown; /* /proc shows it, and it was told so */
	struct gbx_watch canary_watch;
	struct gbx_report report;
	uint64_t arena;		  /* bytes that a worker's malloc can give */
	uint32_t outer;		  /* posture bits of the sandbox it is in */
	uint32_t filters;	  /* Seccomp_filters of a locked worker */
	bool proc_proof;	  /* /proc shows a worker's lock */
	bool proc_exit;		  /* /proc shows a worker's exit status */
	struct gbx_reader reader; /* to a reader with these credentials */
	struct gbx_link idle;	  /* of struct gbx_worker */
	uint32_t n_idle, n_ordered, n_busy;
	uint64_t born_ns, jobs;
	uint64_t ordered_ns; /* of the last order or answer */
	uint64_t refused_ns; /* since when no order could be sent; 0: can */
	uint32_t reap[GBX_CTL_REAP_MAX];
	uint32_t n_reap;
};

/* One that does not run yet. NULL: no memory. */
struct gbx_zygote *gbx_zygote_new(struct gbx_broker *b, uint32_t kind);
/* init's answer to the order; err is 0 or -errno. */
void gbx_zygote_started(struct gbx_zygote *z, int pidfd, int err);
/* Record that it is dead, or can't be had, and kill what is left of it:
 * broker->fallen. What follows from that is for settle.c. */
void gbx_zygote_fail(struct gbx_zygote *z, int err);
/* No new jobs; its idle workers go now, and it with its last busy one. Its
 * successor waits, ever longer. */
void gbx_zygote_retire(struct gbx_zygote *z);
/* The same for an ending that honest inputs have, too: the successor's wait
 * does not grow, and is only so long that no flood of them is one of execs. */
void gbx_zygote_renew(struct gbx_zygote *z);
/* The same where nothing is suspect: the successor may start at once. */
void gbx_zygote_replace(struct gbx_zygote *z);
/* Kill it and forget all; only at close, and when it died. */
void gbx_zygote_free(struct gbx_zygote *z);
/* It has served long enough. */
bool gbx_zygote_worn(const struct gbx_zygote *z);
/* Posture bits of a job with this zygote, without PROVEN's proof. */
uint32_t gbx_zygote_posture(const struct gbx_zygote *z);

#endif
