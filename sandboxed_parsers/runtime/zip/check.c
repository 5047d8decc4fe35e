/* SPDX-License-Identifier: ISC */
/*
 * A second look at the archive, from its raw bytes and without minizip: would
 * another program, or one that reads the local headers in sequence, see other
 * members than we do?
 * Side: hostile. Only answers yes or no; reads nothing outside the input.
 *
 * The rule is coverage: members, their data descriptors, the directory and the
 * end records must fill the file from its first byte to its last, each said
 * twice in the same words. Sources: APPNOTE.TXT 6.3.10; ISO/IEC 21320-1.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/sort.h"
#include "sandboxed_parsers/runtime/zip/zip.h"

#define SIG_LOCAL	0x04034b50u
#define SIG_DIR		0x02014b50u
#define SIG_DESCRIPTOR	0x08074b50u
#define SIG_END		0x06054b50u
#define SIG_END64	0x06064b50u
#define SIG_LOCATOR	0x07064b50u
#define LEN_LOCAL	30
#define LEN_DIR		46
#define LEN_END		22
#define LEN_END64	56
#define LEN_LOCATOR	20
#define COMMENT_MAX	65535
#define EXTRA_ZIP64	0x0001
#define EXTRA_UTF8_NAME 0x7075
#define BIT_DESCRIPTOR	(1u << 3)

/* The input, and the place looked at. All reads go through here. */
struct view {
	const uint8_t *data;
	uint64_t size;
};

/* How the archive ends. */
struct tail {
	uint64_t pos;		      /* of the end record */
	uint64_t dir_end;	      /* where the directory must end */
	uint64_t count, size, offset; /* of the directory, as declared */
	bool odd;
};

/* A record of the directory, or a local header. */
struct header {
	uint64_t packed, size, offset;
	uint32_t crc;
	uint16_t method, bits, n_name, n_extra, n_comment;
	const uint8_t *name, *extra;
	uint64_t next; /* where it ends */
};

/* Where a member lies. */
struct range {
	uint64_t start, end;
	size_t index;
};

static bool
inside(struct view v, uint64_t pos, uint64_t n)
{
	return pos <= v.size && n <= v.size - pos;
}

static uint16_t
get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t
get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static uint64_t
get64(const uint8_t *p)
{
	return get32(p) | (uint64_t)get32(p + 4) << 32;
}

static bool
has_sig(struct view v, uint64_t pos, uint32_t sig, uint64_t length)
{
	return inside(v, pos, length) && get32(v.data + pos) == sig;
}

/* ---- the end of the archive --------------------------------------------- */

static bool
reaches_end(struct view v, uint64_t pos)
{
	return get16(v.data + pos + 20) == v.size - pos - LEN_END;
}

/* The last end record, as most readers take it; odd if another one would do
 * as well, or if it is not where its comment says. */
static bool
find_end(struct view v, struct tail *tail)
{
	uint64_t pos, lowest = 0;
	bool found = false;

	if (v.size < LEN_END)
		return false;
	if (v.size > LEN_END + COMMENT_MAX)
		lowest = v.size - LEN_END - COMMENT_MAX;
	for (pos = v.size - LEN_END + 1; pos-- > lowest;) {
		if (v.data[pos] != 'P' || get32(v.data + pos) != SIG_END)
			continue;
		if (!found) {
			tail->pos = pos;
			tail->odd = !reaches_end(v, pos);
		} else if (reaches_end(v, pos)) {
			tail->odd = true;
		}
		found = true;
	}
	return found;
}

static bool
says(uint64_t narrow, uint64_t full, uint64_t wide)
{
	return narrow == full || narrow == wide;
}

/* A ZIP64 end record, if there is a locator where it must be. */
static void
read_end64(struct view v, struct tail *tail)
{
	uint64_t locator = tail->pos - LEN_LOCATOR, pos;
	const uint8_t *p;

	if (tail->pos < LEN_LOCATOR ||
	    !has_sig(v, locator, SIG_LOCATOR, LEN_LOCATOR))
		return;
	pos = get64(v.data + locator + 8);
	if (!has_sig(v, pos, SIG_END64, LEN_END64)) {
		tail->odd = true;
		return;
	}
	p = v.data + pos;
	if (pos > locator || get64(p + 4) != locator - pos - 12 ||
	    !says(tail->count, get64(p + 32), 0xffff) ||
	    !says(tail->size, get64(p + 40), UINT32_MAX) ||
	    !says(tail->offset, get64(p + 48), UINT32_MAX))
		tail->odd = true;
	tail->dir_end = pos;
	tail->count = get64(p + 32);
	tail->size = get64(p + 40);
	tail->offset = get64(p + 48);
}

