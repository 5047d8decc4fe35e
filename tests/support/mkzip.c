/* SPDX-License-Identifier: ISC */
/* Writes ZIP archives (APPNOTE.TXT 6.3.10), see mkzip.h. Side: tests. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/support/mkzip.h"

void
mkzip_put(struct mkzip_bytes *b, const void *p, size_t n)
{
	if (n > b->room - b->n) {
		b->room = (b->n + n) * 2 + 1024;
		b->p = realloc(b->p, b->room);
		if (b->p == NULL)
			abort();
	}
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void
put_int(struct mkzip_bytes *b, uint64_t value, size_t width)
{
	uint8_t bytes[8];
	size_t i;

	for (i = 0; i < width; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
	mkzip_put(b, bytes, width);
}

static void
put_text(struct mkzip_bytes *b, const char *text)
{
	if (text != NULL)
		mkzip_put(b, text, strlen(text));
}

static void
pack(struct mkzip_bytes *b, const void *data, size_t n, bool deflated)
{
	uint8_t buf[65536];
	z_stream z = {0};

	if (!deflated) {
		mkzip_put(b, data, n);
		return;
	}
	if (deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	z.next_in = (z_const Bytef *)data;
	z.avail_in = (uInt)n;
	do {
		z.next_out = buf;
		z.avail_out = sizeof(buf);
		if (deflate(&z, Z_FINISH) == Z_STREAM_ERROR)
			abort();
		mkzip_put(b, buf, sizeof(buf) - z.avail_out);
	} while (z.avail_out == 0);
	deflateEnd(&z);
}

struct fields {
	uint16_t bits, method, n_extra;
	uint32_t crc, packed, size;
	const char *name;
};

static void
put_common(struct mkzip_bytes *b, const struct fields *f)
{
	put_int(b, 20, 2);
	put_int(b, f->bits, 2);
	put_int(b, f->method, 2);
	put_int(b, 0x00210000, 4);
	put_int(b, f->crc, 4);
	put_int(b, f->packed, 4);
	put_int(b, f->size, 4);
	put_int(b, strlen(f->name), 2);
	put_int(b, f->n_extra, 2);
}

static void
put_dir(struct mkzip *z, struct fields f, const char *utf8_name, size_t at)
{
	size_t n = utf8_name == NULL ? 0 : strlen(utf8_name) + 5;

	f.n_extra = (uint16_t)(n > 0 ? n + 4 : 0);
	mkzip_put(&z->dir, "PK\1\2\24\0", 6);
	put_common(&z->dir, &f);
	put_int(&z->dir, 0, 8); /* comment, disk, attributes */
	put_int(&z->dir, 0, 2);
	put_int(&z->dir, at, 4);
	put_text(&z->dir, f.name);
	if (n > 0) {
		put_int(&z->dir, 0x7075, 2);
		put_int(&z->dir, n, 2);
		put_int(&z->dir, 1, 1);
		put_int(&z->dir,
		    crc32(0, (const Bytef *)f.name, (uInt)strlen(f.name)), 4);
		put_text(&z->dir, utf8_name);
	}
	z->count++;
}

static void
put_local(struct mkzip *z, struct fields f, const struct mkzip_odd *odd)
{
	f.bits |= odd->local_bits;
	f.method ^= odd->local_method;
	f.size += odd->local_size;
	if (odd->local_name != NULL)
		f.name = odd->local_name;
	if (f.bits & 8)
		f.crc = f.packed = f.size = 0;
	mkzip_put(&z->out, "PK\3\4", 4);
	put_common(&z->out, &f);
	put_text(&z->out, f.name);
}

static void
put_descriptor(struct mkzip *z, const struct fields *f)
{
	mkzip_put(&z->out, "PK\7\10", 4);
	put_int(&z->out, f->crc, 4);
	put_int(&z->out, f->packed, 4);
	put_int(&z->out, f->size, 4);
}

void
mkzip_add(struct mkzip *z, const char *name, const void *data, size_t n,
    bool deflated, const struct mkzip_odd *odd)
{
	static const struct mkzip_odd none;
	struct mkzip_bytes body = {0};
	struct fields f = {.name = name};
	size_t at;

	odd = odd == NULL ? &none : odd;
	pack(&body, data, n, deflated);
	put_text(&body, odd->tail);
	f.bits = odd->bits;
	f.method = odd->method != 0 ? odd->method : deflated ? 8 : 0;
	f.crc = (uint32_t)crc32(0, data, (uInt)n) ^ odd->crc;
	f.packed = (uint32_t)body.n;
	f.size = (uint32_t)n + odd->size;
	put_text(&z->out, odd->gap);
	at = z->out.n;
	put_local(z, f, odd);
	mkzip_put(&z->out, body.p, body.n);
	if ((f.bits & 8) && !odd->no_descriptor)
		put_descriptor(z, &f);
	put_dir(z, f, odd->utf8_name, at);
	if (odd->again)
		put_dir(z, f, odd->utf8_name, at);
	free(body.p);
}

void
mkzip_text(struct mkzip *z, const char *name, const char *text)
{
	mkzip_add(z, name, text, strlen(text), true, NULL);
}

static void
put_end64(struct mkzip *z, uint64_t start)
{
	uint64_t at = z->out.n;

	mkzip_put(&z->out, "PK\6\6", 4);
	put_int(&z->out, 44, 8);
	put_int(&z->out, 45, 2);
	put_int(&z->out, 45, 2);
	put_int(&z->out, 0, 8);
	put_int(&z->out, z->count, 8);
	put_int(&z->out, z->count, 8);
	put_int(&z->out, z->dir.n, 8);
	put_int(&z->out, start, 8);
	mkzip_put(&z->out, "PK\6\7", 4);
	put_int(&z->out, 0, 4);
	put_int(&z->out, at, 8);
	put_int(&z->out, 1, 4);
}

void
mkzip_end(struct mkzip *z)
{
	uint64_t start = z->out.n;
	uint32_t count = z->say_count != 0 ? z->say_count : z->count;

	mkzip_put(&z->out, z->dir.p, z->dir.n);
	if (z->zip64)
		put_end64(z, start);
	mkzip_put(&z->out, "PK\5\6\0\0\0\0", 8);
	put_int(&z->out, count, 2);
	put_int(&z->out, count, 2);
	put_int(&z->out, z->dir.n, 4);
	put_int(&z->out, start, 4);
	put_int(&z->out, z->comment == NULL ? 0 : strlen(z->comment), 2);
	put_text(&z->out, z->comment);
}

void
mkzip_free(struct mkzip *z)
{
	free(z->out.p);
	free(z->dir.p);
	*z = (struct mkzip){0};
}
