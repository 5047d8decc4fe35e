/* SPDX-License-Identifier: ISC */
/*
 * WebP, through libwebp and its demuxer, one thread.
 * Side: hostile. Pixels come out as straight 8-bit RGBA as stored; of an
 * animation any frame, or several, composed on a transparent canvas.
 */
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "sandboxed_parsers/runtime/exif.h"
#include "sandboxed_parsers/runtime/parser.h"
#include "sandboxed_parsers/webp/codes.h"
#include "sandboxed_parsers/webp/samples.h"

struct reader {
	WebPDemuxer *demux;
	uint32_t width, height, total;
	const struct gbx_task *task;
	struct gbx_sink *sink;
};

/* ---- chunks beside the image -------------------------------------------- */

static bool
find_chunk(struct reader *r, const char *type, const uint8_t **ret_data,
    size_t *ret_size)
{
	WebPChunkIterator chunk;
	bool found = WebPDemuxGetChunk(r->demux, type, 1, &chunk);

	if (found) {
		*ret_data = chunk.chunk.bytes; /* in the input itself */
		*ret_size = chunk.chunk.size;
	}
	WebPDemuxReleaseChunkIterator(&chunk);
	return found;
}

static uint32_t
orientation_of(struct reader *r)
{
	const uint8_t *data;
	size_t size;

	if (!find_chunk(r, "EXIF", &data, &size))
		return 0;
	return gbx_exif_orientation(data, size);
}

static void
list_metadata(struct reader *r)
{
	const uint8_t *data;
	size_t size;

	if (find_chunk(r, "EXIF", &data, &size))
		gbx_sink_exif(r->sink, data, size);
	if (find_chunk(r, "XMP ", &data, &size))
		gbx_sink_size(r->sink, "xmp.size", size);
}

static void
tell_colours(struct reader *r)
{
	const uint8_t *data;
	size_t size;

	if (find_chunk(r, "ICCP", &data, &size))
		gbx_sink_icc(r->sink, data, size);
}

/* ---- a still ------------------------------------------------------------ */

static enum gbx_wire_status
status_of(VP8StatusCode code)
{
	return gbx_means_status(
	    gbx_means_of_code(gbx_webp_codes, GBX_WEBP_CODES, (int)code));
}

/* The library makes less of it by itself, but never less than twice what the
 * scaler is to make of it: that keeps the scaler's quality. Of a lossy picture
 * with alpha it would mix in the colours of what is transparent. */
#define LOSSY 1 /* WebPBitstreamFeatures.format */
static void
choose_size(
    const struct reader *r, const WebPData *data, WebPDecoderConfig *config)
{
	uint32_t by = gbx_sink_image_spare(r->sink) / 2;

	if (by < 2 || WebPGetFeatures(data->bytes, data->size,
			  &config->input) != VP8_STATUS_OK)
		return;
	if (config->input.has_alpha && config->input.format == LOSSY)
		return;
	config->options.use_scaling = 1;
	config->options.scaled_width = (int)(r->width / by);
	config->options.scaled_height = (int)(r->height / by);
}

static enum gbx_wire_status
decode_still(struct reader *r, const WebPData *data)
{
	WebPDecoderConfig config;
	uint32_t width = r->width, height = r->height;
	VP8StatusCode code;
	uint8_t *canvas;
	size_t stride;

	if (!WebPInitDecoderConfig(&config))
		return GBX_WIRE_MALFORMED;
	choose_size(r, data, &config);
	if (config.options.use_scaling) {
		width = (uint32_t)config.options.scaled_width;
		height = (uint32_t)config.options.scaled_height;
	}
	if (!gbx_sink_image_reduce(r->sink, width, height))
		return GBX_WIRE_MALFORMED;
	canvas = gbx_sink_canvas(r->sink, &stride);
	if (canvas == NULL)
		return GBX_WIRE_MALFORMED;
	config.output.colorspace = MODE_RGBA;
	config.output.is_external_memory = 1;
	config.output.u.RGBA.rgba = canvas;
	config.output.u.RGBA.stride = (int)stride;
	config.output.u.RGBA.size = stride * height;
	code = WebPDecode(data->bytes, data->size, &config);
	if (code != VP8_STATUS_OK)
		return status_of(code);
	return gbx_sink_canvas_done(r->sink) && gbx_sink_image_end(r->sink)
		   ? GBX_WIRE_OK
		   : GBX_WIRE_MALFORMED;
}

