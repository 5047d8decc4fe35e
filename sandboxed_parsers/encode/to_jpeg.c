/* SPDX-License-Identifier: ISC */
/*
 * JPEG, through libjpeg-turbo: baseline, 4:2:0, no markers but JFIF's and those
 * of labels.h.
 * Side: hostile.
 */
#include <setjmp.h>
#include <stdio.h> /* jpeglib.h wants it first */
#include <stdlib.h>

#include <jpeglib.h>

#include <jerror.h> /* its numbers go by jpeglib.h's version */

#include "sandboxed_parsers/encode/encode.h"
#include "sandboxed_parsers/encode/labels.h"

#define STANDARD_QUALITY 85
#define ROOM		 16384

struct writer {
	struct jpeg_compress_struct jpeg; /* first: callbacks get to us */
	struct jpeg_error_mgr error;
	struct jpeg_destination_mgr to;
	jmp_buf env;
	const struct gbx_encode_picture *picture;
	struct gbx_sink *sink;
	uint8_t *row;
	uint8_t room[ROOM];
};

static _Noreturn void
on_error(j_common_ptr jpeg)
{
	longjmp(((struct writer *)(void *)jpeg)->env, 1);
}

static void
on_message(j_common_ptr jpeg, int level)
{
	(void)jpeg;
	(void)level;
}

static void
on_output(j_common_ptr jpeg)
{
	(void)jpeg;
}

static void
start(j_compress_ptr jpeg)
{
	struct writer *w = (struct writer *)(void *)jpeg;

	w->to.next_output_byte = w->room;
	w->to.free_in_buffer = ROOM;
}

static boolean
empty(j_compress_ptr jpeg)
{
	struct writer *w = (struct writer *)(void *)jpeg;

	if (!gbx_sink_bytes(w->sink, w->room, ROOM))
		ERREXIT(jpeg, JERR_FILE_WRITE);
	start(jpeg);
	return TRUE;
}

static void
finish(j_compress_ptr jpeg)
{
	struct writer *w = (struct writer *)(void *)jpeg;

	if (!gbx_sink_bytes(w->sink, w->room, ROOM - w->to.free_in_buffer))
		ERREXIT(jpeg, JERR_FILE_WRITE);
}

/* Alpha over white. */
static void
flatten(const uint8_t *rgba, uint8_t *rgb, uint32_t width)
{
	uint32_t x, c, a;

	for (x = 0; x < width; x++, rgba += 4)
		for (c = 0, a = rgba[3]; c < 3; c++)
			*rgb++ =
			    (uint8_t)((rgba[c] * a + 255U * (255U - a) + 127U) /
				      255U);
}

/* APP1 is "Exif", two zeroes, then a TIFF header (Exif 2.32, 4.7.2). */
static void
write_labels(struct writer *w)
{
	uint8_t app1[6 + GBX_ENCODE_EXIF_LEN] = "Exif\0";
	size_t length;
	const uint8_t *profile =
	    gbx_encode_profile(w->picture->colour, &length);

	if (w->picture->orientation != 0) {
		gbx_encode_exif(w->picture->orientation, app1 + 6);
		jpeg_write_marker(&w->jpeg, JPEG_APP0 + 1, app1, sizeof(app1));
	}
	if (profile != NULL)
		jpeg_write_icc_profile(&w->jpeg, profile, (unsigned int)length);
}

static void
write_all(struct writer *w)
{
	const struct gbx_encode_picture *p = w->picture;
	uint32_t y;

	jpeg_create_compress(&w->jpeg);
	w->jpeg.dest = &w->to;
	w->jpeg.image_width = p->width;
	w->jpeg.image_height = p->height;
	w->jpeg.input_components = 3;
	w->jpeg.in_color_space = JCS_RGB;
	jpeg_set_defaults(&w->jpeg);
	jpeg_set_quality(&w->jpeg,
	    p->quality > 0 ? (int)p->quality : STANDARD_QUALITY, TRUE);
	w->jpeg.optimize_coding = TRUE;
	jpeg_start_compress(&w->jpeg, TRUE);
	write_labels(w);
	for (y = 0; y < p->height; y++) {
		flatten(p->rgba + (size_t)y * p->width * 4, w->row, p->width);
		jpeg_write_scanlines(&w->jpeg, &w->row, 1);
	}
	jpeg_finish_compress(&w->jpeg);
}

/* Alone with setjmp, so that no local is touched between it and the jump. */
static bool
write_guarded(struct writer *w)
{
	if (setjmp(w->env) != 0)
		return false;
	write_all(w);
	return true;
}

bool
gbx_encode_jpeg(const struct gbx_encode_picture *picture, struct gbx_sink *sink)
{
	struct writer *w = calloc(1, sizeof(*w));
	bool good = false;

	if (w == NULL)
		return false;
	w->picture = picture;
	w->sink = sink;
	w->jpeg.err = jpeg_std_error(&w->error);
	w->error.error_exit = on_error;
	w->error.emit_message = on_message;
	w->error.output_message = on_output;
	w->to.init_destination = start;
	w->to.empty_output_buffer = empty;
	w->to.term_destination = finish;
	w->row = malloc((size_t)picture->width * 3);
	if (w->row != NULL)
		good = write_guarded(w);
	jpeg_destroy_compress(&w->jpeg);
	free(w->row);
	free(w);
	return good;
}
