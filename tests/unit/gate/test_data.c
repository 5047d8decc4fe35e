/* SPDX-License-Identifier: ISC */
/*
 * The data area: UTF-8 (every scalar value, every two- and three-byte
 * sequence, the corners of four), text, records, gaps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "broker/validate/check.h"
#include "tests/support/records.h"
#include "tests/unit/gate/model.h"

/* ---- UTF-8 -------------------------------------------------------------- */

/* Table 3-7 of Unicode 15.0, row by row. */
static const uint8_t well_formed[][8] = {
    {0x00, 0x7f},
    {0xc2, 0xdf, 0x80, 0xbf},
    {0xe0, 0xe0, 0xa0, 0xbf, 0x80, 0xbf},
    {0xe1, 0xec, 0x80, 0xbf, 0x80, 0xbf},
    {0xed, 0xed, 0x80, 0x9f, 0x80, 0xbf},
    {0xee, 0xef, 0x80, 0xbf, 0x80, 0xbf},
    {0xf0, 0xf0, 0x90, 0xbf, 0x80, 0xbf, 0x80, 0xbf},
    {0xf1, 0xf3, 0x80, 0xbf, 0x80, 0xbf, 0x80, 0xbf},
    {0xf4, 0xf4, 0x80, 0x8f, 0x80, 0xbf, 0x80, 0xbf},
};

/* The length of the row that p[0..n) begins with, or 0. */
static size_t
by_table(const uint8_t *p, size_t n)
{
	size_t row, i, length;

	for (row = 0; row < 9; row++) {
		length = row == 0 ? 1 : row == 1 ? 2 : row < 6 ? 3 : 4;
		if (length > n)
			continue;
		for (i = 0; i < length; i++)
			if (p[i] < well_formed[row][2 * i] ||
			    p[i] > well_formed[row][2 * i + 1])
				break;
		if (i == length)
			return length;
	}
	return 0;
}

static void
check_sequence(const uint8_t *p, size_t n)
{
	uint32_t c = 0;

	if (gbx_gate_utf8(p, n, &c) != by_table(p, n))
		fail_msg(
		    "%zu bytes %02x %02x %02x %02x", n, p[0], p[1], p[2], p[3]);
}

static void
test_sequences(void **state)
{
	static const uint8_t edge[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f,
	    0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xf4, 0xff};
	uint8_t p[4] = {0};
	uint32_t v;
	size_t i, k, l;

	(void)state;
	for (v = 0; v < 1u << 24; v++) {
		p[0] = (uint8_t)(v >> 16);
		p[1] = (uint8_t)(v >> 8);
		p[2] = (uint8_t)v;
		check_sequence(p, 3);
		if (p[2] == 0x80)
			check_sequence(p, 2);
		if (p[2] == 0x80 && p[1] == 0x80)
			check_sequence(p, 1);
	}
	for (v = 0xf000; v < 0x10000; v++)
		for (i = 0; i < sizeof(edge); i++)
			for (k = 0; k < sizeof(edge); k++)
				for (l = 3; l <= 4; l++) {
					p[0] = (uint8_t)(v >> 8 & 0xff);
					p[1] = (uint8_t)v;
					p[2] = edge[i];
					p[3] = edge[k];
					check_sequence(p, l);
				}
	for (v = 0xf0; v <= 0xff; v++)
		for (i = 0; i < 256; i++) {
			p[0] = (uint8_t)v;
			p[1] = (uint8_t)i;
			p[2] = p[3] = 0xbf;
			check_sequence(p, 4);
		}
}

