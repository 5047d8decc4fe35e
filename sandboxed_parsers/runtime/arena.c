/* SPDX-License-Identifier: ISC */
/*
 * malloc on one region that was mapped before lockdown.
 * Side: hostile. Makes no system call after gbx_arena_init; takes no lock (one
 * thread for life); an empty arena means NULL, never a crash.
 *
 * Why not a packaged allocator: none in Debian works on a fixed region without
 * ever touching madvise, futex or a clock, and each touches pages of its own in
 * every worker, which is the price that counts here.
 *
 * Layout: chunks one after the other, each with a header that knows its size
 * and its left neighbour's, so that neighbours merge in O(1). Free chunks hang
 * in lists by size class, four classes a power of two. What was never used is
 * the top: pages there are not touched before they are handed out.
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sandboxed_parsers/runtime/arena.h"

struct chunk {
	size_t left; /* size of the chunk before, 0 for the first */
	size_t size; /* of this one with its header; bit 0: in use */
	/* when free only: */
	struct chunk *next, *prev;
};

#define HEADER	    (2 * sizeof(size_t))
#define ALIGN	    ((size_t)16)
#define SMALLEST    ((size_t)32)
#define USED	    ((size_t)1)
#define CLASSES	    128
#define SMALL_PAGES ((size_t)4 << 20)

static struct {
	char *base, *top, *end;
	char *high; /* the highest top ever: from here on all is fresh zeroes */
	size_t last; /* size of the chunk just below top */
	struct chunk *list[CLASSES];
	uint64_t filled[CLASSES / 64]; /* which lists are not empty */
	size_t in_use, peak;
	bool exhausted;
} arena;

/* What is allocated before main lives here: a little by libc's start-up of a
 * static program (_dl_init_paths), 72 KiB by libstdc++ where a shared library
 * brings that in, and whatever the constructors of libraries do. How much that
 * is can differ from one start to the next: libhwy of libjxl measures the clock
 * and sorts what it saw, libnuma of libheif reads the nodes there are. So what
 * they free must be used again. Untouched, it costs nothing. */
static _Alignas(16) char boot[262144];

static bool
from_boot(const void *p)
{
	return (const char *)p >= boot && (const char *)p < boot + sizeof(boot);
}

/* From main on the region is another: what is left of before stays as it is. */
static bool
is_left_over(const void *p)
{
	return from_boot(p) && arena.base != boot;
}

static size_t
size_of(const struct chunk *c)
{
	return c->size & ~USED;
}

static struct chunk *
right_of(const struct chunk *c)
{
	char *p = (char *)c + size_of(c);

	return p < arena.top ? (struct chunk *)p : NULL;
}

/* The class whose chunks are all at least as large as its lower bound: four to
 * a power of two, from 32 bytes. */
static unsigned int
class_of(size_t size)
{
	unsigned int log = 63U - (unsigned int)__builtin_clzl(size);
	unsigned int cls =
	    (log - 5) * 4 + (unsigned int)(size >> (log - 2) & 3);

	return cls < CLASSES ? cls : CLASSES - 1;
}

static void
list_add(struct chunk *c)
{
	unsigned int cls = class_of(size_of(c));

	c->prev = NULL;
	c->next = arena.list[cls];
	if (c->next != NULL)
		c->next->prev = c;
	arena.list[cls] = c;
	arena.filled[cls / 64] |= (uint64_t)1 << (cls % 64);
}

static void
list_remove(struct chunk *c)
{
	unsigned int cls = class_of(size_of(c));

	if (c->next != NULL)
		c->next->prev = c->prev;
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		arena.list[cls] = c->next;
	if (arena.list[cls] == NULL)
		arena.filled[cls / 64] &= ~((uint64_t)1 << (cls % 64));
}

/* Tell the right neighbour, or the top, how large its left one is now. */
static void
settle(struct chunk *c)
{
	struct chunk *right = right_of(c);

	if (right != NULL)
		right->left = size_of(c);
	else
		arena.last = size_of(c);
}

