/* SPDX-License-Identifier: ISC */
/*
 * The host of the wall tests: what is planted for a prober to find, and how
 * the host sees that it did. Its own namespaces, so that nothing of the machine
 * is touched where a wall is missing. Side: tests.
 */
#ifndef GBX_TESTS_WALLS_HOST_H
#define GBX_TESTS_WALLS_HOST_H

#include "tests/sandbox/walls/world.h"

/* How the host knows that a probe got through. Each wants err 0 as well. */
enum walls_sign {
	WALLS_SAYS_SO,	    /* err 0 is enough: nothing else to see */
	WALLS_LOOT_OURS,    /* it brought the planted secret */
	WALLS_LOOT_INSIDE,  /* it brought what is in its sibling's memory */
	WALLS_VICTIM_HIT,   /* the victim had its signal */
	WALLS_TCP,	    /* the listener had a visitor */
	WALLS_UDP,	    /* ... */
	WALLS_ABSTRACT,	    /* ... */
	WALLS_PATH,	    /* ... */
	WALLS_REACHED,	    /* the host could reach its socket */
	WALLS_CREATED,	    /* there is a file "created" */
	WALLS_CHANGED,	    /* the file "writable" is another */
	WALLS_MODE,	    /* the file "mode" has another mode */
	WALLS_NAME,	    /* the host has another name */
	WALLS_MTU,	    /* the host's loopback is changed */
	WALLS_SIBLING_DEAD, /* ... */
	WALLS_ZYGOTE_DEAD,
	WALLS_INIT_DEAD,
	WALLS_EXECUTED, /* it became the planted program */
	WALLS_CORE,	/* it crashed, and left a core file */
	WALLS_AS_ROOT,	/* ... with an effective uid 0 */
};

/* Before anything else in main: true when this process was started as the
 * victim; then it has been one, and is to exit. */
bool walls_host_victim(int argc, char **argv);
/* False, and why: such a host can't be had here. */
bool walls_host_begin(const char **ret_why);
void walls_host_end(void);

/* Cores are files, named as in core(5), beside who crashed. */
bool walls_host_plain_cores(void);
/* Fill all but the probe's name. */
void walls_host_order(struct walls_order *ret);
/* For walls_world_try: the host visits the prober. */
void walls_host_meet(void);
/* Did it get through? Puts things back after that. */
bool walls_host_saw(
    enum walls_sign sign, struct walls_world *w, const struct walls_end *end);

#endif
