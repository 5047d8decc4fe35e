/* SPDX-License-Identifier: ISC */
/*
 * One lie at a time: an honest reply with a single number changed must be
 * refused, and with the name of that number. Each row is a test of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/gate/model.h"

enum where {
	STATUS,
	FORMAT,
	LIMIT,
	DEGRADED,
	TOTAL,
	KIND,
	OFFSET,
	LENGTH,
	INDEX,
	RECORDS,
	WIDTH,
	HEIGHT,
	STRIDE,
	LAYOUT,
	DURATION,
	ORIENT,
	COLOUR,
	FRAMES,
	/* not numbers of the reply */
	NONCE_BIT, /* value: which */
	NONCE_LEN,
	NO_RASTER,
	NEW_RASTER, /* an empty one */
	ONE_BLOCK,  /* repeat the block `value` times more, places kept right */
	DROP_BLOCKS, /* keep `value` of them */
	MORE_ITEMS,  /* `value` more that are malformed */
	DROP_ITEMS,  /* keep `value` of them */
	SQUARE,	     /* width = height = value, stride and length to match */
	/* the job */
	JOB_FIRST,
	JOB_COUNT,
	JOB_WANT,
	JOB_OP,
	JOB_WORKER,
	JOB_INPUTS,
	JOB_OUT_SIZE,
	JOB_BOX_W,
	JOB_BOX_H,
	JOB_OUTPUT, /* limits */
	JOB_PIXELS,
	JOB_FRAMES,
	JOB_PAGES,
	JOB_TEXT,
	JOB_RECORDS,
};

struct row {
	enum model_base base;
	uint32_t item, block;
	enum where where;
	uint64_t value;
	const char *want; /* NULL: accepted */
};

#define M32 UINT32_MAX
#define M64 UINT64_MAX

