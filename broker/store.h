/* SPDX-License-Identifier: ISC */
/* Shared memory: the budget, and the bytes that results point into.
 * Side: trusted. */
#ifndef GBX_BROKER_STORE_H
#define GBX_BROKER_STORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Shared memory of live jobs and held results. It outlives the broker while
 * results are held, and is not guarded by the broker's lock. */
struct gbx_budget {
	atomic_uint refs;
	atomic_uint_fast64_t used;
	uint64_t most;
	atomic_uint kept_fds; /* of results that hold their memfd */
};

bool gbx_budget_take(struct gbx_budget *b, uint64_t bytes);
void gbx_budget_give(struct gbx_budget *b, uint64_t bytes);
void gbx_budget_ref(struct gbx_budget *b);
void gbx_budget_unref(struct gbx_budget *b);

/* Immutable bytes that results point into: copied, or a sealed memfd mapped.
 * Shared by the results of one batch; not under the broker's lock. */
struct gbx_store {
	atomic_uint refs;
	struct gbx_budget *budget;
	uint64_t charged;
	uint8_t *data;
	size_t size;
	bool mapped; /* a sealed memfd's; else malloc'd */
	int fd;	     /* that memfd, or -1: a mapping needs none */
	bool alone;  /* one result only: its memfd may be handed out */
};

/* NULL: no memory. */
struct gbx_store *gbx_store_new(struct gbx_budget *budget);
/* Map a sealed memfd as its data; *fd is consumed on success. With keep the
 * store holds it, if it may hold one more, for gbx_result_memfd. 0 or -errno.
 */
int gbx_store_map(struct gbx_store *s, int *fd, size_t size, bool keep);
void gbx_store_unref(struct gbx_store *s);

#endif
