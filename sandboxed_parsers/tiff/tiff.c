/* SPDX-License-Identifier: ISC */
/*
 * TIFF and BigTIFF, through libtiff.
 * Side: hostile. libtiff sees a byte range through callbacks: no file, no
 * stdio. Each page is a frame, any one of them. Pixels come out as straight
 * 8-bit RGBA as stored; the orientation is told.
 *
 * Strips and tiles that can't be decoded, and what a codec says of damage
 * while it decodes (codes.def), make the result `degraded`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/parser.h"
#include "sandboxed_parsers/runtime/quiet.h"
#include "sandboxed_parsers/tiff/codes.h"
#include "sandboxed_parsers/tiff/page.h"
#include "sandboxed_parsers/tiff/pages.h"
#include "sandboxed_parsers/tiff/samples.h"

struct file {
	const struct gbx_task *task;
	struct gbx_sink *sink;
	uint64_t pos;
	bool decoding; /* before that, warnings are about tags */
	bool not_read; /* a codec said that it doesn't know the kind */
};

/* ---- callbacks ---------------------------------------------------------- */

static tmsize_t
on_read(thandle_t handle, void *to, tmsize_t n)
{
	struct file *f = handle;
	uint64_t left = f->pos < f->task->size ? f->task->size - f->pos : 0;
	size_t take = n < 0 ? 0 : (size_t)n;

	if (take > left)
		take = (size_t)left;
	if (take > 0)
		memcpy(to, f->task->data + f->pos, take);
	f->pos += take;
	return (tmsize_t)take;
}

static tmsize_t
on_write(thandle_t handle, void *from, tmsize_t n)
{
	(void)handle;
	(void)from;
	(void)n;
	return -1;
}

static toff_t
on_seek(thandle_t handle, toff_t to, int whence)
{
	struct file *f = handle;

	if (whence == SEEK_CUR)
		to += f->pos;
	else if (whence == SEEK_END)
		to += f->task->size;
	f->pos = to;
	return to;
}

static int
on_close(thandle_t handle)
{
	(void)handle;
	return 0;
}

static toff_t
on_size(thandle_t handle)
{
	struct file *f = handle;

	return f->task->size;
}

static int
on_map(thandle_t handle, void **ret_base, toff_t *ret_size)
{
	struct file *f = handle;

	*ret_base = (void *)(uintptr_t)f->task->data;
	*ret_size = f->task->size;
	return 1;
}

static void
on_unmap(thandle_t handle, void *base, toff_t size)
{
	(void)handle;
	(void)base;
	(void)size;
}

/* By the table of codes.def, of what is said while pixels are decoded. */
static int
on_message(
    TIFF *tif, void *user, const char *module, const char *format, va_list args)
{
	struct file *f = user;
	enum gbx_means means;
	char text[256];

	(void)tif;
	(void)module;
	if (!f->decoding)
		return 1;
	vsnprintf(text, sizeof(text), format, args);
	means = gbx_means_of_text(gbx_tiff_codes, GBX_TIFF_CODES, text);
	if (means == GBX_MEANS_UNSUPPORTED)
		f->not_read = true;
	/* Its own RGBA goes on after an error, and tells nobody. */
	if (means != GBX_MEANS_HARMLESS)
		gbx_sink_degraded(f->sink);
	return 1; /* said; not to the global handlers */
}

/* ---- a page ------------------------------------------------------------- */

/* "h": the header and no directory yet. */
static TIFF *
open_tiff(struct file *f)
{
	TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
	TIFF *tif;

	if (options == NULL)
		return NULL;
	TIFFOpenOptionsSetMaxSingleMemAlloc(
	    options, (tmsize_t)f->task->limit[GBX_WIRE_LIMIT_MEMORY]);
	TIFFOpenOptionsSetErrorHandlerExtR(options, on_message, f);
	TIFFOpenOptionsSetWarningHandlerExtR(options, on_message, f);
	tif = TIFFClientOpenExt("input", "rh", f, on_read, on_write, on_seek,
	    on_close, on_size, on_map, on_unmap, options);
	TIFFOpenOptionsFree(options);
	return tif;
}

/* Of gray and RGB; what we make of inks has no profile. */
static void
tell_colours(struct file *f, TIFF *tif, const struct gbx_tiff_page *page)
{
	uint32_t length;
	void *profile;

	if (!page->by_library && page->photometric != PHOTOMETRIC_SEPARATED &&
	    TIFFGetField(tif, TIFFTAG_ICCPROFILE, &length, &profile))
		gbx_sink_icc(f->sink, profile, length);
}