/* clang-format off */
static const struct row rows[] = {
	/* status: only four, and only the right company */
	{ BASE_DECODE,    0, 0, STATUS, 0, "item.status" },
	{ BASE_DECODE,    0, 0, STATUS, 2, "item.degraded" },
	{ BASE_DECODE,    0, 0, STATUS, 3, "item.degraded" },
	{ BASE_DECODE,    0, 0, STATUS, 4, "item.limit" },
	{ BASE_DECODE,    0, 0, STATUS, 5, "item.status" },
	{ BASE_DECODE,    0, 0, STATUS, M32, "item.status" },
	{ BASE_FRAMES,    0, 0, STATUS, 2, "item.total" },
	{ BASE_THUMBNAIL, 0, 0, STATUS, 2, "item.blocks" },
	{ BASE_THUMBNAIL, 0, 0, STATUS, 3, "item.blocks" },
	{ BASE_BATCH,     0, 0, STATUS, 2, "item.blocks" },
	{ BASE_BATCH,     1, 0, STATUS, 0, "item.status" },
	{ BASE_BATCH,     1, 0, STATUS, 1, "item.blocks" },
	{ BASE_BATCH,     1, 0, STATUS, 3, NULL },
	{ BASE_BATCH,     1, 0, STATUS, 5, "item.status" },
	{ BASE_BATCH,     2, 0, STATUS, 9, "item.status" },
	{ BASE_MALFORMED, 0, 0, STATUS, 1, "item.format" },
	{ BASE_MALFORMED, 0, 0, STATUS, 3, NULL },
	{ BASE_MALFORMED, 0, 0, STATUS, 4, "item.limit" },
	{ BASE_LIMIT,     0, 0, STATUS, 1, "item.limit" },
	{ BASE_LIMIT,     0, 0, STATUS, 2, "item.limit" },
	{ BASE_LIMIT,     0, 0, STATUS, 3, "item.limit" },
	{ BASE_DOC_PROBE, 0, 0, STATUS, 2, "item.total" },
	{ BASE_TEXT,      0, 0, STATUS, 2, "item.blocks" },

	/* format: one of the worker's, that can do it */
	{ BASE_DECODE,    0, 0, FORMAT, 0, "item.format" },
	{ BASE_DECODE,    0, 0, FORMAT, GBX_FORMAT_DOCX, "item.format" },
	{ BASE_DECODE,    0, 0, FORMAT, GBX_FORMAT_PPTX, "item.format" },
	{ BASE_DECODE,    0, 0, FORMAT, GBX_FORMAT_COUNT, "item.format" },
	{ BASE_DECODE,    0, 0, FORMAT, M32, "item.format" },
	{ BASE_TEXT,      0, 0, FORMAT, 0, "item.format" },
	{ BASE_TEXT,      0, 0, FORMAT, GBX_FORMAT_PNG, "item.format" },
	{ BASE_TEXT,      0, 0, FORMAT, GBX_FORMAT_PPTX, NULL },
	{ BASE_TEXT,      0, 0, FORMAT, GBX_FORMAT_COUNT, "item.format" },
	{ BASE_DOC_PROBE, 0, 0, FORMAT, GBX_FORMAT_PNG, "item.format" },
	{ BASE_MALFORMED, 0, 0, FORMAT, GBX_FORMAT_PNG, NULL },
	{ BASE_MALFORMED, 0, 0, FORMAT, GBX_FORMAT_DOCX, "item.format" },
	{ BASE_MALFORMED, 0, 0, FORMAT, GBX_FORMAT_COUNT, "item.format" },
	{ BASE_LIMIT,     0, 0, FORMAT, 0, NULL },
	{ BASE_LIMIT,     0, 0, FORMAT, GBX_FORMAT_PPTX, "item.format" },
	{ BASE_BATCH,     2, 0, FORMAT, GBX_FORMAT_DOCX, "item.format" },
	{ BASE_DECODE,    0, 0, JOB_WORKER, GBX_WORKER_OOXML, "item.format" },
	{ BASE_TEXT,      0, 0, JOB_WORKER, GBX_WORKER_PNG, "item.format" },
	{ BASE_LIMIT,     0, 0, JOB_WORKER, GBX_WORKER_OOXML, "item.format" },

	/* operation: what the format can't do is no answer */
	{ BASE_DECODE,    0, 0, JOB_OP, GBX_WIRE_OP_TEXT, "item.format" },
	{ BASE_DECODE,    0, 0, JOB_OP, 0, "item.format" },
	{ BASE_DECODE,    0, 0, JOB_OP, GBX_WIRE_OP_COUNT, "item.format" },
	{ BASE_DECODE,    0, 0, JOB_OP, 32 + GBX_WIRE_OP_DECODE, "item.format" },
	{ BASE_DECODE,    0, 0, JOB_OP, M32, "item.format" },
	{ BASE_DECODE,    0, 0, JOB_OP, GBX_WIRE_OP_PROBE, "raster.stride" },
	{ BASE_DECODE,    0, 0, JOB_OP, GBX_WIRE_OP_THUMBNAIL, "raster.orientation" },
	{ BASE_TEXT,      0, 0, JOB_OP, GBX_WIRE_OP_PROBE, "item.blocks" },
	{ BASE_TEXT,      0, 0, JOB_OP, GBX_WIRE_OP_DECODE, "item.format" },
	{ BASE_TEXT,      0, 0, JOB_OP, GBX_WIRE_OP_THUMBNAIL, "item.format" },
	{ BASE_DOC_PROBE, 0, 0, JOB_OP, GBX_WIRE_OP_TEXT, "item.blocks" },
	{ BASE_PROBE,     0, 0, JOB_OP, GBX_WIRE_OP_DECODE, "raster.stride" },
	{ BASE_FRAMES,    0, 0, JOB_OP, GBX_WIRE_OP_THUMBNAIL, "item.blocks" },
	{ BASE_FRAMES,    0, 0, JOB_OP, GBX_WIRE_OP_PROBE, "item.blocks" },

	/* limit: with LIMIT alone, and only what a worker can run into */
	{ BASE_DECODE,    0, 0, LIMIT, 6, "item.limit" },
	{ BASE_DOC_PROBE, 0, 0, LIMIT, 6, "item.limit" },
	{ BASE_MALFORMED, 0, 0, LIMIT, 3, "item.limit" },
	{ BASE_BATCH,     1, 0, LIMIT, 3, "item.limit" },
	{ BASE_BATCH,     2, 0, LIMIT, 3, "item.limit" },
	{ BASE_LIMIT,     0, 0, LIMIT, 0, "item.limit" },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_WIRE_LIMIT_WALL, "item.limit" },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_WIRE_LIMIT_CPU, "item.limit" },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_WIRE_LIMIT_MEMORY, NULL },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_WIRE_LIMIT_INPUT, "item.limit" },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_WIRE_LIMIT_OUTPUT, NULL },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_WIRE_LIMIT_PIXELS, NULL },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_WIRE_LIMIT_FRAMES, NULL },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_WIRE_LIMIT_PAGES, NULL },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_WIRE_LIMIT_MEMBERS, NULL },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_WIRE_LIMIT_RATIO, NULL },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_WIRE_LIMIT_TEXT, NULL },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_WIRE_LIMIT_RECORDS, NULL },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_WIRE_LIMIT_DEPTH, NULL },
	{ BASE_LIMIT,     0, 0, LIMIT, GBX_LIMIT_COUNT, "item.limit" },
	{ BASE_LIMIT,     0, 0, LIMIT, M32, "item.limit" },

	/* degraded, total: only of a result, and within its limit */
	{ BASE_DECODE,    0, 0, DEGRADED, 0, NULL },
	{ BASE_TEXT,      0, 0, DEGRADED, 1, NULL },
	{ BASE_MALFORMED, 0, 0, DEGRADED, 1, "item.degraded" },
	{ BASE_LIMIT,     0, 0, DEGRADED, 1, "item.degraded" },
	{ BASE_BATCH,     1, 0, DEGRADED, 1, "item.degraded" },
	{ BASE_MALFORMED, 0, 0, TOTAL, 1, "item.total" },
	{ BASE_LIMIT,     0, 0, TOTAL, 1, "item.total" },
	{ BASE_BATCH,     1, 0, TOTAL, 1, "item.total" },
	{ BASE_DECODE,    0, 0, TOTAL, 1, NULL },
	{ BASE_DECODE,    0, 0, TOTAL, 7, NULL },
	{ BASE_DECODE,    0, 0, TOTAL, 8, "item.total" },
	{ BASE_DECODE,    0, 0, TOTAL, M32, "item.total" },
	{ BASE_PROBE,     0, 0, TOTAL, 8, "item.total" },
	{ BASE_DOC_PROBE, 0, 0, TOTAL, 0, NULL },
	{ BASE_DOC_PROBE, 0, 0, TOTAL, 9, NULL },
	{ BASE_DOC_PROBE, 0, 0, TOTAL, 10, "item.total" },
	{ BASE_TEXT,      0, 0, TOTAL, 9, NULL },
	{ BASE_TEXT,      0, 0, TOTAL, 10, "item.total" },
	{ BASE_DECODE,    0, 0, JOB_PAGES, 0, NULL },
	{ BASE_FRAMES,    0, 0, JOB_FRAMES, 6, "item.total" },
	{ BASE_DOC_PROBE, 0, 0, JOB_FRAMES, 0, NULL },
	{ BASE_DOC_PROBE, 0, 0, JOB_PAGES, 8, "item.total" },
	{ BASE_FRAMES,    0, 0, TOTAL, 6, NULL },
	{ BASE_FRAMES,    0, 0, TOTAL, 5, "block.index" },
	{ BASE_FRAMES,    0, 0, TOTAL, 3, "block.index" },
	{ BASE_FRAMES,    0, 0, TOTAL, 0, NULL },

	/* how many items */
	{ BASE_DECODE,    0, 0, MORE_ITEMS, 1, "items" },
	{ BASE_BATCH,     0, 0, MORE_ITEMS, 1, "items" },
	{ BASE_BATCH,     0, 0, DROP_ITEMS, 2, "items" },
	{ BASE_BATCH,     0, 0, DROP_ITEMS, 0, "items" },
	{ BASE_DECODE,    0, 0, DROP_ITEMS, 0, "items" },
	{ BASE_MALFORMED, 0, 0, MORE_ITEMS, 63, "items" },
	{ BASE_MALFORMED, 0, 0, MORE_ITEMS, 64, "items" },
	{ BASE_BATCH,     0, 0, JOB_INPUTS, 2, "items" },
	{ BASE_BATCH,     0, 0, JOB_INPUTS, 4, "items" },
	{ BASE_BATCH,     0, 0, JOB_INPUTS, 0, "job" },
	{ BASE_BATCH,     0, 0, JOB_INPUTS, 65, "job" },
	{ BASE_BATCH,     0, 0, JOB_INPUTS, M32, "job" },

	/* the nonce */
	{ BASE_DECODE,    0, 0, NONCE_BIT, 0, "nonce" },
	{ BASE_DECODE,    0, 0, NONCE_BIT, 7, "nonce" },
	{ BASE_DECODE,    0, 0, NONCE_BIT, 64, "nonce" },
	{ BASE_DECODE,    0, 0, NONCE_BIT, 127, "nonce" },
	{ BASE_BATCH,     0, 0, NONCE_BIT, 100, "nonce" },
	{ BASE_DECODE,    0, 0, NONCE_LEN, 0, "nonce" },
	{ BASE_DECODE,    0, 0, NONCE_LEN, 1, "nonce" },
	{ BASE_DECODE,    0, 0, NONCE_LEN, 15, "nonce" },

	/* how many blocks */
	{ BASE_PROBE,     0, 0, DROP_BLOCKS, 0, "item.blocks" },
	{ BASE_PROBE,     0, 0, ONE_BLOCK, 1, "item.blocks" },
	{ BASE_DECODE,    0, 0, DROP_BLOCKS, 0, "item.blocks" },
	{ BASE_DECODE,    0, 0, ONE_BLOCK, 1, "item.blocks" },
	{ BASE_FRAMES,    0, 0, DROP_BLOCKS, 2, NULL },
	{ BASE_FRAMES,    0, 0, DROP_BLOCKS, 1, NULL },
	{ BASE_FRAMES,    0, 0, DROP_BLOCKS, 0, "item.blocks" },
	{ BASE_FRAMES,    0, 0, ONE_BLOCK, 1, NULL },
	{ BASE_FRAMES,    0, 0, ONE_BLOCK, 2, "block.index" },
	{ BASE_FRAMES,    0, 0, ONE_BLOCK, 3, "item.blocks" },
	{ BASE_FRAMES,    0, 0, ONE_BLOCK, 6, "item.blocks" },
	{ BASE_FRAMES,    0, 0, JOB_COUNT, 3, NULL },
	{ BASE_FRAMES,    0, 0, JOB_COUNT, 2, "item.blocks" },
	{ BASE_FRAMES,    0, 0, JOB_COUNT, 0, "item.blocks" },
	{ BASE_DECODE,    0, 0, JOB_COUNT, 0, "item.blocks" },
	{ BASE_THUMBNAIL, 0, 0, DROP_BLOCKS, 0, "item.blocks" },
	{ BASE_THUMBNAIL, 0, 0, JOB_COUNT, 9, NULL },
	{ BASE_TEXT,      0, 0, DROP_BLOCKS, 0, "item.blocks" },
	{ BASE_TEXT,      0, 0, DROP_BLOCKS, 1, "text.bidi" },
	{ BASE_TEXT,      0, 1, ONE_BLOCK, 1, "item.blocks" },
	{ BASE_NO_TEXT,   0, 0, ONE_BLOCK, 1, "block.kind" },
	{ BASE_NO_TEXT,   0, 0, ONE_BLOCK, 2, "item.blocks" },
	{ BASE_NO_TEXT,   0, 0, DROP_BLOCKS, 0, "item.blocks" },
	{ BASE_BATCH,     1, 0, ONE_BLOCK, 1, "item.blocks" },

	/* kind */
	{ BASE_PROBE,     0, 0, KIND, 0, "block.kind" },
	{ BASE_PROBE,     0, 0, KIND, 2, "block.kind" },
	{ BASE_DECODE,    0, 0, KIND, 0, "block.kind" },
	{ BASE_DECODE,    0, 0, KIND, 2, "block.kind" },
	{ BASE_DECODE,    0, 0, KIND, 3, "block.kind" },
	{ BASE_DECODE,    0, 0, KIND, 4, "block.kind" },
	{ BASE_DECODE,    0, 0, KIND, 33, "block.kind" },
	{ BASE_DECODE,    0, 0, KIND, M32, "block.kind" },
	{ BASE_FRAMES,    0, 1, KIND, 2, "block.kind" },
	{ BASE_FRAMES,    0, 2, KIND, 3, "block.kind" },
	{ BASE_THUMBNAIL, 0, 0, KIND, 2, "block.kind" },
	{ BASE_TEXT,      0, 0, KIND, 0, "block.kind" },
	{ BASE_TEXT,      0, 0, KIND, 1, "block.kind" },
	{ BASE_TEXT,      0, 0, KIND, 3, "block.kind" },
	{ BASE_TEXT,      0, 0, KIND, 4, "block.kind" },
	{ BASE_TEXT,      0, 1, KIND, 1, "block.kind" },
	{ BASE_TEXT,      0, 1, KIND, 2, "block.kind" },
	{ BASE_TEXT,      0, 1, KIND, 4, "block.kind" },
	{ BASE_TEXT,      0, 1, KIND, 34, "block.kind" },
	{ BASE_BATCH,     2, 1, KIND, 4, "block.kind" },

	/* raster: there or not */
	{ BASE_PROBE,     0, 0, NO_RASTER, 0, "block.raster" },
	{ BASE_DECODE,    0, 0, NO_RASTER, 0, "block.raster" },
	{ BASE_FRAMES,    0, 2, NO_RASTER, 0, "block.raster" },
	{ BASE_THUMBNAIL, 0, 0, NO_RASTER, 0, "block.raster" },
	{ BASE_DECODE,    0, 0, NEW_RASTER, 0, "raster.width" },
	{ BASE_TEXT,      0, 0, NEW_RASTER, 0, "block.raster" },
	{ BASE_TEXT,      0, 1, NEW_RASTER, 0, "block.raster" },
	{ BASE_NO_TEXT,   0, 0, NEW_RASTER, 0, "block.raster" },

	/* offset: the one next place */
	{ BASE_PROBE,     0, 0, OFFSET, 64, "block.offset" },
	{ BASE_DECODE,    0, 0, OFFSET, 1, "block.offset" },
	{ BASE_DECODE,    0, 0, OFFSET, 64, "block.offset" },
	{ BASE_DECODE,    0, 0, OFFSET, M64, "block.offset" },
	{ BASE_DECODE,    0, 0, OFFSET, M64 - 63, "block.offset" },
	{ BASE_DECODE,    0, 0, OFFSET, UINT64_C(1) << 63, "block.offset" },
	{ BASE_FRAMES,    0, 1, OFFSET, 0, "block.offset" },
	{ BASE_FRAMES,    0, 1, OFFSET, 36, "block.offset" },
	{ BASE_FRAMES,    0, 1, OFFSET, 63, "block.offset" },
	{ BASE_FRAMES,    0, 1, OFFSET, 65, "block.offset" },
	{ BASE_FRAMES,    0, 1, OFFSET, 128, "block.offset" },
	{ BASE_FRAMES,    0, 2, OFFSET, 64, "block.offset" },
	{ BASE_FRAMES,    0, 2, OFFSET, 192, "block.offset" },
	{ BASE_THUMBNAIL, 0, 0, OFFSET, 64, "block.offset" },
	{ BASE_TEXT,      0, 1, OFFSET, 0, "block.offset" },
	{ BASE_TEXT,      0, 1, OFFSET, 128, "block.offset" },
	{ BASE_NO_TEXT,   0, 0, OFFSET, 64, "block.offset" },
	{ BASE_BATCH,     2, 0, OFFSET, 0, "block.offset" },
	{ BASE_BATCH,     2, 0, OFFSET, 64, "block.offset" },
	{ BASE_BATCH,     2, 0, OFFSET, 192, "block.offset" },
	{ BASE_BATCH,     2, 1, OFFSET, 128, "block.offset" },
	{ BASE_TEXTS,     1, 0, OFFSET, 0, "block.offset" },

	/* length */
	{ BASE_PROBE,     0, 0, LENGTH, 1, "block.length" },
	{ BASE_PROBE,     0, 0, LENGTH, 640 * 480 * 4, "block.length" },
	{ BASE_DECODE,    0, 0, LENGTH, 0, "block.length" },
	{ BASE_DECODE,    0, 0, LENGTH, 159, "block.length" },
	{ BASE_DECODE,    0, 0, LENGTH, 161, "block.length" },
	{ BASE_DECODE,    0, 0, LENGTH, 40, "block.length" },
	{ BASE_DECODE,    0, 0, LENGTH, M32, "block.length" },
	{ BASE_DECODE,    0, 0, LENGTH, M64, "block.length" },
	{ BASE_FRAMES,    0, 1, LENGTH, M64 - 63, "block.length" },
	{ BASE_FRAMES,    0, 1, LENGTH, M64 - 64, "block.length" },
	{ BASE_FRAMES,    0, 2, LENGTH, 0, "block.length" },
	{ BASE_THUMBNAIL, 0, 0, LENGTH, 9601, "block.length" },
	{ BASE_TEXT,      0, 0, LENGTH, M64, "block.length" },
	{ BASE_TEXT,      0, 0, LENGTH, 4001, "block.length" },
	{ BASE_TEXT,      0, 1, LENGTH, M64, "block.length" },
	{ BASE_TEXT,      0, 1, LENGTH, 0, "block.records" },
	{ BASE_TEXT,      0, 1, LENGTH, 8, "block.records" },
	{ BASE_TEXT,      0, 1, LENGTH, 3999, "block.length" },
	{ BASE_NO_TEXT,   0, 0, LENGTH, 4001, "block.length" },
	{ BASE_NO_TEXT,   0, 0, LENGTH, 1001, "block.length" },
	{ BASE_NO_TEXT,   0, 0, LENGTH, 1000, "text.control" },
	{ BASE_NO_TEXT,   0, 0, LENGTH, 1, "text.control" },
	{ BASE_BATCH,     2, 1, LENGTH, M64, "block.length" },
	{ BASE_DECODE,    0, 0, JOB_OUTPUT, 160, NULL },
	{ BASE_DECODE,    0, 0, JOB_OUTPUT, 159, "block.length" },
	{ BASE_FRAMES,    0, 0, JOB_OUTPUT, 36 + 40 + 4, NULL },
	{ BASE_FRAMES,    0, 0, JOB_OUTPUT, 36 + 40 + 3, "block.length" },
	{ BASE_TEXT,      0, 0, JOB_OUTPUT, 63, NULL },
	{ BASE_TEXT,      0, 0, JOB_OUTPUT, 62, "block.length" },
	{ BASE_BATCH,     0, 0, JOB_OUTPUT, 84, NULL }, /* each item by itself */
	{ BASE_BATCH,     0, 0, JOB_OUTPUT, 83, "block.length" },
	{ BASE_DECODE,    0, 0, JOB_OUT_SIZE, 160, NULL },
	{ BASE_DECODE,    0, 0, JOB_OUT_SIZE, 159, "block.length" },
	{ BASE_DECODE,    0, 0, JOB_OUT_SIZE, 0, "block.length" },
	{ BASE_PROBE,     0, 0, JOB_OUT_SIZE, 0, NULL },
	{ BASE_FRAMES,    0, 0, JOB_OUT_SIZE, 132, NULL },
	{ BASE_FRAMES,    0, 0, JOB_OUT_SIZE, 131, "block.length" },
	{ BASE_THUMBNAIL, 0, 0, JOB_OUT_SIZE, 9599, "block.length" },
	{ BASE_BATCH,     0, 0, JOB_OUT_SIZE, 228, NULL },
	{ BASE_BATCH,     0, 0, JOB_OUT_SIZE, 227, "block.length" },
	{ BASE_TEXT,      0, 0, JOB_TEXT, 28, NULL },
	{ BASE_TEXT,      0, 0, JOB_TEXT, 27, "block.length" },

	/* index */
	{ BASE_PROBE,     0, 0, INDEX, 1, "block.index" },
	{ BASE_DECODE,    0, 0, INDEX, 1, "block.index" },
	{ BASE_DECODE,    0, 0, INDEX, M32, "block.index" },
	{ BASE_FRAMES,    0, 0, INDEX, 0, "block.index" },
	{ BASE_FRAMES,    0, 0, INDEX, 4, "block.index" },
	{ BASE_FRAMES,    0, 1, INDEX, 3, "block.index" },
	{ BASE_FRAMES,    0, 1, INDEX, 5, "block.index" },
	{ BASE_FRAMES,    0, 2, INDEX, 6, "block.index" },
	{ BASE_THUMBNAIL, 0, 0, INDEX, 1, "block.index" },
	{ BASE_TEXT,      0, 0, INDEX, 1, "block.index" },
	{ BASE_TEXT,      0, 1, INDEX, 1, "block.index" },
	{ BASE_BATCH,     2, 0, INDEX, 1, "block.index" },
	{ BASE_BATCH,     2, 1, INDEX, 0, "block.index" },
	{ BASE_DECODE,    0, 0, JOB_FIRST, 1, "block.index" },
	{ BASE_FRAMES,    0, 0, JOB_FIRST, 2, "block.index" },
	{ BASE_TEXT,      0, 0, JOB_FIRST, 1, NULL },

	/* records */
	{ BASE_PROBE,     0, 0, RECORDS, 1, "block.records" },
	{ BASE_DECODE,    0, 0, RECORDS, 1, "block.records" },
	{ BASE_DECODE,    0, 0, RECORDS, M32, "block.records" },
	{ BASE_FRAMES,    0, 2, RECORDS, 1, "block.records" },
	{ BASE_THUMBNAIL, 0, 0, RECORDS, 1, "block.records" },
	{ BASE_TEXT,      0, 0, RECORDS, 1, "block.records" },
	{ BASE_NO_TEXT,   0, 0, RECORDS, 1, "block.records" },
	{ BASE_TEXT,      0, 1, RECORDS, 0, "block.records" },
	{ BASE_TEXT,      0, 1, RECORDS, 1, "record.count" },
	{ BASE_TEXT,      0, 1, RECORDS, 2, "record.count" },
	{ BASE_TEXT,      0, 1, RECORDS, 4, "record.count" },
	{ BASE_TEXT,      0, 1, RECORDS, 5, "record.count" },
	{ BASE_TEXT,      0, 1, RECORDS, 6, "block.records" },
	{ BASE_TEXT,      0, 1, RECORDS, M32, "block.records" },
	{ BASE_TEXT,      0, 1, JOB_RECORDS, 3, NULL },
	{ BASE_TEXT,      0, 1, JOB_RECORDS, 2, "block.records" },
	{ BASE_TEXT,      0, 1, JOB_RECORDS, 0, "block.records" },

	/* raster: sides */
	{ BASE_PROBE,     0, 0, WIDTH, 0, "raster.width" },
	{ BASE_PROBE,     0, 0, WIDTH, 641, NULL },
	{ BASE_PROBE,     0, 0, WIDTH, 833, NULL },
	{ BASE_PROBE,     0, 0, WIDTH, 834, "raster.pixels" },
	{ BASE_PROBE,     0, 0, WIDTH, 1000001, "raster.width" },
	{ BASE_PROBE,     0, 0, WIDTH, M32, "raster.width" },
	{ BASE_PROBE,     0, 0, HEIGHT, 0, "raster.height" },
	{ BASE_PROBE,     0, 0, HEIGHT, 625, NULL },
	{ BASE_PROBE,     0, 0, HEIGHT, 626, "raster.pixels" },
	{ BASE_PROBE,     0, 0, HEIGHT, 1000001, "raster.height" },
	{ BASE_PROBE,     0, 0, HEIGHT, M32, "raster.height" },
	{ BASE_PROBE,     0, 0, JOB_PIXELS, 640 * 480, NULL },
	{ BASE_PROBE,     0, 0, JOB_PIXELS, 640 * 480 - 1, "raster.pixels" },
	{ BASE_PROBE,     0, 0, JOB_BOX_W, 1, NULL },
	{ BASE_DECODE,    0, 0, JOB_BOX_W, 1, NULL },
	{ BASE_DECODE,    0, 0, WIDTH, 0, "raster.width" },
	{ BASE_DECODE,    0, 0, WIDTH, 9, "raster.stride" },
	{ BASE_DECODE,    0, 0, WIDTH, 11, "raster.stride" },
	{ BASE_DECODE,    0, 0, WIDTH, M32, "raster.width" },
	{ BASE_DECODE,    0, 0, HEIGHT, 0, "raster.height" },
	{ BASE_DECODE,    0, 0, HEIGHT, 3, "block.length" },
	{ BASE_DECODE,    0, 0, HEIGHT, 5, "block.length" },
	{ BASE_DECODE,    0, 0, HEIGHT, M32, "raster.height" },
	{ BASE_DECODE,    0, 0, JOB_PIXELS, 40, NULL },
	{ BASE_DECODE,    0, 0, JOB_PIXELS, 39, "raster.pixels" },
	{ BASE_THUMBNAIL, 0, 0, JOB_BOX_W, 59, "raster.width" },
	{ BASE_THUMBNAIL, 0, 0, JOB_BOX_H, 39, "raster.height" },
	{ BASE_THUMBNAIL, 0, 0, JOB_BOX_W, M32, NULL },
	{ BASE_THUMBNAIL, 0, 0, JOB_BOX_H, M32, NULL },
	{ BASE_THUMBNAIL, 0, 0, WIDTH, 61, "raster.width" },
	{ BASE_THUMBNAIL, 0, 0, HEIGHT, 41, "raster.height" },
	{ BASE_THUMBNAIL, 0, 0, JOB_PIXELS, 2399, "raster.pixels" },
	{ BASE_FRAMES,    0, 1, WIDTH, 0, "raster.width" },
	{ BASE_FRAMES,    0, 2, HEIGHT, 0, "raster.height" },
	{ BASE_BATCH,     2, 1, HEIGHT, 2, "block.length" },

	/* raster: the rest */
	{ BASE_PROBE,     0, 0, STRIDE, 2560, "raster.stride" },
	{ BASE_PROBE,     0, 0, STRIDE, 1, "raster.stride" },
	{ BASE_DECODE,    0, 0, STRIDE, 0, "raster.stride" },
	{ BASE_DECODE,    0, 0, STRIDE, 39, "raster.stride" },
	{ BASE_DECODE,    0, 0, STRIDE, 41, "raster.stride" },
	{ BASE_DECODE,    0, 0, STRIDE, 64, "raster.stride" },
	{ BASE_DECODE,    0, 0, STRIDE, M32, "raster.stride" },
	{ BASE_DECODE,    0, 0, STRIDE, M64, "raster.stride" },
	{ BASE_DECODE,    0, 0, STRIDE, (UINT64_C(1) << 32) + 40, "raster.stride" },
	{ BASE_FRAMES,    0, 2, STRIDE, 8, "raster.stride" },
	{ BASE_PROBE,     0, 0, LAYOUT, 0, "raster.layout" },
	{ BASE_PROBE,     0, 0, LAYOUT, 2, "raster.layout" },
	{ BASE_DECODE,    0, 0, LAYOUT, 0, "raster.layout" },
	{ BASE_DECODE,    0, 0, LAYOUT, 2, "raster.layout" },
	{ BASE_DECODE,    0, 0, LAYOUT, M32, "raster.layout" },
	{ BASE_THUMBNAIL, 0, 0, LAYOUT, 3, "raster.layout" },
	{ BASE_PROBE,     0, 0, DURATION, 1, "raster.duration_ms" },
	{ BASE_DECODE,    0, 0, DURATION, 1, "raster.duration_ms" },
	{ BASE_FRAMES,    0, 1, DURATION, M32, "raster.duration_ms" },
	{ BASE_FRAMES,    0, 1, DURATION, 40, NULL },
	{ BASE_FRAMES,    0, 2, DURATION, 3600000, NULL },
	{ BASE_FRAMES,    0, 2, DURATION, 3600001, "raster.duration_ms" },
	{ BASE_STRIP,     0, 1, DURATION, 40, "raster.duration_ms" },
	{ BASE_STRIP,     0, 0, DURATION, 40, "raster.duration_ms" },
	{ BASE_PROBE,     0, 0, ORIENT, 0, NULL },
	{ BASE_PROBE,     0, 0, ORIENT, 8, NULL },
	{ BASE_PROBE,     0, 0, ORIENT, 9, "raster.orientation" },
	{ BASE_DECODE,    0, 0, ORIENT, 1, NULL },
	{ BASE_DECODE,    0, 0, ORIENT, 9, "raster.orientation" },
	{ BASE_DECODE,    0, 0, ORIENT, M32, "raster.orientation" },
	{ BASE_FRAMES,    0, 0, ORIENT, 255, "raster.orientation" },
	{ BASE_THUMBNAIL, 0, 0, ORIENT, 1, "raster.orientation" },
	{ BASE_STORED,    0, 0, ORIENT, 8, NULL },
	{ BASE_STORED,    0, 0, ORIENT, 9, "raster.orientation" },
	{ BASE_STORED,    0, 0, JOB_WANT, 4, "raster.orientation" },
	{ BASE_PROBE,     0, 0, COLOUR, 6, NULL },
	{ BASE_PROBE,     0, 0, COLOUR, 7, "raster.colour" },
	{ BASE_DECODE,    0, 0, COLOUR, 6, NULL },
	{ BASE_DECODE,    0, 0, COLOUR, M32, "raster.colour" },
	{ BASE_THUMBNAIL, 0, 0, COLOUR, 1, NULL },
	{ BASE_THUMBNAIL, 0, 0, COLOUR, 2, "raster.colour" },
	{ BASE_THUMBNAIL, 0, 0, COLOUR, 5, "raster.colour" },
	{ BASE_THUMBNAIL, 0, 0, COLOUR, 6, NULL },
	{ BASE_THUMBNAIL, 0, 0, COLOUR, 7, "raster.colour" },
	{ BASE_STORED,    0, 0, COLOUR, 5, NULL },
	{ BASE_STORED,    0, 0, COLOUR, 6, NULL },
	{ BASE_STORED,    0, 0, COLOUR, 7, "raster.colour" },
	{ BASE_STORED,    0, 0, JOB_WANT, 2, "raster.colour" },

	/* several frames in one block, and how long they are shown */
	{ BASE_STRIP,     0, 0, FRAMES, 0, "block.length" },
	{ BASE_STRIP,     0, 0, FRAMES, 1, "raster.frames" },
	{ BASE_STRIP,     0, 0, FRAMES, 2, "block.length" },
	{ BASE_STRIP,     0, 0, FRAMES, 4, "block.length" },
	{ BASE_STRIP,     0, 0, FRAMES, 6, "block.index" },
	{ BASE_STRIP,     0, 0, FRAMES, M32, "block.index" },
	{ BASE_STRIP,     0, 1, FRAMES, 1, "raster.frames" },
	{ BASE_DECODE,    0, 0, FRAMES, 1, "raster.frames" },
	{ BASE_DECODE,    0, 0, FRAMES, 2, "raster.frames" },
	{ BASE_PROBE,     0, 0, FRAMES, 2, "raster.frames" },
	{ BASE_PROBE,     0, 0, FRAMES, 1, "raster.frames" },
	{ BASE_THUMBNAIL, 0, 0, FRAMES, 2, "raster.frames" },
	{ BASE_STRIP,     0, 0, JOB_COUNT, 4, NULL },
	{ BASE_STRIP,     0, 0, JOB_COUNT, 3, "raster.frames" },
	{ BASE_STRIP,     0, 0, JOB_COUNT, 2, "raster.frames" },
	{ BASE_STRIP,     0, 0, JOB_COUNT, 1, "item.blocks" },
	{ BASE_STRIP,     0, 0, JOB_COUNT, M32, NULL },
	{ BASE_STRIP,     0, 0, TOTAL, 0, "raster.duration_ms" },
	{ BASE_STRIP,     0, 0, TOTAL, 5, "block.index" },
	{ BASE_STRIP,     0, 0, TOTAL, 6, NULL },
	{ BASE_STRIP,     0, 1, INDEX, 3, "block.index" },
	{ BASE_STRIP,     0, 2, INDEX, 1, "block.index" },
	{ BASE_STRIP,     0, 2, LENGTH, 12, "block.length" },
	{ BASE_STRIP,     0, 2, LENGTH, 15, "block.length" },
	{ BASE_STRIP,     0, 2, LENGTH, 20, "block.length" },
	{ BASE_STRIP,     0, 2, RECORDS, 1, "block.records" },
	{ BASE_STRIP,     0, 2, NEW_RASTER, 0, "block.raster" },
	{ BASE_STRIP,     0, 2, KIND, GBX_WIRE_BYTES, "block.kind" },
	{ BASE_STRIP,     0, 0, DROP_BLOCKS, 2, NULL },
	{ BASE_STRIP,     0, 2, ONE_BLOCK, 1, "block.kind" },
	{ BASE_STRIP,     0, 0, JOB_OUTPUT, 127, "block.length" },
	{ BASE_STRIP,     0, 0, JOB_OUTPUT, 128, NULL },
	{ BASE_DECODE,    0, 0, KIND, GBX_WIRE_DURATIONS, "block.kind" },
	{ BASE_FRAMES,    0, 0, KIND, GBX_WIRE_DURATIONS, "block.kind" },

	/* metadata */
	{ BASE_META,      0, 0, JOB_WANT, 0, "item.blocks" },
	{ BASE_META,      0, 0, JOB_WANT, 6, "item.blocks" },
	{ BASE_META,      0, 0, DROP_BLOCKS, 1, NULL },
	{ BASE_META,      0, 0, DROP_BLOCKS, 0, "item.blocks" },
	{ BASE_META,      0, 1, ONE_BLOCK, 1, "item.blocks" },
	{ BASE_META,      0, 1, KIND, GBX_WIRE_TEXT, "block.kind" },
	{ BASE_META,      0, 1, KIND, GBX_WIRE_PIXELS, "block.kind" },
	{ BASE_META,      0, 0, KIND, GBX_WIRE_RECORDS, "block.kind" },
	{ BASE_META,      0, 1, RECORDS, 1, "record.count" },
	{ BASE_META,      0, 1, RECORDS, 3, "record.count" },
	{ BASE_META,      0, 0, JOB_RECORDS, 1, "block.records" },
	{ BASE_PROBE,     0, 0, JOB_WANT, 1, NULL },
	{ BASE_DOC_PROBE, 0, 0, JOB_WANT, 1, NULL },

	/* sides at the cap, with room for them */
	{ BASE_DECODE,    0, 0, SQUARE, 31, NULL },
	{ BASE_DECODE,    0, 0, SQUARE, 32, "block.length" },
	{ BASE_DECODE,    0, 0, SQUARE, 65536, "block.length" },
	{ BASE_DECODE,    0, 0, SQUARE, UINT64_C(1) << 31, "raster.width" },
	{ BASE_PROBE,     0, 0, SQUARE, 632, NULL },
	{ BASE_PROBE,     0, 0, SQUARE, 633, "raster.pixels" },
	{ BASE_PROBE,     0, 0, SQUARE, 1000000, "raster.pixels" },
	{ BASE_PROBE,     0, 0, SQUARE, 1000001, "raster.width" },
};
/* clang-format on */

