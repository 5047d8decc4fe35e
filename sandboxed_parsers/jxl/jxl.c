/* SPDX-License-Identifier: ISC */
/*
 * JPEG XL, through libjxl, without a thread runner.
 * Side: hostile. Pixels come out as straight 8-bit RGBA in the picture's own
 * colour space and as stored; of an animation any frame, or several in a row,
 * composed by the library.
 */
#include <stdlib.h>
#include <string.h>

#include <jxl/decode.h>
#include <jxl/version.h>

#include "sandboxed_parsers/jxl/boxes.h"
#include "sandboxed_parsers/jxl/samples.h"
#include "sandboxed_parsers/runtime/parser.h"
#include "sandboxed_parsers/runtime/quiet.h"

struct reader {
	JxlDecoder *jxl;
	JxlBasicInfo info;
	const struct gbx_task *task;
	struct gbx_sink *sink;
	bool cut;	     /* the file ends too soon */
	uint8_t *copy;	     /* of a codestream in long boxes, or NULL */
	const uint8_t *data; /* what the library reads */
	size_t size;
};

static const JxlPixelFormat rgba8 = {4, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};

/* libjxl 0.9 took a parameter away, which it had not used. */
#if JPEGXL_NUMERIC_VERSION >= JPEGXL_COMPUTE_NUMERIC_VERSION(0, 9, 0)
#define FOR_FORMAT(format)
#else
#define FOR_FORMAT(format) format,
#endif

/* From the start of the file, told of these events. */
static bool
restart(struct reader *r, int events)
{
	JxlDecoderRewind(r->jxl);
	if (JxlDecoderSubscribeEvents(r->jxl, events) != JXL_DEC_SUCCESS ||
	    JxlDecoderSetKeepOrientation(r->jxl, JXL_TRUE) != JXL_DEC_SUCCESS ||
	    JxlDecoderSetUnpremultiplyAlpha(r->jxl, JXL_TRUE) !=
		JXL_DEC_SUCCESS ||
	    JxlDecoderSetInput(r->jxl, r->data, r->size) != JXL_DEC_SUCCESS)
		return false;
	/* The input is not closed: what ends too soon then wants more, and
	 * may be shown as far as it goes; closed, it would be an error. */
	return true;
}

static bool
begin(struct reader *r)
{
	return gbx_sink_image_begin(r->sink, r->info.xsize, r->info.ysize,
	    (uint32_t)r->info.orientation);
}

/* Frames are told by their headers; nothing of them is decoded. A file that is
 * cut off has the frames that it has. */
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
	if (status == JXL_DEC_NEED_MORE_INPUT)
		gbx_sink_degraded(r->sink);
	return total > 0 &&
	       (status == JXL_DEC_FRAME || status == JXL_DEC_SUCCESS ||
		   status == JXL_DEC_NEED_MORE_INPUT);
}

/* PQ and HLG have no profile that a reader of profiles could make much of. The
 * library numbers transfers and primaries as ITU-T H.273 does, but for P3,
 * which is with the white of displays. */
static bool
tell_hdr(struct reader *r)
{
	JxlColorEncoding c;
	uint32_t primaries;

	if (JxlDecoderGetColorAsEncodedProfile(r->jxl,
		FOR_FORMAT(&rgba8) JXL_COLOR_PROFILE_TARGET_DATA,
		&c) != JXL_DEC_SUCCESS ||
	    (c.transfer_function != JXL_TRANSFER_FUNCTION_PQ &&
		c.transfer_function != JXL_TRANSFER_FUNCTION_HLG))
		return false;
	primaries = (uint32_t)c.primaries;
	if (c.primaries == JXL_PRIMARIES_P3)
		primaries = 12;
	gbx_sink_cicp(r->sink, primaries, (uint32_t)c.transfer_function);
	return true;
}

/* What the pixels will be in. */
static void
tell_colours(struct reader *r)
{
	uint8_t *profile;
	size_t size;

	if (tell_hdr(r))
		return;
	if (JxlDecoderGetICCProfileSize(r->jxl,
		FOR_FORMAT(&rgba8) JXL_COLOR_PROFILE_TARGET_DATA,
		&size) != JXL_DEC_SUCCESS)
		return;
	profile = malloc(size);
	if (profile != NULL &&
	    JxlDecoderGetColorAsICCProfile(r->jxl,
		FOR_FORMAT(&rgba8) JXL_COLOR_PROFILE_TARGET_DATA, profile,
		size) == JXL_DEC_SUCCESS)
		gbx_sink_icc(r->sink, profile, size);
	free(profile);
}

/* ---- pixels -------------------------------------------------------------- */

/* In milliseconds. Of the pages of a document, which is what the highest number
 * stands for, nothing; nothing of a still, either. */
static uint64_t
duration_of(const struct reader *r)
{
	const JxlAnimationHeader *time = &r->info.animation;
	JxlFrameHeader header;

	if (!r->info.have_animation || time->tps_numerator == 0 ||
	    JxlDecoderGetFrameHeader(r->jxl, &header) != JXL_DEC_SUCCESS ||
	    header.duration == UINT32_MAX)
		return 0;
	/* Denominators have ten bits, so that all of it fits into 53. */
	return (UINT64_C(1000) * header.duration * time->tps_denominator +
		   time->tps_numerator / 2) /
	       time->tps_numerator;
}

