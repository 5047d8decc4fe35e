/* SPDX-License-Identifier: ISC */
/* The liar in the place of the OOXML worker. Side: hostile. */
#include "tests/hostile/liar/liar.h"

static const uint8_t warm[] = "PK\x03\x04 text hello";

static const struct gbx_sample samples[] = {
    {"an honest text", warm, sizeof(warm) - 1, GBX_WIRE_OP_TEXT},
};

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_OOXML,
    .run = liar_run,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
