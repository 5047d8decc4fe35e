/* SPDX-License-Identifier: ISC */
/* Sequences; see mkavif.h. Boxes as ISO/IEC 14496-12 has them. Side: tests. */
#include "tests/unit/avif/mkavif.h"

#include <string.h>

#include "base/bytes.h"
#include "tests/support/cmocka.h"

/* Begins a box and says where; end_box() fills in its size. */
static size_t
box(struct bytes *b, const char *type)
{
	bytes_be(b, 0, 4);
	bytes_put(b, type, 4);
	return b->size - 8;
}

static size_t
full_box(struct bytes *b, const char *type)
{
	size_t at = box(b, type);

	bytes_be(b, 0, 4);
	return at;
}

static void
end_box(struct bytes *b, size_t at)
{
	gbx_put_be32(b->data + at, (uint32_t)(b->size - at));
}

/* A box of the still, its head with it; the samples have each type once. */
static const uint8_t *
box_of(const struct gbx_sample *still, const char *type, size_t *ret_size)
{
	const uint8_t *at = memmem(still->data, still->size, type, 4);

	assert_non_null(at);
	*ret_size = gbx_be32(at - 4);
	return at - 4;
}

static void
put_handler(struct bytes *b, const char *kind)
{
	size_t at = full_box(b, "hdlr");

	bytes_be(b, 0, 4);
	bytes_put(b, kind, 4);
	bytes_fill(b, 0, 13);
	end_box(b, at);
}

static void
put_description(
    struct bytes *b, const struct gbx_sample *still, const char *urn)
{
	size_t stsd = full_box(b, "stsd"), entry, auxi, n;
	const uint8_t *config = box_of(still, "av1C", &n);

	bytes_be(b, 1, 4);
	entry = box(b, "av01");
	bytes_fill(b, 0, 24);
	bytes_be(b, DRAWN_SIDE, 2);
	bytes_be(b, DRAWN_SIDE, 2);
	bytes_fill(b, 0, 50);
	bytes_put(b, config, n);
	if (urn != NULL) {
		auxi = full_box(b, "auxi");
		bytes_put(b, urn, strlen(urn) + 1);
		end_box(b, auxi);
	}
	end_box(b, entry);
	end_box(b, stsd);
}

/* One line of a table of the samples, of these numbers. */
static void
put_table(struct bytes *b, const char *type, const uint32_t *v, int n)
{
	size_t at = full_box(b, type);
	int i;

	for (i = 0; i < n; i++)
		bytes_be(b, v[i], 4);
	end_box(b, at);
}

static void
put_samples(struct bytes *b, const struct gbx_sample *still, const char *urn,
    size_t *ret_offset)
{
	size_t stbl = box(b, "stbl"), n;

	box_of(still, "mdat", &n);
	put_description(b, still, urn);
	put_table(b, "stts", (const uint32_t[]){1, 1, 1}, 3);
	put_table(b, "stsc", (const uint32_t[]){1, 1, 1, 1}, 4);
	put_table(b, "stsz", (const uint32_t[]){0, 1, (uint32_t)n - 8}, 3);
	put_table(b, "stco", (const uint32_t[]){1, 0}, 2);
	*ret_offset = b->size - 4;
	end_box(b, stbl);
}

static void
put_media(struct bytes *b, const struct gbx_sample *still, const char *kind,
    const char *urn, size_t *ret_offset)
{
	static const uint32_t times[] = {0, 0, 10, 1, 0};
	size_t mdia = box(b, "mdia"), minf;

	put_table(b, "mdhd", times, 5);
	put_handler(b, kind);
	minf = box(b, "minf");
	put_samples(b, still, urn, ret_offset);
	end_box(b, minf);
	end_box(b, mdia);
}

static void
put_track(struct bytes *b, uint32_t id, const struct gbx_sample *still,
    const char *urn, size_t *ret_offset)
{
	const uint32_t head[] = {0, 0, id, 0, 1, 0, 0, 0, 0, 0x10000, 0, 0, 0,
	    0x10000, 0, 0, 0, 0x40000000, DRAWN_SIDE << 16, DRAWN_SIDE << 16};
	size_t trak = box(b, "trak"), tref, auxl;

	put_table(b, "tkhd", head, 20);
	if (id > 1) {
		tref = box(b, "tref");
		auxl = box(b, "auxl");
		bytes_be(b, 1, 4);
		end_box(b, auxl);
		end_box(b, tref);
	}
	put_media(b, still, id > 1 ? "auxv" : "pict", urn, ret_offset);
	end_box(b, trak);
}

static void
put_data(struct bytes *b, const struct gbx_sample *still, size_t offset)
{
	size_t n;
	const uint8_t *mdat = box_of(still, "mdat", &n);

	gbx_put_be32(b->data + offset, (uint32_t)b->size + 8);
	bytes_put(b, mdat, n);
}

struct bytes
mkavif(const struct gbx_sample *colour, const struct gbx_sample *other,
    const char *urn)
{
	struct bytes b = {0};
	size_t at = box(&b, "ftyp"), first, second;

	bytes_put(&b, "avis\0\0\0\0avismsf1miaf", 20);
	end_box(&b, at);
	at = box(&b, "moov");
	put_track(&b, 1, colour, NULL, &first);
	put_track(&b, 2, other, urn, &second);
	end_box(&b, at);
	put_data(&b, colour, first);
	put_data(&b, other, second);
	return b;
}
