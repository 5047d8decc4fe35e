/* SPDX-License-Identifier: ISC */
/*
 * A result as its caller reads it: every number and byte that was put in, and
 * none past the end. Fails if taken out: a bound of broker/result.c, the seal
 * of a copied memfd, the look at `alone` before memory is shared with another.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glovebox.h>

#include "broker/result.h"
#include "broker/store.h"
#include "ipc/memfd.h"
#include "tests/support/cmocka.h"

static const char text[] = "0123456789abcdef";

#define RECORDS 40
#define AT	64 /* they begin */

/* Each has a length, kind 1, parent, a name of three bytes, offset, bytes,
 * packed, flags, and a value of four: the number in most of them. */
static size_t
put_records(uint8_t *p)
{
	size_t at = 0;
	uint8_t i;

	for (i = 1; i <= RECORDS; i++) {
		const uint8_t wire[] = {23, 0x08, 1, 0x10, i, 0x1a, 3, 'n',
		    '0' + i / 10, '0' + i % 10, 0x20, i, 0x28, i, 0x30, i, 0x38,
		    i, 0x42, 4, 'v', 'a', 'l', 'u'};

		memcpy(p + at, wire, sizeof(wire));
		at += sizeof(wire);
	}
	return at;
}

/* Text of six bytes, and records. */
static struct gbx_result *
make(struct gbx_budget *budget)
{
	struct gbx_result *r = calloc(1, sizeof(*r));
	const size_t room = AT + RECORDS * 32;

	assert_non_null(r);
	r->store = gbx_store_new(budget);
	assert_non_null(r->store);
	r->store->data = calloc(1, room);
	assert_non_null(r->store->data);
	memcpy(r->store->data, text, sizeof(text));
	r->store->size = room;
	r->n_blocks = r->n_shown = 2;
	r->block[0].gate = (struct gbx_gate_block){.kind = GBX_WIRE_TEXT,
	    .index = 1,
	    .offset = 4,
	    .length = 6,
	    .width = 2,
	    .height = 3,
	    .layout = 4,
	    .duration_ms = 5,
	    .orientation = 6,
	    .stride = 7};
	r->block[1].gate = (struct gbx_gate_block){.kind = GBX_WIRE_RECORDS,
	    .offset = AT,
	    .length = put_records(r->store->data + AT),
	    .records = RECORDS};
	r->block[1].marks = gbx_result_marks(&r->block[1].gate, r->store->data);
	assert_non_null(r->block[1].marks);
	return r;
}

static struct gbx_budget *
make_budget(void)
{
	struct gbx_budget *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	atomic_init(&b->refs, 1);
	b->most = 1000;
	return b;
}

static void
test_plain(void **state)
{
	struct gbx_result r = {.verdict = GBX_VERDICT_CRASHED,
	    .limit = GBX_LIMIT_CPU,
	    .field = "nonce",
	    .signal = 11,
	    .err = 12,
	    .degraded = true,
	    .id = 13,
	    .cookie = &r,
	    .format = GBX_FORMAT_DOCX,
	    .posture = 14,
	    .elapsed_us = 15,
	    .total = 16};

	(void)state;
	assert_int_equal(gbx_result_verdict(&r), GBX_VERDICT_CRASHED);
	assert_int_equal(gbx_result_limit(&r), GBX_LIMIT_CPU);
	assert_string_equal(gbx_result_field(&r), "nonce");
	assert_int_equal(gbx_result_signal(&r), 11);
	assert_int_equal(gbx_result_errno(&r), 12);
	assert_true(gbx_result_degraded(&r));
	assert_int_equal(gbx_result_id(&r), 13);
	assert_ptr_equal(gbx_result_cookie(&r), &r);
	assert_string_equal(gbx_result_format(&r), "docx");
	assert_int_equal(gbx_result_posture(&r), 14);
	assert_int_equal(gbx_result_elapsed_us(&r), 15);
	assert_int_equal(gbx_result_total(&r), 16);
	assert_int_equal(gbx_result_blocks(&r), 0);
	assert_string_equal(gbx_result_detail(&r), "");
	r.detail = "why";
	assert_string_equal(gbx_result_detail(&r), "why");
	gbx_result_free(NULL);
}

static void
test_blocks(void **state)
{
	struct gbx_budget *budget = make_budget();
	struct gbx_result *r = make(budget);
	struct gbx_block b = {.size = sizeof(b)}, small = {.size = 1};

	(void)state;
	assert_int_equal(gbx_result_blocks(r), 2);
	assert_int_equal(gbx_result_block(r, 0, &b), GBX_OK);
	assert_int_equal(b.kind, GBX_BLOCK_TEXT);
	assert_int_equal(b.length, 6);
	assert_memory_equal(b.data, "456789", 6);
	assert_int_equal(b.index, 1);
	assert_int_equal(b.width, 2);
	assert_int_equal(b.height, 3);
	assert_int_equal(b.layout, 4);
	assert_int_equal(b.duration_ms, 5);
	assert_int_equal(b.orientation, 6);
	assert_int_equal(b.stride, 7);
	assert_int_equal(gbx_result_block(r, 1, &b), GBX_OK);
	assert_int_equal(b.records, RECORDS);
	assert_int_equal(gbx_result_block(r, 2, &b), GBX_ERR_NOTFOUND);
	assert_int_equal(gbx_result_block(r, 0, NULL), GBX_ERR_ARG);
	assert_int_equal(gbx_result_block(r, 0, &small), GBX_ERR_ARG);
	gbx_result_free(r);
	gbx_budget_unref(budget);
}