/* TIFF 6.0's words about the picture; XMP by its size. */
static void
list_tags(struct file *f, TIFF *tif)
{
	static const struct {
		uint32_t tag;
		const char *name;
	} tags[] = {{TIFFTAG_DOCUMENTNAME, "tiff.DocumentName"},
	    {TIFFTAG_IMAGEDESCRIPTION, "tiff.ImageDescription"},
	    {TIFFTAG_MAKE, "tiff.Make"}, {TIFFTAG_MODEL, "tiff.Model"},
	    {TIFFTAG_PAGENAME, "tiff.PageName"},
	    {TIFFTAG_SOFTWARE, "tiff.Software"},
	    {TIFFTAG_DATETIME, "tiff.DateTime"},
	    {TIFFTAG_ARTIST, "tiff.Artist"},
	    {TIFFTAG_HOSTCOMPUTER, "tiff.HostComputer"},
	    {TIFFTAG_COPYRIGHT, "tiff.Copyright"}};
	uint32_t length, kind;
	const char *text;
	void *xmp;
	size_t i;

	for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (TIFFGetField(tif, tags[i].tag, &text) && text != NULL)
			gbx_sink_property(
			    f->sink, tags[i].name, text, strlen(text));
	if (TIFFGetField(tif, TIFFTAG_SUBFILETYPE, &kind) &&
	    (kind & FILETYPE_REDUCEDIMAGE) != 0)
		gbx_sink_property(
		    f->sink, "tiff.SubfileType", "reduced image", 13);
	if (TIFFGetField(tif, TIFFTAG_XMLPACKET, &length, &xmp))
		gbx_sink_size(f->sink, "xmp.size", length);
}

static enum gbx_wire_status
read_page(struct file *f, TIFF *tif, uint64_t offset)
{
	struct gbx_tiff_page page;
	enum gbx_wire_status status;
	bool damaged, lost;

	if (gbx_tiff_is_preview(
		tif, offset, f->task->data, f->task->size, &lost))
		return GBX_WIRE_UNSUPPORTED;
	if (lost)
		return GBX_WIRE_MALFORMED;
	status = gbx_tiff_page_open(tif, f->task->data, f->task->size, &page);
	if (status != GBX_WIRE_OK)
		return status;
	if (!gbx_sink_image_begin(
		f->sink, page.width, page.height, page.orientation))
		return GBX_WIRE_MALFORMED;
	if (gbx_sink_wants_records(f->sink))
		list_tags(f, tif);
	if (gbx_sink_wants_pixels(f->sink) || gbx_sink_wants_records(f->sink))
		tell_colours(f, tif, &page);
	if (!gbx_sink_wants_pixels(f->sink))
		return GBX_WIRE_OK;
	f->decoding = true;
	if (!gbx_tiff_read(tif, &page, f->sink, &damaged) ||
	    !gbx_sink_image_end(f->sink))
		return f->not_read ? GBX_WIRE_UNSUPPORTED : GBX_WIRE_MALFORMED;
	if (damaged)
		gbx_sink_degraded(f->sink);
	return GBX_WIRE_OK;
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	struct file f = {.task = task, .sink = sink};
	enum gbx_wire_status status = GBX_WIRE_MALFORMED;
	struct gbx_tiff_pages pages;
	TIFF *tif;

	gbx_sink_format(sink, GBX_FORMAT_TIFF);
	tif = open_tiff(&f);
	if (tif == NULL)
		return status;
	pages = gbx_tiff_find_pages(task->data, task->size,
	    task->limit[GBX_WIRE_LIMIT_FRAMES], task->first);
	if (pages.broken)
		gbx_sink_degraded(sink);
	if (pages.total > 0 && gbx_sink_total(sink, pages.total)) {
		if (task->first >= pages.total)
			status = GBX_WIRE_UNSUPPORTED;
		else if (TIFFSetSubDirectory(tif, pages.offset))
			status = read_page(&f, tif, pages.offset);
	}
	TIFFClose(tif);
	return status;
}

/* Some of libtiff's messages have no file to belong to. */
static void
prepare(void)
{
	gbx_quiet_stdio();
	TIFFSetErrorHandler(NULL);
	TIFFSetWarningHandler(NULL);
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_TIFF,
    .run = run,
    .prepare = prepare,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
