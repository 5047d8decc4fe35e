/* SPDX-License-Identifier: ISC */
/*
 * AVIF, through libavif and dav1d, one thread.
 * Side: hostile. Pixels come out as straight 8-bit RGBA in the picture's own
 * colour space, cropped by clap; irot and imir, which come after that, are not
 * applied but told as an orientation. Of a sequence any one frame.
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <avif/avif.h>

#include "sandboxed_parsers/avif/codes.h"
#include "sandboxed_parsers/avif/grids.h"
#include "sandboxed_parsers/avif/samples.h"
#include "sandboxed_parsers/avif/tracks.h"
#include "sandboxed_parsers/runtime/parser.h"
#include "sandboxed_parsers/runtime/quiet.h"

/* libavif 1.0 gave the field another name; its numbers are the same. */
#if AVIF_VERSION >= 1000000
#define IMIR_AXIS(image) ((image)->imir.axis)
#else
#define IMIR_AXIS(image) ((image)->imir.mode)
#endif

struct reader {
	avifDecoder *avif;
	uint8_t *copy; /* of the file, or NULL; the decoder reads it */
	const struct gbx_task *task;
	struct gbx_sink *sink;
	avifCropRect shown;
};

/* Rotation (anti-clockwise quarters) comes first, then the mirror: HEIF,
 * ISO/IEC 23008-12, 6.5.10 and 6.5.12. As EXIF tells both (Exif 2.32, tag
 * 0x0112): no mirror, top and bottom exchanged, left and right exchanged. */
static uint32_t
orientation_of(const avifImage *image)
{
	static const uint8_t table[3][4] = {
	    {1, 8, 3, 6},
	    {4, 5, 2, 7},
	    {2, 7, 4, 5},
	};
	bool turned = image->transformFlags & AVIF_TRANSFORM_IROT;
	bool mirrored = image->transformFlags & AVIF_TRANSFORM_IMIR;

	if (!turned && !mirrored)
		return 0;
	return table[mirrored ? 1 + (IMIR_AXIS(image) & 1) : 0]
		    [turned ? image->irot.angle & 3 : 0];
}

/* libavif's own limits would call a large image malformed: the sink's have
 * names. What it must not do is asked of it. */
static void
set_policy(avifDecoder *avif, bool metadata)
{
	avif->codecChoice = AVIF_CODEC_CHOICE_DAV1D;
	avif->maxThreads = 1;
	avif->ignoreExif = !metadata;
	avif->ignoreXMP = !metadata;
	avif->imageSizeLimit = AVIF_DEFAULT_IMAGE_SIZE_LIMIT;
	avif->imageDimensionLimit = 0;
	avif->imageCountLimit = 0;
	/* Files of older encoders are read as browsers read them. */
	avif->strictFlags = AVIF_STRICT_DISABLED;
}

static enum gbx_wire_status
status_of(avifResult result)
{
	if (result == AVIF_RESULT_OK)
		return GBX_WIRE_OK;
	return gbx_means_status(
	    gbx_means_of_code(gbx_avif_codes, GBX_AVIF_CODES, (int)result));
}

/* One side of clap (ISO/IEC 14496-12, 12.1.4): n / d pixels of `whole`, whose
 * middle is off / off_d from that of the picture. False: not within it. */
static bool
crop(uint32_t whole, uint32_t n, uint32_t d, uint32_t off, uint32_t off_d,
    uint32_t *ret_start, uint32_t *ret_length)
{
	double start;

	if (d == 0 || off_d == 0 || off_d > INT32_MAX)
		return false;
	*ret_length = n / d;
	start = floor(
	    (double)(int32_t)off / off_d + ((double)whole - *ret_length) / 2);
	if (*ret_length == 0 || start < 0 || start + *ret_length > whole)
		return false;
	*ret_start = (uint32_t)start;
	return true;
}

/* What of the picture is to be shown: all of it, or what clap leaves of it. The
 * pixels are cut out after their conversion: libavif's own crop refuses what
 * would cut chroma in half. */
static bool
shown_of(const avifImage *image, avifCropRect *ret)
{
	const avifCleanApertureBox *c = &image->clap;

	*ret = (avifCropRect){0, 0, image->width, image->height};
	if (!(image->transformFlags & AVIF_TRANSFORM_CLAP))
		return true;
	return crop(image->width, c->widthN, c->widthD, c->horizOffN,
		   c->horizOffD, &ret->x, &ret->width) &&
	       crop(image->height, c->heightN, c->heightD, c->vertOffN,
		   c->vertOffD, &ret->y, &ret->height);
}

/* libyuv's table for BT.709 of limited range stops at 2 where 2.112 is due:
 * blue was 243, and white of ten bits 254. */
static enum gbx_wire_status
convert_to(const avifImage *image, uint8_t *pixels, size_t stride)
{
	avifRGBImage rgb;

	if (stride > UINT32_MAX)
		return GBX_WIRE_MALFORMED;
	avifRGBImageSetDefaults(&rgb, image);
	rgb.format = AVIF_RGB_FORMAT_RGBA;
	rgb.depth = 8;
	rgb.alphaPremultiplied = AVIF_FALSE;
	rgb.avoidLibYUV = AVIF_TRUE;
	rgb.pixels = pixels;
	rgb.rowBytes = (uint32_t)stride;
	return status_of(avifImageYUVToRGB(image, &rgb));
}

