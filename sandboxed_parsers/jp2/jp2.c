/* SPDX-License-Identifier: ISC */
/*
 * JPEG 2000, JP2 files and bare codestreams, through OpenJPEG; no threads.
 * Side: hostile. The library sees a byte range through callbacks: no file, no
 * stdio. Pixels come out as straight 8-bit RGBA as stored, coarser components
 * by their nearest sample.
 *
 * A codestream that ends too soon is malformed: the lenient mode of this
 * version reads freed memory then (README.md). What the library says of damage
 * while it decodes (codes.def) makes the result `degraded`.
 */
#include <string.h>

#include <openjpeg-2.5/openjpeg.h>

#include "sandboxed_parsers/jp2/codes.h"
#include "sandboxed_parsers/jp2/paint.h"
#include "sandboxed_parsers/jp2/samples.h"
#include "sandboxed_parsers/runtime/parser.h"
#include "sandboxed_parsers/runtime/quiet.h"

#define BUFFER_SIZE ((size_t)1 << 16)

struct reader {
	opj_codec_t *codec;
	opj_stream_t *stream;
	opj_image_t *image;
	const struct gbx_task *task;
	struct gbx_sink *sink;
	size_t pos;
	bool boxed;    /* a JP2 file, not a bare codestream */
	bool decoding; /* before that, warnings are about boxes and markers */
	enum gbx_means means; /* of the first message that is in the table */
};

/* ---- callbacks ---------------------------------------------------------- */

static OPJ_SIZE_T
on_read(void *to, OPJ_SIZE_T n, void *user)
{
	struct reader *r = user;
	size_t left = r->task->size - r->pos;

	if (left == 0)
		return (OPJ_SIZE_T)-1;
	if (n > left)
		n = left;
	memcpy(to, r->task->data + r->pos, n);
	r->pos += n;
	return n;
}

static OPJ_OFF_T
on_skip(OPJ_OFF_T n, void *user)
{
	struct reader *r = user;
	size_t left = r->task->size - r->pos;

	if (n < 0 || (size_t)n > left)
		return -1;
	r->pos += (size_t)n;
	return n;
}

static OPJ_BOOL
on_seek(OPJ_OFF_T to, void *user)
{
	struct reader *r = user;

	if (to < 0 || (size_t)to > r->task->size)
		return OPJ_FALSE;
	r->pos = (size_t)to;
	return OPJ_TRUE;
}

static void
on_info(const char *text, void *user)
{
	(void)text;
	(void)user;
}

/* Errors and warnings: some errors go on, some warnings are about a transform
 * that is left out. The first says what it is, those behind it what failed. */
static void
on_message(const char *text, void *user)
{
	struct reader *r = user;
	enum gbx_means means =
	    gbx_means_of_text(gbx_jp2_codes, GBX_JP2_CODES, text);

	if (r->means == GBX_MEANS_NOTHING && means != GBX_MEANS_HARMLESS)
		r->means = means;
	if (r->decoding && means != GBX_MEANS_HARMLESS)
		gbx_sink_degraded(r->sink);
}

/* ---- pixels ------------------------------------------------------------- */

/* Levels of the wavelet that need not be undone. Never fewer pixels than twice
 * what the scaler is to make: that keeps the scaler's quality. */
static uint32_t
spare_levels(const struct reader *r)
{
	opj_codestream_info_v2_t *info = opj_get_cstr_info(r->codec);
	uint32_t spare = gbx_sink_image_spare(r->sink), levels = 0, i, most;

	if (info == NULL || info->m_default_tile_info.tccp_info == NULL)
		return 0;
	most = UINT32_MAX;
	for (i = 0; i < info->nbcomps; i++)
		if (info->m_default_tile_info.tccp_info[i].numresolutions <
		    most)
			most = info->m_default_tile_info.tccp_info[i]
				   .numresolutions;
	opj_destroy_cstr_info(&info);
	while (spare >= 4 && levels + 1 < most && levels < 16) {
		spare /= 2;
		levels++;
	}
	return levels;
}

static bool
emit_rows(struct reader *r, const struct gbx_jp2_paint *paint)
{
	uint8_t *row;
	uint32_t y;

	for (y = 0; y < paint->height; y++) {
		row = gbx_sink_row(r->sink, y);
		if (row == NULL)
			return false;
		gbx_jp2_paint_row(paint, y, row);
		if (!gbx_sink_row_done(r->sink, y))
			return false;
	}
	return gbx_sink_image_end(r->sink);
}

