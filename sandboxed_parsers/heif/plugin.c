/* SPDX-License-Identifier: ISC */
/*
 * HEVC for libheif, through libde265 and without its threads: libheif's own
 * plugin always starts one, and a locked worker can't.
 * Side: hostile.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libde265/de265.h>
#include <libheif/heif_plugin.h>

#include "sandboxed_parsers/heif/plugin.h"

#define PRIORITY   200 /* libheif's own have 150 at most */
#define LENGTH_LEN 4   /* before each NAL unit: ISO/IEC 14496-15 */

static const struct heif_error ok = {
    heif_error_Ok, heif_suberror_Unspecified, "ok"};
static const struct heif_error no_memory = {
    heif_error_Memory_allocation_error, heif_suberror_Unspecified, "no memory"};
static const struct heif_error unsupported = {heif_error_Unsupported_feature,
    heif_suberror_Unsupported_codec, "another codec"};
static const struct heif_error damaged = {heif_error_Decoder_plugin_error,
    heif_suberror_End_of_data, "damaged picture"};
static const struct heif_error foreign = {heif_error_Decoder_plugin_error,
    heif_suberror_Unsupported_image_type, "unknown kind of picture"};

static const char *
name(void)
{
	return "libde265 on one thread";
}

static int
supports(enum heif_compression_format format)
{
	return format == heif_compression_HEVC ? PRIORITY : 0;
}

static struct heif_error
open_decoder(void **ret)
{
	*ret = de265_new_decoder();
	return *ret != NULL ? ok : no_memory;
}

