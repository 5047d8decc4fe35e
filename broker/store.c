/* SPDX-License-Identifier: ISC */
/*
 * Shared memory and who holds it: the budget, and the immutable stores that
 * results point into. Side: trusted. Atomic counters, since results are freed
 * in any thread and after the broker.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "broker/broker.h"

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

void
gbx_store_unref(struct gbx_store *s)
{
	if (s == NULL || atomic_fetch_sub(&s->refs, 1) != 1)
		return;
	if (s->fd >= 0) {
		if (s->data != NULL)
			munmap(s->data, s->size);
		close(s->fd);
	} else {
		free(s->data);
	}
	gbx_budget_give(s->budget, s->charged);
	gbx_budget_unref(s->budget);
	free(s);
}
