/* SPDX-License-Identifier: ISC */
/*
 * Checked pixels as the input of an encoder (schemas/pixels.h).
 * Side: trusted. Reads pixels that the gate has passed, and no file.
 */
#include <errno.h>
#include <glovebox.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "broker/validate/gate.h"
#include "broker/versioned.h"
#include "ipc/memfd.h"
#include "schemas/pixels.h"

static uint32_t
target_of(uint32_t encoding)
{
	switch (encoding) {
	case GBX_ENCODING_PNG:
		return GBX_FORMAT_PNG;
	case GBX_ENCODING_JPEG:
		return GBX_FORMAT_JPEG;
	case GBX_ENCODING_WEBP:
		return GBX_FORMAT_WEBP;
	default:
		return GBX_FORMAT_NONE;
	}
}

static bool
is_valid(const struct gbx_block *p, const struct gbx_encode *how)
{
	uint64_t bytes;

	return p->kind == GBX_BLOCK_PIXELS && p->layout == GBX_LAYOUT_RGBA8 &&
	       p->data != NULL && p->width > 0 && p->width <= GBX_SIDE_MAX &&
	       p->height > 0 && p->height <= GBX_SIDE_MAX &&
	       p->stride >= (uint64_t)p->width * 4 &&
	       gbx_mul_ok(p->stride, p->height, &bytes) &&
	       p->length >= bytes - (p->stride - (uint64_t)p->width * 4) &&
	       how->quality <= 100 && how->orientation <= 8 &&
	       how->colour < GBX_COLOUR_OTHER &&
	       target_of(how->encoding) != GBX_FORMAT_NONE;
}

static int
write_all(int fd, const struct gbx_block *p, const struct gbx_encode *how)
{
	uint8_t header[GBX_PIXELS_HEADER] = GBX_PIXELS_MAGIC;
	const size_t row = (size_t)p->width * 4;
	const uint8_t *pixels = p->data;
	int err;
	uint32_t y;

	gbx_put_le32(header + GBX_PIXELS_TARGET, target_of(how->encoding));
	gbx_put_le32(header + GBX_PIXELS_WIDTH, p->width);
	gbx_put_le32(header + GBX_PIXELS_HEIGHT, p->height);
	gbx_put_le32(header + GBX_PIXELS_QUALITY, how->quality);
	gbx_put_le32(header + GBX_PIXELS_ORIENTATION, how->orientation);
	gbx_put_le32(header + GBX_PIXELS_COLOUR, how->colour);
	err = gbx_memfd_resize(fd, sizeof(header) + (uint64_t)row * p->height);
	if (err == 0)
		err = gbx_memfd_write(fd, header, sizeof(header), 0);
	if (err == 0 && p->stride == row)
		return gbx_memfd_write(
		    fd, pixels, row * p->height, sizeof(header));
	for (y = 0; err == 0 && y < p->height; y++)
		err = gbx_memfd_write(fd, pixels + y * p->stride, row,
		    sizeof(header) + (uint64_t)row * y);
	return err;
}

enum gbx_err
gbx_encode_input(
    const struct gbx_block *pixels, const struct gbx_encode *how, int *ret_fd)
{
	struct gbx_encode own_how = {.size = 0};
	struct gbx_block own = {.size = 0};
	int fd, err;

	if (ret_fd == NULL ||
	    !gbx_struct_in(&own, sizeof(own),
		GBX_SIZE_0_1(struct gbx_block, records), pixels) ||
	    !gbx_struct_in(&own_how, sizeof(own_how),
		GBX_SIZE_0_1(struct gbx_encode, colour), how) ||
	    !is_valid(&own, &own_how))
		return GBX_ERR_ARG;
	fd = gbx_memfd_new("gbx-pixels");
	err = fd < 0 ? fd : write_all(fd, &own, &own_how);
	if (err == 0)
		err = gbx_memfd_seal_all(fd);
	if (err == 0) {
		*ret_fd = fd;
		return GBX_OK;
	}
	if (fd >= 0)
		close(fd);
	errno = -err;
	return err == -ENOMEM ? GBX_ERR_MEMORY : GBX_ERR_SYSTEM;
}
