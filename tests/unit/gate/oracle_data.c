/* SPDX-License-Identifier: ISC */
/*
 * The second opinion on a reply's data. For tests only; see oracle.h.
 */
#include <stdlib.h>
#include <string.h>

#include "schemas/glovebox.pb-c.h"
#include "tests/unit/gate/oracle.h"

typedef struct oracle_faults faults;

/* ---- characters --------------------------------------------------------- */

static size_t
encode(uint32_t c, uint8_t out[4])
{
	static const uint32_t above[] = {0x80, 0x800, 0x10000, 0x110000};
	static const uint8_t mark[] = {0, 0xc0, 0xe0, 0xf0};
	size_t n = 0, i;

	while (c >= above[n])
		n++;
	for (i = n; i > 0; i--, c >>= 6)
		out[i] = (uint8_t)(0x80 | (c & 0x3f));
	out[0] = (uint8_t)(mark[n] | c);
	return n + 1;
}

/* Decode loosely, then demand that encoding gives the same bytes. */
static size_t
decode(const uint8_t *p, size_t n, uint32_t *ret)
{
	size_t want = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t c = want == 1 ? p[0] : p[0] & (0x7fu >> want);
	uint8_t again[4];
	size_t i;

	if (want > n)
		return 0;
	for (i = 1; i < want; i++)
		c = c << 6 | (p[i] & 0x3f);
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ||
	    encode(c, again) != want || memcmp(again, p, want) != 0)
		return 0;
	*ret = c;
	return want;
}

static bool
any_of(uint32_t c, const uint32_t (*range)[2], size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (c >= range[i][0] && c <= range[i][1])
			return true;
	return false;
}

static const uint32_t bidi_set[][2] = {
    {0x61c, 0x61c}, {0x200e, 0x200f}, {0x202a, 0x202e}, {0x2066, 0x2069}};
static const uint32_t control_set[][2] = {{0, 0x1f}, {0x7f, 0x9f}};
/* What is not seen: Unicode 15.0, Default_Ignorable_Code_Point, Cf, Zl and Zp
 * without the Prepended_Concatenation_Marks, and two blanks. */
static const uint32_t label_set[][2] = {{0xad, 0xad}, {0x34f, 0x34f},
    {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x200b, 0x200d},
    {0x2028, 0x2029}, {0x2060, 0x2065}, {0x206a, 0x206f}, {0x3164, 0x3164},
    {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb},
    {0x13430, 0x1343f}, {0x16fe4, 0x16fe4}, {0x1bca0, 0x1bca3},
    {0x1d159, 0x1d159}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
    {0xfdd0, 0xfdef}};
#define ANY_OF(c, set) any_of(c, set, sizeof(set) / sizeof(set[0]))

static void
look_at_text(const uint8_t *p, size_t n, bool *bidi, faults *f)
{
	size_t step;
	uint32_t c;

	for (; n > 0; p += step, n -= step) {
		step = decode(p, n, &c);
		if (step == 0) {
			oracle_wrong(f, true, WRONG_TEXT_UTF8);
			return; /* where the next one begins is not known */
		}
		oracle_wrong(f, c != 9 && c != 10 && ANY_OF(c, control_set),
		    WRONG_TEXT_CONTROL);
		*bidi |= ANY_OF(c, bidi_set);
	}
}

static bool
is_label(const ProtobufCBinaryData *s, size_t max)
{
	const uint8_t *p = s->data;
	size_t n = s->len, step;
	uint32_t c;

	if (n > max)
		return false;
	for (; n > 0; p += step, n -= step) {
		step = decode(p, n, &c);
		if (step == 0 || ANY_OF(c, control_set) ||
		    ANY_OF(c, bidi_set) || ANY_OF(c, label_set) ||
		    c % 0x10000 >= 0xfffe)
			return false;
	}
	return true;
}

/* ---- records ------------------------------------------------------------ */

static void
look_at_flag(const Gbx__Wire__Record *r, uint32_t *flags, faults *f)
{
	oracle_wrong(f,
	    r->flags == 0 || r->flags >= 64 || (r->flags & (r->flags - 1)) ||
		(*flags & r->flags),
	    WRONG_RECORD_FLAGS);
	oracle_wrong(f, r->parent != 0, WRONG_RECORD_PARENT);
	oracle_wrong(f, r->name.len != 0, WRONG_RECORD_NAME);
	oracle_wrong(f, r->value.len != 0, WRONG_RECORD_VALUE);
	*flags |= r->flags;
}

/* What was asked, and what was found so far. */
struct told {
	uint32_t op;
	uint64_t size; /* of the input */
	uint32_t flags, members;
};

/* Split at both kinds of slash, one component after another. */
static uint32_t
leads(const ProtobufCBinaryData *s)
{
	char copy[2049], *rest = copy, *part;
	uint32_t flags = 0;
	size_t n = s->len < 2048 ? s->len : 2048, i;

	for (i = 0; i < n; i++) /* a NUL is as good as any other letter */
		copy[i] = s->data[i] == 0 ? 'x' : (char)s->data[i];
	copy[n] = 0;
	if (n >= 1 && strchr("/\\", copy[0]) != NULL)
		flags |= 1;
	if (n >= 2 && copy[1] == ':' &&
	    ((copy[0] >= 'a' && copy[0] <= 'z') ||
		(copy[0] >= 'A' && copy[0] <= 'Z')))
		flags |= 1;
	while ((part = strsep(&rest, "/\\")) != NULL)
		if (strncmp(part, "..", 2) == 0 &&
		    part[strspn(part, ". ")] == 0)
			flags |= 2;
	return flags;
}

