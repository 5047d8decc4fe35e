/* SPDX-License-Identifier: ISC */
/*
 * What the gate may use up: heap, stack, and what it does when there is no
 * memory. Measured on the largest replies that there can be, and on hostile
 * ones (mutate.h).
 * Fails if taken out: the budget in unpack.c (heap); the scan before it, in
 * favour of protobuf-c's recursion, or a buffer of 16 KiB on the stack.
 */
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "broker/validate/check.h"
#include "tests/support/cmocka.h"
#include "tests/support/records.h"
#include "tests/support/score.h"
#include "tests/unit/gate/model.h"
#include "tests/unit/gate/mutate.h"

/* test_no_memory and test_stack only run in the release build: a sanitizer's
 * malloc can't be made to fail, and its stack frames are not the gate's. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

#define HEAP_MAX  65536
#define STACK	  65536 /* of the whole thread */
#define STACK_MAX 16384 /* of the gate */

/* The build hides all symbols; these must replace libc's for libprotobuf-c
 * too. */
#define SEEN __attribute__((visibility("default")))

/* ---- the heap, watched -------------------------------------------------- */

/* cmocka itself allocates, so count only while the gate runs. */
static __thread bool watching;
static size_t live, peak;

static void
note_alloc(size_t size)
{
	live += size;
	if (live > peak)
		peak = live;
}

#if defined(__SANITIZE_ADDRESS__)
/* A sanitizer has its own malloc; it tells of each call, and can't be made to
 * fail. (sanitizer/allocator_interface.h) */
SEEN void __sanitizer_malloc_hook(const volatile void *p, size_t size);
SEEN void __sanitizer_free_hook(const volatile void *p);
size_t __sanitizer_get_allocated_size(const volatile void *p);

void
__sanitizer_malloc_hook(const volatile void *p, size_t size)
{
	if (watching && p != NULL)
		note_alloc(size);
}

void
__sanitizer_free_hook(const volatile void *p)
{
	if (watching && p != NULL)
		live -= __sanitizer_get_allocated_size(p);
}
#else
/* glibc's own names, behind ours (nm -D libc.so.6). */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);

static size_t calls;
static size_t fail_at; /* this call fails; 0: none does */

static bool
out_of_memory(void)
{
	return watching && ++calls == fail_at;
}

SEEN void *
malloc(size_t size)
{
	void *p = out_of_memory() ? NULL : __libc_malloc(size);

	if (watching && p != NULL)
		note_alloc(malloc_usable_size(p));
	return p;
}

SEEN void *
calloc(size_t n, size_t size)
{
	void *p = out_of_memory() ? NULL : __libc_calloc(n, size);

	if (watching && p != NULL)
		note_alloc(malloc_usable_size(p));
	return p;
}

SEEN void *
realloc(void *p, size_t size)
{
	if (watching)
		abort(); /* the gate never grows anything */
	return __libc_realloc(p, size);
}

SEEN void
free(void *p)
{
	if (watching && p != NULL)
		live -= malloc_usable_size(p);
	__libc_free(p);
}
#endif

static size_t heap_most; /* of all that was tried */

static void
watch(void)
{
	live = peak = 0;
#ifndef __SANITIZE_ADDRESS__
	calls = 0;
#endif
	watching = true;
}

static void
end_watch(void)
{
	watching = false;
	if (peak > heap_most)
		heap_most = peak;
}

/* ---- replies as large as they get --------------------------------------- */

static struct model m;
static struct gbx_gate_reply reply;

/* 64 items, 128 blocks: both caps at once. */
static void
make_largest(void)
{
	Gbx__Wire__Item *item;
	int i;

	model_init(&m, BASE_BATCH);
	m.job.n_inputs = GBX_BATCH_MAX;
	m.job.out_size = MODEL_DATA;
	m.reply.n_items = 0;
	m.n_blocks = 0;
	m.end = 0;
	memset(m.data, 0, sizeof(m.data));
	for (i = 0; i < GBX_BATCH_MAX; i++) {
		item = model_item(&m, GBX_WIRE_OK, GBX_FORMAT_PNG);
		model_pixels(&m, item, 1, 1);
		model_pixels(&m, item, 1, 1);
	}
	model_pack(&m);
	assert_int_equal(m.n_blocks, GBX_REPLY_BLOCKS_MAX);
	assert_in_range(m.length, 1, GBX_REPLY_MAX);
}

