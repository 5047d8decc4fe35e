/* SPDX-License-Identifier: ISC */
/* The death of a worker that has a job. Side: trusted. */
#ifndef GBX_BROKER_DEATH_H
#define GBX_BROKER_DEATH_H

#include <stdint.h>

struct gbx_worker;
struct gbx_zygote;

/* Its pidfd says that it is dead. Records how: broker->ended, now or when the
 * zygote has answered. */
void gbx_death_seen(struct gbx_worker *w);
/* The zygote's answer. */
void gbx_death_told(struct gbx_zygote *z, uint32_t zpid, uint32_t status);
/* The zygote will never answer. */
void gbx_death_untold(struct gbx_zygote *z);

#endif
