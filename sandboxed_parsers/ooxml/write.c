/* SPDX-License-Identifier: ISC */
/*
 * Characters on their way to the sink.
 * Side: hostile.
 *
 * A paragraph is a line; a cell's last line ends in a tab, a row in a newline.
 * So what ends a line is known only when the next thing comes: it waits in
 * `pending`.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/ooxml/state.h"
#include "sandboxed_parsers/runtime/utf8.h"

bool
gbx_ooxml_buf_add(struct gbx_ooxml_text *t, struct gbx_ooxml_buf *b,
    const char *s, size_t n, size_t most)
{
	size_t room = b->room > 0 ? b->room : 128;
	char *p;

	if (b->n >= most || n > most - b->n)
		return true;
	while (room - b->n < n)
		room *= 2;
	if (room > b->room) {
		p = realloc(b->p, room);
		if (p == NULL)
			return gbx_sink_limit(
			    t->zip->sink, GBX_WIRE_LIMIT_MEMORY);
		b->p = p;
		b->room = room;
	}
	memcpy(b->p + b->n, s, n);
	b->n += n;
	return true;
}

bool
gbx_ooxml_hold(
    struct gbx_ooxml_text *t, struct gbx_ooxml_buf *b, const char *s, size_t n)
{
	uint64_t most = t->zip->task->limit[GBX_WIRE_LIMIT_TEXT];

	if (n > most || b->n > most - n)
		return gbx_sink_limit(t->zip->sink, GBX_WIRE_LIMIT_TEXT);
	return gbx_ooxml_buf_add(t, b, s, n, SIZE_MAX);
}

/* ---- to the sink -------------------------------------------------------- */

bool
gbx_ooxml_clings(char c)
{
	return c == '(' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

static bool
write_bytes(struct gbx_ooxml_text *t, const char *s, size_t n)
{
	gbx_ooxml_link_text(t, s, n);
	t->last = s[n - 1];
	return gbx_sink_text(t->zip->sink, s, n);
}

bool
gbx_ooxml_flush(struct gbx_ooxml_text *t)
{
	char c = t->pending;

	t->pending = 0;
	if (c == 0)
		return true;
	t->line = c != '\n';
	t->gap = false;
	return write_bytes(t, &c, 1);
}

static bool
write_out(struct gbx_ooxml_text *t, const char *s, size_t n)
{
	bool ok = gbx_ooxml_flush(t);

	if (ok && t->gap && gbx_ooxml_clings(*s))
		ok = write_bytes(t, " ", 1);
	t->gap = false;
	if (ok && t->n_prefix > 0) {
		ok = write_bytes(t, t->prefix, t->n_prefix);
		t->n_prefix = 0;
	}
	t->line = s[n - 1] != '\n';
	t->joined = false;
	return ok && write_bytes(t, s, n);
}

bool
gbx_ooxml_is_out(const struct gbx_ooxml_text *t)
{
	return !gbx_ooxml_in_code(t) && t->math == 0 && !t->reading;
}

bool
gbx_ooxml_put(struct gbx_ooxml_text *t, const char *s, size_t n)
{
	if (n == 0)
		return true;
	if (gbx_ooxml_in_code(t))
		return gbx_ooxml_code_add(t, s, n, true);
	if (t->n_field > t->field_base)
		t->field[t->n_field - 1].wrote = true;
	if (t->math > 0)
		return gbx_ooxml_math_text(t, s, n);
	if (t->reading)
		return gbx_ooxml_hold(t, &t->ruby, s, n);
	return write_out(t, s, n);
}

bool
gbx_ooxml_put_char(struct gbx_ooxml_text *t, uint32_t c)
{
	uint8_t bytes[4];

	return gbx_ooxml_put(t, (const char *)bytes, gbx_utf8_put(c, bytes));
}

bool
gbx_ooxml_end_line(struct gbx_ooxml_text *t)
{
	bool ok;

	if (gbx_ooxml_in_code(t))
		return gbx_ooxml_code_add(t, " ", 1, false);
	if (!gbx_ooxml_is_out(t))
		return gbx_ooxml_put(t, " ", 1);
	if (t->pending == ' ') /* of a list number without text */
		t->pending = 0;
	t->n_prefix = 0;
	ok = gbx_ooxml_flush(t);
	t->pending = '\n';
	t->gap = false;
	return ok;
}

/* ---- runs --------------------------------------------------------------- */

/* What a character of the run is on the page. */
static uint32_t
shown(const struct gbx_ooxml_run *run, uint32_t c)
{
	uint8_t font = GBX_FONT_OTHER;

	if (c == '\n')
		return ' ';
	if (c > 0x20 && c < 0x80)
		font = run->ascii;
	else if (c >= 0x80 && c <= 0xff)
		font = run->other;
	else if (c > 0xf020 && c <= 0xf0ff)
		font = run->symbol;
	return font == GBX_FONT_OTHER
		   ? c
		   : gbx_ooxml_symbol((enum gbx_ooxml_font)font, c);
}

static bool
put_symbols(struct gbx_ooxml_text *t, const char *s, size_t n)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t step;
	uint32_t c;
	bool ok = true;

	for (; ok && n > 0; p += step, n -= step) {
		step = gbx_utf8_next(p, n, &c);
		if (step == 0)
			break; /* expat cuts no character */
		ok = gbx_ooxml_put_char(t, shown(&t->run, c));
	}
	return ok;
}

/* A line break inside w:t is white space, no line (Word shows a space). */
bool
gbx_ooxml_put_run(struct gbx_ooxml_text *t, const char *s, size_t n)
{
	const char *newline;
	size_t run;

	if (t->run.ascii | t->run.other | t->run.symbol)
		return put_symbols(t, s, n);
	for (; n > 0; s += run, n -= run) {
		newline = memchr(s, '\n', n);
		run = newline == NULL ? n : (size_t)(newline - s);
		if (run == 0)
			run = 1;
		if (!gbx_ooxml_put(t, newline == s ? " " : s, run))
			return false;
	}
	return true;
}
