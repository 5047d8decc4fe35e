/* SPDX-License-Identifier: ISC */
/* What a zygote says on its socket. Side: trusted. */
#ifndef GBX_BROKER_ANSWERS_H
#define GBX_BROKER_ANSWERS_H

struct gbx_zygote;

void gbx_zygote_event(struct gbx_zygote *z);

#endif
