/* SPDX-License-Identifier: ISC */
/*
 * See header.h; pbm(5), pgm(5), ppm(5), pam(5) of netpbm. Side: hostile.
 */
#include <string.h>

#include "sandboxed_parsers/pnm/header.h"

#define NUMBER_MAX 0xffff0000u
#define WORD_MAX   32u

static bool
is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool
gbx_pnm_skip(struct gbx_pnm *p)
{
	for (; p->pos < p->size; p->pos++) {
		if (p->data[p->pos] == '#')
			while (p->pos < p->size && p->data[p->pos] != '\n' &&
			       p->data[p->pos] != '\r')
				p->pos++;
		else if (!is_blank(p->data[p->pos]))
			return true;
	}
	p->pos = p->size;
	return false;
}

bool
gbx_pnm_number(struct gbx_pnm *p, uint32_t *ret)
{
	uint64_t v = 0;
	size_t start;

	if (!gbx_pnm_skip(p))
		return false;
	for (start = p->pos; p->pos < p->size; p->pos++) {
		if (p->data[p->pos] < '0' || p->data[p->pos] > '9')
			break;
		v = v * 10 + (p->data[p->pos] - '0');
		if (v > NUMBER_MAX)
			return false;
	}
	*ret = (uint32_t)v;
	return p->pos > start;
}

/* ---- P1 to P6 ----------------------------------------------------------- */

/* One blank, and no more, stands before the pixels. */
static bool
one_blank(struct gbx_pnm *p)
{
	if (p->pos >= p->size || !is_blank(p->data[p->pos]))
		return false;
	p->pos++;
	return true;
}

static bool
read_short(struct gbx_pnm *p, uint8_t kind)
{
	p->plain = kind <= '3';
	p->bits = kind == '1' || kind == '4';
	p->depth = kind == '3' || kind == '6' ? 3 : 1;
	p->maxval = 1;
	return gbx_pnm_number(p, &p->width) && gbx_pnm_number(p, &p->height) &&
	       (p->bits || gbx_pnm_number(p, &p->maxval)) && one_blank(p);
}

/* ---- P7 ----------------------------------------------------------------- */

/* The rest of the line, without blanks around it, cut at WORD_MAX. */
static void
read_word(struct gbx_pnm *p, char word[WORD_MAX])
{
	size_t n = 0;

	while (p->pos < p->size && p->data[p->pos] != '\n' &&
	       is_blank(p->data[p->pos]))
		p->pos++;
	for (; p->pos < p->size && !is_blank(p->data[p->pos]); p->pos++)
		if (n < WORD_MAX - 1)
			word[n++] = (char)p->data[p->pos];
	word[n] = '\0';
}

/* What a tuple means; none given: what has so many samples. */
static bool
tuple_is_read(const char *type, uint32_t depth)
{
	static const struct {
		const char *type;
		uint32_t depth;
	} known[] = {
	    {"BLACKANDWHITE", 1},
	    {"GRAYSCALE", 1},
	    {"RGB", 3},
	    {"BLACKANDWHITE_ALPHA", 2},
	    {"GRAYSCALE_ALPHA", 2},
	    {"RGB_ALPHA", 4},
	};
	size_t i;

	if (type[0] == '\0')
		return depth >= 1 && depth <= 4;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].type, type) == 0)
			return known[i].depth == depth;
	return false;
}

static bool
read_field(struct gbx_pnm *p, const char *name, char type[WORD_MAX])
{
	if (strcmp(name, "WIDTH") == 0)
		return gbx_pnm_number(p, &p->width);
	if (strcmp(name, "HEIGHT") == 0)
		return gbx_pnm_number(p, &p->height);
	if (strcmp(name, "DEPTH") == 0)
		return gbx_pnm_number(p, &p->depth);
	if (strcmp(name, "MAXVAL") == 0)
		return gbx_pnm_number(p, &p->maxval);
	if (strcmp(name, "TUPLTYPE") == 0) {
		read_word(p, type);
		return true;
	}
	return false;
}

static enum gbx_wire_status
read_long(struct gbx_pnm *p)
{
	char name[WORD_MAX], type[WORD_MAX] = "";

	for (;;) {
		if (!gbx_pnm_skip(p))
			return GBX_WIRE_MALFORMED;
		read_word(p, name);
		if (strcmp(name, "ENDHDR") == 0)
			break;
		if (!read_field(p, name, type))
			return GBX_WIRE_MALFORMED;
	}
	if (p->pos >= p->size || p->data[p->pos++] != '\n')
		return GBX_WIRE_MALFORMED;
	if (p->depth == 0)
		return GBX_WIRE_MALFORMED;
	return tuple_is_read(type, p->depth) ? GBX_WIRE_OK
					     : GBX_WIRE_UNSUPPORTED;
}

enum gbx_wire_status
gbx_pnm_header(struct gbx_pnm *p)
{
	enum gbx_wire_status status = GBX_WIRE_OK;
	uint8_t kind;

	if (p->size < 3 || p->data[0] != 'P')
		return GBX_WIRE_MALFORMED;
	kind = p->data[1];
	p->pos = 2;
	if (kind < '1' || kind > '7' ||
	    (!is_blank(p->data[2]) && p->data[2] != '#'))
		return GBX_WIRE_MALFORMED;
	if (kind == '7')
		status = read_long(p);
	else if (!read_short(p, kind))
		return GBX_WIRE_MALFORMED;
	if (status == GBX_WIRE_OK && (p->maxval < 1 || p->maxval > 65535))
		return GBX_WIRE_MALFORMED;
	return status;
}