/* minizip takes a locator from anywhere in the last 64 KiB. */
static bool
stray_locator(struct view v, const struct tail *tail)
{
	static const uint8_t sig[4] = {'P', 'K', 6, 7};
	uint64_t from = v.size > COMMENT_MAX ? v.size - COMMENT_MAX : 0;
	const uint8_t *p = v.data + from, *end = v.data + v.size;

	while ((p = memmem(p, (size_t)(end - p), sig, sizeof(sig))) != NULL) {
		if ((uint64_t)(p - v.data) + LEN_LOCATOR != tail->pos)
			return true;
		p++;
	}
	return false;
}

static bool
read_tail(struct view v, struct tail *ret_tail)
{
	struct tail tail = {0};
	const uint8_t *p;

	if (!find_end(v, &tail))
		return false;
	p = v.data + tail.pos;
	tail.dir_end = tail.pos;
	tail.count = get16(p + 10);
	tail.size = get32(p + 12);
	tail.offset = get32(p + 16);
	if (get16(p + 4) != 0 || get16(p + 6) != 0 ||
	    get16(p + 8) != get16(p + 10))
		tail.odd = true;
	read_end64(v, &tail);
	*ret_tail = tail;
	return true;
}

bool
gbx_zip_count(const struct gbx_task *task, uint64_t *ret_count)
{
	struct view v = {task->data, task->size};
	struct tail tail;

	if (!read_tail(v, &tail))
		return false;
	*ret_count = tail.count;
	return true;
}

/* ---- headers ------------------------------------------------------------ */

static bool
wide_value(uint64_t *value, const uint8_t **p, const uint8_t *end)
{
	if (*value != UINT32_MAX)
		return true;
	if (end - *p < 8)
		return false;
	*value = get64(*p);
	*p += 8;
	return true;
}

/* APPNOTE 4.5.3: the saturated fields, in this order. */
static bool
read_zip64(struct header *h, const uint8_t *p, const uint8_t *end)
{
	return wide_value(&h->size, &p, end) &&
	       wide_value(&h->packed, &p, end) &&
	       wide_value(&h->offset, &p, end);
}

/* Info-ZIP's name in UTF-8, for readers that look at it (APPNOTE 4.6.9). */
static bool
same_utf8_name(const struct header *h, const uint8_t *p, size_t n)
{
	return n >= 5 && n - 5 == h->n_name &&
	       memcmp(p + 5, h->name, h->n_name) == 0;
}

static bool
read_extra(struct header *h)
{
	const uint8_t *p = h->extra;
	size_t left = h->n_extra, n;

	while (left >= 4) {
		n = get16(p + 2);
		if (n > left - 4)
			return false;
		if (get16(p) == EXTRA_ZIP64 && !read_zip64(h, p + 4, p + 4 + n))
			return false;
		if (get16(p) == EXTRA_UTF8_NAME && !same_utf8_name(h, p + 4, n))
			return false;
		p += 4 + n;
		left -= 4 + n;
	}
	return true; /* up to three bytes of padding are common */
}

static void
read_common(struct header *h, const uint8_t *p)
{
	h->bits = get16(p);
	h->method = get16(p + 2);
	h->crc = get32(p + 8);
	h->packed = get32(p + 12);
	h->size = get32(p + 16);
	h->n_name = get16(p + 20);
	h->n_extra = get16(p + 22);
}

static bool
read_strings(struct view v, struct header *h, uint64_t pos)
{
	uint64_t n = (uint64_t)h->n_name + h->n_extra + h->n_comment;

	if (!inside(v, pos, n))
		return false;
	h->name = v.data + pos;
	h->extra = h->name + h->n_name;
	h->next = pos + n;
	return read_extra(h);
}

static bool
read_dir(struct view v, uint64_t pos, struct header *ret_header)
{
	struct header h = {0};
	const uint8_t *p = v.data + pos;

	if (!has_sig(v, pos, SIG_DIR, LEN_DIR))
		return false;
	read_common(&h, p + 8);
	h.n_comment = get16(p + 32);
	h.offset = get32(p + 42);
	if (get16(p + 34) != 0 || !read_strings(v, &h, pos + LEN_DIR))
		return false;
	*ret_header = h;
	return true;
}

static bool
read_local(struct view v, uint64_t pos, struct header *ret_header)
{
	struct header h = {0};

	if (!has_sig(v, pos, SIG_LOCAL, LEN_LOCAL))
		return false;
	read_common(&h, v.data + pos + 6);
	if (!read_strings(v, &h, pos + LEN_LOCAL))
		return false;
	*ret_header = h;
	return true;
}

