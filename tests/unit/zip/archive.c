/* SPDX-License-Identifier: ISC */
/* An archive on a sink, see archive.h. Side: tests. */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/hash.h"
#include "tests/unit/zip/archive.h"

const struct gbx_zip_how archive_how = {.check = true};

void
archive_init(struct archive *a)
{
	size_t i;

	memset(a, 0, sizeof(*a));
	a->task.op = GBX_WIRE_OP_TEXT;
	for (i = 1; i < GBX_LIMIT_COUNT; i++)
		a->task.limit[i] = 1 << 30;
	memcpy(a->task.salt, "sixteen salt....", GBX_SALT_LEN);
}

enum gbx_wire_status
archive_bytes(struct archive *a, const void *data, size_t n,
    const struct gbx_zip_how *how)
{
	a->copy = malloc(n > 0 ? n : 1);
	if (a->copy == NULL)
		abort();
	if (n > 0)
		memcpy(a->copy, data, n);
	a->task.data = a->copy;
	a->task.size = n;
	gbx_sink_open(&a->sink, &a->task, a->out, sizeof(a->out), 0);
	return gbx_zip_open(&a->zip, &a->task, &a->sink, how);
}

enum gbx_wire_status
archive_open(struct archive *a, struct mkzip *z, const struct gbx_zip_how *how)
{
	enum gbx_wire_status status;

	mkzip_end(z);
	status = archive_bytes(a, z->out.p, z->out.n, how);
	mkzip_free(z);
	return status;
}

struct gbx_zip_member *
archive_find(struct archive *a, const char *name)
{
	return gbx_zip_find(
	    &a->zip, gbx_siphash(a->task.salt, name, strlen(name)));
}

bool
archive_flag(struct archive *a, enum gbx_wire_flag flag)
{
	return (a->sink.rec.flags & (uint32_t)flag) != 0;
}

void
archive_close(struct archive *a)
{
	gbx_zip_close(&a->zip);
	gbx_sink_close(&a->sink, GBX_WIRE_MALFORMED);
	free(a->copy);
	memset(a, 0, sizeof(*a));
}
