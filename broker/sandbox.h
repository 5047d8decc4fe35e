/* SPDX-License-Identifier: ISC */
/* init and its namespaces. Side: trusted. */
#ifndef GBX_BROKER_SANDBOX_H
#define GBX_BROKER_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/watch.h"
#include "ipc/control.h"

struct gbx_broker;
struct gbx_zygote;

struct gbx_sandbox {
	int sock, pidfd;
	uint32_t owed;	 /* answers about zygotes that were given up */
	uint32_t unread; /* times that reading an answer failed */
	int stage_pidfd; /* of the first stage, to reap it where it is ours */
	struct gbx_watch watch;
	bool ready;
	bool worked; /* was ready once: what befalls it now can pass */
	int err;     /* it could not be had: negative errno */
	struct gbx_report report;
};

/* 0 or -errno. */
int gbx_sandbox_start(struct gbx_broker *b);
/* If it has died since it worked, start another. 0 or -errno. */
int gbx_sandbox_restart(struct gbx_broker *b);
void gbx_sandbox_event(struct gbx_broker *b);
/* Wait no longer for init's answer about a zygote. */
void gbx_sandbox_give_up(struct gbx_zygote *z);
void gbx_sandbox_close(struct gbx_broker *b);

#endif
