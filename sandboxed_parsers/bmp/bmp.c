/* SPDX-License-Identifier: ISC */
/*
 * BMP, by code of ours: Debian has no library for it alone.
 * Side: hostile. Nothing is allocated here.
 *
 * Rows that are missing, indices without a colour and runs over the edge make
 * the result `degraded`; JPEG, PNG or fax inside is UNSUPPORTED.
 */
#include "base/bytes.h"
#include "sandboxed_parsers/bmp/dib.h"
#include "sandboxed_parsers/bmp/samples.h"
#include "sandboxed_parsers/runtime/parser.h"

#define FILE_HEADER 14u

/* BITMAPV5HEADER ([MS-WMF] 2.2.2.5); the first of these is in V4, too. */
#define V4_LEN	     108u
#define V5_LEN	     124u
#define SPACE_AT     56u
#define PROFILE_AT   112u
#define SRGB	     0x73524742u /* "sRGB" */
#define WINDOWS_SRGB 0x57696e20u /* "Win " */
#define EMBEDDED     0x4d424544u /* "MBED" */

/* A profile stands somewhere in the file; its place is told from the header
 * on. Gamma and primaries of their own, and profiles in another file, are not
 * looked at. */
static void
tell_colours(const uint8_t *h, size_t size, struct gbx_sink *sink)
{
	uint32_t length = gbx_le32(h), space, at, n;

	if (length < V4_LEN || size < length)
		return;
	space = gbx_le32(h + SPACE_AT);
	if (space == SRGB || space == WINDOWS_SRGB)
		gbx_sink_cicp(sink, 1, 13);
	if (space != EMBEDDED || length < V5_LEN)
		return;
	at = gbx_le32(h + PROFILE_AT);
	n = gbx_le32(h + PROFILE_AT + 4);
	if (at >= length && at <= size && n <= size - at)
		gbx_sink_icc(sink, h + at, n);
}

static bool
read_pixels(const struct gbx_dib *dib, const uint8_t *data, size_t size,
    struct gbx_sink *sink)
{
	bool good = dib->coding == GBX_DIB_ROWS
			? gbx_bmp_rows(dib, data, size, sink)
			: gbx_bmp_rle(dib, data, size, sink);

	return good && gbx_sink_image_end(sink);
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	enum gbx_wire_status status;
	struct gbx_dib dib;
	uint64_t pixels;

	gbx_sink_format(sink, GBX_FORMAT_BMP);
	if (task->first != 0)
		return GBX_WIRE_UNSUPPORTED;
	if (task->size < FILE_HEADER || task->data[0] != 'B' ||
	    task->data[1] != 'M')
		return GBX_WIRE_MALFORMED;
	pixels = gbx_le32(task->data + 10);
	pixels -= pixels < FILE_HEADER ? pixels : FILE_HEADER;
	status = gbx_bmp_header(task->data + FILE_HEADER,
	    task->size - FILE_HEADER, (size_t)pixels, &dib);
	if (status != GBX_WIRE_OK)
		return status;
	pixels = FILE_HEADER + dib.pixels_at;
	if (pixels >= task->size)
		return GBX_WIRE_MALFORMED;
	if (!gbx_sink_total(sink, 1) ||
	    !gbx_sink_image_begin(sink, dib.width, dib.height, 0))
		return GBX_WIRE_MALFORMED;
	tell_colours(task->data + FILE_HEADER, task->size - FILE_HEADER, sink);
	if (gbx_sink_wants_pixels(sink) &&
	    !read_pixels(
		&dib, task->data + pixels, task->size - (size_t)pixels, sink))
		return GBX_WIRE_MALFORMED;
	return GBX_WIRE_OK;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_BMP,
    .run = run,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
