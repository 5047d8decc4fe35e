/* SPDX-License-Identifier: ISC */
/*
 * Results as callers read them. Side: trusted. Immutable once handed out, so
 * these take no lock.
 */
#include <errno.h>
#include <fcntl.h>
#include <glovebox.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "broker/broker.h"
#include "broker/result.h"
#include "broker/store.h"
#include "broker/tables.h"
#include "broker/validate/gate.h"
#include "broker/versioned.h"
#include "ipc/memfd.h"

void
gbx_result_free(struct gbx_result *result)
{
	uint32_t i;

	if (result == NULL)
		return;
	for (i = 0; i < result->n_blocks; i++)
		free(result->block[i].marks);
	gbx_store_unref(result->store);
	free(result->words);
	free(result);
}

enum gbx_verdict
gbx_result_verdict(const struct gbx_result *result)
{
	return result->verdict;
}

enum gbx_limit
gbx_result_limit(const struct gbx_result *result)
{
	return result->limit;
}

const char *
gbx_result_field(const struct gbx_result *result)
{
	return result->field;
}

int
gbx_result_signal(const struct gbx_result *result)
{
	return result->signal;
}

int
gbx_result_errno(const struct gbx_result *result)
{
	return result->err;
}

const char *
gbx_result_detail(const struct gbx_result *result)
{
	if (result->words != NULL)
		return result->words;
	return result->detail != NULL ? result->detail : "";
}

bool
gbx_result_degraded(const struct gbx_result *result)
{
	return result->degraded;
}

uint64_t
gbx_result_id(const struct gbx_result *result)
{
	return result->id;
}

void *
gbx_result_cookie(const struct gbx_result *result)
{
	return result->cookie;
}

const char *
gbx_result_format(const struct gbx_result *result)
{
	return result->begins != NULL ? result->begins
				      : gbx_table_format_name(result->format);
}

uint32_t
gbx_result_posture(const struct gbx_result *result)
{
	return result->posture;
}

uint64_t
gbx_result_elapsed_us(const struct gbx_result *result)
{
	return result->elapsed_us;
}

enum gbx_unit
gbx_result_unit(const struct gbx_result *result)
{
	return (enum gbx_unit)result->unit;
}

uint32_t
gbx_result_total(const struct gbx_result *result)
{
	return result->total;
}

/* ---- blocks: each frame is one, whether it came in a block of its own -----
 */

struct place {
	const struct gbx_result_block *block;
	uint32_t frame; /* of it */
};

static bool
find(const struct gbx_result *result, size_t shown, struct place *ret)
{
	const struct gbx_result_block *b = result->block;

	if (shown >= result->n_shown)
		return false;
	/* All that is not pixels stands alone; durations come last. */
	for (; b->gate.kind == GBX_WIRE_PIXELS && shown >= b->gate.frames; b++)
		shown -= b->gate.frames;
	ret->block = b + (b->gate.kind == GBX_WIRE_PIXELS ? 0 : shown);
	ret->frame = b->gate.kind == GBX_WIRE_PIXELS ? (uint32_t)shown : 0;
	return true;
}

static uint64_t
length_of(const struct gbx_gate_block *g)
{
	return g->kind == GBX_WIRE_PIXELS ? g->stride * g->height : g->length;
}

static const uint8_t *
data_of(const struct gbx_result *result, const struct place *p)
{
	const struct gbx_gate_block *g = &p->block->gate;
	uint64_t length = length_of(g);

	return length == 0
		   ? NULL
		   : result->store->data + g->offset + p->frame * length;
}

/* shown counts all frames before it, in other blocks, too. */
static uint32_t
duration_of(
    const struct gbx_result *result, const struct place *p, size_t shown)
{
	const struct gbx_gate_block *last =
	    &result->block[result->n_blocks - 1].gate;

	if (last->kind != GBX_WIRE_DURATIONS)
		return p->block->gate.duration_ms;
	return gbx_gate_duration(
	    result->store->data + last->offset + shown * GBX_DURATION_SIZE);
}

size_t
gbx_result_blocks(const struct gbx_result *result)
{
	return result->n_shown;
}

