/* SPDX-License-Identifier: ISC */
/*
 * PBM, PGM, PPM and PAM, by code of ours: netpbm's library reads from stdio and
 * exits on errors.
 * Side: hostile. Allocates nothing. Of several pictures in a file the first is
 * read.
 *
 * What ends too soon is `degraded`, and so are samples above the maximum.
 */
#include <string.h>

#include "sandboxed_parsers/pnm/header.h"
#include "sandboxed_parsers/pnm/samples.h"
#include "sandboxed_parsers/runtime/parser.h"

struct reader {
	struct gbx_pnm pnm;
	struct gbx_sink *sink;
	bool clipped; /* a sample above the maximum */
};

/* ---- one sample --------------------------------------------------------- */

/* Reduced to eight bits, rounded; one bit: 1 is black. */
static uint8_t
scaled(struct reader *r, uint32_t v)
{
	uint32_t most = r->pnm.maxval;

	if (v > most) {
		r->clipped = true;
		v = most;
	}
	/* cppcheck-suppress zerodivcond ; the header has none of 0 */
	v = (v * 255 + most / 2) / most;
	return (uint8_t)(r->pnm.bits ? 255 - v : v);
}

/* Digits of a plain bitmap may stand next to each other. */
static bool
plain_bit(struct gbx_pnm *p, uint32_t *ret)
{
	if (!gbx_pnm_skip(p) || p->data[p->pos] < '0' || p->data[p->pos] > '1')
		return false;
	*ret = p->data[p->pos++] - (uint32_t)'0';
	return true;
}

static bool
plain_sample(struct reader *r, uint8_t *ret)
{
	uint32_t v;
	bool good =
	    r->pnm.bits ? plain_bit(&r->pnm, &v) : gbx_pnm_number(&r->pnm, &v);

	if (!good)
		return false;
	if (v > 65536) /* keeps scaled() within 32 bits */
		v = 65536;
	*ret = scaled(r, v);
	return true;
}

static uint8_t
binary_sample(struct reader *r, const uint8_t *row, size_t i)
{
	if (r->pnm.bits)
		return scaled(r, (uint32_t)row[i / 8] >> (7 - i % 8) & 1);
	if (r->pnm.maxval < 256)
		return scaled(r, row[i]);
	return scaled(r, (uint32_t)row[i * 2] << 8 | row[i * 2 + 1]);
}

/* ---- one pixel ---------------------------------------------------------- */

static void
put_pixel(const uint8_t *sample, uint32_t depth, uint8_t *to)
{
	bool gray = depth <= 2;

	to[0] = sample[0];
	to[1] = sample[gray ? 0 : 1];
	to[2] = sample[gray ? 0 : 2];
	to[3] = depth == 2 ? sample[1] : depth == 4 ? sample[3] : 255;
}

/* ---- rows --------------------------------------------------------------- */

static size_t
row_bytes(const struct gbx_pnm *p)
{
	if (p->bits)
		return ((size_t)p->width + 7) / 8;
	return (size_t)p->width * p->depth * (p->maxval > 255 ? 2 : 1);
}

/* Both: how many pixels of the row there are. */
static uint32_t
binary_row(struct reader *r, uint8_t *to)
{
	size_t bytes = row_bytes(&r->pnm), i = 0;
	const uint8_t *row = r->pnm.data + r->pnm.pos;
	uint8_t sample[4];
	uint32_t x, c;

	if (bytes > r->pnm.size - r->pnm.pos)
		return 0;
	r->pnm.pos += bytes;
	for (x = 0; x < r->pnm.width; x++, to += 4) {
		for (c = 0; c < r->pnm.depth; c++)
			sample[c] = binary_sample(r, row, i++);
		put_pixel(sample, r->pnm.depth, to);
	}
	return x;
}

static uint32_t
plain_row(struct reader *r, uint8_t *to)
{
	uint8_t sample[4];
	uint32_t x, c;

	for (x = 0; x < r->pnm.width; x++, to += 4) {
		for (c = 0; c < r->pnm.depth; c++)
			if (!plain_sample(r, &sample[c]))
				return x;
		put_pixel(sample, r->pnm.depth, to);
	}
	return x;
}

/* Once something is missing, nothing more is looked for. */
static bool
read_rows(struct reader *r)
{
	uint32_t width = r->pnm.width, y, n;
	bool short_of = false;
	uint8_t *row;

	for (y = 0; y < r->pnm.height; y++) {
		row = gbx_sink_row(r->sink, y);
		if (row == NULL)
			return false;
		n = short_of	   ? 0
		    : r->pnm.plain ? plain_row(r, row)
				   : binary_row(r, row);
		short_of = n < width;
		if (short_of && y == 0)
			return false;
		memset(row + (size_t)n * 4, 0, (size_t)(width - n) * 4);
		if (!gbx_sink_row_done(r->sink, y))
			return false;
	}
	if (short_of || r->clipped)
		gbx_sink_degraded(r->sink);
	return true;
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	struct reader r = {
	    .pnm = {.data = task->data, .size = task->size}, .sink = sink};
	enum gbx_wire_status status;

	gbx_sink_format(sink, GBX_FORMAT_PNM);
	if (task->first != 0)
		return GBX_WIRE_UNSUPPORTED;
	status = gbx_pnm_header(&r.pnm);
	if (status != GBX_WIRE_OK)
		return status;
	if (!gbx_sink_total(sink, 1) ||
	    !gbx_sink_image_begin(sink, r.pnm.width, r.pnm.height, 0))
		return GBX_WIRE_MALFORMED;
	if (!gbx_sink_wants_pixels(sink))
		return GBX_WIRE_OK;
	return read_rows(&r) && gbx_sink_image_end(sink) ? GBX_WIRE_OK
							 : GBX_WIRE_MALFORMED;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_PNM,
    .run = run,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