static void
set_item(Gbx__Wire__Item *item, enum where where, uint64_t value)
{
	uint32_t v = (uint32_t)value;

	switch (where) {
	case STATUS:
		item->status = v;
		break;
	case FORMAT:
		item->format = v;
		break;
	case LIMIT:
		item->limit = v;
		break;
	case DEGRADED:
		item->degraded = value != 0;
		break;
	case TOTAL:
		item->total = v;
		break;
	case DROP_BLOCKS:
		item->n_blocks = value;
		break;
	default:
		fail();
	}
}

static void
set_block(Gbx__Wire__Block *block, enum where where, uint64_t value)
{
	static Gbx__Wire__Raster empty = GBX__WIRE__RASTER__INIT;

	switch (where) {
	case KIND:
		block->kind = (uint32_t)value;
		break;
	case OFFSET:
		block->offset = value;
		break;
	case LENGTH:
		block->length = value;
		break;
	case INDEX:
		block->index = (uint32_t)value;
		break;
	case RECORDS:
		block->records = (uint32_t)value;
		break;
	case NO_RASTER:
		block->raster = NULL;
		break;
	case NEW_RASTER:
		block->raster = &empty;
		break;
	default:
		fail();
	}
}

static void
set_raster(Gbx__Wire__Block *block, enum where where, uint64_t value)
{
	Gbx__Wire__Raster *raster = block->raster;
	uint32_t v = (uint32_t)value;

	switch (where) {
	case WIDTH:
		raster->width = v;
		break;
	case HEIGHT:
		raster->height = v;
		break;
	case STRIDE:
		raster->stride = value;
		break;
	case LAYOUT:
		raster->layout = v;
		break;
	case DURATION:
		raster->duration_ms = v;
		break;
	case ORIENT:
		raster->orientation = v;
		break;
	case COLOUR:
		raster->colour = v;
		break;
	case FRAMES:
		raster->frames = v;
		break;
	case SQUARE:
		raster->width = raster->height = v;
		raster->stride = raster->stride ? value * 4 : 0;
		block->length = raster->stride * value;
		break;
	default:
		fail();
	}
}

