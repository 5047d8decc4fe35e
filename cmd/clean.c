/* SPDX-License-Identifier: ISC */
/*
 * thumbnail, disarm: pictures that become new files. Side: caller.
 * A PNG thumbnail is written here, of checked pixels. All else is encoded by a
 * worker of its own kind, which has never seen the input (gbx_encode_input).
 */
#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/blocks.h"
#include "cmd/commands.h"
#include "cmd/files.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/png_write.h"

/* The widest and highest that WebP can be. */
#define WEBP_SIDE    16383
#define WEBP_QUALITY 80

struct clean {
	const struct gbx_cmd_options *options;
	const char *path;
	uint32_t encoding; /* enum gbx_encoding */
	bool here;	   /* PNG by ourselves */
};

static uint32_t
encoding_of(const char *path)
{
	static const struct {
		const char *suffix;
		uint32_t encoding;
	} table[] = {{".png", GBX_ENCODING_PNG}, {".jpg", GBX_ENCODING_JPEG},
	    {".jpeg", GBX_ENCODING_JPEG}, {".webp", GBX_ENCODING_WEBP}};
	const char *dot = strrchr(path, '.');

	if (!dot || dot == path || dot[-1] == '/')
		return 0;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcasecmp(dot, table[i].suffix) == 0)
			return table[i].encoding;
	return 0;
}

/* ---- writing ------------------------------------------------------------- */

static int
write_bytes(FILE *f, const struct gbx_block *bytes)
{
	return fwrite(bytes->data, 1, bytes->length, f) == bytes->length
		   ? 0
		   : errno;
}

static void
write_out(const struct clean *c, struct gbx_cmd_answer *a,
    int (*write)(FILE *f, const struct gbx_block *block),
    const struct gbx_block *block)
{
	struct gbx_cmd_output out;
	int error = gbx_cmd_output_open(c->path, &out);

	if (!error) {
		error = write(out.f, block);
		if (error)
			gbx_cmd_output_abort(&out);
		else
			error = gbx_cmd_output_commit(&out);
	}
	if (error)
		gbx_cmd_answer_output(a, c->path, error);
}

/* ---- encoding ------------------------------------------------------------ */

/* The gate knows that it is one of the types; that it is the one asked for is
 * for us to see. */
static bool
is_encoding(const struct gbx_block *bytes, uint32_t encoding)
{
	static const char first[] = {[GBX_ENCODING_PNG] = (char)0x89,
	    [GBX_ENCODING_JPEG] = (char)0xff,
	    [GBX_ENCODING_WEBP] = 'R'};

	return bytes->length > 0 &&
	       *(const char *)bytes->data == first[encoding];
}

static void
take_file(const struct clean *c, struct gbx_cmd_answer *a,
    const struct gbx_result *encoded)
{
	struct gbx_block bytes;

	enum gbx_verdict verdict = gbx_result_verdict(encoded);
	int error = gbx_result_errno(encoded);

	if (verdict == GBX_VERDICT_UNSUPPORTED && error) {
		/* Nothing that the input could help. */
		gbx_cmd_answer_error(
		    a, error, "no encoder is installed; see 'glovebox doctor'");
	} else if (verdict == GBX_VERDICT_ERROR) {
		gbx_cmd_answer_error(a, error, gbx_result_detail(encoded));
	} else if (verdict != GBX_VERDICT_OK) {
		a->verdict = verdict;
		a->error = error;
		a->limit = gbx_result_limit(encoded);
		a->field = gbx_result_field(encoded);
		a->signal = gbx_result_signal(encoded);
		a->detail = "the encoder failed on the decoded pixels";
	} else if (!gbx_cmd_find_block(
		       encoded, GBX_BLOCK_BYTES, NULL, &bytes) ||
		   !is_encoding(&bytes, c->encoding)) {
		a->verdict = GBX_VERDICT_BAD_REPLY;
		a->detail = "the encoder wrote a type other than requested";
	} else {
		write_out(c, a, write_bytes, &bytes);
	}
}

