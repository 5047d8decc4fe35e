/* SPDX-License-Identifier: ISC */
/*
 * A world: init, a zygote and workers of the prober with some of the layers,
 * driven over the control sockets as a broker does it (ipc/control.h). A
 * broker would not take such workers. Side: tests, in the broker's place.
 */
#ifndef GBX_TESTS_WALLS_WORLD_H
#define GBX_TESTS_WALLS_WORLD_H

#include <stdbool.h>

#include "ipc/control.h"
#include "tests/sandbox/walls/walls.h"

struct walls_worker {
	int sock, pidfd;
	uint32_t zpid; /* as its zygote counts */
};

struct walls_world {
	uint32_t layers; /* enum walls_layer, as bits */
	struct gbx_report init_says, zygote_says;
	int init_sock, init_pidfd, stage_pidfd;
	int sock, zygote_pidfd;
	struct walls_worker sibling; /* idle */
};

/* How a probe ended. */
struct walls_end {
	bool done;	  /* it said that it had tried */
	int err;	  /* then: what it said */
	int code, status; /* as in waitid; 0 when the zygote is gone too */
	uint8_t loot[WALLS_LOOT];
};

/* Aborts the program if the machinery fails: that is no result. */
struct walls_world *walls_world_open(uint32_t layers);
void walls_world_close(struct walls_world *w);
/* Have a fresh worker try; meet is called once when it wants the host. */
void walls_world_try(struct walls_world *w, const struct walls_order *order,
    void (*meet)(void), struct walls_end *ret);
/* pid in our own namespace. */
int walls_pid_of(int pidfd);
bool walls_is_gone(int pidfd, int ms);

#endif
