/* SPDX-License-Identifier: ISC */
/*
 * HEIF with HEVC pictures (HEIC), through libheif and libde265.
 * Side: hostile. Pixels come out as straight 8-bit RGBA in the picture's own
 * colour space. Rotation, mirror and crop are properties of the picture, which
 * a reader has to apply (ISO/IEC 23008-12, 6.5.8); libheif does, so there is no
 * orientation to tell.
 */
#include <stdlib.h>
#include <string.h>

#include <libheif/heif.h>

#include "base/bytes.h"
#include "sandboxed_parsers/heif/codes.h"
#include "sandboxed_parsers/heif/foreign.h"
#include "sandboxed_parsers/heif/plugin.h"
#include "sandboxed_parsers/heif/samples.h"
#include "sandboxed_parsers/runtime/parser.h"
#include "sandboxed_parsers/runtime/quiet.h"

struct reader {
	struct heif_context *heif;
	struct heif_image_handle *handle;
	struct heif_image *image;
	const struct gbx_task *task;
	struct gbx_sink *sink;
};

static enum gbx_means
means_of(int code)
{
	return gbx_means_of_code(gbx_heif_codes, GBX_HEIF_CODES, code);
}

static enum gbx_wire_status
status_of(struct reader *r, struct heif_error err)
{
	if (err.code == heif_error_Ok)
		return GBX_WIRE_OK;
	if (err.subcode == heif_suberror_Security_limit_exceeded)
		gbx_sink_limit(r->sink, GBX_WIRE_LIMIT_PIXELS);
	if (err.message != NULL && strstr(err.message, GBX_HEIF_SHARED) != NULL)
		return GBX_WIRE_UNSUPPORTED;
	if (means_of((int)err.code) == GBX_MEANS_UNSUPPORTED)
		return GBX_WIRE_UNSUPPORTED;
	return gbx_means_status(means_of((int)err.subcode));
}

/* ---- what newer libraries do by themselves --------------------------------
 */

/* libheif 1.19 bounds items and boxes far below what earlier ones read; the
 * numbers of those, which a picture of many tiles needs. What they cost is
 * bounded by the limits `pixels`, `memory` and `cpu`. */
#define ITEMS_IN_FILE 20000

static bool
set_limits(struct heif_context *heif)
{
#if LIBHEIF_NUMERIC_VERSION >= 0x01130000
	struct heif_security_limits limits = *heif_get_global_security_limits();

	limits.max_items = ITEMS_IN_FILE;
	limits.max_children_per_box = ITEMS_IN_FILE;
	return heif_context_set_security_limits(heif, &limits).code ==
	       heif_error_Ok;
#else
	(void)heif;
	return true;
#endif
}

/* ---- the pictures ---------------------------------------------------------
 */

/* The primary image is the first; the others follow as the file has them. */
static enum gbx_wire_status
choose(struct reader *r, uint32_t total)
{
	heif_item_id primary, *ids;
	enum gbx_wire_status status = GBX_WIRE_MALFORMED;
	uint32_t place = 0;
	int i, n;

	if (r->task->first == 0)
		return status_of(r,
		    heif_context_get_primary_image_handle(r->heif, &r->handle));
	if (heif_context_get_primary_image_ID(r->heif, &primary).code !=
	    heif_error_Ok)
		return GBX_WIRE_MALFORMED;
	ids = calloc(total, sizeof(*ids));
	if (ids == NULL)
		return GBX_WIRE_MALFORMED;
	n = heif_context_get_list_of_top_level_image_IDs(
	    r->heif, ids, (int)total);
	for (i = 0; i < n && r->handle == NULL; i++)
		if (ids[i] != primary && ++place == r->task->first)
			status = status_of(r, heif_context_get_image_handle(
						  r->heif, ids[i], &r->handle));
	free(ids);
	return status;
}

static void
straighten(uint8_t *row, uint32_t width)
{
	uint32_t x, c, v;

	for (x = 0; x < width; x++, row += 4)
		for (c = 0; c < 3 && row[3] != 0; c++) {
			v = (row[c] * 255U + row[3] / 2U) / row[3];
			row[c] = (uint8_t)(v < 255 ? v : 255);
		}
}

static bool
copy_rows(struct reader *r, uint32_t width, uint32_t height)
{
	int stride;
	const uint8_t *from = heif_image_get_plane_readonly(
	    r->image, heif_channel_interleaved, &stride);
	bool premultiplied = heif_image_is_premultiplied_alpha(r->image) != 0;
	uint32_t y;

	if (from == NULL || stride < 0 || (size_t)stride < (size_t)width * 4)
		return false;
	for (y = 0; y < height; y++) {
		uint8_t *row = gbx_sink_row(r->sink, y);

		if (row == NULL)
			return false;
		memcpy(
		    row, from + (size_t)y * (size_t)stride, (size_t)width * 4);
		if (premultiplied)
			straighten(row, width);
		if (!gbx_sink_row_done(r->sink, y))
			return false;
	}
	return gbx_sink_image_end(r->sink);
}

static enum gbx_wire_status
decode(struct reader *r)
{
	struct heif_decoding_options *options = heif_decoding_options_alloc();
	enum gbx_wire_status status;

	if (options == NULL)
		return GBX_WIRE_MALFORMED;
	options->convert_hdr_to_8bit = 1;
	status = status_of(
	    r, heif_decode_image(r->handle, &r->image, heif_colorspace_RGB,
		   heif_chroma_interleaved_RGBA, options));
	heif_decoding_options_free(options);
	return status;
}