/* On to the next event, which must be this one. */
static bool
go_on(struct reader *r, JxlDecoderStatus event)
{
	JxlDecoderStatus status = JxlDecoderProcessInput(r->jxl);

	r->cut = status == JXL_DEC_NEED_MORE_INPUT;
	return status == event;
}

/* As far as the file goes; false if there is nothing to show. */
static bool
paint(struct reader *r, uint8_t *canvas, size_t size)
{
	if (JxlDecoderSetImageOutBuffer(r->jxl, &rgba8, canvas, size) !=
	    JXL_DEC_SUCCESS)
		return false;
	return go_on(r, JXL_DEC_FULL_IMAGE) ||
	       (r->cut && JxlDecoderFlushImage(r->jxl) == JXL_DEC_SUCCESS);
}

/* An image that was painted apart. */
static bool
deliver(struct reader *r, const uint8_t *frame, size_t size)
{
	uint8_t *canvas;
	size_t stride;

	if (!begin(r))
		return false;
	canvas = gbx_sink_canvas(r->sink, &stride);
	if (canvas != NULL)
		memcpy(canvas, frame, size);
	return canvas != NULL;
}

/* apart: NULL for the first image, which is begun already. Of the others none
 * is begun before there is something to show. */
static bool
read_frame(struct reader *r, uint8_t *apart)
{
	size_t stride, size = (size_t)r->info.xsize * r->info.ysize * 4;
	uint8_t *canvas = apart;
	uint64_t ms;

	if (!go_on(r, JXL_DEC_FRAME))
		return false;
	ms = duration_of(r);
	if (!go_on(r, JXL_DEC_NEED_IMAGE_OUT_BUFFER))
		return false;
	if (apart == NULL)
		canvas = gbx_sink_canvas(r->sink, &stride);
	if (canvas == NULL || !paint(r, canvas, size) ||
	    (apart != NULL && !deliver(r, apart, size)))
		return false;
	gbx_sink_duration(r->sink, ms);
	return gbx_sink_canvas_done(r->sink) && gbx_sink_image_end(r->sink);
}

/* Where the file is cut off, what was before it counts. */
static bool
read_frames(struct reader *r, uint32_t want)
{
	uint8_t *apart = NULL;
	uint32_t i;
	bool good = read_frame(r, NULL);

	if (good && want > 1) {
		apart = malloc((size_t)r->info.xsize * r->info.ysize * 4);
		good = apart != NULL;
	}
	for (i = 1; good && i < want && !r->cut; i++)
		good = read_frame(r, apart) || r->cut;
	free(apart);
	return good;
}

static bool
read_pixels(struct reader *r)
{
	if (!restart(r,
		JXL_DEC_COLOR_ENCODING | JXL_DEC_FRAME | JXL_DEC_FULL_IMAGE) ||
	    !go_on(r, JXL_DEC_COLOR_ENCODING))
		return false;
	tell_colours(r);
	JxlDecoderSkipFrames(r->jxl, r->task->first);
	return read_frames(r, gbx_sink_frames_wanted(r->sink));
}

/* ---- all of it ----------------------------------------------------------- */

static void
list_metadata(struct reader *r)
{
	gbx_jxl_metadata(r->sink, r->task->data, r->task->size);
	if (restart(r, JXL_DEC_COLOR_ENCODING) &&
	    JxlDecoderProcessInput(r->jxl) == JXL_DEC_COLOR_ENCODING)
		tell_colours(r);
}

/* Black ink is an extra channel, beside three of the other inks that the
 * library hands out as if they were red, green and blue: not to be shown
 * without a profile for four. */
static bool
has_black(struct reader *r)
{
	JxlExtraChannelInfo info;
	uint32_t i;

	for (i = 0; i < r->info.num_extra_channels; i++)
		if (JxlDecoderGetExtraChannelInfo(r->jxl, i, &info) ==
			JXL_DEC_SUCCESS &&
		    info.type == JXL_CHANNEL_BLACK)
			return true;
	return false;
}

static enum gbx_wire_status
read_image(struct reader *r)
{
	uint32_t total;

	if (!gbx_jxl_codestream(
		r->task->data, r->task->size, &r->copy, &r->data, &r->size))
		return GBX_WIRE_MALFORMED;
	if (!restart(r, JXL_DEC_BASIC_INFO) ||
	    JxlDecoderProcessInput(r->jxl) != JXL_DEC_BASIC_INFO ||
	    JxlDecoderGetBasicInfo(r->jxl, &r->info) != JXL_DEC_SUCCESS)
		return GBX_WIRE_MALFORMED;
	if (has_black(r))
		return GBX_WIRE_UNSUPPORTED;
	if (!count_frames(r, &total) || !gbx_sink_total(r->sink, total))
		return GBX_WIRE_MALFORMED;
	if (r->task->first >= total)
		return GBX_WIRE_UNSUPPORTED;
	if (!begin(r))
		return GBX_WIRE_MALFORMED;
	if (gbx_sink_wants_records(r->sink))
		list_metadata(r);
	if (gbx_sink_wants_pixels(r->sink) && !read_pixels(r))
		return GBX_WIRE_MALFORMED;
	if (r->cut)
		gbx_sink_degraded(r->sink);
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
	free(r.copy);
	return status;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_JXL,
    .run = run,
    .prepare = gbx_quiet_stdio,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
