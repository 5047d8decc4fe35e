/* SPDX-License-Identifier: ISC */
/* Properties and durations of an answer, see more.h. Side: caller. */
#include "cmd/more.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/blocks.h"

static bool
property(const struct gbx_result *result, size_t block, size_t i,
    struct gbx_record *ret)
{
	ret->size = sizeof(*ret);
	return gbx_result_record(result, block, i, ret) == GBX_OK &&
	       ret->kind == GBX_RECORD_PROPERTY;
}

static char *
put(char *to, const char *s, size_t length)
{
	memcpy(to, s, length);
	to[length] = '\0';
	return to + length + 1;
}

static void
take_properties(struct gbx_cmd_more *more, const struct gbx_result *result)
{
	struct gbx_record record;
	struct gbx_block block;
	size_t at = 0, i, room = 1;
	char *to;

	if (!gbx_cmd_find_block(result, GBX_BLOCK_RECORDS, &at, &block))
		return;
	for (i = 0; i < block.records; i++)
		if (property(result, at, i, &record))
			room += record.name_length + record.value_length + 2;
	more->strings = to = malloc(room);
	if (!to) {
		more->error = errno;
		return;
	}
	for (i = 0; i < block.records; i++) {
		if (!property(result, at, i, &record))
			continue;
		to = put(to, record.name, record.name_length);
		to = put(to, record.value, record.value_length);
		more->n_properties++;
	}
}

static size_t
count_frames(const struct gbx_result *result)
{
	struct gbx_block block = {.size = sizeof(block)};
	size_t n = 0;

	while (gbx_result_block(result, n, &block) == GBX_OK &&
	       block.kind == GBX_BLOCK_PIXELS)
		n++;
	return n;
}

static void
take_durations(struct gbx_cmd_more *more, const struct gbx_result *result)
{
	struct gbx_block block = {.size = sizeof(block)};
	size_t n = count_frames(result);

	if (gbx_result_block(result, 0, &block) == GBX_OK)
		more->first = block.index;
	if (block.kind == GBX_BLOCK_PIXELS && block.length > 0)
		more->n_decoded = n;
	if (n < 2)
		return;
	more->durations_ms = calloc(n, sizeof(*more->durations_ms));
	if (!more->durations_ms) {
		more->error = errno;
		return;
	}
	more->n_frames = n;
	while (n-- > 0 && gbx_result_block(result, n, &block) == GBX_OK)
		more->durations_ms[n] = block.duration_ms;
}

void
gbx_cmd_more_take(struct gbx_cmd_more *more, const struct gbx_result *result)
{
	take_properties(more, result);
	take_durations(more, result);
}

void
gbx_cmd_more_free(struct gbx_cmd_more *more)
{
	free(more->strings);
	free(more->durations_ms);
	*more = (struct gbx_cmd_more){0};
}

void
gbx_cmd_more_text(FILE *f, const struct gbx_cmd_more *more)
{
	const char *s = more->strings;

	for (size_t i = 0; i < more->n_properties; i++) {
		fputs("    ", f);
		gbx_cmd_print_name(f, s);
		s += strlen(s) + 1;
		fputs(": ", f);
		gbx_cmd_print_name(f, s);
		s += strlen(s) + 1;
		fputc('\n', f);
	}
}

static void
json_properties(struct gbx_cmd_json *j, const struct gbx_cmd_more *more)
{
	const char *s = more->strings;

	gbx_cmd_json_open(j, "properties", '[');
	for (size_t i = 0; i < more->n_properties; i++) {
		gbx_cmd_json_open(j, NULL, '{');
		gbx_cmd_json_name(j, "name", s);
		s += strlen(s) + 1;
		gbx_cmd_json_name(j, "value", s);
		s += strlen(s) + 1;
		gbx_cmd_json_close(j, '}');
	}
	gbx_cmd_json_close(j, ']');
}

void
gbx_cmd_more_json(struct gbx_cmd_json *j, const struct gbx_cmd_more *more)
{
	if (more->n_properties > 0)
		json_properties(j, more);
	if (more->first > 0 || more->n_frames > 0)
		gbx_cmd_json_number(j, "first_frame", more->first);
	if (more->n_frames == 0)
		return;
	gbx_cmd_json_open(j, "durations_ms", '[');
	for (size_t i = 0; i < more->n_frames; i++)
		gbx_cmd_json_number(j, NULL, more->durations_ms[i]);
	gbx_cmd_json_close(j, ']');
}
