/* SPDX-License-Identifier: ISC */
/*
 * A JSON writer. Side: caller.
 * What comes out is valid whatever goes in: names and texts of hostile files
 * pass through here.
 */
#include <string.h>

#include "cmd/print.h"
#include "cmd/utf8.h"
#include "schemas/hidden.h"

static void
unit(FILE *f, uint32_t c)
{
	fprintf(f, "\\u%04x", c);
}

static void
character(FILE *f, const char *bytes, size_t n, uint32_t c)
{
	if (c == GBX_CMD_NOT_UTF8) {
		unit(f, 0xfffd);
	} else if (c == '"' || c == '\\') {
		fputc('\\', f);
		fputc((int)c, f);
	} else if (c == '\n') {
		fputs("\\n", f);
	} else if (c == '\t') {
		fputs("\\t", f);
	} else if (!gbx_hidden(c)) {
		fwrite(bytes, 1, n, f);
	} else if (c < 0x10000) {
		unit(f, c);
	} else { /* a surrogate pair: RFC 8259, section 7 */
		unit(f, 0xd800 + ((c - 0x10000) >> 10));
		unit(f, 0xdc00 + ((c - 0x10000) & 0x3ff));
	}
}

static void
quoted(FILE *f, const char *s, size_t length)
{
	size_t n;
	uint32_t c;

	fputc('"', f);
	for (size_t i = 0; i < length; i += n) {
		n = gbx_cmd_utf8_next(s + i, length - i, &c);
		character(f, s + i, n, c);
	}
	fputc('"', f);
}

static void
begin(struct gbx_cmd_json *j, const char *key)
{
	if (j->comma)
		fputc(',', j->f);
	j->comma = true;
	if (!key)
		return;
	quoted(j->f, key, strlen(key));
	fputc(':', j->f);
}

void
gbx_cmd_json_open(struct gbx_cmd_json *j, const char *key, char bracket)
{
	begin(j, key);
	fputc(bracket, j->f);
	j->comma = false;
}

void
gbx_cmd_json_close(struct gbx_cmd_json *j, char bracket)
{
	fputc(bracket, j->f);
	j->comma = true;
}

void
gbx_cmd_json_string(
    struct gbx_cmd_json *j, const char *key, const char *s, size_t length)
{
	begin(j, key);
	quoted(j->f, s, length);
}

void
gbx_cmd_json_name(struct gbx_cmd_json *j, const char *key, const char *s)
{
	begin(j, key);
	if (s)
		quoted(j->f, s, strlen(s));
	else
		fputs("null", j->f);
}

void
gbx_cmd_json_hex(
    struct gbx_cmd_json *j, const char *key, const void *data, size_t length)
{
	const uint8_t *p = data;

	begin(j, key);
	fputc('"', j->f);
	for (size_t i = 0; i < length; i++)
		fprintf(j->f, "%02x", p[i]);
	fputc('"', j->f);
}

void
gbx_cmd_json_base64(
    struct gbx_cmd_json *j, const char *key, const void *data, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *p = data;
	uint32_t group;
	size_t n, k;

	begin(j, key);
	fputc('"', j->f);
	for (; length > 0; p += n, length -= n) {
		n = length < 3 ? length : 3;
		group = (uint32_t)p[0] << 16;
		group |= n > 1 ? (uint32_t)p[1] << 8 : 0;
		group |= n > 2 ? p[2] : 0;
		for (k = 0; k < 4; k++)
			fputc(k <= n ? digits[group >> (18 - 6 * k) & 63] : '=',
			    j->f);
	}
	fputc('"', j->f);
}

void
gbx_cmd_json_number(struct gbx_cmd_json *j, const char *key, uint64_t n)
{
	begin(j, key);
	fprintf(j->f, "%llu", (unsigned long long)n);
}

void
gbx_cmd_json_count(struct gbx_cmd_json *j, const char *key, uint64_t n)
{
	if (n > 0)
		gbx_cmd_json_number(j, key, n);
	else
		gbx_cmd_json_name(j, key, NULL);
}

void
gbx_cmd_json_bool(struct gbx_cmd_json *j, const char *key, bool value)
{
	begin(j, key);
	fputs(value ? "true" : "false", j->f);
}