/* One text, and 300 records. */
static void
make_text(void)
{
	static uint8_t b[8192];
	Gbx__Wire__Item *item;
	size_t n = 0;
	int i;

	model_init(&m, BASE_NO_TEXT);
	m.job.limit[GBX_WIRE_LIMIT_RECORDS] = 300;
	m.job.limit[GBX_WIRE_LIMIT_TEXT] = 8192;
	m.job.limit[GBX_WIRE_LIMIT_OUTPUT] = MODEL_DATA;
	m.job.out_size = MODEL_DATA;
	m.reply.n_items = 0;
	m.n_blocks = 0;
	item = model_item(&m, GBX_WIRE_OK, GBX_FORMAT_DOCX);
	for (i = 0; i < 8000; i += 2)
		memcpy(b + i, "\xc3\xa9", 2);
	model_bytes(&m, item, GBX_WIRE_TEXT, b, 8000);
	for (i = 0; i < 300; i++)
		n += model_record(
		    b + n, GBX_WIRE_REC_PROPERTY, (uint32_t)i, "name", "v", 0);
	model_bytes(&m, item, GBX_WIRE_RECORDS, b, n)->records = 300;
	model_pack(&m);
}

static const char *
ask_all(void)
{
	const char *field;

	field = gbx_gate_open(&m.job, m.wire, m.length, &reply);
	if (field == NULL)
		field = gbx_gate_data(
		    &m.job, &reply, m.data, (size_t)reply.data_end);
	return field;
}

static void
heap_of(void (*make)(void), const char *what, size_t *ret_peak)
{
	const char *field;

	make();
	watch();
	field = ask_all();
	end_watch();
	if (field != NULL)
		fail_msg("%s: %s", what, field);
	assert_int_equal(live, 0);
	assert_in_range(peak, 1, HEAP_MAX);
	print_message("# heap, %s: %zu bytes\n", what, peak);
	*ret_peak = peak;
}

static void
test_heap(void **state)
{
	size_t text, largest;

	(void)state;
	heap_of(make_text, "text and 300 records", &text);
	heap_of(make_largest, "64 items, 128 blocks", &largest);
	assert_true(largest > text);
}

/* The unpacker alone, on what the scan would not let through. */
static void
test_heap_hostile(void **state)
{
	struct Gbx__Wire__Reply *r = NULL;
	static uint8_t wire[GBX_REPLY_MAX];
	uint64_t s = 88172645463325252u;
	enum gbx_gate_field field;
	size_t i, k, most = 0;

	(void)state;
	for (i = 0; i < 20000; i++) {
		for (k = 0; k < sizeof(wire); k++) {
			s ^= s << 13;
			s ^= s >> 7;
			s ^= s << 17;
			wire[k] = (uint8_t)(k & 1 ? 0 : 0x12);
			if (s % (4 + i % 997) == 0)
				wire[k] = (uint8_t)(s >> 40);
		}
		watch();
		field = gbx_gate_unpack(wire, k - s % 64, &r);
		if (field == GBX_FIELD_NONE)
			gbx_gate_unpack_free(r);
		end_watch();
		assert_int_equal(live, 0);
		if (peak > most)
			most = peak;
	}
	assert_in_range(most, GBX_UNPACK_BUDGET / 2, HEAP_MAX);
	print_message("# heap, hostile unpacking: %zu bytes\n", most);
}

#ifndef SANITIZED
/* Each malloc in turn fails: "memory", nothing kept, nothing written. */
static void
test_no_memory(void **state)
{
	static struct gbx_gate_reply before;
	const char *field = "memory";
	size_t i;

	(void)state;
	make_largest();
	memset(&before, 0x5a, sizeof(before));
	for (i = 1; field != NULL; i++) {
		reply = before;
		watch();
		fail_at = i;
		field = gbx_gate_open(&m.job, m.wire, m.length, &reply);
		fail_at = 0;
		watching = false;
		assert_int_equal(live, 0);
		if (field == NULL)
			break;
		assert_string_equal(field, "memory");
		assert_memory_equal(&reply, &before, sizeof(reply));
	}
	assert_true(i > 100); /* so many were tried */
}

