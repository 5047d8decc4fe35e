/* SPDX-License-Identifier: ISC */
/* See mkjp2.h. Side: tests. */
#include "tests/unit/jp2/mkjp2.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMPONENTS_MAX 5

struct memory {
	uint8_t *data;
	size_t size, room, pos;
};

static void
must(int held, const char *what)
{
	if (held)
		return;
	printf("Bail out! mkjp2: %s\n", what);
	exit(1);
}

static OPJ_SIZE_T
on_write(void *from, OPJ_SIZE_T n, void *user)
{
	struct memory *m = user;
	size_t end = m->pos + n;

	if (end > m->room) {
		m->data = realloc(m->data, end * 2);
		must(m->data != NULL, "memory");
		memset(m->data + m->room, 0, end * 2 - m->room);
		m->room = end * 2;
	}
	memcpy(m->data + m->pos, from, n);
	m->pos = end;
	if (end > m->size)
		m->size = end;
	return n;
}

static OPJ_OFF_T
on_skip(OPJ_OFF_T n, void *user)
{
	struct memory *m = user;

	m->pos += (size_t)n;
	return n;
}

static OPJ_BOOL
on_seek(OPJ_OFF_T to, void *user)
{
	struct memory *m = user;

	m->pos = (size_t)to;
	return OPJ_TRUE;
}

int32_t
mkjp2_sample(uint32_t x, uint32_t y, uint32_t c)
{
	return (int32_t)((x * 3 + y * 2 + c * 40) % 256);
}

static opj_image_t *
make_image(const struct mkjp2 *m)
{
	opj_image_cmptparm_t parts[COMPONENTS_MAX] = {0};
	opj_image_t *image;
	uint32_t c, x, y, step;

	must(m->components <= COMPONENTS_MAX, "components");
	for (c = 0; c < m->components; c++) {
		step = m->coarse && (c == 1 || c == 2) ? m->coarse : 1;
		parts[c].dx = parts[c].dy = step;
		parts[c].w = (m->width + step - 1) / step;
		parts[c].h = (m->height + step - 1) / step;
		parts[c].prec = m->bits ? m->bits : 8;
		parts[c].sgnd = m->is_signed;
	}
	image = opj_image_create(m->components, parts, m->space);
	must(image != NULL, "image");
	image->x1 = m->width;
	image->y1 = m->height;
	for (c = 0; c < m->components; c++)
		for (y = 0; y < parts[c].h; y++)
			for (x = 0; x < parts[c].w; x++)
				image->comps[c].data[y * parts[c].w + x] =
				    (m->sample ? m->sample : mkjp2_sample)(
					x, y, c);
	if (m->alpha)
		image->comps[m->alpha].alpha = m->alpha_kind;
	return image;
}

static void
set_parameters(const struct mkjp2 *m, opj_cparameters_t *p)
{
	opj_set_default_encoder_parameters(p);
	p->tcp_numlayers = 1;
	p->cp_disto_alloc = 1;
	p->tcp_rates[0] = m->lossy ? 4 : 0;
	p->irreversible = m->lossy;
	p->numresolution = m->levels ? m->levels : 3;
	p->tcp_mct = m->mixed;
	p->cblockw_init = p->cblockh_init = 16;
	if (m->tile) {
		p->tile_size_on = OPJ_TRUE;
		p->cp_tdx = p->cp_tdy = (int)m->tile;
	}
}

static size_t
find(const struct memory *m, const char *type)
{
	size_t i;

	for (i = 0; i + 4 <= m->size; i++)
		if (memcmp(m->data + i, type, 4) == 0)
			return i - 4;
	must(0, type);
	return 0;
}

static void
add_length(uint8_t *box, size_t more)
{
	size_t length = (size_t)box[2] << 8 | box[3];

	must(box[0] == 0 && box[1] == 0 && length + more < 65536, "length");
	box[2] = (uint8_t)((length + more) >> 8);
	box[3] = (uint8_t)(length + more);
}

/* The encoder only names colour spaces: a profile takes the place of the name
 * (ISO/IEC 15444-1, I.5.3.3: METH 2, then PREC, APPROX and the profile). */
static void
put_profile(struct memory *m, const uint8_t *icc, size_t icc_size)
{
	size_t at = find(m, "colr"), body = at + 8, more = icc_size - 4;
	uint8_t *to = malloc(m->size + icc_size);

	must(to != NULL && icc_size > 4, "memory");
	memcpy(to, m->data, body);
	memcpy(to + body, "\2\0\0", 3);
	memcpy(to + body + 3, icc, icc_size);
	/* meth, prec, approx and a number of four bytes were there */
	memcpy(
	    to + body + 3 + icc_size, m->data + body + 7, m->size - body - 7);
	add_length(to + at, more);
	add_length(to + find(m, "jp2h"), more);
	free(m->data);
	m->data = to;
	m->size += more;
}

uint8_t *
mkjp2(const struct mkjp2 *m, size_t *ret_size)
{
	struct memory memory = {0};
	opj_cparameters_t *parameters = calloc(1, sizeof(*parameters));
	opj_image_t *image = make_image(m);
	opj_codec_t *codec =
	    opj_create_compress(m->bare ? OPJ_CODEC_J2K : OPJ_CODEC_JP2);
	opj_stream_t *stream = opj_stream_create(4096, OPJ_STREAM_WRITE);

	must(parameters != NULL && codec != NULL && stream != NULL, "memory");
	set_parameters(m, parameters);
	opj_stream_set_write_function(stream, on_write);
	opj_stream_set_skip_function(stream, on_skip);
	opj_stream_set_seek_function(stream, on_seek);
	opj_stream_set_user_data(stream, &memory, NULL);
	must(opj_setup_encoder(codec, parameters, image) &&
		 opj_start_compress(codec, image, stream) &&
		 opj_encode(codec, stream) && opj_end_compress(codec, stream),
	    "encoder");
	opj_stream_destroy(stream);
	opj_destroy_codec(codec);
	opj_image_destroy(image);
	free(parameters);
	if (m->icc != NULL)
		put_profile(&memory, m->icc, m->icc_size);
	*ret_size = memory.size;
	return memory.data;
}