enum gbx_err
gbx_result_block(
    const struct gbx_result *result, size_t block, struct gbx_block *ret_block)
{
	const struct gbx_gate_block *g;
	struct gbx_block r;
	struct place p;

	if (!gbx_struct_fits(
		ret_block, GBX_SIZE_0_1(struct gbx_block, records)))
		return GBX_ERR_ARG;
	if (!find(result, block, &p))
		return GBX_ERR_NOTFOUND;
	g = &p.block->gate;
	r = (struct gbx_block){
	    .kind = g->kind,
	    .index = g->index + p.frame,
	    .data = data_of(result, &p),
	    .length = length_of(g),
	    .width = g->width,
	    .height = g->height,
	    .stride = g->stride,
	    .layout = g->layout,
	    .duration_ms = duration_of(result, &p, block),
	    .orientation = g->orientation,
	    .colour = g->colour,
	    .records = g->records,
	};
	gbx_struct_out(ret_block, &r, sizeof(r));
	return GBX_OK;
}

uint32_t *
gbx_result_marks(const struct gbx_gate_block *block, const uint8_t *data)
{
	uint32_t i, n = (block->records - 1) / GBX_MARK_STEP + 1;
	uint32_t *marks = calloc(n, sizeof(*marks));
	struct gbx_gate_record last;
	uint64_t pos = 0;

	/* A block is far smaller than 4 GiB: GBX_LIMIT_OUTPUT. */
	for (i = 1; marks != NULL && i < n; i++) {
		if (!gbx_gate_records(block, data, &pos, GBX_MARK_STEP, &last))
			break;
		marks[i] = (uint32_t)pos;
	}
	return marks;
}

enum gbx_err
gbx_result_record(const struct gbx_result *result, size_t block, size_t record,
    struct gbx_record *ret_record)
{
	struct gbx_gate_record g;
	struct gbx_record r;
	struct place p;
	uint64_t pos;

	if (!gbx_struct_fits(
		ret_record, GBX_SIZE_0_1(struct gbx_record, flags)))
		return GBX_ERR_ARG;
	if (!find(result, block, &p) || record >= p.block->gate.records)
		return GBX_ERR_NOTFOUND;
	pos = p.block->marks[record / GBX_MARK_STEP];
	if (!gbx_gate_records(&p.block->gate, result->store->data, &pos,
		record % GBX_MARK_STEP + 1, &g))
		return GBX_ERR_NOTFOUND;
	r = (struct gbx_record){
	    .kind = g.kind,
	    .parent = g.parent,
	    .name = g.name,
	    .name_length = g.name_length,
	    .value = g.value,
	    .value_length = g.value_length,
	    .offset = g.offset,
	    .bytes = g.bytes,
	    .packed = g.packed,
	    .flags = g.flags,
	    .type = g.type,
	    .raw = g.raw,
	    .raw_length = g.raw_length,
	};
	gbx_struct_out(ret_record, &r, sizeof(r));
	return GBX_OK;
}

static enum gbx_err
copy_to_memfd(const void *data, size_t length, int *ret_fd)
{
	gbx_autoclose int fd = -1;
	int err;

	fd = gbx_memfd_new("gbx-result");
	err = fd < 0 ? fd : gbx_memfd_write(fd, data, length, 0);
	if (err == 0)
		err = gbx_memfd_seal_all(fd);
	if (err != 0) {
		errno = -err;
		return err == -ENOMEM ? GBX_ERR_MEMORY : GBX_ERR_SYSTEM;
	}
	*ret_fd = gbx_steal_fd(&fd);
	return GBX_OK;
}

/* The same file, opened anew: an offset of its own, at the start. -1 where
 * there is no /proc that could give it. */
static int
open_again(int fd)
{
	gbx_autoclose int fds = -1;
	struct statfs fs;
	char name[16];

	fds = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fds < 0 || fstatfs(fds, &fs) != 0 || fs.f_type != PROC_SUPER_MAGIC)
		return -1;
	snprintf(name, sizeof(name), "%d", fd);
	return openat(fds, name, O_RDONLY | O_CLOEXEC);
}

enum gbx_err
gbx_result_memfd(const struct gbx_result *result, size_t block, int *ret_fd)
{
	const struct gbx_store *s = result->store;
	const struct gbx_gate_block *g;
	struct place p;
	int fd;

	if (ret_fd == NULL)
		return GBX_ERR_ARG;
	if (!find(result, block, &p))
		return GBX_ERR_NOTFOUND;
	g = &p.block->gate;
	if (s != NULL && s->fd >= 0 && s->alone && g->offset == 0 &&
	    length_of(g) == s->size) {
		fd = open_again(s->fd);
		if (fd >= 0) {
			*ret_fd = fd;
			return GBX_OK;
		}
	}
	return copy_to_memfd(data_of(result, &p), length_of(g), ret_fd);
}
