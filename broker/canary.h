/* SPDX-License-Identifier: ISC */
/* The process that proves the lock of a zygote. Side: trusted. */
#ifndef GBX_BROKER_CANARY_H
#define GBX_BROKER_CANARY_H

#include <stdint.h>

struct gbx_zygote;

/* The zygote is set up: its report, and the canary's pidfd and socket. */
void gbx_canary_born(
    struct gbx_zygote *z, const uint8_t *msg, const int fds[2]);
/* Its pidfd says that it is dead. */
void gbx_canary_died(struct gbx_zygote *z);
/* The zygote says how it died: READY, or failed. */
void gbx_canary_status(struct gbx_zygote *z, uint32_t status);

#endif