static void
set_job(struct gbx_gate_job *job, enum where where, uint64_t value)
{
	switch (where) {
	case JOB_FIRST:
		job->first = (uint32_t)value;
		break;
	case JOB_COUNT:
		job->count = (uint32_t)value;
		break;
	case JOB_WANT:
		job->want = (uint32_t)value;
		break;
	case JOB_OP:
		job->op = (uint32_t)value;
		break;
	case JOB_WORKER:
		job->worker = (uint32_t)value;
		break;
	case JOB_INPUTS:
		job->n_inputs = (uint32_t)value;
		break;
	case JOB_OUT_SIZE:
		job->out_size = value;
		break;
	case JOB_BOX_W:
		job->box_w = (uint32_t)value;
		break;
	case JOB_BOX_H:
		job->box_h = (uint32_t)value;
		break;
	default:
		job->limit[where - JOB_OUTPUT < 2
			       ? where - JOB_OUTPUT + GBX_WIRE_LIMIT_OUTPUT
			   : where == JOB_FRAMES ? GBX_WIRE_LIMIT_FRAMES
			   : where == JOB_PAGES	 ? GBX_WIRE_LIMIT_PAGES
			   : where == JOB_TEXT	 ? GBX_WIRE_LIMIT_TEXT
						 : GBX_WIRE_LIMIT_RECORDS] =
		    value;
		break;
	}
}

