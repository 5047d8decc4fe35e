/* SPDX-License-Identifier: ISC */
/*
 * Archives of any kind. The input is a file with one more byte at its end: bit
 * 0: without the check, 1-2: how tight the limits are, 7: leave the archive as
 * it is; else CRCs and sizes of its members are made right.
 *
 * Oracle: each member is read as a stream and, in a second archive, extracted
 * at once. What is OK has the CRC and the size that the directory says, and the
 * same bytes both ways; nothing is written past the size.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/archive.h"
#include "fuzz/fuzz.h"
#include "sandboxed_parsers/runtime/arena.h"
#include "sandboxed_parsers/runtime/sink.h"
#include "sandboxed_parsers/runtime/zip/zip.h"

#define INPUT_CAP (1 << 17)
#define MOST	  (1 << 18) /* larger members are not read */

static uint8_t stream[MOST], whole[MOST + 1], out[64];

static void
must(bool held, const char *what)
{
	if (held)
		return;
	fprintf(stderr, "zip: %s\n", what);
	abort();
}

static struct gbx_task
make_task(const uint8_t *data, size_t size, uint8_t mode)
{
	static const uint64_t tight[4] = {1 << 20, 1000, 100, 3};
	struct gbx_task task = {
	    .op = GBX_WIRE_OP_TEXT,
	    .data = data,
	    .size = size,
	};
	size_t i;

	for (i = 1; i < GBX_LIMIT_COUNT; i++)
		task.limit[i] = tight[mode >> 1 & 3];
	return task;
}

static bool
read_stream(struct gbx_zip *zip, struct gbx_zip_member *m)
{
	enum gbx_wire_status status;
	struct gbx_zip_part part;
	size_t n = 0, got = 1;

	status = gbx_zip_part_open(zip, m, &part);
	for (; status == GBX_WIRE_OK && got > 0; n += got) {
		status = gbx_zip_part_read(
		    &part, stream + n, n + 777 <= MOST ? 777 : MOST - n, &got);
		must(got <= 777, "a piece");
	}
	if (status == GBX_WIRE_OK)
		must(n == m->size, "a stream's size");
	return status == GBX_WIRE_OK;
}

static bool
read_whole(struct gbx_zip *zip, struct gbx_zip_member *m)
{
	enum gbx_wire_status status;

	whole[m->size] = 0xa5;
	status = gbx_zip_extract(
	    zip, m, whole, (size_t)m->size, GBX_WIRE_LIMIT_OUTPUT);
	must(whole[m->size] == 0xa5, "a write past the size");
	return status == GBX_WIRE_OK;
}

static bool
is_right(const struct gbx_zip_member *m, const uint8_t *data)
{
	return crc32(0, data, (uInt)m->size) == m->crc;
}

/* Of two readings of one archive. Symbols that don't occur are only taken by
 * libdeflate, so a larger member may be OK at once and not as a stream. */
static void
compare(struct gbx_zip *a, struct gbx_zip *b, size_t i)
{
	struct gbx_zip_member *m = &a->member[i];
	bool as_stream, at_once;

	if (m->size >= MOST)
		return;
	as_stream = read_stream(a, m);
	at_once = read_whole(b, &b->member[i]);
	must(!as_stream || is_right(m, stream), "a stream's bytes");
	must(!at_once || is_right(m, whole), "a member's bytes");
	if (m->size <= GBX_ZIP_WHOLE)
		must(as_stream == at_once, "two answers");
	must(!as_stream || at_once, "a refusal at once");
}

static void
look_up(struct gbx_zip *zip, size_t i)
{
	const struct gbx_zip_member *m = &zip->member[i];
	struct gbx_zip_member *found = gbx_zip_find(zip, m->hash);
	struct gbx_zip_info info;
	char name[300];

	must(found == NULL ? m->form == GBX_ZIP_ODD : found->hash == m->hash,
	    "another name");
	must(gbx_zip_info(zip, m, name, sizeof(name), &info), "no record");
}

int
gbx_fuzz_one(const uint8_t *data, size_t size)
{
	struct gbx_zip_how how = {0};
	struct gbx_sink sink[2];
	struct gbx_zip zip[2];
	struct gbx_task task;
	uint8_t *copy, mode;
	bool ok = true;
	size_t i;

	if (size < 1 || size > INPUT_CAP)
		return 0;
	mode = data[--size];
	how.check = !(mode & 1);
	copy = malloc(size ? size : 1);
	must(copy != NULL, "memory");
	memcpy(copy, data, size);
	if (!(mode & 0x80))
		gbx_fuzz_repair(copy, size);
	task = make_task(copy, size, mode);
	for (i = 0; i < 2; i++) {
		gbx_arena_forget_exhausted();
		gbx_sink_open(&sink[i], &task, out, sizeof(out), 0);
		ok = gbx_zip_open(&zip[i], &task, &sink[i], &how) ==
			 GBX_WIRE_OK &&
		     ok;
	}
	must(zip[0].n == zip[1].n, "another directory");
	for (i = 0; ok && i < zip[0].n; i++) {
		look_up(&zip[0], i);
		compare(&zip[0], &zip[1], i);
	}
	for (i = 0; i < 2; i++) {
		gbx_zip_close(&zip[i]);
		gbx_sink_close(&sink[i], GBX_WIRE_MALFORMED);
	}
	free(copy);
	return 0;
}