/* ---- the stack, painted ------------------------------------------------- */

static uint8_t wire_job[GBX_JOB_MAX];
static struct gbx_gate_record records[300];

static void *
run_nothing(void *arg)
{
	return arg;
}

static void *
run_gate(void *arg)
{
	if (ask_all() != NULL)
		return arg;
	return NULL;
}

static void *
run_records(void *arg)
{
	if (all_records(&reply.block[1], m.data, records))
		return NULL;
	return arg;
}

static void *
run_pack(void *arg)
{
	if (gbx_gate_pack_job(&m.job, wire_job) > 0)
		return NULL;
	return arg;
}

static struct gbx_case hostile;

/* The thread's own flag: cmocka is not counted. */
static void *
run_hostile(void *arg)
{
	watch();
	if (gbx_gate_open(&hostile.job, hostile.wire, hostile.length, &reply) ==
		NULL &&
	    reply.data_end <= CASE_DATA)
		(void)gbx_gate_data(
		    &hostile.job, &reply, hostile.data, (size_t)reply.data_end);
	end_watch();
	return arg;
}

static size_t base, stack_most; /* of a thread that does nothing; of all */

/* How much of a 64 KiB stack one run dirties, beside what a thread takes. */
static size_t
stack_of(void *(*run)(void *), bool must_work)
{
	uint8_t *stack;
	pthread_attr_t attr;
	pthread_t thread;
	void *result;
	size_t clean;

	stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(stack, MAP_FAILED);
	memset(stack, 0xa7, STACK);
	assert_int_equal(pthread_attr_init(&attr), 0);
	assert_int_equal(pthread_attr_setstack(&attr, stack, STACK), 0);
	assert_int_equal(pthread_create(&thread, &attr, run, m.wire), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	pthread_attr_destroy(&attr);
	for (clean = 0; clean < STACK && stack[clean] == 0xa7; clean++)
		;
	munmap(stack, STACK);
	if (must_work)
		assert_null(result);
	clean += base;
	if (STACK - clean > stack_most && base > 0)
		stack_most = STACK - clean;
	return STACK - clean;
}

static void
test_stack(void **state)
{
	size_t used;
	uint32_t i;

	(void)state;
	base = stack_of(run_nothing, false);
	make_largest();
	used = stack_of(run_gate, true);
	print_message("# stack, 64 items, 128 blocks: %zu bytes\n", used);
	assert_in_range(used, 500, STACK_MAX - 1);
	make_text();
	used = stack_of(run_gate, true);
	print_message("# stack, text and 300 records: %zu bytes\n", used);
	assert_in_range(used, 500, STACK_MAX - 1);
	used = stack_of(run_records, true);
	print_message("# stack, reading records: %zu bytes\n", used);
	/* glibc 2.41 takes more to start a thread than this: 0. */
	assert_in_range(used, 0, STACK_MAX - 1);
	m.job.n_inputs = GBX_BATCH_MAX;
	for (i = 0; i < GBX_BATCH_MAX; i++)
		m.job.input[i] =
		    (struct gbx_gate_span){i * GBX_ALIGN, GBX_ALIGN};
	used = stack_of(run_pack, true);
	print_message("# stack, packing a job of 64: %zu bytes\n", used);
	assert_in_range(used, 500, STACK_MAX - 1);
}

/* Hostile replies on the same small stack; then the figures of all. */
static void
test_hostile(void **state)
{
	uint64_t n, most = score_long_form() ? 1000000 : 5000;

	(void)state;
	assert_true(base > 0);
	for (n = 0; n < most; n++) {
		mutate_case(9, n, &hostile);
		(void)stack_of(run_hostile, false);
		assert_int_equal(live, 0);
	}
	score("validator-heap", heap_most, "<=65536");
	score("validator-stack", stack_most, "<=16383");
	assert_in_range(heap_most, GBX_UNPACK_BUDGET / 2, HEAP_MAX);
	assert_in_range(stack_most, 500, STACK_MAX - 1);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_heap),
	    cmocka_unit_test(test_heap_hostile),
#ifndef SANITIZED
	    cmocka_unit_test(test_no_memory),
	    cmocka_unit_test(test_stack),
	    cmocka_unit_test(test_hostile),
#endif
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