static size_t
encode(uint32_t c, uint8_t *p)
{
	if (c < 0x80) {
		p[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (uint8_t)(0xc0 | c >> 6);
		p[1] = (uint8_t)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (uint8_t)(0xe0 | c >> 12);
		p[1] = (uint8_t)(0x80 | (c >> 6 & 63));
		p[2] = (uint8_t)(0x80 | (c & 63));
		return 3;
	}
	p[0] = (uint8_t)(0xf0 | c >> 18);
	p[1] = (uint8_t)(0x80 | (c >> 12 & 63));
	p[2] = (uint8_t)(0x80 | (c >> 6 & 63));
	p[3] = (uint8_t)(0x80 | (c & 63));
	return 4;
}

/* The characters that may not stand in names, spelt out from the code charts
 * and not from the table that is tested. */
static bool
in_label(uint32_t c)
{
	static const uint32_t bad[][2] = {
	    {0xad, 0xad},	/* soft hyphen */
	    {0x34f, 0x34f},	/* combining grapheme joiner */
	    {0x61c, 0x61c},	/* Arabic letter mark */
	    {0x115f, 0x1160},	/* Hangul fillers */
	    {0x17b4, 0x17b5},	/* Khmer vowels that are not seen */
	    {0x180b, 0x180f},	/* Mongolian selectors, vowel separator */
	    {0x200b, 0x200f},	/* zero width, marks of direction */
	    {0x2028, 0x202e},	/* separators, embeddings, overrides */
	    {0x2060, 0x206f},	/* joiner, operators, isolates, old ones */
	    {0x3164, 0x3164},	/* Hangul filler */
	    {0xfe00, 0xfe0f},	/* variation selectors */
	    {0xfeff, 0xfeff},	/* byte order mark */
	    {0xffa0, 0xffa0},	/* halfwidth Hangul filler */
	    {0xfff0, 0xfffb},	/* reserved, annotations */
	    {0x13430, 0x1343f}, /* hieroglyph format */
	    {0x16fe4, 0x16fe4}, /* Khitan filler */
	    {0x1bca0, 0x1bca3}, /* shorthand format */
	    {0x1d159, 0x1d159}, /* null notehead */
	    {0x1d173, 0x1d17a}, /* beams, ties, slurs, phrases */
	    {0xe0000, 0xe0fff}, /* tags, more variation selectors, reserved */
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (c >= bad[i][0] && c <= bad[i][1])
			return false;
	return c >= 0x20 && !(c >= 0x7f && c < 0xa0) &&
	       !(c >= 0xfdd0 && c <= 0xfdef) && c % 0x10000 < 0xfffe;
}

/* Every scalar value: what it decodes to, and where it may stand. Twelve
 * letters around it, so that the fast path has something to step over. */
static void
test_characters(void **state)
{
	uint8_t p[32];
	uint32_t c, got;
	size_t n;
	bool bidi, is_bidi;

	(void)state;
	for (c = 0; c <= 0x10ffff; c++) {
		memset(p, 'a', sizeof(p));
		n = encode(c, p + 9);
		if (c >= 0xd800 && c <= 0xdfff) {
			assert_int_equal(gbx_gate_utf8(p + 9, n, &got), 0);
			continue;
		}
		assert_int_equal(gbx_gate_utf8(p + 9, n, &got), n);
		assert_int_equal(got, c);
		assert_int_equal(gbx_gate_is_label(p, 9 + n + 9), in_label(c));
		bidi = false;
		is_bidi = c == 0x61c || c == 0x200e || c == 0x200f ||
			  (c >= 0x202a && c <= 0x202e) ||
			  (c >= 0x2066 && c <= 0x2069);
		assert_int_equal(gbx_gate_text_data(p, 9 + n + 9, &bidi),
		    (c < 0x20 && c != 9 && c != 10) || (c > 0x7e && c < 0xa0)
			? GBX_FIELD_TEXT_CONTROL
			: GBX_FIELD_NONE);
		assert_int_equal(bidi, is_bidi);
	}
}

/* Every byte value at every place of the fast path's eight. */
static void
test_fast_path(void **state)
{
	uint8_t p[24];
	enum gbx_gate_field want;
	size_t at, length;
	bool bidi = false;
	unsigned c;

	(void)state;
	for (c = 0; c < 256; c++)
		for (at = 0; at < 24; at++)
			for (length = at + 1; length <= 24; length++) {
				memset(p, at & 1 ? 0x7e : 0x20, sizeof(p));
				p[at] = (uint8_t)c;
				want = c >= 0x80 ? GBX_FIELD_TEXT_UTF8
				       : (c < 0x20 && c != 9 && c != 10) ||
					       c == 0x7f
					   ? GBX_FIELD_TEXT_CONTROL
					   : GBX_FIELD_NONE;
				assert_int_equal(
				    gbx_gate_text_data(p, length, &bidi), want);
			}
	assert_false(bidi);
}

/* ---- whole texts -------------------------------------------------------- */

struct text_row {
	const char *text;
	uint32_t flags; /* a FLAG record for each bit */
	const char *want;
};

static const struct text_row texts[] = {
    {"", 0, NULL},
    {"a", 0, NULL},
    {"\t\n", 0, NULL},
    {"\r\n", 0, "text.control"},
    {"a\x1b[31m", 0, "text.control"},
    {"a\x7f", 0, "text.control"},
    {"12345678\x0c", 0, "text.control"},
    {"caf\xc3\xa9", 0, NULL},
    {"caf\xe9", 0, "text.utf8"},
    {"caf\xc3", 0, "text.utf8"},
    {"\xc0\x80", 0, "text.utf8"},
    {"\xe0\x80\xaf", 0, "text.utf8"},
    {"\xf0\x80\x80\xaf", 0, "text.utf8"},
    {"\xed\xa0\x80\xed\xb0\x80", 0, "text.utf8"},
    {"\xf4\x90\x80\x80", 0, "text.utf8"},
    {"\xf8\x88\x80\x80\x80", 0, "text.utf8"},
    {"\xc2\x85", 0, "text.control"},
    {"\xef\xbb\xbf"
     "bom",
	0, NULL},
    {"\xef\xbf\xbf", 0, NULL},
    {"\xe2\x80\xa8", 0, NULL},
    {"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", 0, NULL},
    {"\xe2\x80\xae", 0, "text.bidi"},
    {"\xe2\x80\xae", GBX_WIRE_FLAG_BIDI, NULL},
    {"\xe2\x80\xae", GBX_WIRE_FLAG_MACROS, "text.bidi"},
    {"\xe2\x80\xae", GBX_WIRE_FLAG_ALL, NULL},
    {"\xd8\x9c", 0, "text.bidi"},
    {"12345678\xe2\x81\xa9", 0, "text.bidi"},
    {"plain", GBX_WIRE_FLAG_BIDI, "text.bidi"},
    {"plain", GBX_WIRE_FLAG_ALL & ~GBX_WIRE_FLAG_BIDI, NULL},
    {"plain", GBX_WIRE_FLAG_EXTERNAL, NULL},
};

static void
test_texts(void **state)
{
	const struct text_row *row;
	Gbx__Wire__Item *item;
	static struct model m;
	uint8_t buf[256];
	const char *got;
	uint32_t bit, k;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		row = &texts[i];
		model_init(&m, BASE_NO_TEXT);
		m.job.limit[GBX_WIRE_LIMIT_RECORDS] = 10;
		m.reply.n_items = 0;
		m.n_blocks = 0;
		item = model_item(&m, GBX_WIRE_OK, GBX_FORMAT_DOCX);
		model_bytes(
		    &m, item, GBX_WIRE_TEXT, row->text, strlen(row->text));
		for (n = 0, k = 0, bit = 1; bit < 64; bit <<= 1)
			if (row->flags & bit) {
				n += model_record(buf + n, GBX_WIRE_REC_FLAG, 0,
				    NULL, NULL, bit);
				k++;
			}
		if (k > 0)
			model_bytes(&m, item, GBX_WIRE_RECORDS, buf, n)
			    ->records = k;
		got = model_ask(&m);
		if (got != row->want &&
		    (!got || !row->want || strcmp(got, row->want) != 0))
			fail_msg("row %zu: %s", i, got ? got : "accepted");
	}
}

/* The flag counts for its own item, not for a neighbour. */
static void
test_bidi_per_item(void **state)
{
	static struct model m;

	(void)state;
	model_init(&m, BASE_TEXTS);
	assert_null(model_ask(&m));
	memcpy(m.data, "\xe2\x80\xaexx", 5); /* the first has no flag */
	assert_string_equal(model_ask(&m), "text.bidi");
	model_init(&m, BASE_TEXTS);
	memset(m.data + 64, 'a', 28); /* the second has one */
	assert_string_equal(model_ask(&m), "text.bidi");
}

/* NUL can't be written as a row above. */
static void
test_nul(void **state)
{
	static struct model m;

	(void)state;
	model_init(&m, BASE_TEXT);
	m.data[1] = 0;
	assert_string_equal(model_ask(&m), "text.control");
}

/* ---- gaps and ends ------------------------------------------------------ */

/* Every byte of the data area: in a gap it must be zero, past the end nobody
 * looks, and pixels may be anything. */
static void
test_gaps(void **state)
{
	static const enum model_base bases[] = {BASE_FRAMES, BASE_BATCH};
	static struct model m;
	const char *got;
	size_t b, i, k, inside;

	(void)state;
	for (b = 0; b < 2; b++) {
		model_init(&m, bases[b]);
		for (i = 0; i < m.end + 100; i++) {
			for (inside = 0, k = 0; k < m.n_blocks; k++)
				inside |=
				    i >= m.block[k].offset &&
				    i < m.block[k].offset + m.block[k].length;
			m.data[i] ^= 1;
			got = model_ask(&m);
			m.data[i] ^= 1;
			if (inside || i >= m.end)
				assert_null(got);
			else
				assert_string_equal(got, "data.gap");
		}
	}
}

static void
test_gap_before_empty(void **state)
{
	static struct model m;
	Gbx__Wire__Item *item;

	(void)state;
	model_init(&m, BASE_TEXTS);
	m.reply.n_items = 1;
	m.n_blocks = 1;
	m.end = 5;
	item = model_item(&m, GBX_WIRE_OK, GBX_FORMAT_DOCX);
	model_bytes(&m, item, GBX_WIRE_TEXT, "", 0);
	memset(m.data + 5, 0, 200);
	assert_null(model_ask(&m));
	m.data[63] = 1;
	assert_string_equal(model_ask(&m), "data.gap");
	m.data[63] = 0;
	m.data[64] = 1;
	assert_null(model_ask(&m));
}

static void
test_data_size(void **state)
{
	static struct gbx_gate_reply reply;
	static struct model m;
	size_t n;

	(void)state;
	model_init(&m, BASE_FRAMES);
	model_pack(&m);
	assert_null(gbx_gate_open(&m.job, m.wire, m.length, &reply));
	assert_int_equal(reply.data_end, 132);
	for (n = 0; n < 132; n++)
		assert_string_equal(
		    gbx_gate_data(&m.job, &reply, m.data, n), "data.size");
	assert_null(gbx_gate_data(&m.job, &reply, m.data, 132));
}

/* ---- records ------------------------------------------------------------ */

struct record_row {
	const char *want;
	uint32_t records;
	uint8_t b[40];
	size_t n;
};

/* clang-format off */
static const struct record_row records[] = {
	/* properties: name "a", value "b" */
	{ NULL, 1, {8, 8, 1, 0x1a, 1, 'a', 0x42, 1, 'b'}, 9 },
	{ NULL, 1, {5, 8, 1, 0x1a, 1, 'a'}, 6 },
	{ NULL, 2, {5, 8, 1, 0x1a, 1, 'a', 5, 8, 1, 0x1a, 1, 'a'}, 12 },
	{ NULL, 1, {7, 8, 1, 0x1a, 3, 0xe2, 0x82, 0xac}, 8 },
	{ "record.name", 1, {5, 8, 1, 0x42, 1, 'b'}, 6 },
	{ "record.name", 1, {2, 8, 1}, 3 },
	{ "record.name", 1, {5, 8, 1, 0x1a, 1, '\n'}, 6 },
	{ "record.name", 1, {5, 8, 1, 0x1a, 1, '\t'}, 6 },
	{ "record.name", 1, {5, 8, 1, 0x1a, 1, 0}, 6 },
	{ "record.name", 1, {5, 8, 1, 0x1a, 1, 0x7f}, 6 },
	{ "record.name", 1, {5, 8, 1, 0x1a, 1, 0xc3}, 6 },
	{ "record.name", 1, {6, 8, 1, 0x1a, 2, 0xc2, 0x85}, 7 },
	{ "record.name", 1, {7, 8, 1, 0x1a, 3, 0xe2, 0x80, 0xae}, 8 },
	{ "record.name", 1, {7, 8, 1, 0x1a, 3, 0xe2, 0x80, 0xa8}, 8 },
	{ "record.name", 1, {7, 8, 1, 0x1a, 3, 0xef, 0xbb, 0xbf}, 8 },
	{ "record.name", 1, {7, 8, 1, 0x1a, 3, 0xef, 0xbf, 0xbf}, 8 },
	{ "record.name", 1, {7, 8, 1, 0x1a, 3, 0xe2, 0x80, 0x8b}, 8 },
	{ "record.name", 1, {8, 8, 1, 0x1a, 4, 0xf3, 0xa0, 0x81, 0x81}, 9 },
	{ NULL, 1, {7, 8, 1, 0x1a, 3, 0xe2, 0x81, 0x9f}, 8 },
	{ NULL, 1, {6, 8, 1, 0x1a, 2, 0xd8, 0x80}, 7 },
	{ "record.value", 1, {8, 8, 1, 0x1a, 1, 'a', 0x42, 1, '\n'}, 9 },
	{ "record.value", 1, {8, 8, 1, 0x1a, 1, 'a', 0x42, 1, 0}, 9 },
	{ "record.value", 1, {8, 8, 1, 0x1a, 1, 'a', 0x42, 1, 0xff}, 9 },
	{ "record.value", 1, {10, 8, 1, 0x1a, 1, 'a', 0x42, 3, 0xe2, 0x81, 0xa6}, 11 },
	{ "record.value", 1, {10, 8, 1, 0x1a, 1, 'a', 0x42, 3, 0xe2, 0x80, 0xa9}, 11 },
	{ "record.value", 1, {10, 8, 1, 0x1a, 1, 'a', 0x42, 3, 0xef, 0xb7, 0x90}, 11 },
	{ "record.value", 1, {10, 8, 1, 0x1a, 1, 'a', 0x42, 3, 0xef, 0xb8, 0x8f}, 11 },
	{ "record.value", 1, {9, 8, 1, 0x1a, 1, 'a', 0x42, 2, 0xcd, 0x8f}, 10 },
	{ "record.flags", 1, {7, 8, 1, 0x1a, 1, 'a', 0x38, 1}, 8 },
	{ "record.offset", 1, {7, 8, 1, 0x1a, 1, 'a', 0x20, 1}, 8 },
	{ "record.size", 1, {7, 8, 1, 0x1a, 1, 'a', 0x28, 1}, 8 },
	{ "record.packed", 1, {7, 8, 1, 0x1a, 1, 'a', 0x30, 1}, 8 },
	/* flags */
	{ NULL, 1, {4, 8, 2, 0x38, 1}, 5 },
	{ NULL, 1, {4, 8, 2, 0x38, 16}, 5 },
	{ NULL, 2, {4, 8, 2, 0x38, 2, 4, 8, 2, 0x38, 1}, 10 },
	{ "record.flags", 1, {2, 8, 2}, 3 },
	{ "record.flags", 1, {4, 8, 2, 0x38, 3}, 5 },
	{ NULL, 1, {4, 8, 2, 0x38, 64}, 5 },
	{ "record.flags", 1, {5, 8, 2, 0x38, 0x80, 1}, 6 },
	{ "record.flags", 1, {8, 8, 2, 0x38, 0x80, 0x80, 0x80, 0x80, 8}, 9 },
	{ "record.flags", 2, {4, 8, 2, 0x38, 1, 4, 8, 2, 0x38, 1}, 10 },
	{ "record.name", 1, {7, 8, 2, 0x1a, 1, 'a', 0x38, 1}, 8 },
	{ "record.value", 1, {7, 8, 2, 0x38, 1, 0x42, 1, 'b'}, 8 },
	{ "record.offset", 1, {6, 8, 2, 0x20, 1, 0x38, 1}, 7 },
	{ "record.size", 1, {6, 8, 2, 0x28, 1, 0x38, 1}, 7 },
	{ "record.packed", 1, {6, 8, 2, 0x30, 1, 0x38, 1}, 7 },
	{ "record.parent", 2, {5, 8, 1, 0x1a, 1, 'a', 6, 8, 2, 0x10, 1, 0x38, 1}, 13 },
	{ "text.bidi", 1, {4, 8, 2, 0x38, 32}, 5 },
	/* parents */
	{ NULL, 2, {5, 8, 1, 0x1a, 1, 'a', 7, 8, 1, 0x10, 1, 0x1a, 1, 'a'}, 14 },
	{ "record.parent", 1, {7, 8, 1, 0x10, 1, 0x1a, 1, 'a'}, 8 },
	{ "record.parent", 2, {5, 8, 1, 0x1a, 1, 'a', 7, 8, 1, 0x10, 2, 0x1a, 1, 'a'}, 14 },
	/* kinds */
	{ "record.kind", 1, {3, 0x1a, 1, 'a'}, 4 },
	{ "record.kind", 1, {5, 8, 3, 0x1a, 1, 'a'}, 6 },
	{ "record.kind", 1, {5, 8, 4, 0x1a, 1, 'a'}, 6 },
	{ "record.kind", 1, {6, 8, 0xff, 1, 0x1a, 1, 'a'}, 7 },
	/* lengths */
	{ "record.length", 1, {9, 8, 1, 0x1a, 1, 'a', 0x42, 1, 'b'}, 9 },
	{ "record.length", 1, {0, 5, 8, 1, 0x1a, 1, 'a'}, 7 },
	{ "record.length", 1, {0x85, 0, 8, 1, 0x1a, 1, 'a'}, 7 },
	{ "record.length", 2, {5, 8, 1, 0x1a, 1, 'a', 0x80}, 7 },
	{ "record.length", 1, {0x81, 0x80, 1}, 3 },
	{ "record.length", 2, {5, 8, 1, 0x1a, 1, 'a', 0x85, 0, 8, 1, 0x1a, 1, 'a'}, 13 },
	{ "record.length", 1, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, 10 },
	{ "record.name", 1, {4, 8, 1, 0x1a, 1, 'a'}, 6 },
	{ "record.tag", 1, {6, 8, 1, 0x1a, 1, 'a', 0}, 7 },
	/* counts */
	{ "record.count", 1, {5, 8, 1, 0x1a, 1, 'a', 0}, 7 },
	{ "record.count", 1, {5, 8, 1, 0x1a, 1, 'a', 5, 8, 1, 0x1a, 1, 'a'}, 12 },
	{ "record.count", 3, {5, 8, 1, 0x1a, 1, 'a', 5, 8, 1, 0x1a, 1, 'a'}, 12 },
	{ "block.records", 1, {2, 8}, 2 },
	{ "block.records", 2, {4, 8, 2, 0x38, 1}, 5 },
	/* form: order, twice, defaults, unknown */
	{ "record.tag", 1, {5, 0x1a, 1, 'a', 8, 1}, 6 },
	{ "record.tag", 1, {7, 8, 1, 8, 1, 0x1a, 1, 'a'}, 8 },
	{ "record.parent", 1, {7, 8, 1, 0x10, 0, 0x1a, 1, 'a'}, 8 },
	{ "record.value", 1, {7, 8, 1, 0x1a, 1, 'a', 0x42, 0}, 8 },
	{ "record.tag", 1, {7, 8, 1, 0x1a, 1, 'a', 0x58, 1}, 8 },
	{ "record.type", 1, {7, 8, 1, 0x1a, 1, 'a', 0x48, 1}, 8 },
	{ "record.raw", 1, {8, 8, 1, 0x1a, 1, 'a', 0x52, 1, 'b'}, 9 },
	{ "record.kind", 1, {6, 8, 0x81, 0, 0x1a, 1, 'a'}, 7 },
};
/* clang-format on */

static void
use_records(struct model *m, const uint8_t *b, size_t n, uint32_t count)
{
	Gbx__Wire__Item *item;

	model_init(m, BASE_NO_TEXT);
	m->reply.n_items = 0;
	m->n_blocks = 0;
	item = model_item(m, GBX_WIRE_OK, GBX_FORMAT_PPTX);
	model_bytes(m, item, GBX_WIRE_TEXT, "text", 4);
	model_bytes(m, item, GBX_WIRE_RECORDS, b, n)->records = count;
}

static void
test_records(void **state)
{
	const struct record_row *row;
	static struct model m;
	const char *got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		row = &records[i];
		use_records(&m, row->b, row->n, row->records);
		got = model_ask(&m);
		if (got != row->want &&
		    (!got || !row->want || strcmp(got, row->want) != 0))
			fail_msg("row %zu, wanted %s: %s", i,
			    row->want ? row->want : "accepted",
			    got ? got : "accepted");
	}
}

