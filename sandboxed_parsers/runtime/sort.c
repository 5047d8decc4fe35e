/* SPDX-License-Identifier: ISC */
/*
 * Heapsort: n log n whatever the input, no memory, no system call.
 * Side: hostile.
 */
#include <string.h>

#include "sandboxed_parsers/runtime/sort.h"

struct heap {
	char *base;
	size_t width;
	uint64_t (*key)(const void *thing);
};

static char *
at(const struct heap *h, size_t i)
{
	return h->base + i * h->width;
}

static void
swap(const struct heap *h, size_t i, size_t j)
{
	char tmp[GBX_SORT_WIDTH];

	memcpy(tmp, at(h, i), h->width);
	memcpy(at(h, i), at(h, j), h->width);
	memcpy(at(h, j), tmp, h->width);
}

static void
sift_down(const struct heap *h, size_t i, size_t n)
{
	size_t child;

	while (i < n / 2) {
		child = 2 * i + 1;
		if (child + 1 < n &&
		    h->key(at(h, child)) < h->key(at(h, child + 1)))
			child++;
		if (h->key(at(h, i)) >= h->key(at(h, child)))
			return;
		swap(h, i, child);
		i = child;
	}
}

void
gbx_heapsort(
    void *base, size_t n, size_t width, uint64_t (*key)(const void *thing))
{
	struct heap h = {base, width, key};
	size_t i;

	for (i = n / 2; i-- > 0;)
		sift_down(&h, i, n);
	for (i = n; i-- > 1;) {
		swap(&h, 0, i);
		sift_down(&h, 0, i);
	}
}
