/* SPDX-License-Identifier: ISC */
/*
 * JPEG XL, through libjxl, without a thread runner.
 * Side: hostile. Pixels come out as straight 8-bit RGBA in the picture's own
 * colour space and as stored; of an animation any one frame, composed.
 */
#include <stdlib.h>

#include <jxl/decode.h>

#include "sandboxed_parsers/jxl/boxes.h"
#include "sandboxed_parsers/jxl/samples.h"
#include "sandboxed_parsers/runtime/parser.h"
#include "sandboxed_parsers/runtime/quiet.h"

struct reader {
	JxlDecoder *jxl;
	JxlBasicInfo info;
	const struct gbx_task *task;
	struct gbx_sink *sink;
};

static const JxlPixelFormat rgba8 = {4, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};

/* From the start of the file, told of these events. */
static bool
restart(struct reader *r, int events)
{
	JxlDecoderRewind(r->jxl);
	if (JxlDecoderSubscribeEvents(r->jxl, events) != JXL_DEC_SUCCESS ||
	    JxlDecoderSetKeepOrientation(r->jxl, JXL_TRUE) != JXL_DEC_SUCCESS ||
	    JxlDecoderSetUnpremultiplyAlpha(r->jxl, JXL_TRUE) !=
		JXL_DEC_SUCCESS ||
	    JxlDecoderSetInput(r->jxl, r->task->data, r->task->size) !=
		JXL_DEC_SUCCESS)
		return false;
	/* The input is not closed: what ends too soon then wants more, and
	 * may be shown as far as it goes; closed, it would be an error. */
	return true;
}

/* Frames are told by their headers; nothing of them is decoded. */
static bool
count_frames(struct reader *r, uint32_t *ret_total)
{
	JxlDecoderStatus status;
	uint32_t total = 0;

	if (!r->info.have_animation) {
		*ret_total = 1;
		return true;
	}
	if (!restart(r, JXL_DEC_FRAME))
		return false;
	while ((status = JxlDecoderProcessInput(r->jxl)) == JXL_DEC_FRAME)
		if (++total > r->task->limit[GBX_WIRE_LIMIT_FRAMES])
			break;
	*ret_total = total;
	/* A file that is cut off has the frames that it has. */
	return total > 0 &&
	       (status == JXL_DEC_FRAME || status == JXL_DEC_SUCCESS ||
		   status == JXL_DEC_NEED_MORE_INPUT);
}

/* What is there of a file that is cut off is shown, and told. */
static bool
decode_into(struct reader *r, uint8_t *canvas, size_t size)
{
	JxlDecoderStatus status = JxlDecoderProcessInput(r->jxl);

	if (status != JXL_DEC_NEED_IMAGE_OUT_BUFFER ||
	    JxlDecoderSetImageOutBuffer(r->jxl, &rgba8, canvas, size) !=
		JXL_DEC_SUCCESS)
		return false;
	status = JxlDecoderProcessInput(r->jxl);
	if (status == JXL_DEC_NEED_MORE_INPUT &&
	    JxlDecoderFlushImage(r->jxl) == JXL_DEC_SUCCESS) {
		gbx_sink_degraded(r->sink);
		return true;
	}
	return status == JXL_DEC_FULL_IMAGE;
}

/* What the pixels will be in. */
static void
tell_colours(struct reader *r)
{
	uint8_t *profile;
	size_t size;

	if (JxlDecoderGetICCProfileSize(r->jxl, &rgba8,
		JXL_COLOR_PROFILE_TARGET_DATA, &size) != JXL_DEC_SUCCESS)
		return;
	profile = malloc(size);
	if (profile != NULL && JxlDecoderGetColorAsICCProfile(r->jxl, &rgba8,
				   JXL_COLOR_PROFILE_TARGET_DATA, profile,
				   size) == JXL_DEC_SUCCESS)
		gbx_sink_icc(r->sink, profile, size);
	free(profile);
}

static bool
read_pixels(struct reader *r)
{
	size_t stride, size;
	uint8_t *canvas;

	if (!restart(r, JXL_DEC_COLOR_ENCODING | JXL_DEC_FULL_IMAGE) ||
	    JxlDecoderProcessInput(r->jxl) != JXL_DEC_COLOR_ENCODING)
		return false;
	tell_colours(r);
	JxlDecoderSkipFrames(r->jxl, r->task->first);
	canvas = gbx_sink_canvas(r->sink, &stride);
	if (canvas == NULL)
		return false;
	size = stride * r->info.ysize;
	return decode_into(r, canvas, size) && gbx_sink_canvas_done(r->sink) &&
	       gbx_sink_image_end(r->sink);
}

static void
list_metadata(struct reader *r)
{
	gbx_jxl_metadata(r->sink, r->task->data, r->task->size);
	if (restart(r, JXL_DEC_COLOR_ENCODING) &&
	    JxlDecoderProcessInput(r->jxl) == JXL_DEC_COLOR_ENCODING)
		tell_colours(r);
}

static enum gbx_wire_status
read_image(struct reader *r)
{
	uint32_t total;

	if (!restart(r, JXL_DEC_BASIC_INFO) ||
	    JxlDecoderProcessInput(r->jxl) != JXL_DEC_BASIC_INFO ||
	    JxlDecoderGetBasicInfo(r->jxl, &r->info) != JXL_DEC_SUCCESS)
		return GBX_WIRE_MALFORMED;
	if (!count_frames(r, &total) || !gbx_sink_total(r->sink, total))
		return GBX_WIRE_MALFORMED;
	if (r->task->first >= total)
		return GBX_WIRE_UNSUPPORTED;
	if (!gbx_sink_image_begin(r->sink, r->info.xsize, r->info.ysize,
		(uint32_t)r->info.orientation))
		return GBX_WIRE_MALFORMED;
	if (gbx_sink_wants_records(r->sink))
		list_metadata(r);
	if (gbx_sink_wants_pixels(r->sink) && !read_pixels(r))
		return GBX_WIRE_MALFORMED;
	return GBX_WIRE_OK;
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	enum gbx_wire_status status = GBX_WIRE_MALFORMED;
	struct reader r = {.task = task, .sink = sink};

	gbx_sink_format(sink, GBX_FORMAT_JXL);
	r.jxl = JxlDecoderCreate(NULL);
	if (r.jxl != NULL)
		status = read_image(&r);
	JxlDecoderDestroy(r.jxl);
	return status;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_JXL,
    .run = run,
    .prepare = gbx_quiet_stdio,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
