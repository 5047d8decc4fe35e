/* SPDX-License-Identifier: ISC */
/*
 * Pixels in, a clean file out: PNG, JPEG or WebP without any metadata but what
 * labels.h makes.
 * Side: hostile, though it never sees a byte of the file that the pixels came
 * from: it is a process of its own, and its input is what the gate passed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "sandboxed_parsers/encode/encode.h"
#include "sandboxed_parsers/encode/labels.h"
#include "sandboxed_parsers/encode/samples.h"
#include "sandboxed_parsers/runtime/quiet.h"
#include "schemas/pixels.h"

static uint32_t
number(const struct gbx_task *task, enum gbx_pixels_field at)
{
	const uint8_t *p = task->data + at;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static bool
read_header(const struct gbx_task *task, struct gbx_encode_picture *ret)
{
	uint64_t bytes;

	if (task->size < GBX_PIXELS_HEADER ||
	    memcmp(task->data, GBX_PIXELS_MAGIC, GBX_PIXELS_MAGIC_LEN) != 0)
		return false;
	ret->width = number(task, GBX_PIXELS_WIDTH);
	ret->height = number(task, GBX_PIXELS_HEIGHT);
	ret->quality = number(task, GBX_PIXELS_QUALITY);
	ret->orientation = number(task, GBX_PIXELS_ORIENTATION);
	ret->colour = number(task, GBX_PIXELS_COLOUR);
	ret->rgba = task->data + GBX_PIXELS_HEADER;
	return ret->width > 0 && ret->width <= GBX_SIDE_MAX &&
	       ret->height > 0 && ret->height <= GBX_SIDE_MAX &&
	       ret->quality <= 100 && ret->orientation <= 8 &&
	       ret->colour < GBX_WIRE_COLOUR_OTHER &&
	       gbx_mul_ok((uint64_t)ret->width * 4, ret->height, &bytes) &&
	       bytes == task->size - GBX_PIXELS_HEADER;
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	struct gbx_encode_picture picture;
	bool good;

	gbx_sink_format(sink, GBX_FORMAT_PIXELS);
	if (!read_header(task, &picture))
		return GBX_WIRE_MALFORMED;
	switch (number(task, GBX_PIXELS_TARGET)) {
	case GBX_FORMAT_PNG:
		good = gbx_encode_png(&picture, sink);
		break;
	case GBX_FORMAT_JPEG:
		good = gbx_encode_jpeg(&picture, sink);
		break;
	case GBX_FORMAT_WEBP:
		good = gbx_encode_webp(&picture, sink);
		break;
	default:
		return GBX_WIRE_UNSUPPORTED;
	}
	return good ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

static int
compare(const void *a, const void *b)
{
	return *(const uint8_t *)a - *(const uint8_t *)b;
}

/* libwebp sorts colours, and glibc's qsort asks once how much memory there is
 * (sysinfo(2)) when it has to sort 1024 bytes or more. */
static void
prepare(void)
{
	uint8_t bytes[2048] = {1};

	gbx_quiet_stdio();
	gbx_encode_make_profiles();
	qsort(bytes, sizeof(bytes), 1, compare);
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_ENCODE,
    .run = run,
    .prepare = prepare,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
