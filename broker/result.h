/* SPDX-License-Identifier: ISC */
/* A result as the broker fills it. Side: trusted. */
#ifndef GBX_BROKER_RESULT_H
#define GBX_BROKER_RESULT_H

#include <glovebox.h>
#include <stdbool.h>
#include <stdint.h>

#include "broker/validate/gate.h"

struct gbx_store;

#define GBX_MARK_STEP 16

struct gbx_result {
	enum gbx_verdict verdict;
	enum gbx_limit limit;
	const char *field, *detail;
	char *words;	    /* malloc'd, instead of detail; or NULL */
	const char *begins; /* MISMATCH: what the first bytes are; or NULL */
	int signal, err;
	bool degraded;
	uint64_t id, elapsed_us;
	void *cookie;
	uint32_t format, posture, total, unit;
	struct gbx_store *store;
	/* As callers count blocks: each frame is one, durations are none. */
	uint32_t n_shown;
	uint32_t n_blocks;
	struct gbx_result_block {
		struct gbx_gate_block gate;
		/* RECORDS: where every GBX_MARK_STEP-th begins, from the
		 * block's start; they are decoded when they are asked for. */
		uint32_t *marks;
	} block[GBX_BLOCKS_MAX];
};

/* The marks of a RECORDS block that was accepted, malloc'd; NULL: no memory. */
uint32_t *gbx_result_marks(
    const struct gbx_gate_block *block, const uint8_t *data);

#endif
