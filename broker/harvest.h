/* SPDX-License-Identifier: ISC */
/* From a dead worker's output to checked bytes. Side: trusted. */
#ifndef GBX_BROKER_HARVEST_H
#define GBX_BROKER_HARVEST_H

#include "broker/validate/gate.h"

struct gbx_run;
struct gbx_store;

enum gbx_harvest {
	GBX_HARVEST_OK,
	GBX_HARVEST_REFUSED, /* run->field is wrong: the worker lied */
	GBX_HARVEST_FAILED,  /* run->err: a call of ours failed */
};

enum gbx_harvest gbx_harvest(struct gbx_run *run, struct gbx_gate_reply *reply,
    struct gbx_store **ret_store);

#endif
