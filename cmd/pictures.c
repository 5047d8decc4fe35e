/* SPDX-License-Identifier: ISC */
/*
 * probe, decode: what gives a size or pixels. Side: caller.
 * Writes only pixels of an accepted result, and a file only as a whole.
 */
#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "base/cleanup.h"
#include "base/sha256.h"
#include "cmd/commands.h"
#include "cmd/files.h"
#include "cmd/numbered.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/png_write.h"

/* Where the pixels of the one input go. */
struct sink {
	bool sha256;
	const char *path; /* NULL: nowhere */
	bool numbered;	  /* path has a place for each frame's number */
	int (*write)(FILE *f, const struct gbx_block *pixels);
};

/* The i-th frame that came out. */
static bool
frame(const struct gbx_result *result, size_t i, struct gbx_block *ret)
{
	ret->size = sizeof(*ret);
	return gbx_result_block(result, i, ret) == GBX_OK &&
	       ret->kind == GBX_BLOCK_PIXELS && ret->length > 0;
}

static const char *
row_of(const struct gbx_block *pixels, uint32_t y)
{
	return (const char *)pixels->data + y * pixels->stride;
}

/* One after the other, as --rgba writes them. */
static void
hash(const struct gbx_result *result, uint8_t ret_digest[GBX_CMD_SHA256_LEN])
{
	struct gbx_block pixels;
	struct gbx_sha256 sha;

	gbx_sha256_init(&sha);
	for (size_t i = 0; frame(result, i, &pixels); i++)
		for (uint32_t y = 0; y < pixels.height; y++)
			gbx_sha256_add(
			    &sha, row_of(&pixels, y), (size_t)pixels.width * 4);
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

/* The frames from *i on into one file: all, or one where each has its own. */
static int
write_file(const struct sink *sink, const char *path,
    const struct gbx_result *result, size_t *i)
{
	struct gbx_block pixels;
	struct gbx_cmd_output out;
	int error = gbx_cmd_output_open(path, &out);

	if (error)
		return error;
	while (!error && frame(result, *i, &pixels)) {
		error = sink->write(out.f, &pixels);
		++*i;
		if (sink->numbered)
			break;
	}
	if (!error)
		return gbx_cmd_output_commit(&out);
	gbx_cmd_output_abort(&out);
	return error;
}

static int
write_out(const struct sink *sink, const struct gbx_result *result)
{
	struct gbx_block pixels;
	int error = 0;
	size_t i = 0;

	if (!sink->numbered)
		return write_file(sink, sink->path, result, &i);
	while (!error && frame(result, i, &pixels)) {
		gbx_autofree char *path =
		    gbx_cmd_numbered(sink->path, pixels.index);

		error = path ? write_file(sink, path, result, &i) : ENOMEM;
	}
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
	if (!frame(result, 0, &pixels)) {
		gbx_cmd_answer_error(a, 0, "the result has no pixels");
		return;
	}
	if (sink->sha256) {
		hash(result, a->sha256);
		a->has_sha256 = true;
	}
	error = sink->path ? write_out(sink, result) : 0;
	if (!error)
		return;
	gbx_cmd_answer_output(a, sink->path, error);
	a->has_sha256 = false;
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
	if (sink.path && gbx_cmd_output_is_terminal(sink.path)) {
		gbx_cmd_complain(sink.path,
		    "pixels are not written to a terminal; if they must be, "
		    "name it: /dev/tty");
		return EX_USAGE;
	}
	if (sink.path && o->n_operands > 1) {
		gbx_cmd_complain(NULL, "--%s takes one FILE, not %zu",
		    o->rgba ? "rgba" : "png", o->n_operands);
		return EX_USAGE;
	}
	if (o->frames && sink.path)
		sink.numbered = gbx_cmd_is_numbered(sink.path);
	if (o->frames && o->png && !sink.numbered) {
		gbx_cmd_complain(o->png,
		    "--png with --frames: OUT needs one %%d for the number");
		return EX_USAGE;
	}
	return gbx_cmd_files(&work);
}
