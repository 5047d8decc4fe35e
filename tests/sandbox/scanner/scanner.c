/* SPDX-License-Identifier: ISC */
/*
 * The scanner's parser; see scanner.h. Side: hostile, on purpose. It makes no
 * system call after the lock: where its memory is it has noted before (ld(1),
 * --wrap of mmap and munmap), and the rest it knows from the linker, the stack
 * and the auxiliary vector.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sandboxed_parsers/runtime/sink.h"
#include "tests/sandbox/scanner/scanner.h"

#define PAGE  ((uintptr_t)4096)
#define STACK ((uintptr_t)1 << 20) /* RLIMIT_STACK, runtime/layers.c */
/* The kernel ends a stack a little before its limit (mmap_min_gap). */
#define STACK_USE (STACK - 16 * PAGE)

extern const char __executable_start[], _end[];

void *__real_mmap(
    void *at, size_t length, int prot, int flags, int fd, off_t offset);
int __real_munmap(void *at, size_t length);
void *__wrap_mmap(
    void *at, size_t length, int prot, int flags, int fd, off_t offset);
int __wrap_munmap(void *at, size_t length);

static struct range {
	const uint8_t *p, *end;
} range[32];
static uint32_t n_ranges;

static void
note(const void *p, size_t length)
{
	if (n_ranges == sizeof(range) / sizeof(range[0]))
		abort();
	range[n_ranges].p = p;
	range[n_ranges].end = (const uint8_t *)p + length;
	n_ranges++;
}

void *
__wrap_mmap(void *at, size_t length, int prot, int flags, int fd, off_t offset)
{
	void *p = __real_mmap(at, length, prot, flags, fd, offset);

	if (p != MAP_FAILED)
		note(p, (length + PAGE - 1) & ~(PAGE - 1));
	return p;
}

/* The arena's tail: what is left is the head of a range. */
int
__wrap_munmap(void *at, size_t length)
{
	uint32_t i;

	for (i = 0; i < n_ranges; i++)
		if (range[i].p <= (uint8_t *)at && (uint8_t *)at < range[i].end)
			range[i].end = at;
	return __real_munmap(at, length);
}

/* What is there without a call of ours. Before main. */
__attribute__((constructor)) static void
note_the_rest(void)
{
	const uint8_t *tls = __builtin_thread_pointer();
	const uint8_t *name = (const uint8_t *)getauxval(AT_EXECFN);
	const uint8_t *vdso = (const uint8_t *)getauxval(AT_SYSINFO_EHDR);
	const uint8_t *heap = (const uint8_t *)((uintptr_t)tls & ~(PAGE - 1));
	const uint8_t *heap_end = sbrk(0);
	uintptr_t top = ((uintptr_t)name + PAGE) & ~(PAGE - 1);

	note(__executable_start, (((uintptr_t)_end + PAGE - 1) & ~(PAGE - 1)) -
				     (uintptr_t)__executable_start);
	note((const void *)(top - STACK_USE), STACK_USE);
	if (heap < heap_end)
		note(heap, (size_t)(heap_end - heap));
	if (vdso != NULL)
		note(vdso, PAGE);
}

static bool
is_marker(const uint8_t *p, const uint8_t *turned)
{
	unsigned int i;

	for (i = 0; i < SCANNER_MARKER; i++)
		if ((p[i] ^ turned[i]) != 0xff)
			return false;
	return true;
}

static void
scan_range(const struct range *r, const uint8_t *turned,
    struct scanner_found *found, uint32_t number)
{
	const uint8_t *p = r->p, *last = r->end - SCANNER_MARKER;

	found->bytes += (uint64_t)(r->end - r->p);
	while (p <= last) {
		p = memchr(p, turned[0] ^ 0xff, (size_t)(last - p) + 1);
		if (p == NULL)
			return;
		if (is_marker(p, turned)) {
			if (found->hits++ == 0)
				found->first = number;
		}
		p++;
	}
}