/* The last item gets `times` more blocks like this one, honestly placed. */
static void
repeat_block(struct model *m, const struct row *row)
{
	Gbx__Wire__Item *item = m->items[row->item];
	Gbx__Wire__Block *block = NULL, copy = GBX__WIRE__BLOCK__INIT;
	uint64_t i;

	if (item->n_blocks > 0)
		copy = *item->blocks[row->block];
	for (i = 0; i < row->value; i++) {
		if (item->n_blocks == 0 || copy.kind == GBX_WIRE_PIXELS) {
			model_pixels(m, item, 1, 1);
			continue;
		}
		block = model_bytes(m, item, copy.kind, m->data + copy.offset,
		    (size_t)copy.length);
		block->records = copy.records;
	}
}

static void
set_reply(struct model *m, const struct row *row)
{
	uint64_t i;

	switch (row->where) {
	case NONCE_BIT:
		m->nonce[row->value / 8] ^= (uint8_t)(1u << row->value % 8);
		break;
	case NONCE_LEN:
		m->reply.nonce.len = row->value;
		break;
	case ONE_BLOCK:
		repeat_block(m, row);
		break;
	case MORE_ITEMS:
		for (i = 0; i < row->value; i++)
			model_item(m, GBX_WIRE_MALFORMED, 0);
		break;
	case DROP_ITEMS:
		m->reply.n_items = row->value;
		break;
	default:
		fail();
	}
}

