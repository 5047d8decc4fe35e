/* SPDX-License-Identifier: ISC */
/* Waiting for events, one thread for all. Side: trusted. */
#ifndef GBX_BROKER_PUMP_H
#define GBX_BROKER_PUMP_H

#include <stdbool.h>
#include <stdint.h>

struct gbx_broker;

typedef bool gbx_pump_until(const struct gbx_broker *b, const void *arg);
/* Handle events until `until` holds or the time is over (UINT64_MAX: no end).
 * Called and returns with the lock held. 0, -ETIMEDOUT, or -errno. */
int gbx_pump(struct gbx_broker *b, gbx_pump_until *until, const void *arg,
    uint64_t until_ns);

#endif
