/* SPDX-License-Identifier: ISC */
/*
 * From a result to a line. Side: caller.
 * Says only what the library checked; a file's own words are escaped.
 */
#include <signal.h>
#include <string.h>
#include <sysexits.h>

#include "cmd/answer.h"
#include "cmd/output.h"
#include "cmd/utf8.h"

/* Into the count that is meant. */
static void
take_total(struct gbx_cmd_answer *a, const struct gbx_result *result)
{
	uint32_t total = gbx_result_total(result);

	a->frames = a->pages = a->members = 0;
	switch (gbx_result_unit(result)) {
	case GBX_UNIT_FRAMES:
		a->frames = total;
		break;
	case GBX_UNIT_PAGES:
		a->pages = total;
		break;
	case GBX_UNIT_MEMBERS:
		a->members = total;
		break;
	default:
		break;
	}
}

static void
take_pixels(struct gbx_cmd_answer *a, const struct gbx_result *result)
{
	struct gbx_block block = {.size = sizeof(block)};

	for (size_t i = 0; gbx_result_block(result, i, &block) == GBX_OK; i++) {
		if (block.kind != GBX_BLOCK_PIXELS)
			continue;
		a->width = block.width;
		a->height = block.height;
		a->orientation = block.orientation;
		a->duration_ms = block.duration_ms;
		a->colour = block.colour;
		return;
	}
}

void
gbx_cmd_answer_result(struct gbx_cmd_answer *a, const struct gbx_result *result)
{
	a->known = true;
	a->verdict = gbx_result_verdict(result);
	a->format = gbx_result_format(result);
	take_total(a, result);
	a->elapsed_us = gbx_result_elapsed_us(result);
	a->posture = gbx_result_posture(result);
	a->limit = gbx_result_limit(result);
	a->field = gbx_result_field(result);
	a->signal = gbx_result_signal(result);
	a->error = gbx_result_errno(result);
	a->detail = gbx_result_detail(result);
	a->degraded = gbx_result_degraded(result);
	if (a->verdict == GBX_VERDICT_OK) {
		a->detail = NULL;
		take_pixels(a, result);
		gbx_cmd_more_take(&a->more, result);
		if (a->more.error)
			gbx_cmd_answer_error(
			    a, a->more.error, "no memory for its metadata");
	}
}

void
gbx_cmd_answer_error(struct gbx_cmd_answer *a, int error, const char *what)
{
	a->known = true;
	a->verdict = GBX_VERDICT_ERROR;
	a->error = error;
	a->detail = what;
	a->width = a->height = 0;
}

void
gbx_cmd_answer_output(struct gbx_cmd_answer *a, const char *path, int error)
{
	const char *words = gbx_cmd_output_error(error);
	const char *what = words ? words : "the output can't be written";

	gbx_cmd_answer_error(a, error, what);
	a->told = words != NULL;
	gbx_cmd_complain(path, "%s%s%s", what, words ? "" : ": ",
	    words ? "" : strerror(error));
}

static const char *
signal_name(int number, char buf[16])
{
	const char *name = sigabbrev_np(number);

	if (name)
		snprintf(buf, 16, "SIG%s", name);
	else
		snprintf(buf, 16, "%d", number);
	return buf;
}

static const char *
error_name(int error, char buf[16])
{
	const char *name = strerrorname_np(error);

	if (name)
		return name;
	snprintf(buf, 16, "%d", error);
	return buf;
}

/* "what: No space left on device", as far as each is there. Where the input is
 * to blame, our own word for it stands alone. */
static const char *
reason(const struct gbx_cmd_answer *a, char buf[256])
{
	bool what = a->detail && *a->detail;
	bool error = a->error && !(what && (a->no_input || a->told));

	snprintf(buf, 256, "%s%s%s", what ? a->detail : "",
	    what && error ? ": " : "", error ? strerror(a->error) : "");
	return buf;
}

static void
text_ok(FILE *f, const struct gbx_cmd_answer *a)
{
	if (a->format)
		fprintf(f, " %s", a->format);
	if (a->width > 0)
		fprintf(f, " %ux%u", a->width, a->height);
	if (a->frames > 1)
		fprintf(f, " %u frames", a->frames);
	if (a->more.n_frames > 1)
		fprintf(f, " %zu decoded", a->more.n_frames);
	if (a->pages > 0)
		fprintf(f, " %u page%s", a->pages, a->pages > 1 ? "s" : "");
	if (a->members > 0)
		fprintf(
		    f, " %u member%s", a->members, a->members > 1 ? "s" : "");
	if (a->orientation > 1)
		fprintf(f, " orientation %u", a->orientation);
	if (a->degraded)
		fputs(" degraded", f);
	if (!a->has_sha256)
		return;
	fputs(" sha256 ", f);
	for (size_t i = 0; i < sizeof(a->sha256); i++)
		fprintf(f, "%02x", a->sha256[i]);
}

static void
text_bad(FILE *f, const struct gbx_cmd_answer *a)
{
	char buf[256], name[16];

	if (a->verdict == GBX_VERDICT_MISMATCH && a->format)
		fprintf(f, " %s", a->format);
	if (a->limit != GBX_LIMIT_NONE)
		fprintf(f, " %s", gbx_limit_name(a->limit));
	if (a->field)
		fprintf(f, " %s", a->field);
	if (a->signal)
		fprintf(f, " %s", signal_name(a->signal, name));
	if (a->error)
		fprintf(f, " %s", error_name(a->error, name));
	reason(a, buf);
	if (*buf)
		fprintf(f, ": %s", buf);
}