/* A property with a name and a value of these sizes. */
static size_t
long_record(uint8_t *b, size_t name, size_t value)
{
	static char text[2][GBX_VALUE_MAX + 2];

	memset(text, 'x', sizeof(text));
	text[0][name] = text[1][value] = 0;
	return model_record(b, 1, 0, text[0], text[1], 0);
}

static void
test_long_records(void **state)
{
	static uint8_t b[3 * GBX_RECORD_MAX];
	static struct model m;
	size_t n;

	(void)state;
	n = long_record(b, GBX_NAME_MAX, GBX_VALUE_MAX);
	use_records(&m, b, n, 1);
	assert_null(model_ask(&m));
	n = long_record(b, GBX_NAME_MAX + 1, 1);
	use_records(&m, b, n, 1);
	assert_string_equal(model_ask(&m), "record.name");
	n = long_record(b, 1, GBX_VALUE_MAX + 1);
	use_records(&m, b, n, 1);
	assert_string_equal(model_ask(&m), "record.value");
	/* 4096 is the longest that is looked into at all, 4097 is not */
	for (n = GBX_RECORD_MAX; n <= GBX_RECORD_MAX + 1; n++) {
		memset(b, 0xff, sizeof(b));
		b[0] = (uint8_t)(n | 0x80);
		b[1] = (uint8_t)(n >> 7);
		use_records(&m, b, n + 2, 1);
		m.job.limit[GBX_WIRE_LIMIT_OUTPUT] = 8192;
		assert_string_equal(model_ask(&m),
		    n > GBX_RECORD_MAX ? "record.length" : "record.tag");
	}
	/* more bytes than so many records can fill */
	use_records(&m, b, 2 * (GBX_RECORD_MAX + 2) - 1, 1);
	m.job.limit[GBX_WIRE_LIMIT_OUTPUT] = 16384;
	m.job.out_size = 16384;
	assert_string_equal(model_ask(&m), "record.length");
	use_records(&m, b, 2 * (GBX_RECORD_MAX + 2), 1);
	m.job.limit[GBX_WIRE_LIMIT_OUTPUT] = 16384;
	m.job.out_size = 16384;
	assert_string_equal(model_ask(&m), "block.records");
}

