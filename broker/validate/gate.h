/* SPDX-License-Identifier: ISC */
/*
 * The gate: packs what goes in, checks what comes out.
 * Side: trusted; it reads bytes that a hostile worker wrote. It alone on the
 * trusted side sees protobuf types. It does no I/O, holds no state, keeps no
 * pointer, and works in a bounded heap and a small stack.
 *
 * "Accepted" implies every invariant written here; "refused" names one field.
 */
#ifndef GBX_BROKER_VALIDATE_GATE_H
#define GBX_BROKER_VALIDATE_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/formats.h"
#include "schemas/limits.h"

/* What was asked of the worker; the reply is held against it. */
struct gbx_gate_job {
	uint8_t nonce[GBX_NONCE_LEN];
	uint8_t salt[GBX_SALT_LEN];
	uint32_t worker;   /* enum gbx_worker_kind */
	uint32_t op;	   /* enum gbx_wire_op */
	uint32_t lockdown; /* enum gbx_wire_lockdown */
	uint64_t in_size;  /* bytes of the input memfd */
	uint64_t out_size; /* bytes of the data area, a multiple of a page */
	uint64_t limit[GBX_LIMIT_COUNT];
	uint32_t first, count, box_w, box_h, dpi;
	uint32_t want;	   /* enum gbx_wire_want bits */
	uint32_t n_inputs; /* 1..GBX_BATCH_MAX */
	struct gbx_gate_span {
		uint64_t offset, length;
	} input[GBX_BATCH_MAX];
};

struct gbx_gate_block {
	uint32_t kind; /* enum gbx_wire_kind, one that the format may send */
	uint32_t index;
	uint64_t offset, length; /* inside the data area, checked */
	uint32_t width, height, layout, duration_ms, orientation, colour;
	uint32_t frames; /* PIXELS: 1.. one behind another; else 0 */
	uint64_t stride;
	uint32_t records;
};

struct gbx_gate_item {
	uint32_t status; /* enum gbx_wire_status */
	uint32_t format; /* enum gbx_format, of this worker; 0 if unknown */
	uint32_t limit;	 /* 1.. when status is LIMIT, else 0 */
	bool degraded;
	uint32_t total;
	uint32_t first_block, n_blocks; /* in gbx_gate_reply.block */
};

struct gbx_gate_reply {
	uint32_t n_items; /* == job->n_inputs */
	uint32_t n_blocks;
	uint64_t data_end; /* end of the last block; data past it is not used */
	struct gbx_gate_item item[GBX_BATCH_MAX];
	struct gbx_gate_block block[GBX_REPLY_BLOCKS_MAX];
};

/* A record, its strings pointing into the data that was checked. */
struct gbx_gate_record {
	uint32_t kind, parent, flags;
	const char *name, *value;
	uint32_t name_length, value_length;
	uint64_t offset, bytes, packed;
	uint32_t type;
	uint32_t raw_length;
	const uint8_t *raw; /* NULL if absent */
};

/*
 * Pack a job: limits by number, from 0 on. Returns its length, or 0 if the job
 * contradicts itself: no input or too many, or spans that are not aligned, not
 * ascending or not inside in_size.
 */
size_t gbx_gate_pack_job(
    const struct gbx_gate_job *job, uint8_t ret_wire[GBX_JOB_MAX]);

/*
 * The envelope: wire[0..length) as copied out of the reply page. Returns NULL
 * and fills *ret_reply, or returns the name of the first field that is wrong
 * (static, a word of fields.def: "reply.length", "nonce", "block.offset") and
 * leaves *ret_reply untouched. "memory" means that malloc failed, "job" that
 * the job contradicts itself: neither is a lie of the worker's.
 * Bounded: heap 64 KiB (GBX_UNPACK_BUDGET and the packed copy), stack under
 * 8 KiB, time linear in length.
 *
 * Accepted means, beside the canonical form and the nonce:
 * - an item for each input. One that is not OK has nothing but a format of the
 *   worker's or none, and with LIMIT the name of a limit that a worker can run
 *   into. One that is OK has a format that can do what was asked, and a total
 *   (0: unknown) within its limit;
 * - PROBE of an image: one PIXELS block without bytes (length and stride 0,
 *   layout as it would be decoded). PROBE of a document: no block. Where
 *   metadata were asked for, perhaps one RECORDS block behind that. DECODE: the
 *   first 1..count frames asked for, those of the same sides in one block or
 *   several; where count is more than one, perhaps a DURATIONS block behind
 *   them with a number for each. THUMBNAIL: frame `first` inside the box. TEXT:
 *   one TEXT block, then perhaps one RECORDS block. ENCODE, EXTRACT: one BYTES
 *   block. LIST: perhaps one RECORDS block (schemas/ops.def, GBX_PART);
 * - PIXELS have sides 1..GBX_SIDE_MAX, no more pixels a frame than the limit,
 *   rows without padding, frames without a gap, exactly their bytes, index
 *   first, first + 1, ... (below total if that is known), orientation 0..8
 *   (thumbnails 0 unless it was to stay), a colour space by name (thumbnails
 *   sRGB unless it was to stay), a duration of an hour at most, and none where
 *   there is one frame or a block of durations;
 * - each block starts at the next multiple of GBX_ALIGN after the one before
 *   it, over all items; all end inside out_size, and the blocks of one item
 *   hold no more bytes than its output limit.
 */
const char *gbx_gate_open(const struct gbx_gate_job *job, const uint8_t *wire,
    size_t length, struct gbx_gate_reply *ret_reply);
/* Does this word, as a function here returned it, say that malloc failed? */
bool gbx_gate_is_memory(const char *field);

/*
 * The data: data[0..size) is immutable by now and size >= reply->data_end.
 * Checks that the gaps between blocks are zero, that TEXT is UTF-8 without
 * control characters (tab and newline may be), that an item has the flag BIDI
 * if and only if its text holds a bidi control, and every record: canonical,
 * known kind (flags in TEXT and LIST, members in LIST), names and values
 * without control, bidi or line-breaking characters, flags each once; that a
 * member lies inside the input and that its flags tell where its name leads;
 * that LIST has as many members as its total says; that the BYTES of ENCODE
 * begin as a PNG, JPEG or WebP file does, and that no duration is over an hour.
 * Returns NULL or the
 * name of the field that is wrong. No heap, stack under 4 KiB, time linear in
 * size.
 */
const char *gbx_gate_data(const struct gbx_gate_job *job,
    const struct gbx_gate_reply *reply, const uint8_t *data, size_t size);

/* What the total of such an item counts: enum gbx_wire_unit; 0 of no format. */
uint32_t gbx_gate_unit(uint32_t format, uint32_t op);

/* One number of a DURATIONS block, in milliseconds. */
uint32_t gbx_gate_duration(const uint8_t *data);

/*
 * Of a RECORDS block that gbx_gate_data accepted: the n records (at least one)
 * that begin *pos bytes behind its start. Moves *pos behind them and fills
 * *ret_last with the last. Returns false, and leaves both, if they don't parse
 * or are not there (they were accepted, so that is our own mistake).
 */
bool gbx_gate_records(const struct gbx_gate_block *block, const uint8_t *data,
    uint64_t *pos, uint32_t n, struct gbx_gate_record *ret_last);

#endif