static void
look_at_member(const Gbx__Wire__Record *r, const struct told *told, faults *f)
{
	uint32_t leading = leads(&r->name) | leads(&r->raw);
	bool link = r->type == 3 || r->type == 4;

	oracle_wrong(f, r->parent != 0, WRONG_RECORD_PARENT);
	oracle_wrong(f, !is_label(&r->name, 1024), WRONG_RECORD_NAME);
	oracle_wrong(f, !is_label(&r->value, 2048), WRONG_RECORD_VALUE);
	oracle_wrong(f, r->value.len != 0 && !link, WRONG_RECORD_VALUE);
	oracle_wrong(f, r->type < 1 || r->type > 5, WRONG_RECORD_TYPE);
	oracle_wrong(f, r->offset > told->size, WRONG_RECORD_OFFSET);
	oracle_wrong(f, (unsigned __int128)r->offset + r->packed > told->size,
	    WRONG_RECORD_PACKED);
	oracle_wrong(f, r->flags > 255, WRONG_RECORD_FLAGS);
	oracle_wrong(f, leading & ~r->flags, WRONG_RECORD_FLAGS);
	oracle_wrong(f, !(r->flags & 4) && (r->flags & 3) != leading,
	    WRONG_RECORD_FLAGS);
	oracle_wrong(f,
	    r->raw.len > 768 ||
		(r->raw.len > 0 && r->raw.len == r->name.len &&
		    memcmp(r->raw.data, r->name.data, r->raw.len) == 0),
	    WRONG_RECORD_RAW);
}

static void
look_at_record(
    const Gbx__Wire__Record *r, uint32_t index, struct told *told, faults *f)
{
	bool list = told->op == GBX_WIRE_OP_LIST;

	oracle_wrong(f, told->op != GBX_WIRE_OP_TEXT && !list && r->kind != 1,
	    WRONG_RECORD_KIND);
	oracle_wrong(f, r->parent > index, WRONG_RECORD_PARENT);
	oracle_wrong(f, r->name.len > 1024, WRONG_RECORD_NAME);
	oracle_wrong(f, r->value.len > 2048, WRONG_RECORD_VALUE);
	if (r->kind == GBX_WIRE_REC_MEMBER && list) {
		told->members++;
		look_at_member(r, told, f);
		return;
	}
	oracle_wrong(f, r->offset != 0, WRONG_RECORD_OFFSET);
	oracle_wrong(f, r->size != 0, WRONG_RECORD_SIZE);
	oracle_wrong(f, r->packed != 0, WRONG_RECORD_PACKED);
	oracle_wrong(f, r->type != 0, WRONG_RECORD_TYPE);
	oracle_wrong(f, r->raw.len != 0, WRONG_RECORD_RAW);
	if (r->kind == GBX_WIRE_REC_FLAG) {
		look_at_flag(r, &told->flags, f);
		return;
	}
	oracle_wrong(f, r->kind != GBX_WIRE_REC_PROPERTY, WRONG_RECORD_KIND);
	oracle_wrong(f, r->name.len == 0 || !is_label(&r->name, 1024),
	    WRONG_RECORD_NAME);
	oracle_wrong(f, !is_label(&r->value, 2048), WRONG_RECORD_VALUE);
	oracle_wrong(f, r->flags != 0, WRONG_RECORD_FLAGS);
}

/* One or two bytes of length: no record is longer. */
static bool
record_length(const uint8_t **p, size_t *left, size_t *ret)
{
	if (*left < 1)
		return false;
	*ret = (*p)[0] & 0x7f;
	if ((*p)[0] < 0x80) {
		*p += 1;
		*left -= 1;
	} else {
		if (*left < 2 || (*p)[1] == 0 || (*p)[1] > 0x7f)
			return false;
		*ret |= (size_t)(*p)[1] << 7;
		*p += 2;
		*left -= 2;
	}
	return *ret > 0 && *ret <= 4096 && *ret <= *left;
}

/* The next one, or NULL; *f says whether its length or its form is bad. */
static Gbx__Wire__Record *
take_record(const uint8_t **p, size_t *left, faults *f)
{
	Gbx__Wire__Record *r;
	size_t n;

	if (!record_length(p, left, &n)) {
		oracle_wrong(f, true, WRONG_RECORD_LENGTH);
		return NULL;
	}
	r = gbx__wire__record__unpack(NULL, n, *p);
	if (r == NULL || r->base.n_unknown_fields != 0 ||
	    !oracle_same_form(&r->base, *p, n)) {
		if (r != NULL)
			gbx__wire__record__free_unpacked(r, NULL);
		f->form = true;
		return NULL;
	}
	*p += n;
	*left -= n;
	return r;
}