/* Sizes and CRC may be left to the data descriptor. */
static bool
same_number(uint64_t local, uint64_t dir, bool later)
{
	return local == dir || (later && local == 0);
}

static bool
same_member(const struct header *local, const struct header *dir)
{
	bool later = local->bits & BIT_DESCRIPTOR;

	return local->bits == dir->bits && local->method == dir->method &&
	       same_number(local->crc, dir->crc, later) &&
	       same_number(local->packed, dir->packed, later) &&
	       same_number(local->size, dir->size, later) &&
	       local->n_name == dir->n_name &&
	       memcmp(local->name, dir->name, dir->n_name) == 0;
}

/* Does minizip say the same? */
static bool
agrees(const struct gbx_zip *zip, const struct header *dir,
    const struct gbx_zip_member *m)
{
	size_t n = dir->n_name;
	struct gbx_zip_member same = {0};

	if (n > GBX_ZIP_NAME_MAX + 1)
		n = GBX_ZIP_NAME_MAX + 1;
	gbx_zip_name(zip, (const char *)dir->name, n, &same);
	return m->packed == dir->packed && m->size == dir->size &&
	       m->crc == dir->crc && m->method == dir->method &&
	       m->bits == dir->bits && m->hash == same.hash;
}

/* ---- coverage ----------------------------------------------------------- */

static uint64_t
start_of(const void *thing)
{
	return ((const struct range *)thing)->start;
}

/* A data descriptor of exactly n bytes (APPNOTE 4.3.9): with or without its
 * signature, sizes of 4 or 8 bytes. */
static bool
is_descriptor(
    struct view v, uint64_t pos, uint64_t n, const struct gbx_zip_member *m)
{
	const uint8_t *p = v.data + pos;
	bool wide = n >= 20;

	if (n == 16 || n == 24) {
		if (get32(p) != SIG_DESCRIPTOR)
			return false;
		p += 4;
	} else if (n != 12 && n != 20) {
		return false;
	}
	if (get32(p) != m->crc)
		return false;
	p += 4;
	return wide ? get64(p) == m->packed && get64(p + 8) == m->size
		    : get32(p) == m->packed && get32(p + 4) == m->size;
}

/* Nothing but a member's descriptor may lie between it and what follows. */
static bool
fills(struct view v, const struct range *r, uint64_t next,
    const struct gbx_zip_member *m)
{
	if (r->end > next)
		return false;
	if (m->bits & BIT_DESCRIPTOR)
		return is_descriptor(v, r->end, next - r->end, m);
	return r->end == next;
}

static bool
covered(struct view v, struct range *range, size_t n, uint64_t dir_start,
    const struct gbx_zip_member *member)
{
	size_t i;

	gbx_heapsort(range, n, sizeof(*range), start_of);
	if ((n > 0 ? range[0].start : dir_start) != 0)
		return false;
	for (i = 0; i < n; i++)
		if (!fills(v, &range[i],
			i + 1 < n ? range[i + 1].start : dir_start,
			&member[range[i].index]))
			return false;
	return true;
}

/* Walk the directory; *ret_range gets where each member lies. */
static bool
walk(
    const struct gbx_zip *zip, const struct tail *tail, struct range *ret_range)
{
	struct view v = {zip->task->data, zip->task->size};
	uint64_t pos = tail->offset;
	struct header dir, local;
	size_t i;

	for (i = 0; i < zip->n; i++) {
		if (!read_dir(v, pos, &dir) ||
		    !agrees(zip, &dir, &zip->member[i]))
			return false;
		pos = dir.next;
		if (!read_local(v, dir.offset, &local) ||
		    !same_member(&local, &dir) ||
		    !inside(v, local.next, dir.packed))
			return false;
		ret_range[i] = (struct range){
		    .start = dir.offset,
		    .end = local.next + dir.packed,
		    .index = i,
		};
	}
	return pos == tail->dir_end;
}

bool
gbx_zip_check(const struct gbx_zip *zip, bool *ret_ok)
{
	struct view v = {zip->task->data, zip->task->size};
	size_t n = zip->n;
	struct range *range;
	struct tail tail;
	bool plain;

	*ret_ok = true;
	if (!read_tail(v, &tail) || tail.odd || stray_locator(v, &tail) ||
	    tail.count != n || tail.offset > tail.dir_end ||
	    tail.size != tail.dir_end - tail.offset)
		return false;
	range = malloc((n > 0 ? n : 1) * sizeof(*range));
	*ret_ok = range != NULL;
	if (range == NULL)
		return false;
	plain = walk(zip, &tail, range) &&
		covered(v, range, n, tail.offset, zip->member);
	free(range);
	return plain;
}