void
gbx_cmd_answer_text(FILE *f, const struct gbx_cmd_answer *a)
{
	gbx_cmd_print_name(f, a->file);
	fprintf(f, ": %s", gbx_verdict_name(a->verdict));
	if (a->verdict == GBX_VERDICT_OK)
		text_ok(f, a);
	else
		text_bad(f, a);
	fputc('\n', f);
	gbx_cmd_more_text(f, &a->more);
}

static void
json_posture(struct gbx_cmd_json *j, uint32_t posture)
{
	gbx_cmd_json_open(j, "posture", '[');
	for (uint32_t bit = 1; bit; bit <<= 1)
		if (posture & bit && gbx_posture_name(bit))
			gbx_cmd_json_name(j, NULL, gbx_posture_name(bit));
	gbx_cmd_json_close(j, ']');
}

/* Of what the file says; nothing where it says nothing. */
static const char *
colour_name(uint32_t colour)
{
	static const char *const names[] = {[GBX_COLOUR_SRGB] = "srgb",
	    [GBX_COLOUR_DISPLAY_P3] = "display-p3",
	    [GBX_COLOUR_ADOBE_RGB] = "adobe-rgb",
	    [GBX_COLOUR_REC2020] = "rec2020",
	    [GBX_COLOUR_PROPHOTO] = "prophoto",
	    [GBX_COLOUR_OTHER] = "other"};

	return colour < sizeof(names) / sizeof(names[0]) ? names[colour] : NULL;
}

/* Keys that are there only where they say something. */
static void
json_extra(struct gbx_cmd_json *j, const struct gbx_cmd_answer *a)
{
	char buf[256], name[16];

	if (a->members > 0)
		gbx_cmd_json_number(j, "member_count", a->members);
	if (a->has_sha256)
		gbx_cmd_json_hex(j, "sha256", a->sha256, sizeof(a->sha256));
	if (a->limit != GBX_LIMIT_NONE)
		gbx_cmd_json_name(j, "limit", gbx_limit_name(a->limit));
	if (a->field)
		gbx_cmd_json_name(j, "field", a->field);
	if (a->signal)
		gbx_cmd_json_name(j, "signal", signal_name(a->signal, name));
	if (a->error)
		gbx_cmd_json_name(j, "errno", error_name(a->error, name));
	if (*reason(a, buf))
		gbx_cmd_json_name(j, "detail", buf);
	if (a->orientation > 0)
		gbx_cmd_json_number(j, "orientation", a->orientation);
	if (a->duration_ms > 0 && a->more.n_frames == 0)
		gbx_cmd_json_number(j, "duration_ms", a->duration_ms);
	if (colour_name(a->colour))
		gbx_cmd_json_name(j, "colour", colour_name(a->colour));
	if (a->frames > 1 && a->more.n_decoded > 0)
		gbx_cmd_json_number(j, "frames_decoded", a->more.n_decoded);
	gbx_cmd_more_json(j, &a->more);
	if (a->degraded)
		gbx_cmd_json_bool(j, "degraded", true);
}

void
gbx_cmd_answer_keys(struct gbx_cmd_json *j, const struct gbx_cmd_answer *a)
{
	size_t length = strlen(a->file);

	gbx_cmd_json_open(j, NULL, '{');
	gbx_cmd_json_string(j, "file", a->file, length);
	if (!gbx_cmd_utf8_valid(a->file, length))
		gbx_cmd_json_hex(j, "file_bytes", a->file, length);
	gbx_cmd_json_name(j, "verdict", gbx_verdict_name(a->verdict));
	gbx_cmd_json_name(j, "format", a->format);
	gbx_cmd_json_count(j, "width", a->width);
	gbx_cmd_json_count(j, "height", a->height);
	gbx_cmd_json_count(j, "frames", a->frames);
	gbx_cmd_json_count(j, "pages", a->pages);
	gbx_cmd_json_number(j, "elapsed_us", a->elapsed_us);
	json_posture(j, a->posture);
	json_extra(j, a);
}

void
gbx_cmd_answer_json(FILE *f, const struct gbx_cmd_answer *a)
{
	struct gbx_cmd_json j = {.f = f};

	gbx_cmd_answer_keys(&j, a);
	gbx_cmd_json_close(&j, '}');
	fputc('\n', f);
}

int
gbx_cmd_answer_status(const struct gbx_cmd_answer *a)
{
	switch (a->verdict) {
	case GBX_VERDICT_OK:
		return EX_OK;
	case GBX_VERDICT_MALFORMED:
	case GBX_VERDICT_UNSUPPORTED:
	case GBX_VERDICT_MISMATCH:
	case GBX_VERDICT_LIMIT:
	case GBX_VERDICT_DEADLINE:
	case GBX_VERDICT_CRASHED:
	case GBX_VERDICT_VIOLATION:
	case GBX_VERDICT_BAD_REPLY:
		return EX_DATAERR;
	case GBX_VERDICT_UNAVAILABLE:
		return EX_UNAVAILABLE;
	case GBX_VERDICT_CANCELLED:
	case GBX_VERDICT_ERROR:
		break;
	}
	return a->no_input ? EX_NOINPUT : EX_OSERR;
}

static int
badness(int status)
{
	switch (status) {
	case EX_OK:
		return 0;
	case EX_DATAERR:
		return 1;
	case EX_NOINPUT:
		return 2;
	case EX_UNAVAILABLE:
		return 3;
	}
	return 4;
}

int
gbx_cmd_worse(int a, int b)
{
	return badness(a) >= badness(b) ? a : b;
}