static struct chunk *
first_in_classes(unsigned int cls)
{
	unsigned int word = cls / 64;
	uint64_t bits;

	if (cls >= CLASSES)
		return NULL;
	bits = arena.filled[word] & (~(uint64_t)0 << (cls % 64));
	while (bits == 0) {
		if (++word == CLASSES / 64)
			return NULL;
		bits = arena.filled[word];
	}
	return arena.list[word * 64 + (unsigned int)__builtin_ctzl(bits)];
}

/* A free chunk of at least size: a short look into its own class, then the
 * first of any larger one. */
static struct chunk *
find_free(size_t size)
{
	unsigned int cls = class_of(size);
	struct chunk *c = arena.list[cls];
	int tries;

	for (tries = 0; c != NULL && tries < 8; tries++, c = c->next)
		if (size_of(c) >= size)
			return c;
	return first_in_classes(cls + 1);
}

/* Give the tail of a used chunk back as a free one, if it is worth it. */
static void
split(struct chunk *c, size_t size)
{
	size_t rest = size_of(c) - size;
	struct chunk *tail;

	if (rest < SMALLEST)
		return;
	tail = (struct chunk *)((char *)c + size);
	c->size = size | USED;
	tail->left = size;
	tail->size = rest;
	settle(tail);
	list_add(tail);
}

static struct chunk *
from_top(size_t size)
{
	struct chunk *c;

	if (arena.base == NULL) {
		arena.base = arena.top = arena.high = boot;
		arena.end = boot + sizeof(boot);
	}
	c = (struct chunk *)arena.top;
	if (size > (size_t)(arena.end - arena.top))
		return NULL;
	c->left = arena.last;
	c->size = size | USED;
	arena.top += size;
	arena.last = size;
	return c;
}

/* Note how far the region was ever handed out. */
static void
raise_high(void)
{
	if (arena.top > arena.high)
		arena.high = arena.top;
}

static size_t
chunk_size(size_t n)
{
	if (n > PTRDIFF_MAX - HEADER - ALIGN)
		return 0;
	n = (n + HEADER + ALIGN - 1) & ~(ALIGN - 1);
	return n < SMALLEST ? SMALLEST : n;
}

static void
count(size_t more)
{
	arena.in_use += more;
	if (arena.in_use > arena.peak)
		arena.peak = arena.in_use;
}

static void *
fail(void)
{
	arena.exhausted = true;
	errno = ENOMEM;
	return NULL;
}

/* Allocate; *ret_fresh says that the memory was never handed out before, so
 * that it still holds the kernel's zeroes. */
static void *
take(size_t n, bool *ret_fresh)
{
	size_t size = chunk_size(n);
	struct chunk *c;

	*ret_fresh = false;
	if (size == 0)
		return fail();
	c = find_free(size);
	if (c != NULL) {
		list_remove(c);
		c->size |= USED;
		split(c, size);
	} else {
		c = from_top(size);
		if (c == NULL)
			return fail();
		*ret_fresh = (char *)c >= arena.high;
		raise_high();
	}
	count(size_of(c));
	return (char *)c + HEADER;
}

static void
give_back(struct chunk *c)
{
	struct chunk *other;

	c->size &= ~USED;
	arena.in_use -= c->size;
	other = right_of(c);
	if (other != NULL && !(other->size & USED)) {
		list_remove(other);
		c->size += other->size;
	}
	if (c->left != 0) {
		other = (struct chunk *)((char *)c - c->left);
		if (!(other->size & USED)) {
			list_remove(other);
			other->size += c->size;
			c = other;
		}
	}
	if ((char *)c + c->size == arena.top) {
		arena.top = (char *)c;
		arena.last = c->left;
		return;
	}
	settle(c);
	list_add(c);
}

/* Shared libraries must find these, and not libc's. */
#pragma GCC visibility push(default)

void *
malloc(size_t n)
{
	bool fresh;

	return take(n, &fresh);
}

void
free(void *p)
{
	if (p != NULL && !is_left_over(p))
		give_back((struct chunk *)((char *)p - HEADER));
}

void *
calloc(size_t n, size_t each)
{
	size_t total;
	bool fresh;
	void *p;

	if (__builtin_mul_overflow(n, each, &total))
		return fail();
	p = take(total, &fresh);
	if (p != NULL && !fresh)
		memset(p, 0, total);
	return p;
}