static void
close_decoder(void *decoder)
{
	de265_free_decoder(decoder);
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static struct heif_error
push(void *decoder, const void *data, size_t size)
{
	const uint8_t *p = data;
	uint32_t length;

	while (size > 0) {
		if (size < LENGTH_LEN)
			return damaged;
		length = get32(p);
		p += LENGTH_LEN;
		size -= LENGTH_LEN;
		if (length > size || length > INT32_MAX)
			return damaged;
		if (!de265_isOK(
			de265_push_NAL(decoder, p, (int)length, 0, NULL)))
			return damaged;
		p += length;
		size -= length;
	}
	return ok;
}

static enum heif_chroma
chroma_of(const struct de265_image *picture)
{
	switch (de265_get_chroma_format(picture)) {
	case de265_chroma_mono:
		return heif_chroma_monochrome;
	case de265_chroma_420:
		return heif_chroma_420;
	case de265_chroma_422:
		return heif_chroma_422;
	case de265_chroma_444:
		return heif_chroma_444;
	default:
		return heif_chroma_undefined;
	}
}

static struct heif_error
copy_plane(const struct de265_image *picture, int plane, struct heif_image *to)
{
	static const enum heif_channel channels[3] = {
	    heif_channel_Y, heif_channel_Cb, heif_channel_Cr};
	int width = de265_get_image_width(picture, plane);
	int height = de265_get_image_height(picture, plane);
	int bits = de265_get_bits_per_pixel(picture, plane);
	int from_stride, to_stride, y;
	const uint8_t *source =
	    de265_get_image_plane(picture, plane, &from_stride);
	uint8_t *target;
	size_t row;

	if (width <= 0 || height <= 0 || bits < 8 || bits > 16 ||
	    source == NULL)
		return damaged;
	if (heif_image_add_plane(to, channels[plane], width, height, bits)
		.code != heif_error_Ok)
		return no_memory;
	target = heif_image_get_plane(to, channels[plane], &to_stride);
	if (target == NULL)
		return no_memory;
	row = (size_t)width * (bits > 8 ? 2 : 1);
	for (y = 0; y < height; y++)
		memcpy(target + (size_t)y * (size_t)to_stride,
		    source + (size_t)y * (size_t)from_stride, row);
	return ok;
}

/* How the numbers are meant, as the stream says: H.265, E.2.1. */
static void
copy_profile(const struct de265_image *picture, struct heif_image *to)
{
	struct heif_color_profile_nclx *nclx = heif_nclx_color_profile_alloc();

	if (nclx == NULL)
		return;
	nclx->full_range_flag = de265_get_image_full_range_flag(picture) != 0;
	heif_nclx_color_profile_set_color_primaries(
	    nclx, (uint16_t)de265_get_image_colour_primaries(picture));
	heif_nclx_color_profile_set_transfer_characteristics(
	    nclx, (uint16_t)de265_get_image_transfer_characteristics(picture));
	heif_nclx_color_profile_set_matrix_coefficients(
	    nclx, (uint16_t)de265_get_image_matrix_coefficients(picture));
	(void)heif_image_set_nclx_color_profile(to, nclx);
	heif_nclx_color_profile_free(nclx);
}

static struct heif_error
convert(const struct de265_image *picture, struct heif_image **ret)
{
	enum heif_chroma chroma = chroma_of(picture);
	bool mono = chroma == heif_chroma_monochrome;
	struct heif_error err;
	int plane;

	if (chroma == heif_chroma_undefined)
		return foreign;
	err = heif_image_create(de265_get_image_width(picture, 0),
	    de265_get_image_height(picture, 0),
	    mono ? heif_colorspace_monochrome : heif_colorspace_YCbCr, chroma,
	    ret);
	if (err.code != heif_error_Ok)
		return err;
	for (plane = 0; err.code == heif_error_Ok && plane < (mono ? 1 : 3);
	     plane++)
		err = copy_plane(picture, plane, *ret);
	if (err.code != heif_error_Ok) {
		heif_image_release(*ret);
		*ret = NULL;
		return err;
	}
	copy_profile(picture, *ret);
	return ok;
}

/* One picture is in the stream; damage that the decoder steps over is told as
 * a warning of the image. */
static struct heif_error
decode(void *decoder, struct heif_image **ret)
{
	const struct de265_image *picture = NULL;
	struct heif_error err;
	int more = 1;

	*ret = NULL;
	de265_flush_data(decoder);
	while (picture == NULL && more) {
		if (!de265_isOK(de265_decode(decoder, &more)))
			break;
		picture = de265_get_next_picture(decoder);
	}
	if (picture == NULL)
		return damaged;
	err = convert(picture, ret);
	if (err.code == heif_error_Ok && de265_get_warning(decoder) != DE265_OK)
		heif_image_add_decoding_warning(*ret, damaged);
	return err;
}

/* ---- version 5 of the interface -------------------------------------------
 */
/* libheif 1.21 brought it, and 1.23 registers older plugins without a word and
 * then refuses to decode with them. The older functions stay filled in, for
 * 1.21 and 1.22. */

#if LIBHEIF_NUMERIC_VERSION >= 0x01150000
#define HAS_VERSION_5

static int
supports2(
    const struct heif_decoder_plugin_compressed_format_description *format)
{
	return supports(format->format);
}

/* No threads, whatever is asked for. */
static struct heif_error
open_decoder2(void **ret, const struct heif_decoder_plugin_options *options)
{
	(void)options;
	return open_decoder(ret);
}

static struct heif_error
push2(void *decoder, const void *data, size_t size, uintptr_t user_data)
{
	(void)user_data;
	return push(decoder, data, size);
}

/* decode() does it. */
static struct heif_error
flush(void *decoder)
{
	(void)decoder;
	return ok;
}

/* The memory is bounded by the arena, the picture by the limit `pixels`. */
static struct heif_error
decode2(void *decoder, struct heif_image **ret, uintptr_t *ret_user_data,
    const struct heif_security_limits *limits)
{
	(void)limits;
	if (ret_user_data != NULL)
		*ret_user_data = 0;
	return decode(decoder, ret);
}
#endif

/* ---- all other codecs ---------------------------------------------------- */
/* libheif has decoders of its own for some (dav1d, libaom), which start threads
 * and have met no sample. */

static int
supports_others(enum heif_compression_format format)
{
	return format == heif_compression_HEVC ? 0 : PRIORITY;
}

/* libheif 1.23 asks nothing of a decoder that is NULL. */
static struct heif_error
open_nothing(void **ret)
{
	static char nothing;

	*ret = &nothing;
	return ok;
}

static void
close_nothing(void *decoder)
{
	(void)decoder;
}

static struct heif_error
push_nothing(void *decoder, const void *data, size_t size)
{
	(void)decoder;
	(void)data;
	(void)size;
	return ok;
}

static struct heif_error
decode_nothing(void *decoder, struct heif_image **ret)
{
	(void)decoder;
	(void)ret;
	return unsupported;
}

#ifdef HAS_VERSION_5
static int
supports_others2(
    const struct heif_decoder_plugin_compressed_format_description *format)
{
	return supports_others(format->format);
}

static struct heif_error
open_nothing2(void **ret, const struct heif_decoder_plugin_options *options)
{
	(void)options;
	return open_nothing(ret);
}

static struct heif_error
push_nothing2(void *decoder, const void *data, size_t size, uintptr_t user_data)
{
	(void)user_data;
	return push_nothing(decoder, data, size);
}

static struct heif_error
decode_nothing2(void *decoder, struct heif_image **ret,
    uintptr_t *ret_user_data, const struct heif_security_limits *limits)
{
	(void)ret_user_data;
	(void)limits;
	return decode_nothing(decoder, ret);
}
#endif

/* ---- both -----------------------------------------------------------------
 */

#ifdef HAS_VERSION_5
/* One soname for all: what is loaded may be older than what we were built
 * with, and refuses versions that it does not know. */
#define VERSION (heif_get_version_number() >= 0x01150000 ? 5 : 1)
#else
#define VERSION 1
#endif

void
gbx_heif_plugin_register(void)
{
	static struct heif_decoder_plugin plugin = {
	    .get_plugin_name = name,
	    .does_support_format = supports,
	    .new_decoder = open_decoder,
	    .free_decoder = close_decoder,
	    .push_data = push,
	    .decode_image = decode,
#ifdef HAS_VERSION_5
	    .id_name = "glovebox-hevc",
	    .does_support_format2 = supports2,
	    .new_decoder2 = open_decoder2,
	    .push_data2 = push2,
	    .flush_data = flush,
	    .decode_next_image2 = decode2,
#endif
	};

	static struct heif_decoder_plugin others = {
	    .get_plugin_name = name,
	    .does_support_format = supports_others,
	    .new_decoder = open_nothing,
	    .free_decoder = close_nothing,
	    .push_data = push_nothing,
	    .decode_image = decode_nothing,
#ifdef HAS_VERSION_5
	    .id_name = "glovebox-none",
	    .does_support_format2 = supports_others2,
	    .new_decoder2 = open_nothing2,
	    .push_data2 = push_nothing2,
	    .flush_data = flush,
	    .decode_next_image2 = decode_nothing2,
#endif
	};

	plugin.plugin_api_version = others.plugin_api_version = VERSION;
	if (heif_register_decoder_plugin(&plugin).code != heif_error_Ok ||
	    heif_register_decoder_plugin(&others).code != heif_error_Ok)
		abort();
}