static void
scan(const uint8_t *turned, struct scanner_found *found)
{
	uint32_t i;

	for (i = 0; i < n_ranges; i++)
		if (range[i].p < range[i].end)
			scan_range(&range[i], turned, found, i);
	found->ranges = n_ranges;
}

/* ---- filling ------------------------------------------------------------- */

static void
write_marker(uint8_t *p, size_t size, const uint8_t *turned)
{
	size_t i;

	for (i = 0; i < size; i++)
		p[i] = turned[i % SCANNER_MARKER] ^ 0xff;
}

static __attribute__((noinline)) unsigned int
fill_stack(size_t left, const uint8_t *turned)
{
	volatile uint8_t page[4096];

	write_marker((uint8_t *)(uintptr_t)page, sizeof(page), turned);
	if (left <= 8192)
		return page[0];
	return fill_stack(left - 4096 - 128, turned) + page[1];
}

static uint8_t filled_data[65536] = {1}, filled_bss[65536];

static void
fill(const uint8_t *turned, struct gbx_sink *sink, struct scanner_found *found)
{
	size_t size = 65536;
	uint8_t *p;

	for (; size >= 64; size /= 2)
		while ((p = malloc(size)) != NULL) {
			write_marker(p, size, turned);
			found->filled += size;
		}
	write_marker(filled_data, sizeof(filled_data), turned);
	write_marker(filled_bss, sizeof(filled_bss), turned);
	write_marker(sink->out + 4096, sink->out_size - 4096, turned);
	(void)fill_stack(STACK_USE - 96 * 1024, turned);
	found->filled += sizeof(filled_data) + sizeof(filled_bss) +
			 sink->out_size - 4096 + STACK_USE - 96 * 1024;
}

/* ---- crashing ------------------------------------------------------------ */

static void
crash(uint32_t how)
{
	switch (how) {
	case SCANNER_SEGV:
		__asm__ volatile("movb $1, 8");
		break;
	case SCANNER_ILL:
		__asm__ volatile("ud2");
		break;
	case SCANNER_FPE:
		__asm__ volatile("xorl %%ecx, %%ecx; movl $1, %%eax; cltd; "
				 "idivl %%ecx"
				 :
				 :
				 : "eax", "ecx", "edx");
		break;
	case SCANNER_ABORT:
		abort();
	case SCANNER_TRAP:
		__asm__ volatile("int3");
		break;
	default:
		(void)getppid();
	}
}

/* ---- the parser ---------------------------------------------------------- */

/* The answer as an image, so that it passes the gate like any other. */
static void
answer(struct gbx_sink *sink, const struct scanner_found *found)
{
	uint8_t *row;

	gbx_sink_format(sink, GBX_FORMAT_PNG);
	if (!gbx_sink_total(sink, 1) || !gbx_sink_image_begin(sink, 8, 1, 0) ||
	    !gbx_sink_wants_pixels(sink))
		return;
	row = gbx_sink_row(sink, 0);
	if (row == NULL)
		return;
	memcpy(row, found, sizeof(*found));
	if (gbx_sink_row_done(sink, 0))
		gbx_sink_image_end(sink);
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	struct scanner_found found = {0};
	struct scanner_order order;

	_Static_assert(sizeof(found) == 32, "eight pixels");
	if (task->size != sizeof(order))
		return GBX_WIRE_UNSUPPORTED;
	memcpy(&order, task->data, sizeof(order));
	if (order.verb == SCANNER_SCAN)
		scan(order.turned, &found);
	else if (order.verb == SCANNER_CRASH)
		crash(order.how);
	while (order.verb == SCANNER_SPIN)
		__asm__ volatile("pause");
	answer(sink, &found);
	if (order.verb == SCANNER_FILL)
		fill(order.turned, sink, &found);
	return GBX_WIRE_OK;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_PNG,
    .run = run,
};
