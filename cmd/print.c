/* SPDX-License-Identifier: ISC */
/*
 * Strings for people and terminals. Side: caller.
 * Never sends a control character of a file's name or text to a terminal.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sysexits.h>

#include "cmd/print.h"
#include "cmd/utf8.h"
#include "schemas/hidden.h"

static void
print_escape(FILE *f, uint32_t c)
{
	switch (c) {
	case '\n':
		fputs("\\n", f);
		break;
	case '\t':
		fputs("\\t", f);
		break;
	case '\r':
		fputs("\\r", f);
		break;
	case '\\':
		fputs("\\\\", f);
		break;
	default:
		fprintf(f, c < 0x80 ? "\\x%02x" : "\\u{%x}", c);
	}
}

void
gbx_cmd_print_name(FILE *f, const char *name)
{
	size_t length = strlen(name), n;
	uint32_t c;

	for (size_t i = 0; i < length; i += n) {
		n = gbx_cmd_utf8_next(name + i, length - i, &c);
		if (c == GBX_CMD_NOT_UTF8)
			for (size_t k = 0; k < n; k++)
				fprintf(f, "\\x%02x", (uint8_t)name[i + k]);
		else if (c == '\\' || gbx_hidden(c))
			print_escape(f, c);
		else
			fwrite(name + i, 1, n, f);
	}
}

void
gbx_cmd_print_visible(FILE *f, const char *text, size_t length)
{
	size_t n;
	uint32_t c;

	for (size_t i = 0; i < length; i += n) {
		n = gbx_cmd_utf8_next(text + i, length - i, &c);
		if (c == GBX_CMD_NOT_UTF8)
			fputs("\xef\xbf\xbd", f);
		else if (c != '\n' && c != '\t' && gbx_hidden(c))
			fprintf(f, "<U+%04X>", c);
		else
			fwrite(text + i, 1, n, f);
	}
}

void
gbx_cmd_complain(const char *subject, const char *format, ...)
{
	va_list args;

	/* What was printed before comes before, also where both streams go to
	 * one terminal or log. */
	fflush(stdout);
	fputs("glovebox: ", stderr);
	if (subject) {
		gbx_cmd_print_name(stderr, subject);
		fputs(": ", stderr);
	}
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* The first error of stdout: stdio itself only keeps that there was one. */
static int stdout_error;

static bool
note(bool good)
{
	if (!good && stdout_error == 0)
		stdout_error = errno ? errno : EIO;
	return good;
}

bool
gbx_cmd_flush(void)
{
	return note(fflush(stdout) == 0) && !ferror(stdout);
}

bool
gbx_cmd_put(const char *data, size_t length)
{
	return note(fwrite(data, 1, length, stdout) == length);
}

int
gbx_cmd_finish(void)
{
	bool bad = ferror(stdout);

	note(fclose(stdout) == 0);
	if (!bad && stdout_error == 0)
		return EX_OK;
	if (stdout_error != EPIPE)
		fprintf(stderr, "glovebox: standard output: %s\n",
		    strerror(stdout_error ? stdout_error : EIO));
	return EX_OSERR;
}
