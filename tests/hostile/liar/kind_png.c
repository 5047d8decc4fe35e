/* SPDX-License-Identifier: ISC */
/* The liar in the place of the PNG worker. Side: hostile. */
#include "tests/hostile/liar/liar.h"

static const uint8_t warm[] = "\x89PNG\r\n\x1a\n image 2 2 0x7f";

static const struct gbx_sample samples[] = {
    {"an honest image", warm, sizeof(warm) - 1, GBX_WIRE_OP_DECODE},
};

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_PNG,
    .run = liar_run,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
