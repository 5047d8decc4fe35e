/* SPDX-License-Identifier: ISC */
/*
 * Is this the process that opened the broker, or a child that it forked?
 * Side: trusted. The id alone does not tell: the first process of a pid
 * namespace that starts the first one of another is 1 as its child is. So there
 * is a page that the kernel empties in a child (madvise(2), MADV_WIPEONFORK,
 * 4.14); where it does not, the id has to do.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "broker/broker.h"
#include "broker/forked.h"

#define MARK_SIZE \
	4096 /* the kernel takes whole pages, whatever they measure \
	      */

int
gbx_fork_mark(struct gbx_broker *b)
{
	void *p = mmap(NULL, MARK_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	b->owner = getpid();
	if (p == MAP_FAILED)
		return -errno;
	(void)madvise(p, MARK_SIZE, MADV_WIPEONFORK);
	b->mark = p;
	*b->mark = 1;
	return 0;
}

void
gbx_fork_unmark(struct gbx_broker *b)
{
	if (b->mark != NULL)
		munmap(b->mark, MARK_SIZE);
	b->mark = NULL;
}

bool
gbx_is_forked(const struct gbx_broker *b)
{
	return b->owner != getpid() || *b->mark == 0;
}
