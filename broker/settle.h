/* SPDX-License-Identifier: ISC */
/* What a zygote's death means for its queue. Side: trusted. */
#ifndef GBX_BROKER_SETTLE_H
#define GBX_BROKER_SETTLE_H

struct gbx_broker;

/* Deal with all that events have recorded of zygotes. */
void gbx_settle(struct gbx_broker *b);

#endif