static bool
decode(struct reader *r)
{
	uint32_t levels = spare_levels(r);

	if (levels > 0 && !opj_set_decoded_resolution_factor(r->codec, levels))
		return false;
	r->decoding = true;
	/* What boxes come after the codestream is not looked at. */
	return opj_decode(r->codec, r->stream, r->image);
}

/* A profile is for gray or RGB, which only differ in their number here. */
static void
tell_colours(struct reader *r, const struct gbx_jp2_paint *paint)
{
	if (r->image->icc_profile_len > 0 && paint->n_colours != 4 &&
	    !paint->ycc)
		gbx_sink_icc(r->sink, r->image->icc_profile_buf,
		    r->image->icc_profile_len);
}

static enum gbx_wire_status
read_pixels(struct reader *r, uint32_t width, uint32_t height)
{
	struct gbx_jp2_paint paint;

	if (!decode(r) || r->means == GBX_MEANS_UNSUPPORTED)
		return gbx_means_status(r->means);
	if (!gbx_jp2_paint_open(&paint, r->image, r->boxed))
		return GBX_WIRE_UNSUPPORTED;
	if (!gbx_jp2_paint_whole(&paint))
		return GBX_WIRE_MALFORMED;
	if ((paint.width != width || paint.height != height) &&
	    !gbx_sink_image_reduce(r->sink, paint.width, paint.height))
		return GBX_WIRE_MALFORMED;
	tell_colours(r, &paint);
	return emit_rows(r, &paint) ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

/* ---- all of it ---------------------------------------------------------- */

static enum gbx_wire_status
read_image(struct reader *r)
{
	opj_dparameters_t parameters;
	uint32_t width, height;

	opj_set_default_decoder_parameters(&parameters);
	if (!opj_setup_decoder(r->codec, &parameters) ||
	    !opj_decoder_set_strict_mode(r->codec, OPJ_TRUE) ||
	    !opj_read_header(r->stream, r->codec, &r->image) ||
	    r->image == NULL || r->means == GBX_MEANS_UNSUPPORTED)
		return gbx_means_status(r->means);
	gbx_jp2_measure(r->image, &width, &height);
	if (!gbx_sink_total(r->sink, 1) ||
	    !gbx_sink_image_begin(r->sink, width, height, 0))
		return GBX_WIRE_MALFORMED;
	if (gbx_sink_wants_records(r->sink) && r->image->icc_profile_len > 0)
		gbx_sink_icc(r->sink, r->image->icc_profile_buf,
		    r->image->icc_profile_len);
	if (!gbx_sink_wants_pixels(r->sink))
		return GBX_WIRE_OK;
	return read_pixels(r, width, height);
}

static bool
reader_open(struct reader *r)
{
	r->codec =
	    opj_create_decompress(r->boxed ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
	r->stream = opj_stream_create(BUFFER_SIZE, OPJ_STREAM_READ);
	if (r->codec == NULL || r->stream == NULL)
		return false;
	opj_set_error_handler(r->codec, on_message, r);
	opj_set_info_handler(r->codec, on_info, r);
	opj_set_warning_handler(r->codec, on_message, r);
	opj_stream_set_read_function(r->stream, on_read);
	opj_stream_set_skip_function(r->stream, on_skip);
	opj_stream_set_seek_function(r->stream, on_seek);
	opj_stream_set_user_data(r->stream, r, NULL);
	opj_stream_set_user_data_length(r->stream, r->task->size);
	return true;
}

static void
reader_close(struct reader *r)
{
	opj_image_destroy(r->image);
	if (r->stream != NULL)
		opj_stream_destroy(r->stream);
	if (r->codec != NULL)
		opj_destroy_codec(r->codec);
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	enum gbx_wire_status status = GBX_WIRE_MALFORMED;
	struct reader r = {.task = task, .sink = sink};

	gbx_sink_format(sink, GBX_FORMAT_JP2);
	if (task->first != 0)
		return GBX_WIRE_UNSUPPORTED;
	r.boxed = task->size < 2 || memcmp(task->data, "\xff\x4f", 2) != 0;
	if (reader_open(&r))
		status = read_image(&r);
	reader_close(&r);
	return status;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_JP2,
    .run = run,
    .prepare = gbx_quiet_stdio,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
