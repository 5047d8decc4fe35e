/* SPDX-License-Identifier: ISC */
/*
 * doctor: a job in every worker, and the libraries that they share with the
 * host. Side: caller. A worker that starts may still meet its end at the first
 * job, where a library calls the kernel under the lock: only a job can tell.
 */
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/doctor.h"

#ifndef GBX_SYSLIBS
#define GBX_SYSLIBS "/usr/lib"
#endif

/* ---- a job in each --------------------------------------------------------
 */

/* How files begin; nothing follows, which every parser has to find out behind
 * the lock. TGA has no such beginning: its header is one of 1 x 1 pixels. */
static const struct {
	const char *worker;
	size_t length;
	const char *bytes;
} beginnings[] = {
    {"png", 8, "\x89PNG\r\n\x1a\n"},
    {"ooxml", 4, "PK\x03\x04"},
    {"jpeg", 3, "\xff\xd8\xff"},
    {"webp", 12, "RIFF\0\0\0\0WEBP"},
    {"gif", 6, "GIF89a"},
    {"tiff", 4, "II*\0"},
    {"jp2", 12, "\0\0\0\x0cjP  \r\n\x87\n"},
    {"jxl", 2, "\xff\x0a"},
    {"avif", 12,
	"\0\0\0\x0c"
	"ftypavif"},
    {"heif", 12,
	"\0\0\0\x0c"
	"ftypheic"},
    {"qoi", 4, "qoif"},
    {"ico", 4, "\0\0\1\0"},
    {"pnm", 2, "P6"},
    {"bmp", 2, "BM"},
    {"tga", 18, "\0\0\2\0\0\0\0\0\0\0\0\0\1\0\1\0\x18"},
};

static bool
begin(const char *worker, struct gbx_input *ret)
{
	static const uint8_t white[4] = {255, 255, 255, 255};
	struct gbx_encode how = {
	    .size = sizeof(how), .encoding = GBX_ENCODING_JPEG};
	struct gbx_block pixel = {.size = sizeof(pixel),
	    .kind = GBX_BLOCK_PIXELS,
	    .data = white,
	    .length = 4,
	    .width = 1,
	    .height = 1,
	    .stride = 4,
	    .layout = GBX_LAYOUT_RGBA8};

	gbx_input_init(ret);
	if (strcmp(worker, "encode") == 0)
		return gbx_encode_input(&pixel, &how, &ret->fd) == GBX_OK;
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (strcmp(worker, beginnings[i].worker) == 0) {
			ret->data = beginnings[i].bytes;
			ret->length = beginnings[i].length;
			return true;
		}
	return false;
}

/* Refused is as good as read: the worker was locked, and ended well. What the
 * host lacked for a job is told elsewhere. */
static bool
is_bad(enum gbx_verdict verdict)
{
	return verdict == GBX_VERDICT_CRASHED ||
	       verdict == GBX_VERDICT_VIOLATION ||
	       verdict == GBX_VERDICT_BAD_REPLY;
}

static const char *
run_one(struct gbx_broker *broker, const struct gbx_format_info *f)
{
	struct gbx_result *r = NULL;
	struct gbx_input input;
	struct gbx_job job;
	const char *bad = NULL;

	if (!begin(f->worker, &input))
		return NULL;
	input.type = f->name;
	gbx_job_init(
	    &job, f->ops & 1U << GBX_OP_ENCODE ? GBX_OP_ENCODE : GBX_OP_PROBE);
	if (f->ops & 1U << GBX_OP_DECODE)
		job.op = GBX_OP_DECODE;
	if (gbx_run(broker, &input, &job, &r) == GBX_OK &&
	    is_bad(gbx_result_verdict(r)))
		bad = gbx_verdict_name(gbx_result_verdict(r));
	gbx_result_free(r);
	if (input.fd >= 0)
		close(input.fd);
	return bad;
}

void
gbx_doctor_try_jobs(struct gbx_doctor_host *h, const char *dir,
    const struct gbx_doctor_trial *asked)
{
	struct gbx_format_info f = {.size = sizeof(f)};
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;

	gbx_broker_opts_init(&opts);
	opts.lockdown = asked->lockdown;
	opts.worker_dir = dir;
	opts.max_in_flight = 1;
	opts.max_idle = 1;
	if (asked->err != GBX_OK || gbx_broker_open(&opts, &broker) != GBX_OK)
		return;
	for (size_t i = 0;
	     i < GBX_DOCTOR_FORMATS_MAX && gbx_format_info(i, &f) == GBX_OK;
	     i++)
		if (h->broken[i] == 0 && gbx_doctor_has_worker(h, f.worker))
			h->failed[i] = run_one(broker, &f);
	gbx_broker_close(broker);
}

/* ---- shared libraries -----------------------------------------------------
 */

/* Those that have broken workers before, and the versions, as their files are
 * named, that the tests were run with: Debian 12's and 13's. */
static const struct {
	const char *name, *tested[2];
} libraries[] = {
    {"libavif.so.", {"15.0.1", "16.2.1"}},
    {"libdav1d.so.", {"6.6.0", "7.0.0"}},
    {"libheif.so.", {"1.15.1", "1.23.6"}},
    {"libde265.so.", {"0.1.4", "0.1.8"}},
    {"libjxl.so.", {"0.7.0", "0.11.2"}},
    {"libjpeg.so.", {"62.3.0", "62.3.0"}},
    {"libwebp.so.", {"7.1.5", "7.1.10"}},
    {"libtiff.so.", {"6.0.0", "6.1.0"}},
    {"libopenjp2.so.", {"2.5.0", "2.5.3"}},
    {"liblcms2.so.", {"2.0.14", "2.0.16"}},
};

bool
gbx_doctor_library(size_t index, struct gbx_doctor_library *ret)
{
	char pattern[512];
	struct stat st;
	glob_t found;
	size_t i, n;

	if (index >= sizeof(libraries) / sizeof(libraries[0]))
		return false;
	memset(ret, 0, sizeof(*ret));
	ret->name = libraries[index].name;
	ret->tested[0] = libraries[index].tested[0];
	ret->tested[1] = libraries[index].tested[1];
	n = strlen(ret->name);
	snprintf(pattern, sizeof(pattern), "%s/%s*", GBX_SYSLIBS, ret->name);
	if (glob(pattern, 0, NULL, &found) != 0)
		return true;
	for (i = 0; i < found.gl_pathc; i++) {
		const char *base = strrchr(found.gl_pathv[i], '/') + 1;

		/* The others are links to it. */
		if (lstat(found.gl_pathv[i], &st) == 0 && S_ISREG(st.st_mode))
			snprintf(
			    ret->found, sizeof(ret->found), "%s", base + n);
	}
	globfree(&found);
	ret->known = strcmp(ret->found, ret->tested[0]) == 0 ||
		     strcmp(ret->found, ret->tested[1]) == 0;
	return true;
}
