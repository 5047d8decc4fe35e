/* SPDX-License-Identifier: ISC */
/* JPEG files for tests, by the library's own encoder; see mkjpeg.h. */
#include "tests/unit/jpeg/mkjpeg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

static const struct {
	int channels;
	J_COLOR_SPACE in, file;
} kinds[] = {
    [MKJPEG_GRAY] = {1, JCS_GRAYSCALE, JCS_GRAYSCALE},
    [MKJPEG_YCC] = {3, JCS_RGB, JCS_YCbCr},
    [MKJPEG_RGB] = {3, JCS_RGB, JCS_RGB},
    [MKJPEG_CMYK] = {4, JCS_CMYK, JCS_CMYK},
    [MKJPEG_YCCK] = {4, JCS_CMYK, JCS_YCCK},
};

uint8_t
mkjpeg_sample(const struct mkjpeg *m, uint32_t x, uint32_t y, int c)
{
	uint32_t side = m->width > m->height ? m->width : m->height;
	uint32_t a = x * 200 / side, b = y * 200 / side;

	switch (c) {
	case 0:
		return (uint8_t)(30 + a);
	case 1:
		return (uint8_t)(230 - b);
	case 2:
		return (uint8_t)(40 + (a + b) / 2);
	default: /* little black: inverted, so 255 is none */
		return (uint8_t)(200 + (a + b) / 10);
	}
}

static void
write_exif(struct jpeg_compress_struct *jpeg, uint32_t orientation)
{
	uint8_t exif[] = {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
	    0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (uint8_t)orientation, 0, 0, 0,
	    0, 0, 0};

	jpeg_write_marker(jpeg, JPEG_APP0 + 1, exif, sizeof(exif));
}

static void
write_rows(struct jpeg_compress_struct *jpeg, const struct mkjpeg *m)
{
	uint8_t *row = malloc((size_t)m->width * 4), *p;
	uint32_t x;
	int c;

	if (row == NULL)
		abort();
	while (jpeg->next_scanline < m->height) {
		for (x = 0, p = row; x < m->width; x++)
			for (c = 0; c < jpeg->input_components; c++)
				*p++ =
				    mkjpeg_sample(m, x, jpeg->next_scanline, c);
		jpeg_write_scanlines(jpeg, &row, 1);
	}
	free(row);
}

uint8_t *
mkjpeg(const struct mkjpeg *m, size_t *ret_size)
{
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr error;
	unsigned char *out = NULL;
	unsigned long size = 0;

	jpeg.err = jpeg_std_error(&error);
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &out, &size);
	jpeg.image_width = m->width;
	jpeg.image_height = m->height;
	jpeg.input_components = kinds[m->colours].channels;
	jpeg.in_color_space = kinds[m->colours].in;
	jpeg_set_defaults(&jpeg);
	jpeg_set_colorspace(&jpeg, kinds[m->colours].file);
	jpeg_set_quality(&jpeg, m->quality ? m->quality : 90, TRUE);
	jpeg.comp_info[0].h_samp_factor = m->h ? m->h : 1;
	jpeg.comp_info[0].v_samp_factor = m->v ? m->v : 1;
	if (m->colours == MKJPEG_YCCK) { /* black is sampled as luma is */
		jpeg.comp_info[3].h_samp_factor = m->h ? m->h : 1;
		jpeg.comp_info[3].v_samp_factor = m->v ? m->v : 1;
	}
	jpeg.restart_in_rows = (int)m->restart;
	jpeg.optimize_coding = !m->arithmetic;
	jpeg.arith_code = m->arithmetic;
	if (m->progressive)
		jpeg_simple_progression(&jpeg);
	jpeg_start_compress(&jpeg, TRUE);
	if (m->orientation != 0)
		write_exif(&jpeg, m->orientation);
	write_rows(&jpeg, m);
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	*ret_size = size;
	return out;
}
