/* SPDX-License-Identifier: ISC */
/* The encoders on the real sink: any header, any pixels; what comes out begins
 * as the file that was asked for. The last byte is of no account. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "sandboxed_parsers/runtime/arena.h"
#include "sandboxed_parsers/runtime/sink.h"
#include "schemas/pixels.h"
#include "tests/support/image.h"

#define OUT_SIZE (1 << 18)

static uint8_t out[OUT_SIZE];

static void
check(const struct gbx_sink *s, const uint8_t *data)
{
	static const uint8_t first[] = {[GBX_FORMAT_PNG] = 0x89,
	    [GBX_FORMAT_JPEG] = 0xff,
	    [GBX_FORMAT_WEBP] = 'R'};

	if (s->status != GBX_WIRE_OK)
		return;
	if (s->n_blocks != 1 || s->block[0].kind != GBX_WIRE_BYTES ||
	    s->block[0].length < 20 || s->block[0].length > s->out_used ||
	    out[s->block[0].offset] != first[data[GBX_PIXELS_TARGET]])
		abort();
}

int
gbx_fuzz_one(const uint8_t *data, size_t size)
{
	struct gbx_task task = {
	    .op = GBX_WIRE_OP_ENCODE, .data = data, .size = size};
	struct gbx_sink s;
	size_t i;

	image_prepare();
	for (i = 0; i < GBX_LIMIT_COUNT; i++)
		task.limit[i] = 1 << 18;
	gbx_arena_forget_exhausted();
	memset(out, 0, sizeof(out));
	gbx_sink_open(&s, &task, out, sizeof(out), 0);
	gbx_sink_close(&s, gbx_parser.run(&task, &s));
	check(&s, data);
	return 0;
}