static void
look_at_records(const struct gbx_gate_block *b, const uint8_t *data,
    struct told *told, faults *f)
{
	const uint8_t *p = data + b->offset;
	size_t left = (size_t)b->length;
	Gbx__Wire__Record *r;
	uint32_t i;

	for (i = 0; i < b->records && left > 0; i++) {
		r = take_record(&p, &left, f);
		if (r == NULL)
			return;
		look_at_record(r, i, told, f);
		gbx__wire__record__free_unpacked(r, NULL);
	}
	oracle_wrong(f, i < b->records || left > 0, WRONG_RECORD_COUNT);
}

static bool
same_string(const ProtobufCBinaryData *a, const char *b, uint32_t n)
{
	return a->len == n && (n == 0 || memcmp(a->data, b, n) == 0);
}

bool
oracle_records(const struct gbx_gate_block *block, const uint8_t *data,
    const struct gbx_gate_record *records)
{
	const uint8_t *p = data + block->offset;
	size_t left = (size_t)block->length;
	Gbx__Wire__Record *r;
	faults f = {0, false};
	bool same = true;
	uint32_t i;

	for (i = 0; same && i < block->records; i++) {
		const struct gbx_gate_record *g = &records[i];

		r = take_record(&p, &left, &f);
		if (r == NULL)
			return false;
		same =
		    r->kind == g->kind && r->parent == g->parent &&
		    r->flags == g->flags && r->offset == g->offset &&
		    r->size == g->bytes && r->packed == g->packed &&
		    same_string(&r->name, g->name, g->name_length) &&
		    same_string(&r->value, g->value, g->value_length) &&
		    r->type == g->type &&
		    same_string(&r->raw, (const char *)g->raw, g->raw_length);
		gbx__wire__record__free_unpacked(r, NULL);
	}
	return same;
}

/* ---- the whole ---------------------------------------------------------- */

/* Each byte that a type has in common, else a dot. */
static bool
is_a_file(const uint8_t *p, size_t n)
{
	static const char *const starts[] = {
	    "\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "RIFF....WEBP"};
	size_t i, k;

	for (i = 0; i < 3; i++) {
		for (k = 0; starts[i][k] != 0 && k < n; k++)
			if (starts[i][k] != '.' &&
			    (uint8_t)starts[i][k] != p[k])
				break;
		if (starts[i][k] == 0)
			return true;
	}
	return false;
}

/* 3600000 is 0x36ee80: the last byte is zero, and so on down. */
static bool
over_an_hour(const uint8_t *p)
{
	if (p[3] != 0 || p[2] > 0x36)
		return true;
	return p[2] == 0x36 && (p[1] > 0xee || (p[1] == 0xee && p[0] > 0x80));
}

static void
look_at_durations(const uint8_t *p, size_t n, faults *f)
{
	for (; n >= 4; p += 4, n -= 4)
		oracle_wrong(f, over_an_hour(p), WRONG_DURATIONS_RANGE);
}

static void
look_at_item(const struct gbx_gate_job *job, uint32_t i,
    const struct gbx_gate_reply *reply, const uint8_t *data, uint64_t *at,
    faults *f)
{
	const struct gbx_gate_item *item = &reply->item[i];
	struct told told = {job->op, job->input[i].length, 0, 0};
	bool bidi = false;
	uint32_t j;

	for (j = 0; j < item->n_blocks; j++) {
		const struct gbx_gate_block *b =
		    &reply->block[item->first_block + j];

		while (*at < b->offset)
			oracle_wrong(f, data[(*at)++] != 0, WRONG_DATA_GAP);
		*at += b->length;
		if (b->kind == GBX_WIRE_TEXT)
			look_at_text(
			    data + b->offset, (size_t)b->length, &bidi, f);
		if (b->kind == GBX_WIRE_RECORDS)
			look_at_records(b, data, &told, f);
		if (b->kind == GBX_WIRE_DURATIONS)
			look_at_durations(
			    data + b->offset, (size_t)b->length, f);
		if (b->kind == GBX_WIRE_BYTES && job->op == GBX_WIRE_OP_ENCODE)
			oracle_wrong(f,
			    !is_a_file(data + b->offset, (size_t)b->length),
			    WRONG_BYTES_MAGIC);
	}
	oracle_wrong(f, bidi != (told.flags >> 5 & 1), WRONG_TEXT_BIDI);
	oracle_wrong(f,
	    job->op == GBX_WIRE_OP_LIST && told.members != item->total,
	    WRONG_ITEM_TOTAL);
}

bool
oracle_data(const struct gbx_gate_job *job, const struct gbx_gate_reply *reply,
    const uint8_t *data, size_t size, struct oracle_faults *ret_faults)
{
	faults f = {0, false};
	uint64_t at = 0;
	uint32_t i;

	oracle_wrong(&f, reply->data_end > size, WRONG_DATA_SIZE);
	for (i = 0; f.words == 0 && i < reply->n_items; i++)
		look_at_item(job, i, reply, data, &at, &f);
	*ret_faults = f;
	return f.words == 0 && !f.form;
}