/* Grow in place into a free right neighbour or the top. */
static bool
grow(struct chunk *c, size_t size)
{
	struct chunk *right = right_of(c);
	size_t have = size_of(c);

	if (right == NULL) {
		if (size - have > (size_t)(arena.end - arena.top))
			return false;
		arena.top += size - have;
		arena.last = size;
		c->size = size | USED;
		raise_high();
		return true;
	}
	if ((right->size & USED) || have + right->size < size)
		return false;
	list_remove(right);
	c->size = (have + right->size) | USED;
	settle(c);
	split(c, size);
	return true;
}

void *
realloc(void *p, size_t n)
{
	struct chunk *c;
	size_t size, have;
	bool fresh;
	void *q;

	if (p == NULL)
		return take(n, &fresh);
	size = chunk_size(n);
	if (size == 0)
		return fail();
	c = (struct chunk *)((char *)p - HEADER);
	have = size_of(c);
	if (have >= size)
		return p;
	if (!is_left_over(p) && grow(c, size)) {
		count(size_of(c) - have);
		return p;
	}
	q = take(n, &fresh);
	if (q == NULL)
		return NULL;
	memcpy(q, p, have - HEADER);
	if (!is_left_over(p))
		give_back(c);
	return q;
}

int
posix_memalign(void **ret, size_t align, size_t n)
{
	struct chunk *c, *moved;
	size_t skip;
	bool fresh;
	char *p;

	if (align < sizeof(void *) || (align & (align - 1)) != 0)
		return EINVAL;
	if (align > PTRDIFF_MAX / 4 || n > PTRDIFF_MAX / 4)
		return ENOMEM;
	p = take(align <= ALIGN ? n : n + align + SMALLEST, &fresh);
	if (p == NULL)
		return ENOMEM;
	skip = (align - ((uintptr_t)p & (align - 1))) & (align - 1);
	if (skip != 0) {
		/* Cut a free chunk off the front. */
		if (skip < SMALLEST)
			skip += align;
		c = (struct chunk *)(p - HEADER);
		moved = (struct chunk *)((char *)c + skip);
		moved->left = skip;
		moved->size = (size_of(c) - skip) | USED;
		c->size = skip | USED;
		settle(moved);
		give_back(c);
		p = (char *)moved + HEADER;
	}
	*ret = p;
	return 0;
}

void *
aligned_alloc(size_t align, size_t n)
{
	void *p = NULL;
	int err = posix_memalign(
	    &p, align < sizeof(void *) ? sizeof(void *) : align, n);

	if (err != 0)
		errno = err;
	return p;
}

void *
memalign(size_t align, size_t n)
{
	return aligned_alloc(align, n);
}

size_t
malloc_usable_size(void *p)
{
	if (p == NULL)
		return 0;
	return size_of((struct chunk *)((char *)p - HEADER)) - HEADER;
}

#pragma GCC visibility pop

int
gbx_arena_init(size_t size)
{
	char *p;

	p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return -errno;
	/* Small jobs live in the first pages; a huge one would be zeroed and
	 * copied whole for each worker. Older kernels without it say EINVAL. */
	(void)madvise(
	    p, size < SMALL_PAGES ? size : SMALL_PAGES, MADV_NOHUGEPAGE);
	memset(&arena, 0, sizeof(arena));
	arena.base = arena.top = arena.high = p;
	arena.end = p + size;
	return 0;
}

int
gbx_arena_trim(size_t size)
{
	size_t have = (size_t)(arena.end - arena.base);
	size_t used = (size_t)(arena.top - arena.base);

	size = (size + 4095) & ~(size_t)4095;
	if (size < ((used + 4095) & ~(size_t)4095))
		size = (used + 4095) & ~(size_t)4095;
	if (size >= have)
		return 0;
	if (munmap(arena.base + size, have - size) != 0)
		return -errno;
	arena.end = arena.base + size;
	return 0;
}

bool
gbx_arena_exhausted(void)
{
	return arena.exhausted;
}

void
gbx_arena_forget_exhausted(void)
{
	arena.exhausted = false;
}

size_t
gbx_arena_peak(void)
{
	return arena.peak;
}