static void
spoil(struct model *m, const struct row *row)
{
	Gbx__Wire__Item *item = m->items[row->item];

	switch (row->where) {
	case STATUS:
	case FORMAT:
	case LIMIT:
	case DEGRADED:
	case TOTAL:
	case DROP_BLOCKS:
		set_item(item, row->where, row->value);
		break;
	case KIND:
	case OFFSET:
	case LENGTH:
	case INDEX:
	case RECORDS:
	case NO_RASTER:
	case NEW_RASTER:
		set_block(item->blocks[row->block], row->where, row->value);
		break;
	case WIDTH:
	case HEIGHT:
	case STRIDE:
	case LAYOUT:
	case DURATION:
	case ORIENT:
	case COLOUR:
	case FRAMES:
	case SQUARE:
		set_raster(item->blocks[row->block], row->where, row->value);
		break;
	case NONCE_BIT:
	case NONCE_LEN:
	case ONE_BLOCK:
	case MORE_ITEMS:
	case DROP_ITEMS:
		set_reply(m, row);
		break;
	default:
		set_job(&m->job, row->where, row->value);
		break;
	}
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	static struct model m;
	const char *got;

	model_init(&m, row->base);
	assert_null(model_ask(&m));
	spoil(&m, row);
	got = model_ask(&m);
	if (row->want == NULL)
		assert_null(got);
	else if (got == NULL)
		fail_msg("accepted, wanted %s", row->want);
	else
		assert_string_equal(got, row->want);
}

int
main(void)
{
	static struct CMUnitTest tests[sizeof(rows) / sizeof(rows[0])];
	static char name[sizeof(rows) / sizeof(rows[0])][96];
	size_t i, n = sizeof(rows) / sizeof(rows[0]);

	for (i = 0; i < n; i++) {
		snprintf(name[i], sizeof(name[i]),
		    "base %d item %u block %u where %d value %#llx: %s",
		    rows[i].base, rows[i].item, rows[i].block, rows[i].where,
		    (unsigned long long)rows[i].value,
		    rows[i].want ? rows[i].want : "accepted");
		tests[i].name = name[i];
		tests[i].test_func = test_row;
		tests[i].initial_state = (void *)(uintptr_t)&rows[i];
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return _cmocka_run_group_tests("fields", tests, n, NULL, NULL) != 0;
}
