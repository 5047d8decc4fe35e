/* SPDX-License-Identifier: ISC */
/*
 * The chain of image file directories: TIFF 6.0, section 2, and its 64-bit
 * variant, BigTIFF. Side: hostile. Allocates nothing.
 *
 * libtiff can count, too, but compares each directory with all before it: a
 * quarter of an hour for a file of a few megabytes.
 */
#include "sandboxed_parsers/tiff/pages.h"

struct chain {
	const uint8_t *data;
	size_t size;
	bool msb_first;
	/* bytes of a directory's count, of an entry and of an offset */
	unsigned count_len, entry_len, offset_len;
};

static uint64_t
get(const struct chain *c, size_t pos, unsigned length)
{
	uint64_t v = 0;
	unsigned i;

	for (i = 0; i < length; i++)
		v = v << 8 | c->data[pos + (c->msb_first ? i : length - 1 - i)];
	return v;
}

/* Is there a directory at `at`? *ret_next: the one after it, or 0. */
static bool
step(const struct chain *c, uint64_t at, uint64_t *ret_next)
{
	uint64_t n, left;

	if (at == 0 || at > c->size || c->size - at < c->count_len)
		return false;
	n = get(c, (size_t)at, c->count_len);
	left = c->size - at - c->count_len;
	if (n == 0 || n > left / c->entry_len)
		return false;
	left -= n * c->entry_len;
	*ret_next = UINT64_MAX; /* cut off */
	if (left >= c->offset_len)
		*ret_next = get(c, c->size - (size_t)left, c->offset_len);
	return true;
}

/* The chain from `first` runs in a circle of `period`: how many directories
 * are there before it comes to one that was there already? */
static uint32_t
count_circle(const struct chain *c, uint64_t first, uint32_t period)
{
	uint64_t ahead = first, behind = first;
	uint32_t i, n = period;

	for (i = 0; i < period; i++)
		step(c, ahead, &ahead);
	while (ahead != behind) {
		step(c, ahead, &ahead);
		step(c, behind, &behind);
		n++;
	}
	return n;
}

/* Brent's way of finding a circle: a mark that moves up whenever the number of
 * steps since has doubled. */
static struct gbx_tiff_pages
walk(const struct chain *c, uint64_t first, uint64_t most, uint32_t wanted)
{
	struct gbx_tiff_pages pages = {0};
	uint64_t at = first, mark = 0, next;
	uint32_t since = 0, room = 1;

	while (pages.total <= most && step(c, at, &next)) {
		if (at == mark) {
			pages.total = count_circle(c, first, since);
			break;
		}
		if (pages.total == wanted)
			pages.offset = at;
		if (since == room || pages.total == 0) {
			mark = at;
			room *= 2;
			since = 0;
		}
		pages.total++;
		since++;
		at = next;
	}
	pages.broken = at != 0;
	return pages;
}

struct gbx_tiff_pages
gbx_tiff_find_pages(
    const uint8_t *data, size_t size, uint64_t most, uint32_t wanted)
{
	const struct gbx_tiff_pages none = {0};
	struct chain c = {data, size, false, 2, 12, 4};
	size_t first = 4;

	if (size < 8)
		return none;
	c.msb_first = data[0] == 'M';
	if (get(&c, 2, 2) == 43) {
		c.count_len = c.offset_len = 8;
		c.entry_len = 20;
		first = 8;
	}
	if (size < first + c.offset_len)
		return none;
	return walk(&c, get(&c, first, c.offset_len), most, wanted);
}
