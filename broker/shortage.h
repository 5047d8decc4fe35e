/* SPDX-License-Identifier: ISC */
/* What happens while something is short. Side: trusted. */
#ifndef GBX_BROKER_SHORTAGE_H
#define GBX_BROKER_SHORTAGE_H

#include <stdint.h>

struct gbx_broker;

/* The jobs of this kind can't start for that reason (negative errno): they
 * wait, and those that waited for too long while nothing started are told. */
void gbx_shortage(struct gbx_broker *b, uint32_t kind, int err);
void gbx_shortage_over(struct gbx_broker *b);

#endif
