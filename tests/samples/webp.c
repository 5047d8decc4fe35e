/* SPDX-License-Identifier: ISC */
/*
 * Writes sandboxed_parsers/webp/samples.h (`make samples`). Side: tests.
 */
#include "tests/samples/print.h"
#include "tests/unit/webp/mkwebp.h"

static struct sample samples[SAMPLES_MAX];
static size_t n;

static void
add(const char *name, const char *op, const struct bytes *m)
{
	samples[n++] = (struct sample){
	    .name = name, .op = op, .data = m->data, .size = m->size};
}

static struct bytes
still(uint32_t side, bool lossless, bool alpha)
{
	struct bytes m = {0};

	mkwebp_still(&m, side, side, lossless, alpha);
	return m;
}

static struct bytes
animation(void)
{
	static const uint8_t red[4] = {255, 0, 0, 255},
			     haze[4] = {0, 9, 255, 90};
	struct bytes m = {0};

	mkwebp_begin(&m, MKWEBP_ANIMATION | MKWEBP_ALPHA, 16, 16);
	mkwebp_frame(&m, 0, 0, 16, 16, red, false);
	mkwebp_frame(&m, 4, 4, 8, 8, haze, true);
	mkwebp_end(&m);
	return m;
}

int
main(int argc, char **argv)
{
	struct bytes m;

	m = still(16, false, false);
	add("lossy", "DECODE", &m);
	m = still(16, false, true);
	add("alpha", "DECODE", &m);
	m = still(16, true, true);
	add("lossless", "DECODE", &m);
	m = still(64, false, true);
	add("scaled", "THUMBNAIL", &m);
	m = still(64, true, false);
	add("scaled_lossless", "THUMBNAIL", &m);
	m = animation();
	add("animation", "DECODE", &m);
	m = animation();
	add("animation", "PROBE", &m);
	print_samples("webp", argc > 1 ? argv[1] : NULL, samples, n);
	return 0;
}
