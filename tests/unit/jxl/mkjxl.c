/* SPDX-License-Identifier: ISC */
/* See mkjxl.h. Side: tests. */
#include "tests/unit/jxl/mkjxl.h"

#include <stdio.h>
#include <stdlib.h>

#include <jxl/encode.h>

static const JxlPixelFormat rgb8 = {3, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
static const JxlPixelFormat gray8 = {1, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};

static void
must(int held)
{
	if (held)
		return;
	fputs("Bail out! no JPEG XL can be made\n", stdout);
	exit(1);
}

uint8_t
mkjxl_sample(
    const struct mkjxl *m, uint32_t x, uint32_t y, uint32_t frame, int c)
{
	if (m->transfer != 0)
		return m->value;
	if (c == 0)
		return (uint8_t)(x * 200 / m->width);
	if (c == 1)
		return (uint8_t)(y * 200 / m->height);
	return (uint8_t)(frame * 10);
}

static void
describe(JxlEncoder *e, const struct mkjxl *m)
{
	JxlExtraChannelInfo extra;
	JxlColorEncoding colours;
	JxlBasicInfo info;

	JxlEncoderInitBasicInfo(&info);
	info.xsize = m->width;
	info.ysize = m->height;
	info.bits_per_sample = 8;
	info.uses_original_profile = m->lossless ? JXL_TRUE : JXL_FALSE;
	if (m->orientation != 0)
		info.orientation = (JxlOrientation)m->orientation;
	if (m->frames > 0) {
		info.have_animation = JXL_TRUE;
		info.animation.tps_numerator =
		    m->per_second > 0 ? m->per_second : 10;
		info.animation.tps_denominator =
		    m->denominator > 0 ? m->denominator : 1;
	}
	info.num_extra_channels = m->black ? 1 : 0;
	must(JxlEncoderSetBasicInfo(e, &info) == JXL_ENC_SUCCESS);
	if (m->black) {
		JxlEncoderInitExtraChannelInfo(JXL_CHANNEL_BLACK, &extra);
		must(JxlEncoderSetExtraChannelInfo(e, 0, &extra) ==
		     JXL_ENC_SUCCESS);
	}
	JxlColorEncodingSetToSRGB(&colours, JXL_FALSE);
	if (m->transfer != 0) {
		colours.primaries = JXL_PRIMARIES_2100;
		colours.transfer_function = (JxlTransferFunction)m->transfer;
	}
	must(JxlEncoderSetColorEncoding(e, &colours) == JXL_ENC_SUCCESS);
}

static void
add_frame(JxlEncoder *e, const struct mkjxl *m, uint32_t frame)
{
	JxlEncoderFrameSettings *s = JxlEncoderFrameSettingsCreate(e, NULL);
	size_t size = (size_t)m->width * m->height * 3, i = 0;
	uint8_t *pixels = malloc(size);
	JxlFrameHeader header;
	uint32_t x, y;
	int c;

	must(s != NULL && pixels != NULL);
	for (y = 0; y < m->height; y++)
		for (x = 0; x < m->width; x++)
			for (c = 0; c < 3; c++)
				pixels[i++] = mkjxl_sample(m, x, y, frame, c);
	if (m->frames > 0) {
		JxlEncoderInitFrameHeader(&header);
		header.duration = (frame + 1) * (m->ticks > 0 ? m->ticks : 1);
		must(JxlEncoderSetFrameHeader(s, &header) == JXL_ENC_SUCCESS);
	}
	must(JxlEncoderSetFrameLossless(
		 s, m->lossless ? JXL_TRUE : JXL_FALSE) == JXL_ENC_SUCCESS);
	must(
	    JxlEncoderAddImageFrame(s, &rgb8, pixels, size) == JXL_ENC_SUCCESS);
	if (m->black)
		must(JxlEncoderSetExtraChannelBuffer(
			 s, &gray8, pixels, size / 3, 0) == JXL_ENC_SUCCESS);
	free(pixels);
}

uint8_t *
mkjxl(const struct mkjxl *m, size_t *ret_size)
{
	JxlEncoder *e = JxlEncoderCreate(NULL);
	size_t room = 1 << 20, left = room;
	uint8_t *file = malloc(room), *next = file;
	uint32_t i, frames = m->frames > 0 ? m->frames : 1;

	must(e != NULL && file != NULL);
	describe(e, m);
	for (i = 0; i < frames; i++)
		add_frame(e, m, i);
	JxlEncoderCloseInput(e);
	must(JxlEncoderProcessOutput(e, &next, &left) == JXL_ENC_SUCCESS);
	JxlEncoderDestroy(e);
	*ret_size = room - left;
	return file;
}
