/* SPDX-License-Identifier: ISC */
/* A job inside the broker, and its end. Side: trusted. */
#ifndef GBX_BROKER_REQUEST_H
#define GBX_BROKER_REQUEST_H

#include <glovebox.h>
#include <stdbool.h>
#include <stdint.h>

#include "broker/list.h"
#include "broker/validate/gate.h"
#include "broker/watch.h"

struct gbx_broker;
struct gbx_lane;
struct gbx_result;
struct gbx_run;

enum gbx_request_state {
	GBX_REQUEST_COPYING, /* a copier fills its input */
	GBX_REQUEST_QUEUED,
	GBX_REQUEST_RUNNING,
	GBX_REQUEST_DONE,
};

enum gbx_input_way {
	GBX_WAY_ARRIVES, /* a process of ours reads it */
	GBX_WAY_LARGE,	 /* too large: refused */
	GBX_WAY_BYTES,	 /* the caller's bytes, copied */
	GBX_WAY_SMALL,	 /* a small file, read into bytes */
	GBX_WAY_FILE,	 /* a file, copied */
	GBX_WAY_SEALED,	 /* a memfd that nobody can change */
};

/* The broker's record of one job, from submission to collection. */
struct gbx_request {
	/* broker->arriving, its lane's jobs, or broker->done */
	struct gbx_link link;
	struct gbx_link all; /* broker->jobs until collected */
	struct gbx_broker *broker;
	enum gbx_request_state state;
	bool sync;  /* gbx_run waits for it: not for gbx_collect */
	bool alone; /* not in a batch (again) */
	uint32_t retries;
	uint64_t id;
	void *cookie;
	char *domain, *client;
	struct gbx_lane *lane; /* from the queue on */
	uint32_t kind;	       /* enum gbx_worker_kind */
	uint32_t declared;     /* enum gbx_format, 0: none */
	bool foreign;	       /* declared as something that no worker reads */
	uint32_t op, require, first, count, box_w, box_h, dpi, whole, want;
	uint64_t limit[GBX_LIMIT_COUNT];
	uint64_t start_ns;    /* of the submission */
	uint64_t spent_ns;    /* of the wall limit, on copying */
	uint64_t deadline_ns; /* while copying; 0: none */
	/* input */
	enum gbx_input_way way;
	int in_fd;	 /* sealed memfd, or -1 */
	uint8_t *in_mem; /* or bytes: a small one */
	uint64_t in_size, in_charged;
	int copier_pidfd;
	int copier_fd; /* our end of its socket */
	struct gbx_watch copier_watch, says_watch;
	uint8_t said[2]; /* its last words */
	bool has_said, wants_more;
	uint32_t give_up; /* enum gbx_verdict: our own kill; 0: none */
	struct gbx_run *run;
	uint32_t run_index;
	struct gbx_result *result; /* made at submission, filled at the end */
};

/* Let gbx_cancel find it by its number. False: no memory. */
bool gbx_request_remember(struct gbx_request *job);
/* The one of this number that was not collected yet, or NULL. */
struct gbx_request *gbx_request_find(struct gbx_broker *b, uint64_t id);
/* It ends so; detail is static, or NULL. */
void gbx_request_finish(
    struct gbx_request *job, enum gbx_verdict verdict, const char *detail);
void gbx_request_free(struct gbx_request *job);

#endif
