/* SPDX-License-Identifier: ISC */
/*
 * The inside of the gate, for its own files and its tests.
 * Side: trusted; all of it reads hostile bytes. No I/O, no state, no recursion,
 * and, but for unpack.c, no allocation.
 *
 * A check returns GBX_FIELD_NONE when all is well, else the field to blame.
 */
#ifndef GBX_BROKER_VALIDATE_CHECK_H
#define GBX_BROKER_VALIDATE_CHECK_H

#include "broker/validate/gate.h"

enum gbx_gate_field {
	GBX_FIELD_NONE = 0,
#define GBX_FIELD(ID, word, why) GBX_FIELD_##ID,
#include "broker/validate/fields.def"
	GBX_FIELD_COUNT
};

/* The word of fields.def, static; NULL for NONE. */
const char *gbx_gate_field_name(enum gbx_gate_field field);

/* ---- scan.c: canonical protobuf, by table ------------------------------- */

enum gbx_gate_message {
	GBX_MSG_REPLY,
	GBX_MSG_ITEM,
	GBX_MSG_BLOCK,
	GBX_MSG_RASTER,
	GBX_MSG_RECORD,
	GBX_MSG_COUNT
};

#define GBX_SCAN_FIELDS 10 /* the highest field number of any message */

/* A field of the outermost message: a number, or bytes and their length. */
struct gbx_gate_value {
	uint64_t num;
	const uint8_t *bytes; /* borrowed from the wire; NULL if absent */
};

struct gbx_gate_scan {
	uint32_t seen[GBX_MSG_COUNT]; /* messages of each type, nested ones */
	struct gbx_gate_value value[GBX_SCAN_FIELDS + 1]; /* by field number */
};

/*
 * wire[0..length) is one message of this type in canonical form, and nothing
 * else: fields ascend, each once unless repeated, shortest varints, no default
 * written out, nothing unknown, every length exact, no more repetitions than
 * the caps of limits.h. *ret_scan is filled only if it is.
 */
enum gbx_gate_field gbx_gate_scan(enum gbx_gate_message type,
    const uint8_t *wire, size_t length, struct gbx_gate_scan *ret_scan);

/* A shortest-form varint at wire[pos..end). Returns its length, or 0. */
size_t gbx_gate_varint(
    const uint8_t *wire, size_t pos, size_t end, uint64_t *ret_value);

/* ---- unpack.c: protobuf-c on a budget ----------------------------------- */

struct Gbx__Wire__Reply;

/* Unpack, and prove that packing gives the same bytes. The caller ends
 * *ret_reply with gbx_gate_unpack_free. */
enum gbx_gate_field gbx_gate_unpack(
    const uint8_t *wire, size_t length, struct Gbx__Wire__Reply **ret_reply);
void gbx_gate_unpack_free(struct Gbx__Wire__Reply *reply);

/* ---- item.c: what a reply may say --------------------------------------- */

struct Gbx__Wire__Block;
struct Gbx__Wire__Item;

/* Bit masks by number, and what is counted, as in formats.def. */
struct gbx_gate_format {
	uint32_t worker, ops, kinds, unit;
};

/* NULL if there is no such format. Static. */
const struct gbx_gate_format *gbx_gate_format(uint32_t format);

/* Can this format do it? */
bool gbx_gate_op_fits(const struct gbx_gate_format *format, uint32_t op);

/* The limit that holds what an item's total counts. */
uint32_t gbx_gate_total_limit(
    const struct gbx_gate_format *format, uint32_t op);

void gbx_gate_block_copy(
    const struct Gbx__Wire__Block *wire, struct gbx_gate_block *ret_block);

/* One item; *end is where the data of the items before it ends. */
enum gbx_gate_field gbx_gate_item(const struct gbx_gate_job *job,
    const struct Gbx__Wire__Item *wire, uint64_t *end);

/* ---- parts.c: which blocks, in which order ------------------------------ */

/* Where in an item's blocks we are; zeroed before the first. */
struct gbx_gate_place {
	uint32_t part; /* row of ops.def */
	uint32_t n;    /* blocks of it so far */
};

/* More blocks than an accepted item can have, or more of those of which the job
 * says how many it wants? */
bool gbx_gate_too_many(const struct gbx_gate_job *job,
    const struct gbx_gate_format *format, const struct Gbx__Wire__Item *item);

/* May a block of this kind come next? Moves *place to it. */
enum gbx_gate_field gbx_gate_next_part(const struct gbx_gate_job *job,
    const struct gbx_gate_format *format, uint32_t kind,
    struct gbx_gate_place *place);

/* May the item end here? */
bool gbx_gate_parts_end(const struct gbx_gate_job *job,
    const struct gbx_gate_format *format, const struct gbx_gate_place *place);

/* ---- pixels.c, durations.c, text.c, records.c, bytes.c: a kind each ----- */

enum gbx_gate_field gbx_gate_pixels_block(
    const struct gbx_gate_job *job, const struct gbx_gate_block *block);
enum gbx_gate_field gbx_gate_durations_block(
    const struct gbx_gate_block *block, uint64_t frames);
enum gbx_gate_field gbx_gate_text_block(
    const struct gbx_gate_job *job, const struct gbx_gate_block *block);
enum gbx_gate_field gbx_gate_records_block(
    const struct gbx_gate_job *job, const struct gbx_gate_block *block);
enum gbx_gate_field gbx_gate_bytes_block(const struct gbx_gate_block *block);

/* How long each frame is shown. */
enum gbx_gate_field gbx_gate_durations_data(
    const uint8_t *data, uint64_t length);
/* Running text; sets *ret_bidi if it holds a bidi control. */
enum gbx_gate_field gbx_gate_text_data(
    const uint8_t *text, uint64_t length, bool *ret_bidi);
/* A file, by its first bytes, where the operation gives those that our encoder
 * writes alone. */
enum gbx_gate_field gbx_gate_bytes_data(
    uint32_t op, const uint8_t *data, uint64_t length);

/* What the records of one item are held against, and what they say together. */
struct gbx_gate_told {
	uint32_t op;
	uint64_t in_length; /* bytes of the item's input */
	uint32_t flags;	    /* enum gbx_wire_flag bits raised */
	uint32_t members;   /* how many records are members */
};

enum gbx_gate_field gbx_gate_records_data(const struct gbx_gate_block *block,
    const uint8_t *data, struct gbx_gate_told *told);

/* ---- member.c: a member of an archive ----------------------------------- */

enum gbx_gate_field gbx_gate_member(
    const struct gbx_gate_record *record, uint64_t in_length);

/* ---- utf8.c: characters ------------------------------------------------- */

/* The well-formed character at p[0..n), n > 0 (Unicode 15, table 3-7).
 * Returns its length, or 0. */
size_t gbx_gate_utf8(const uint8_t *p, uint64_t n, uint32_t *ret_char);
/* C0, DEL, C1. */
bool gbx_gate_is_control(uint32_t c);
bool gbx_gate_is_bidi(uint32_t c);
/* A name or value: well-formed, and nothing that could break a line, reorder
 * it or hide in it (schemas/hidden.def). May be empty. */
bool gbx_gate_is_label(const uint8_t *p, uint64_t n);

#endif