static void
tell_colours(struct reader *r)
{
	size_t size = heif_image_handle_get_raw_color_profile_size(r->handle);
	struct heif_color_profile_nclx *nclx;
	uint8_t *profile = size > 0 ? malloc(size) : NULL;

	if (profile != NULL) {
		if (heif_image_handle_get_raw_color_profile(r->handle, profile)
			.code == heif_error_Ok)
			gbx_sink_icc(r->sink, profile, size);
		free(profile);
	} else if (heif_image_handle_get_nclx_color_profile(r->handle, &nclx)
		       .code == heif_error_Ok) {
		gbx_sink_cicp(r->sink, (uint32_t)nclx->color_primaries,
		    (uint32_t)nclx->transfer_characteristics);
		heif_nclx_color_profile_free(nclx);
	}
}

/* An Exif item has four bytes in front, which say how many more are to be
 * passed over (ISO/IEC 23008-12, A.2.1). */
static void
list_item(struct reader *r, heif_item_id id)
{
	const char *type = heif_image_handle_get_metadata_type(r->handle, id);
	size_t size = heif_image_handle_get_metadata_size(r->handle, id);
	uint8_t *data = size > 4 ? malloc(size) : NULL;
	size_t skip;

	if (data != NULL && type != NULL && strcmp(type, "Exif") == 0 &&
	    heif_image_handle_get_metadata(r->handle, id, data).code ==
		heif_error_Ok) {
		skip = gbx_be32(data);
		if (skip < size - 4)
			gbx_sink_exif(
			    r->sink, data + 4 + skip, size - 4 - skip);
	} else if (type != NULL && strcmp(type, "mime") == 0) {
		gbx_sink_size(r->sink, "xmp.size", size);
	}
	free(data);
}

#define ITEMS_MAX 16 /* one of a kind is usual */

static void
list_metadata(struct reader *r)
{
	heif_item_id ids[ITEMS_MAX];
	int i, n = heif_image_handle_get_list_of_metadata_block_IDs(
		   r->handle, NULL, ids, ITEMS_MAX);

	for (i = 0; i < n; i++)
		list_item(r, ids[i]);
}

static enum gbx_wire_status
read_pixels(struct reader *r, uint32_t width, uint32_t height)
{
	enum gbx_wire_status status = decode(r);

	if (status != GBX_WIRE_OK)
		return status;
	if (heif_image_get_primary_width(r->image) != (int)width ||
	    heif_image_get_primary_height(r->image) != (int)height)
		return GBX_WIRE_MALFORMED;
	if (heif_image_get_decoding_warnings(r->image, 0, NULL, 0) > 0)
		gbx_sink_degraded(r->sink);
	return copy_rows(r, width, height) ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

static enum gbx_wire_status
read_chosen(struct reader *r)
{
	int width = heif_image_handle_get_width(r->handle);
	int height = heif_image_handle_get_height(r->handle);

	if (width <= 0 || height <= 0 ||
	    !gbx_sink_image_begin(
		r->sink, (uint32_t)width, (uint32_t)height, 0))
		return GBX_WIRE_MALFORMED;
	tell_colours(r);
	if (gbx_sink_wants_records(r->sink))
		list_metadata(r);
	if (!gbx_sink_wants_pixels(r->sink))
		return GBX_WIRE_OK;
	return read_pixels(r, (uint32_t)width, (uint32_t)height);
}

static enum gbx_wire_status
read_image(struct reader *r)
{
	enum gbx_wire_status status;
	int total;

	if (gbx_heif_is_foreign(r->task->data, r->task->size))
		return GBX_WIRE_UNSUPPORTED;
	heif_context_set_max_decoding_threads(r->heif, 0);
	if (!set_limits(r->heif))
		return GBX_WIRE_MALFORMED;
	status = status_of(r, heif_context_read_from_memory_without_copy(
				  r->heif, r->task->data, r->task->size, NULL));
	if (status != GBX_WIRE_OK)
		return status;
	if (gbx_heif_has_foreign(r->heif))
		return GBX_WIRE_UNSUPPORTED;
	total = heif_context_get_number_of_top_level_images(r->heif);
	if (total < 1 || !gbx_sink_total(r->sink, (uint32_t)total))
		return GBX_WIRE_MALFORMED;
	if (r->task->first >= (uint32_t)total)
		return GBX_WIRE_UNSUPPORTED;
	status = choose(r, (uint32_t)total);
	return status == GBX_WIRE_OK ? read_chosen(r) : status;
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	enum gbx_wire_status status = GBX_WIRE_MALFORMED;
	struct reader r = {.task = task, .sink = sink};

	gbx_sink_format(sink, GBX_FORMAT_HEIF);
	r.heif = heif_context_alloc();
	if (r.heif != NULL)
		status = read_image(&r);
	heif_image_release(r.image);
	heif_image_handle_release(r.handle);
	heif_context_free(r.heif);
	return status;
}

static void
prepare(void)
{
	gbx_quiet_stdio();
	gbx_heif_plugin_register();
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_HEIF,
    .run = run,
    .prepare = prepare,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
