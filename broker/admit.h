/* SPDX-License-Identifier: ISC */
/* Which way an input comes in. Side: trusted. */
#ifndef GBX_BROKER_ADMIT_H
#define GBX_BROKER_ADMIT_H

#include <glovebox.h>

struct gbx_input;
struct gbx_request;

/* Decide job->way, and charge for it. */
enum gbx_err gbx_input_admit(
    struct gbx_request *job, const struct gbx_input *input);

#endif
