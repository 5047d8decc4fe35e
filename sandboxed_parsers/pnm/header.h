/* SPDX-License-Identifier: ISC */
/*
 * The header of a PBM, PGM, PPM or PAM. Side: hostile; allocates nothing.
 */
#ifndef GBX_PNM_HEADER_H
#define GBX_PNM_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/limits.h"

struct gbx_pnm {
	const uint8_t *data;
	size_t size, pos;
	uint32_t width, height, maxval;
	uint32_t depth; /* samples of a pixel: 1 to 4 */
	bool plain;	/* numbers are written out */
	bool bits;	/* one bit a pixel, and 1 is black */
};

/* With data and size set; pos is then where the pixels begin. GBX_WIRE_OK, or
 * why it can't be read. */
enum gbx_wire_status gbx_pnm_header(struct gbx_pnm *p);

/* A number after blanks and comments; at most 65535 x 65536. */
bool gbx_pnm_number(struct gbx_pnm *p, uint32_t *ret);
/* Up to the next character that is neither blank nor comment. False: none. */
bool gbx_pnm_skip(struct gbx_pnm *p);

#endif
