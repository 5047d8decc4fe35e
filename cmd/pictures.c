/* SPDX-License-Identifier: ISC */
/*
 * probe, decode: what gives a size or pixels. Side: caller.
 * Writes only pixels of an accepted result, and a file only as a whole.
 */
#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "base/sha256.h"
#include "cmd/blocks.h"
#include "cmd/commands.h"
#include "cmd/files.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/png_write.h"

/* Where the pixels of the one input go. */
struct sink {
	bool sha256;
	const char *path; /* NULL: nowhere */
	int (*write)(FILE *f, const struct gbx_block *pixels);
};

static const char *
row_of(const struct gbx_block *pixels, uint32_t y)
{
	return (const char *)pixels->data + y * pixels->stride;
}

static void
hash(const struct gbx_block *pixels, uint8_t ret_digest[GBX_CMD_SHA256_LEN])
{
	struct gbx_sha256 sha;

	gbx_sha256_init(&sha);
	for (uint32_t y = 0; y < pixels->height; y++)
		gbx_sha256_add(
		    &sha, row_of(pixels, y), (size_t)pixels->width * 4);
	gbx_sha256_done(&sha, ret_digest);
}

static int
write_rgba(FILE *f, const struct gbx_block *pixels)
{
	size_t length = (size_t)pixels->width * 4;

	for (uint32_t y = 0; y < pixels->height; y++)
		if (fwrite(row_of(pixels, y), 1, length, f) != length)
			return errno;
	return 0;
}

static int
write_out(const struct sink *sink, const struct gbx_block *pixels)
{
	struct gbx_cmd_output out;
	int error = gbx_cmd_output_open(sink->path, &out);

	if (error)
		return error;
	error = sink->write(out.f, pixels);
	if (!error)
		return gbx_cmd_output_commit(&out);
	gbx_cmd_output_abort(&out);
	return error;
}

static void
take_pixels(void *context, struct gbx_broker *broker, struct gbx_cmd_answer *a,
    const struct gbx_result *result)
{
	const struct sink *sink = context;
	struct gbx_block pixels;
	int error;

	(void)broker;
	if (a->verdict != GBX_VERDICT_OK)
		return;
	if (!gbx_cmd_find_block(result, GBX_BLOCK_PIXELS, NULL, &pixels) ||
	    pixels.length == 0) {
		gbx_cmd_answer_error(a, 0, "a result without pixels");
		return;
	}
	if (sink->sha256) {
		hash(&pixels, a->sha256);
		a->has_sha256 = true;
	}
	error = sink->path ? write_out(sink, &pixels) : 0;
	if (!error)
		return;
	gbx_cmd_answer_error(a, error, "the output can't be written");
	a->has_sha256 = false;
	gbx_cmd_complain(
	    sink->path, "the output can't be written: %s", strerror(error));
}

int
gbx_cmd_probe(const struct gbx_cmd_options *o)
{
	struct gbx_cmd_work work = {.options = o,
	    .op = GBX_OP_PROBE,
	    .file = o->operand,
	    .n_files = o->n_operands,
	    .lines = stdout};

	return gbx_cmd_files(&work);
}

/* Lines go elsewhere when the pixels take standard output. */
static FILE *
lines_beside(const char *path)
{
	return path && gbx_cmd_output_is_stdout(path) ? stderr : stdout;
}

int
gbx_cmd_decode(const struct gbx_cmd_options *o)
{
	struct sink sink = {.sha256 = o->sha256,
	    .path = o->rgba ? o->rgba : o->png,
	    .write = o->rgba ? write_rgba : gbx_cmd_png_write};
	struct gbx_cmd_work work = {.options = o,
	    .op = GBX_OP_DECODE,
	    .file = o->operand,
	    .n_files = o->n_operands,
	    .lines = lines_beside(sink.path),
	    .done = take_pixels,
	    .context = &sink};

	if (o->rgba && o->png) {
		gbx_cmd_complain(NULL, "--rgba and --png: choose one");
		return EX_USAGE;
	}
	if (sink.path && o->n_operands > 1) {
		gbx_cmd_complain(NULL, "--%s takes one FILE, not %zu",
		    o->rgba ? "rgba" : "png", o->n_operands);
		return EX_USAGE;
	}
	return gbx_cmd_files(&work);
}
