/* SPDX-License-Identifier: ISC */
/* Starting a zygote. Side: trusted. */
#ifndef GBX_BROKER_START_H
#define GBX_BROKER_START_H

#include <stdint.h>

struct gbx_broker;

/* Ask init for one of this kind; its answer is an event. 0 or -errno. */
int gbx_zygote_start(struct gbx_broker *b, uint32_t kind);

#endif
