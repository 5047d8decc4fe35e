/* SPDX-License-Identifier: ISC */
/*
 * What the library's errors and warnings mean, by the table of codes.def, and
 * where more than the code decides. Side: hostile. Nothing is formatted or
 * printed; errors leave by longjmp.
 */
#include <string.h>

#include "sandboxed_parsers/jpeg/codes.h"
#include "sandboxed_parsers/jpeg/reader.h"

static enum gbx_means
meaning(int code)
{
	return gbx_means_of_code(gbx_jpeg_codes, GBX_JPEG_CODES, code);
}

/* ---- errors ------------------------------------------------------------- */

/* A height of 0 stands in DNL behind the first scan (ITU-T T.81, B.2.5): valid,
 * and read by no library. FF DC is never part of a scan's data. */
static bool
has_height_behind(const struct gbx_jpeg *r)
{
	return r->jpeg.image_height == 0 && r->jpeg.image_width > 0 &&
	       r->jpeg.num_components > 0 &&
	       memmem(r->task->data, r->task->size, "\xff\xdc\0\4", 4) != NULL;
}

/* A marker that can't stand between the scans of a picture: what has no EOI
 * and something of others behind it. Not a second SOF: the library has put its
 * numbers over those of the picture before it refuses it (jdmarker.c,
 * get_sof), and nothing may go on with them. */
static bool
is_foreign(int code)
{
	return code == JERR_UNKNOWN_MARKER || code == JERR_SOF_UNSUPPORTED ||
	       code == JERR_SOI_DUPLICATE;
}

static _Noreturn void
on_error(j_common_ptr jpeg)
{
	struct gbx_jpeg *r = gbx_jpeg_of(jpeg);
	int code = jpeg->err->msg_code;
	bool cut = r->stage == GBX_JPEG_SCANS && is_foreign(code) &&
		   r->jpeg.input_scan_number > 0;

	r->status = gbx_means_status(meaning(code));
	if (code == JERR_EMPTY_IMAGE && has_height_behind(r))
		r->status = GBX_WIRE_UNSUPPORTED;
	if (!cut && r->stage != GBX_JPEG_BEHIND)
		longjmp(r->env, GBX_JPEG_OVER);
	gbx_sink_degraded(r->sink);
	longjmp(r->env, cut ? GBX_JPEG_CUT : GBX_JPEG_END);
}

/* ---- warnings ----------------------------------------------------------- */

/* What stands between markers: before the first scan nothing of a picture is
 * there yet; before the end, zeros, as some cameras pad. What else is left over
 * may be of the picture: jdmarker.c, next_marker. */
static bool
is_padding(j_common_ptr jpeg)
{
	const struct jpeg_error_mgr *e = jpeg->err;
	const struct gbx_jpeg *r = gbx_jpeg_of(jpeg);
	size_t n = (size_t)e->msg_parm.i[0], i;
	const uint8_t *end = r->jpeg.src->next_input_byte;

	if (r->stage == GBX_JPEG_HEADER)
		return true;
	if (e->msg_parm.i[1] != (JPEG_EOI & 0xff))
		return false;
	if (n > (size_t)(end - r->task->data))
		return false;
	for (i = 1; i <= n; i++)
		if (end[-(ptrdiff_t)i] != 0)
			return false;
	return true;
}

static bool
is_harmless(j_common_ptr jpeg)
{
	switch (jpeg->err->msg_code) {
	case JWRN_EXTRANEOUS_DATA:
		return is_padding(jpeg);
	case JWRN_JPEG_EOF: /* what is missing is told when all is read */
		gbx_jpeg_of(jpeg)->no_end = true;
		return true;
	default:
		return meaning(jpeg->err->msg_code) == GBX_MEANS_HARMLESS;
	}
}

/* Of a progressive picture: each coefficient to its last bit. */
static bool
all_bits_known(const struct gbx_jpeg *r)
{
	int c, i;

	for (c = 0; c < r->jpeg.num_components; c++)
		for (i = 0; i < DCTSIZE2; i++)
			if (r->jpeg.coef_bits[c][i] != 0)
				return false;
	return true;
}

/* A Huffman scan that ends too soon warns of that besides. An arithmetic one
 * doesn't, and of several scans some may be missing altogether. */
bool
gbx_jpeg_is_whole(const struct gbx_jpeg *r)
{
	j_decompress_ptr jpeg = (j_decompress_ptr)(uintptr_t)&r->jpeg;

	if (r->jpeg.arith_code)
		return false;
	if (r->jpeg.progressive_mode)
		return all_bits_known(r);
	return !jpeg_has_multiple_scans(jpeg);
}

static void
on_message(j_common_ptr jpeg, int level)
{
	if (level < 0 && !is_harmless(jpeg)) /* others are traces */
		gbx_sink_degraded(gbx_jpeg_of(jpeg)->sink);
}

static void
on_output(j_common_ptr jpeg)
{
	(void)jpeg;
}

void
gbx_jpeg_listen(struct gbx_jpeg *r)
{
	r->jpeg.err = jpeg_std_error(&r->error);
	r->error.error_exit = on_error;
	r->error.emit_message = on_message;
	r->error.output_message = on_output;
}
