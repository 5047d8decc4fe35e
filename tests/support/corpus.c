/* SPDX-License-Identifier: ISC */
/* The corpus, in-process; see corpus.h. Side: tests. */
#include "tests/support/corpus.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "tests/support/job.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define FIELDS	  12
#define LINE	  8192
#define INPUT_MAX ((size_t)64 << 20)

static int tests, failures;
static const char *corpus, *folder;
static corpus_is_format *is_format;

__attribute__((format(printf, 3, 4))) static void
say(bool good, const char *file, const char *why, ...)
{
	va_list ap;

	tests++;
	if (!good)
		failures++;
	printf("%sok %d - %s", good ? "" : "not ", tests, file);
	va_start(ap, why);
	vprintf(why, ap);
	va_end(ap);
	putchar('\n');
}

/* ---- files -------------------------------------------------------------- */

static FILE *
open_in_corpus(const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", corpus, name);
	return fopen(path, "rb");
}

/* The whole file; the caller frees. NULL: can't be read. */
static uint8_t *
slurp(const char *name, size_t *ret_size)
{
	FILE *f = open_in_corpus(name);
	uint8_t *data = NULL;
	long end;

	if (f == NULL)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0 && (end = ftell(f)) >= 0 &&
	    (size_t)end <= INPUT_MAX) {
		*ret_size = (size_t)end;
		rewind(f);
		data = malloc(*ret_size + 1);
		if (data != NULL && fread(data, 1, *ret_size, f) != *ret_size) {
			free(data);
			data = NULL;
		}
	}
	fclose(f);
	return data;
}

/* Split a line of CSV (RFC 4180, one record a line) in place. */
static int
split(char *line, char *field[FIELDS])
{
	char *to = line;
	bool quoted = false;
	int n = 0;

	field[n++] = line;
	for (; *line != '\0' && *line != '\n' && *line != '\r'; line++) {
		if (*line == '"' && !(quoted && line[1] == '"')) {
			quoted = !quoted;
			continue;
		}
		if (*line == '"')
			line++;
		if (*line == ',' && !quoted) {
			*to++ = '\0';
			if (n == FIELDS)
				break;
			field[n++] = to;
			continue;
		}
		*to++ = *line;
	}
	*to = '\0';
	return n;
}

/* ---- one file ----------------------------------------------------------- */

static void
check_pixels(const char *file, const uint8_t *data, size_t size,
    const char *width, const char *height, const char *sha256)
{
	size_t w = strtoul(width, NULL, 10), h = strtoul(height, NULL, 10);
	char got[GBX_SHA256_HEX] = "nothing";
	struct job job;
	uint32_t status;

	/* Not a byte too many: a sanitizer sees what is written past it. */
	job_init(&job, GBX_WIRE_OP_DECODE, w * h * 4);
	status = job_run(&job, data, size);
	if (status == GBX_WIRE_OK)
		gbx_sha256_hex(job_pixels(&job), job.sink.block[0].length, got);
	say(status == GBX_WIRE_OK && job.sink.block[0].width == w &&
		job.sink.block[0].height == h && strcmp(got, sha256) == 0,
	    file, " decodes to %.16s%s", got,
	    job.sink.degraded ? " # degraded" : "");
	job_free(&job);
}

static void
check_status(
    const char *file, const char *name, uint32_t op, size_t out, bool want_ok)
{
	uint8_t *data;
	size_t size;
	struct job job;
	uint32_t status;

	data = slurp(file, &size);
	if (data == NULL || !is_format(data, size)) {
		if (data == NULL)
			say(false, file, " cannot be read");
		free(data);
		return;
	}
	job_init(&job, op, out);
	status = job_run(&job, data, size);
	say(want_ok ? status == GBX_WIRE_OK && job.sink.n_blocks == 1
		    : status == GBX_WIRE_MALFORMED || status == GBX_WIRE_LIMIT,
	    file, " %s: status %u limit %u", name, status, job.sink.limit);
	job_free(&job);
	free(data);
}

static void
refs_row(char *field[FIELDS])
{
	size_t size;
	uint8_t *data = slurp(field[0], &size);

	if (data == NULL)
		say(false, field[0], " cannot be read");
	else if (is_format(data, size))
		check_pixels(
		    field[0], data, size, field[1], field[2], field[3]);
	free(data);
}

static bool
is_in(const char *file, const char *which)
{
	char prefix[64];

	snprintf(prefix, sizeof(prefix), "%s/%s/", folder, which);
	return strncmp(file, prefix, strlen(prefix)) == 0;
}

static void
manifest_row(char *field[FIELDS])
{
	if (is_in(field[0], "valid") && strcmp(field[4], "ok") == 0) {
		check_status(field[0], "probe", GBX_WIRE_OP_PROBE, 0, true);
		check_status(field[0], "thumbnail", GBX_WIRE_OP_THUMBNAIL,
		    256 * 256 * 4, true);
	}
	if (SANITIZED && is_in(field[0], "corrupt") &&
	    strcmp(field[4], "reject") == 0)
		check_status(field[0], "refused", GBX_WIRE_OP_DECODE,
		    (size_t)64 << 20, false);
}

/* Returns how many rows the table has, without its head. */
static int
each_row(const char *table, void (*row)(char *field[FIELDS]))
{
	char line[LINE], *field[FIELDS];
	FILE *f = open_in_corpus(table);
	int rows = -1;

	if (f == NULL)
		return -1;
	while (fgets(line, sizeof(line), f) != NULL) {
		memset(field, 0, sizeof(field));
		if (split(line, field) >= 5 && ++rows > 0)
			row(field);
	}
	fclose(f);
	return rows;
}

int
corpus_images(const char *name, const char *refs, corpus_is_format *test)
{
	int n_refs, manifest;

	folder = name;
	is_format = test;
	corpus = getenv("GBX_CORPUS");
	if (corpus == NULL || corpus[0] == '\0')
		corpus = "../shared/corpus";
	n_refs = each_row(refs, refs_row);
	manifest = each_row("manifest.csv", manifest_row);
	if (n_refs < 0 || manifest < 0) {
		printf("ok 1 - %s files # SKIP no corpus\n1..1\n", name);
		return 0;
	}
	if (!SANITIZED)
		printf("# %s/corrupt is opened in the asan build only\n", name);
	printf("1..%d\n", tests);
	return failures != 0;
}
