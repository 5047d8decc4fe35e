/* SPDX-License-Identifier: ISC */
/*
 * Honest jobs and replies, to be spoiled one field at a time.
 */
#ifndef GBX_TESTS_GATE_MODEL_H
#define GBX_TESTS_GATE_MODEL_H

#include "broker/validate/gate.h"
#include "schemas/glovebox.pb-c.h"

enum model_base {
	BASE_PROBE,	/* PNG probe, 640 x 480 */
	BASE_DECODE,	/* PNG decode, one frame, 10 x 4 */
	BASE_FRAMES,	/* PNG decode, frames 3, 4, 5 of five asked for */
	BASE_THUMBNAIL, /* 60 x 40, the whole box */
	BASE_TEXT,	/* DOCX: text and three records */
	BASE_NO_TEXT,	/* DOCX: an empty text, no records */
	BASE_DOC_PROBE, /* DOCX probe: no block */
	BASE_BATCH,	/* PNG: one frame, malformed, two frames */
	BASE_TEXTS,	/* DOCX, PPTX: text; text and records */
	BASE_MALFORMED, /* without a format */
	BASE_LIMIT,	/* PNG, too many pixels */
	BASE_FILE,	/* ENCODE: the beginning of a PNG */
	BASE_META,	/* PNG probe, 64 x 32, and two properties */
	BASE_STRIP,  /* PNG decode, frames 2 to 5: three of 3 x 2, one of 5 x 2,
			and how long each is shown */
	BASE_STORED, /* a thumbnail as it is stored: turned, Display P3 */
	BASE_LIST,   /* ZIP: a file, a link, an odd name, and a flag */
	BASE_EXTRACT, /* ZIP: a member's bytes, the third of seven */
	BASE_COUNT
};

#define MODEL_DATA 16384

struct model {
	struct gbx_gate_job job;
	uint8_t nonce[GBX_NONCE_LEN];
	Gbx__Wire__Reply reply;
	Gbx__Wire__Item item[GBX_BATCH_MAX + 2], *items[GBX_BATCH_MAX + 2];
	Gbx__Wire__Block block[160], *blocks[160];
	Gbx__Wire__Raster raster[160];
	size_t n_blocks;
	uint64_t end;
	uint8_t data[MODEL_DATA];
	uint8_t wire[16384];
	size_t length;
};

void model_init(struct model *m, enum model_base base);

/* Start an item, and give it blocks; the next aligned place is theirs. */
Gbx__Wire__Item *model_item(struct model *m, uint32_t status, uint32_t format);
Gbx__Wire__Block *model_pixels(
    struct model *m, Gbx__Wire__Item *item, uint32_t width, uint32_t height);
Gbx__Wire__Block *model_bytes(struct model *m, Gbx__Wire__Item *item,
    uint32_t kind, const void *bytes, size_t length);

/* A record, length-delimited, at out; returns its size. Strings may be NULL. */
size_t model_record(uint8_t *out, uint32_t kind, uint32_t parent,
    const char *name, const char *value, uint32_t flags);

/* The same of any record; its strings are as long as it says. */
size_t model_any_record(uint8_t *out, const Gbx__Wire__Record *record);

/* Pack reply into wire. */
void model_pack(struct model *m);

/* Pack, and ask the gate: first the envelope, then the data. */
const char *model_ask(struct model *m);

#endif
