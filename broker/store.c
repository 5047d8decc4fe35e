/* SPDX-License-Identifier: ISC */
/*
 * Shared memory and who holds it: the budget, and the immutable stores that
 * results point into. Side: trusted. Atomic counters, since results are freed
 * in any thread and after the broker.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/broker.h"
#include "broker/store.h"

bool
gbx_budget_take(struct gbx_budget *b, uint64_t bytes)
{
	uint_fast64_t used = atomic_load(&b->used);

	do {
		if (used > b->most || bytes > b->most - used)
			return false;
	} while (!atomic_compare_exchange_weak(&b->used, &used, used + bytes));
	return true;
}

void
gbx_budget_give(struct gbx_budget *b, uint64_t bytes)
{
	atomic_fetch_sub(&b->used, bytes);
}

void
gbx_budget_ref(struct gbx_budget *b)
{
	atomic_fetch_add(&b->refs, 1);
}

void
gbx_budget_unref(struct gbx_budget *b)
{
	if (b != NULL && atomic_fetch_sub(&b->refs, 1) == 1)
		free(b);
}

struct gbx_store *
gbx_store_new(struct gbx_budget *budget)
{
	struct gbx_store *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	atomic_init(&s->refs, 1);
	s->fd = -1;
	s->budget = budget;
	gbx_budget_ref(budget);
	return s;
}

/* Descriptors that results hold: an eighth of what this process may have. */
static bool
may_keep_fd(struct gbx_budget *b)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return false;
	if (atomic_fetch_add(&b->kept_fds, 1) < r.rlim_cur / 8)
		return true;
	atomic_fetch_sub(&b->kept_fds, 1);
	return false;
}

int
gbx_store_map(struct gbx_store *s, int *fd, size_t size, bool keep)
{
	void *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, *fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	s->data = p;
	s->size = size;
	s->mapped = true;
	if (keep && may_keep_fd(s->budget))
		s->fd = gbx_steal_fd(fd);
	else
		gbx_close_fd(fd);
	return 0;
}

void
gbx_store_unref(struct gbx_store *s)
{
	if (s == NULL || atomic_fetch_sub(&s->refs, 1) != 1)
		return;
	if (s->mapped)
		munmap(s->data, s->size);
	else
		free(s->data);
	if (s->fd >= 0) {
		close(s->fd);
		atomic_fetch_sub(&s->budget->kept_fds, 1);
	}
	gbx_budget_give(s->budget, s->charged);
	gbx_budget_unref(s->budget);
	free(s);
}