/* What the caller gets to see, and that strings point into the data. */
static void
test_read_records(void **state)
{
	static struct gbx_gate_reply reply;
	struct gbx_gate_record r[3];
	static struct model m;

	(void)state;
	model_init(&m, BASE_TEXT);
	model_pack(&m);
	assert_null(gbx_gate_open(&m.job, m.wire, m.length, &reply));
	assert_null(gbx_gate_data(&m.job, &reply, m.data, (size_t)m.end));
	assert_true(all_records(&reply.block[1], m.data, r));
	assert_int_equal(r[0].kind, GBX_WIRE_REC_PROPERTY);
	assert_int_equal(r[0].name_length, 6);
	assert_memory_equal(r[0].name, "author", 6);
	assert_memory_equal(r[0].value, "J\xc3\xb6rg", r[0].value_length);
	assert_in_range((uintptr_t)r[0].value, (uintptr_t)m.data,
	    (uintptr_t)m.data + m.end);
	assert_int_equal(r[1].parent, 1);
	assert_int_equal(r[1].value_length, 0);
	assert_non_null(r[1].value);
	assert_int_equal(r[2].flags, GBX_WIRE_FLAG_BIDI);
	assert_int_equal(r[2].name_length, 0);
	assert_non_null(r[2].name);
	/* not what was accepted any more: our own mistake, and no overrun */
	m.data[reply.block[1].offset] = 0x7f;
	assert_false(all_records(&reply.block[1], m.data, r));
	m.data[reply.block[1].offset] = 17;
	reply.block[1].length++;
	assert_false(all_records(&reply.block[1], m.data, r));
}

