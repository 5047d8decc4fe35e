/* SPDX-License-Identifier: ISC */
/* When the successor of a zygote may start. Side: trusted. */
#ifndef GBX_BROKER_BACKOFF_H
#define GBX_BROKER_BACKOFF_H

#include <stdint.h>

struct gbx_broker;
struct gbx_zygote;

/* At once the first time, then ever later. */
void gbx_back_off(struct gbx_zygote *z);
/* It died by itself: even clients that owe nothing wait. */
void gbx_hold_off(struct gbx_zygote *z);
/* The honest ending: `before` is the back-off as it was before it. */
void gbx_back_off_least(struct gbx_zygote *z, uint64_t before);
/* The earliest start for what waits in this queue. */
uint64_t gbx_start_ns(struct gbx_broker *b, uint32_t kind);

#endif