/* ---- an animation ------------------------------------------------------- */

/* The first image is begun already. */
static bool
deliver(struct reader *r, const uint8_t *frame, bool first, int ms)
{
	uint8_t *canvas;
	size_t stride;

	if (!first && !gbx_sink_image_begin(
			  r->sink, r->width, r->height, orientation_of(r)))
		return false;
	canvas = gbx_sink_canvas(r->sink, &stride);
	if (canvas == NULL)
		return false;
	memcpy(canvas, frame, stride * r->height);
	gbx_sink_duration(r->sink, ms > 0 ? (uint64_t)ms : 0);
	return gbx_sink_canvas_done(r->sink) && gbx_sink_image_end(r->sink);
}

/* Each frame is laid on those before it, so all up to the last one wanted. */
static enum gbx_wire_status
decode_frames(struct reader *r)
{
	WebPAnimDecoderOptions options;
	WebPAnimDecoder *animation;
	WebPData data = {r->task->data, r->task->size};
	uint32_t first = r->task->first,
		 end = first + gbx_sink_frames_wanted(r->sink), i;
	uint8_t *frame;
	int until = 0, since;
	bool good = true;

	if (!WebPAnimDecoderOptionsInit(&options))
		return GBX_WIRE_MALFORMED;
	options.color_mode = MODE_RGBA;
	options.use_threads = 0;
	animation = WebPAnimDecoderNew(&data, &options);
	if (animation == NULL)
		return GBX_WIRE_MALFORMED;
	for (i = 0; good && i < end; i++) {
		since = until;
		good = WebPAnimDecoderGetNext(animation, &frame, &until);
		if (good && i >= first)
			good = deliver(r, frame, i == first, until - since);
	}
	WebPAnimDecoderDelete(animation);
	return good ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

/* ---- all of it ---------------------------------------------------------- */

static enum gbx_wire_status
read_image(struct reader *r)
{
	WebPData data = {r->task->data, r->task->size};

	r->width = WebPDemuxGetI(r->demux, WEBP_FF_CANVAS_WIDTH);
	r->height = WebPDemuxGetI(r->demux, WEBP_FF_CANVAS_HEIGHT);
	r->total = WebPDemuxGetI(r->demux, WEBP_FF_FRAME_COUNT);
	if (r->total < 1 || !gbx_sink_total(r->sink, r->total))
		return GBX_WIRE_MALFORMED;
	if (r->task->first >= r->total)
		return GBX_WIRE_UNSUPPORTED;
	if (!gbx_sink_image_begin(
		r->sink, r->width, r->height, orientation_of(r)))
		return GBX_WIRE_MALFORMED;
	if (gbx_sink_wants_records(r->sink))
		list_metadata(r);
	if (gbx_sink_wants_pixels(r->sink) || gbx_sink_wants_records(r->sink))
		tell_colours(r);
	if (!gbx_sink_wants_pixels(r->sink))
		return GBX_WIRE_OK;
	if (WebPDemuxGetI(r->demux, WEBP_FF_FORMAT_FLAGS) & ANIMATION_FLAG)
		return decode_frames(r);
	return decode_still(r, &data);
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	enum gbx_wire_status status = GBX_WIRE_MALFORMED;
	struct reader r = {.task = task, .sink = sink};
	WebPData data = {task->data, task->size};

	gbx_sink_format(sink, GBX_FORMAT_WEBP);
	r.demux = WebPDemux(&data);
	if (r.demux != NULL)
		status = read_image(&r);
	else /* the demuxer has no codes */
		status = status_of(WebPGetFeatures(
		    data.bytes, data.size, &(WebPBitstreamFeatures){0}));
	WebPDemuxDelete(r.demux);
	return status;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_WEBP,
    .run = run,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
