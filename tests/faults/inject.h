/* SPDX-License-Identifier: ISC */
/*
 * Calls of the library that fail when they are told to.
 *
 * A copy of libglovebox.a has each of its calls into libc renamed
 * (wrapped.syms, objcopy --redefine-syms): open becomes fault_open, defined in
 * calls.c. So only the library's own calls are touched, never a test's. A call
 * is known by what it is and by the functions of the library that led to it,
 * the innermost first (a *site*), and by which of that site it is: threads and
 * processes may change the order of everything else from run to run. Side:
 * tests.
 */
#ifndef GBX_TESTS_FAULTS_INJECT_H
#define GBX_TESTS_FAULTS_INJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault_call {
#define FAULT(id, name, lasting, ...) FAULT_##id,
#include "tests/faults/calls.def"
#undef FAULT
	FAULT_CALLS
};

/* How a call fails beside with an errno, which is a small positive number. */
#define SHORT	 (-1)
#define FDS_LOST (-2)
#define DONE(e)	 (1000 + (e))

struct fault_kind {
	const char *name;
	int lasting;
	const int *how;
	size_t n_how;
};
const struct fault_kind *fault_kind(enum fault_call call);

#define FAULT_FRAMES 12
#define FAULT_SITES  4096

struct fault_site {
	uint64_t key; /* 0: none */
	uint32_t call, seen, n_frames;
	void *frame[FAULT_FRAMES];
};

enum fault_mode {
	FAULT_NEVER,
	FAULT_ONCE,   /* the nth call of a site */
	FAULT_ONWARD, /* from it on, every call of its kind */
	FAULT_RANDOM, /* one in `rate` of all calls */
};

struct fault_plan {
	enum fault_mode mode;
	uint64_t key;
	uint32_t nth; /* from 1 */
	int how;
	uint64_t seed;
	uint32_t rate;
};

/* What the engine sees, in memory that a process shares with its parent. */
struct fault_view {
	struct fault_site site[FAULT_SITES];
	uint32_t fired; /* faults that came about */
	uint64_t first_key;
	int32_t blocks, maps; /* of the library's own, held now */
	long unknown;	      /* a system call that calls.c has no name for */
};

/* Begin anew, disarmed; the view is the caller's. depth: how many functions
 * make a site; at most FAULT_FRAMES. */
void fault_begin(
    struct fault_view *view, const struct fault_plan *plan, uint32_t depth);
void fault_arm(bool armed);

/* For calls.c. How this call is to fail; 0: not at all. Keeps errno. */
int fault_how(enum fault_call call);
/* The same where nothing but errors can be: true with errno set. */
bool fault_fails(enum fault_call call);
void fault_count_block(int n);
void fault_count_map(int n);
void fault_unknown(long nr);

/* "gbx_memfd_new < take_bytes < gbx_input_take"; asks addr2line(1). */
void fault_where(const struct fault_site *site, char *ret_text, size_t room);
const char *fault_how_name(int how);

#endif