static void
test_records(void **state)
{
	struct gbx_budget *budget = make_budget();
	struct gbx_result *r = make(budget);
	struct gbx_record rec = {.size = sizeof(rec)}, small = {.size = 1};
	char name[8];
	size_t i;

	(void)state;
	for (i = 1; i <= RECORDS; i++) {
		assert_int_equal(gbx_result_record(r, 1, i - 1, &rec), GBX_OK);
		snprintf(name, sizeof(name), "n%02zu", i);
		assert_int_equal(rec.kind, 1);
		assert_int_equal(rec.parent, i);
		assert_int_equal(rec.flags, i);
		assert_int_equal(rec.name_length, 3);
		assert_memory_equal(rec.name, name, 3);
		assert_int_equal(rec.value_length, 4);
		assert_memory_equal(rec.value, "valu", 4);
		assert_int_equal(rec.offset, i);
		assert_int_equal(rec.bytes, i);
		assert_int_equal(rec.packed, i);
	}
	/* What they cost beside their bytes. */
	assert_in_range(malloc_usable_size(r->block[1].marks), 1, 32);
	assert_int_equal(
	    gbx_result_record(r, 1, RECORDS, &rec), GBX_ERR_NOTFOUND);
	assert_int_equal(gbx_result_record(r, 0, 0, &rec), GBX_ERR_NOTFOUND);
	assert_int_equal(gbx_result_record(r, 2, 0, &rec), GBX_ERR_NOTFOUND);
	assert_int_equal(gbx_result_record(r, 1, 0, NULL), GBX_ERR_ARG);
	assert_int_equal(gbx_result_record(r, 1, 0, &small), GBX_ERR_ARG);
	gbx_result_free(r);
	gbx_budget_unref(budget);
}

/* A copy that nobody can change; no byte of the block's neighbours in it. */
static void
test_memfd(void **state)
{
	struct gbx_budget *budget = make_budget();
	struct gbx_result *r = make(budget);
	char buf[32];
	int fd = -1;

	(void)state;
	assert_int_equal(gbx_result_memfd(r, 0, NULL), GBX_ERR_ARG);
	assert_int_equal(gbx_result_memfd(r, 2, &fd), GBX_ERR_NOTFOUND);
	assert_int_equal(fd, -1);
	assert_int_equal(gbx_result_memfd(r, 0, &fd), GBX_OK);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_true(gbx_memfd_is_immutable(fd));
	assert_int_equal(pread(fd, buf, sizeof(buf), 0), 6);
	assert_memory_equal(buf, "456789", 6);
	close(fd);
	assert_int_equal(gbx_result_memfd(r, 1, &fd), GBX_OK);
	assert_int_equal(pread(fd, buf, sizeof(buf), 0), sizeof(buf));
	close(fd);
	gbx_result_free(r);
	gbx_budget_unref(budget);
}

/* It stands at the start, and moves no other's. */
static void
expect_own_offset(const struct gbx_result *r, int fd)
{
	char byte;
	int other;

	assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
	assert_int_equal(read(fd, &byte, 1), 1);
	assert_int_equal(gbx_result_memfd(r, 0, &other), GBX_OK);
	assert_int_equal(lseek(other, 0, SEEK_CUR), 0);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 1);
	close(other);
}

/* The whole of a sealed store that is nobody else's is handed on as it is. */
static void
test_memfd_shared(void **state)
{
	struct gbx_budget *budget = make_budget();
	struct gbx_result *r = make(budget);
	struct gbx_store *s = r->store;
	ino_t own;
	struct stat st;
	int fd, k;

	(void)state;
	free(s->data);
	s->fd = gbx_memfd_new("test");
	assert_int_equal(gbx_memfd_write(s->fd, text, 16, 0), 0);
	assert_int_equal(gbx_memfd_seal_all(s->fd), 0);
	s->size = 16;
	s->data = mmap(NULL, 16, PROT_READ, MAP_PRIVATE, s->fd, 0);
	s->mapped = true;
	atomic_fetch_add(&s->budget->kept_fds, 1);
	assert_int_equal(fstat(s->fd, &st), 0);
	own = st.st_ino;
	for (k = 0; k < 4; k++) {
		s->alone = k != 1;
		r->block[0].gate.offset = k == 2 ? 1 : 0;
		r->block[0].gate.length = k >= 2 ? 15 : 16;
		assert_int_equal(gbx_result_memfd(r, 0, &fd), GBX_OK);
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(st.st_ino == own, k == 0);
		assert_true(gbx_memfd_is_immutable(fd));
		expect_own_offset(r, fd);
		close(fd);
	}
	gbx_result_free(r);
	gbx_budget_unref(budget);
}

static void
test_budget(void **state)
{
	struct gbx_budget *b = make_budget();

	(void)state;
	assert_false(gbx_budget_take(b, 1001));
	assert_true(gbx_budget_take(b, 1000));
	assert_false(gbx_budget_take(b, 1));
	assert_false(gbx_budget_take(b, UINT64_MAX));
	gbx_budget_give(b, 400);
	assert_true(gbx_budget_take(b, 400));
	b->most = 10; /* lowered below what is out */
	assert_false(gbx_budget_take(b, 1));
	assert_false(gbx_budget_take(b, UINT64_MAX - 5));
	gbx_budget_unref(b);
	gbx_budget_unref(NULL);
	gbx_store_unref(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_blocks),
	    cmocka_unit_test(test_records),
	    cmocka_unit_test(test_memfd),
	    cmocka_unit_test(test_memfd_shared),
	    cmocka_unit_test(test_budget),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