static void
encode(const struct clean *c, struct gbx_broker *broker,
    struct gbx_cmd_answer *a, const struct gbx_block *pixels)
{
	struct gbx_encode how = {.size = sizeof(how),
	    .encoding = c->encoding,
	    .quality = c->options->quality,
	    .orientation = pixels->orientation};
	struct gbx_result *encoded = NULL;
	gbx_autoclose int fd = -1;
	struct gbx_limit_info most = {.size = sizeof(most)};
	struct gbx_input input;
	struct gbx_job job;

	/* Nothing of ours describes other colours. */
	if (c->options->want & GBX_WANT_STORED_COLOUR &&
	    pixels->colour != GBX_COLOUR_OTHER)
		how.colour = pixels->colour;
	if (c->encoding == GBX_ENCODING_WEBP && how.quality == 0)
		how.quality = WEBP_QUALITY;
	gbx_input_init(&input);
	gbx_job_init(&job, GBX_OP_ENCODE);
	memcpy(job.limit, c->options->limit, sizeof(job.limit));
	/* The user's limit is for the input; these are the pixels of it. */
	gbx_limit_info(GBX_LIMIT_INPUT, &most);
	job.limit[GBX_LIMIT_INPUT] =
	    (uint64_t)pixels->width * pixels->height * 4 + 4096;
	if (job.limit[GBX_LIMIT_INPUT] > most.ceiling)
		job.limit[GBX_LIMIT_INPUT] = most.ceiling;
	errno = 0;
	if (gbx_encode_input(pixels, &how, &fd) != GBX_OK) {
		gbx_cmd_answer_error(
		    a, errno, "the pixels could not be passed to the encoder");
		return;
	}
	input.fd = fd;
	if (gbx_run(broker, &input, &job, &encoded) != GBX_OK) {
		gbx_cmd_answer_error(a, errno, "the encoder could not be run");
		return;
	}
	take_file(c, a, encoded);
	gbx_result_free(encoded);
}

static void
take_pixels(void *context, struct gbx_broker *broker, struct gbx_cmd_answer *a,
    const struct gbx_result *result)
{
	const struct clean *c = context;
	struct gbx_block pixels;

	if (a->verdict != GBX_VERDICT_OK)
		return;
	if (!gbx_cmd_find_block(result, GBX_BLOCK_PIXELS, NULL, &pixels) ||
	    pixels.length == 0)
		gbx_cmd_answer_error(a, 0, "the result has no pixels");
	else if (c->here)
		write_out(c, a, gbx_cmd_png_write, &pixels);
	else
		encode(c, broker, a, &pixels);
}

static int
make_clean(const struct gbx_cmd_options *o, bool here)
{
	struct gbx_cmd_options own = *o;
	struct clean clean = {.options = &own, .path = o->operand[1]};
	struct gbx_cmd_work work = {.options = &own,
	    .op = GBX_OP_THUMBNAIL,
	    .file = o->operand,
	    .n_files = 1,
	    .lines = gbx_cmd_output_is_stdout(clean.path) ? stderr : stdout,
	    .done = take_pixels,
	    .context = &clean};

	clean.encoding = encoding_of(clean.path);
	clean.here = here && clean.encoding == GBX_ENCODING_PNG;
	if (clean.encoding == 0) {
		gbx_cmd_complain(
		    clean.path, "OUT must end in .png, .jpg or .webp");
		return EX_USAGE;
	}
	if (o->quality && clean.encoding == GBX_ENCODING_PNG) {
		gbx_cmd_complain(clean.path, "--quality is for .jpg and .webp");
		return EX_USAGE;
	}
	if (clean.encoding == GBX_ENCODING_WEBP && own.side > WEBP_SIDE)
		own.side = WEBP_SIDE;
	return gbx_cmd_files(&work);
}

int
gbx_cmd_thumbnail(const struct gbx_cmd_options *o)
{
	return make_clean(o, true);
}

/* A thumbnail that is not smaller: upright, in sRGB where its profile is known,
 * straight RGBA of the first frame. */
int
gbx_cmd_disarm(const struct gbx_cmd_options *o)
{
	struct gbx_cmd_options whole = *o;

	whole.side = GBX_CMD_SIDE_MAX;
	return make_clean(&whole, false);
}