static enum gbx_wire_status
convert_part(const avifImage *image, const avifCropRect *shown, uint8_t *canvas,
    size_t stride)
{
	size_t whole = (size_t)image->width * 4, y;
	uint8_t *pixels = malloc(whole * image->height);
	enum gbx_wire_status status = GBX_WIRE_MALFORMED;

	if (pixels != NULL)
		status = convert_to(image, pixels, whole);
	for (y = 0; y < shown->height && status == GBX_WIRE_OK; y++)
		memcpy(canvas + y * stride,
		    pixels + (shown->y + y) * whole + (size_t)shown->x * 4,
		    (size_t)shown->width * 4);
	free(pixels);
	return status;
}

static enum gbx_wire_status
convert(struct reader *r, const avifImage *image)
{
	size_t stride;
	uint8_t *canvas = gbx_sink_canvas(r->sink, &stride);

	if (canvas == NULL)
		return GBX_WIRE_MALFORMED;
	if (r->shown.width == image->width && r->shown.height == image->height)
		return convert_to(image, canvas, stride);
	return convert_part(image, &r->shown, canvas, stride);
}

/* The frame may have another size than the container said. */
static enum gbx_wire_status
read_frame(struct reader *r, uint32_t index, uint32_t width, uint32_t height)
{
	const avifImage *image = r->avif->image;
	enum gbx_wire_status status;
	double seconds;

	status = status_of(avifDecoderNthImage(r->avif, index));
	if (status != GBX_WIRE_OK)
		return status;
	if (image->width != width || image->height != height)
		return GBX_WIRE_MALFORMED;
	seconds = r->avif->imageTiming.duration;
	if (seconds > 0 && seconds * 1000 < GBX_DURATION_MAX)
		gbx_sink_duration(r->sink, (uint64_t)(seconds * 1000 + 0.5));
	status = convert(r, image);
	if (status == GBX_WIRE_OK &&
	    !(gbx_sink_canvas_done(r->sink) && gbx_sink_image_end(r->sink)))
		status = GBX_WIRE_MALFORMED;
	return status;
}

static bool
begin(struct reader *r)
{
	return gbx_sink_image_begin(r->sink, r->shown.width, r->shown.height,
	    orientation_of(r->avif->image));
}

/* The first is begun already. */
static enum gbx_wire_status
read_pixels(struct reader *r, uint32_t width, uint32_t height)
{
	uint32_t n = gbx_sink_frames_wanted(r->sink), i;
	enum gbx_wire_status status = GBX_WIRE_OK;

	for (i = 0; i < n && status == GBX_WIRE_OK; i++) {
		if (i > 0 && !begin(r))
			return GBX_WIRE_MALFORMED;
		status = read_frame(r, r->task->first + i, width, height);
	}
	return status;
}

static void
list_metadata(struct reader *r)
{
	const avifImage *image = r->avif->image;

	if (image->exif.size > 0)
		gbx_sink_exif(r->sink, image->exif.data, image->exif.size);
	if (image->xmp.size > 0)
		gbx_sink_size(r->sink, "xmp.size", image->xmp.size);
}

static enum gbx_wire_status
parse(struct reader *r)
{
	const uint8_t *data =
	    gbx_avif_without_others(r->task->data, r->task->size, &r->copy);

	set_policy(r->avif, gbx_sink_wants_records(r->sink));
	if (AVIF_VERSION < 1010000 && data != NULL &&
	    gbx_avif_shuffled(data, r->task->size))
		return GBX_WIRE_UNSUPPORTED;
	if (data == NULL || avifDecoderSetIOMemory(
				r->avif, data, r->task->size) != AVIF_RESULT_OK)
		return GBX_WIRE_MALFORMED;
	return status_of(avifDecoderParse(r->avif));
}

static enum gbx_wire_status
read_image(struct reader *r)
{
	const avifImage *image = r->avif->image;
	enum gbx_wire_status status;

	status = parse(r);
	if (status != GBX_WIRE_OK)
		return status;
	image = r->avif->image;
	if (r->avif->imageCount < 1 ||
	    !gbx_sink_total(r->sink, (uint32_t)r->avif->imageCount))
		return GBX_WIRE_MALFORMED;
	if (r->task->first >= (uint32_t)r->avif->imageCount)
		return GBX_WIRE_UNSUPPORTED;
	if (!shown_of(image, &r->shown) || !begin(r))
		return GBX_WIRE_MALFORMED;
	if (gbx_sink_wants_records(r->sink))
		list_metadata(r);
	if (image->icc.size > 0)
		gbx_sink_icc(r->sink, image->icc.data, image->icc.size);
	else
		gbx_sink_cicp(r->sink, image->colorPrimaries,
		    image->transferCharacteristics);
	if (!gbx_sink_wants_pixels(r->sink))
		return GBX_WIRE_OK;
	return read_pixels(r, image->width, image->height);
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	enum gbx_wire_status status = GBX_WIRE_MALFORMED;
	struct reader r = {.task = task, .sink = sink};

	gbx_sink_format(sink, GBX_FORMAT_AVIF);
	r.avif = avifDecoderCreate();
	if (r.avif != NULL) {
		status = read_image(&r);
		avifDecoderDestroy(r.avif);
		free(r.copy);
	}
	return status;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_AVIF,
    .run = run,
    .prepare = gbx_quiet_stdio,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