/* An hour, and the next number; in every place. */
static void
test_durations(void **state)
{
	static const uint8_t over[4] = {0x81, 0xee, 0x36, 0}, most = 0x80;
	static struct model m;
	uint8_t *to;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		model_init(&m, BASE_STRIP);
		to = m.data + m.blocks[2]->offset + i * 4;
		memcpy(to, over, sizeof(over));
		assert_string_equal(model_ask(&m), "durations.range");
		to[0] = most;
		assert_null(model_ask(&m));
		assert_int_equal(gbx_gate_duration(to), GBX_DURATION_MAX);
		memset(to, 0, 4);
		to[3] = 1;
		assert_string_equal(model_ask(&m), "durations.range");
	}
}

/* Whatever was said of a document: of an image nothing but properties. */
static void
test_flag_in_probe(void **state)
{
	static struct model m;
	uint8_t *to;
	size_t n;

	(void)state;
	model_init(&m, BASE_META);
	to = m.data + m.blocks[1]->offset;
	n = model_record(
	    to, GBX_WIRE_REC_FLAG, 0, NULL, NULL, GBX_WIRE_FLAG_MACROS);
	m.blocks[1]->length = n;
	m.blocks[1]->records = 1;
	assert_string_equal(model_ask(&m), "record.kind");
	to[1 + 1] = GBX_WIRE_REC_PROPERTY;
	assert_string_equal(model_ask(&m), "record.name");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sequences),
	    cmocka_unit_test(test_characters),
	    cmocka_unit_test(test_fast_path),
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_bidi_per_item),
	    cmocka_unit_test(test_nul),
	    cmocka_unit_test(test_gaps),
	    cmocka_unit_test(test_gap_before_empty),
	    cmocka_unit_test(test_data_size),
	    cmocka_unit_test(test_records),
	    cmocka_unit_test(test_long_records),
	    cmocka_unit_test(test_read_records),
	    cmocka_unit_test(test_durations),
	    cmocka_unit_test(test_flag_in_probe),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
