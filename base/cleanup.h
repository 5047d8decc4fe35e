/* SPDX-License-Identifier: ISC */
/*
 * Locals that clean up after themselves. Side: both.
 *
 *	gbx_autofree char *p = NULL;
 *	gbx_autoclose int fd = -1;
 *	...
 *	*ret_fd = gbx_steal_fd(&fd);
 *
 * Cleanup does not run on _exit, longjmp or a signal, and a goto past such a
 * declaration would clean up garbage: declare at the top, use no goto beside.
 * Never between fork and exec.
 */
#ifndef GBX_BASE_CLEANUP_H
#define GBX_BASE_CLEANUP_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static inline void
gbx_cleanup_free_(void *p)
{
	free(*(void **)p);
}

/* Keeps errno: it runs on the way out of a function that has set it. */
static inline void
gbx_cleanup_close_(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

#define gbx_autofree  __attribute__((cleanup(gbx_cleanup_free_)))
#define gbx_autoclose __attribute__((cleanup(gbx_cleanup_close_)))

static inline int
gbx_steal_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

static inline void *
gbx_steal_ptr_(void *pp)
{
	void *taken = *(void **)pp;

	*(void **)pp = NULL;
	return taken;
}
#define gbx_steal_ptr(pp) ((__typeof__(*(pp)))gbx_steal_ptr_(pp))

static inline void
gbx_close_fd(int *fd)
{
	gbx_cleanup_close_(fd);
	*fd = -1;
}

#endif
