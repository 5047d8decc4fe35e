/* SPDX-License-Identifier: ISC */
/*
 * Calls about memory and files: each asks whether it is to fail, and is made
 * otherwise. Side: tests; see inject.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "tests/faults/calls.h"

/* ---- memory -------------------------------------------------------------- */

static void *
counted(void *p)
{
	if (p != NULL)
		fault_count_block(1);
	return p;
}

void *
fault_malloc(size_t size)
{
	return fault_fails(FAULT_MALLOC) ? NULL : counted(malloc(size));
}

void *
fault_calloc(size_t n, size_t size)
{
	return fault_fails(FAULT_CALLOC) ? NULL : counted(calloc(n, size));
}

void *
fault_realloc(void *p, size_t size)
{
	if (fault_fails(FAULT_REALLOC))
		return NULL;
	return p == NULL ? counted(malloc(size)) : realloc(p, size);
}

char *
fault_strdup(const char *s)
{
	return fault_fails(FAULT_STRDUP) ? NULL : counted(strdup(s));
}

void *
fault_tsearch(
    const void *key, void **root, int (*compare)(const void *, const void *))
{
	return fault_fails(FAULT_TSEARCH) ? NULL : tsearch(key, root, compare);
}

void
fault_free(void *p)
{
	if (p != NULL)
		fault_count_block(-1);
	free(p);
}

void *
fault_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	void *p;

	if (fault_fails(FAULT_MMAP))
		return MAP_FAILED;
	p = mmap(at, size, prot, flags, fd, offset);
	if (p != MAP_FAILED)
		fault_count_map(1);
	return p;
}

/* Of a whole mapping, which can't fail. */
int
fault_munmap(void *p, size_t size)
{
	fault_count_map(-1);
	return munmap(p, size);
}

int
fault_madvise(void *at, size_t size, int advice)
{
	return OR_FAIL(MADVISE, madvise(at, size, advice));
}

int
fault_memfd_create(const char *name, unsigned int flags)
{
	return OR_FAIL(MEMFD_CREATE, memfd_create(name, flags));
}

/* ---- files --------------------------------------------------------------- */

int
fault_open(const char *path, int flags, ...)
{
	return OR_FAIL(OPEN, open(path, flags));
}

int
fault_openat(int dir, const char *path, int flags, ...)
{
	return OR_FAIL(OPENAT, openat(dir, path, flags));
}

int
fault_close(int fd)
{
	int how = fault_how(FAULT_CLOSE), r = close(fd);

	if (how == 0)
		return r;
	errno = how - DONE(0);
	return -1;
}

int
fault_fcntl(int fd, int what, ...)
{
	enum fault_call call = what == F_ADD_SEALS   ? FAULT_ADD_SEALS
			       : what == F_GET_SEALS ? FAULT_GET_SEALS
						     : FAULT_DUPFD;
	va_list ap;
	long arg;

	va_start(ap, what);
	arg = va_arg(ap, long);
	va_end(ap);
	return fault_fails(call) ? -1 : fcntl(fd, what, arg);
}

int
fault_fstat(int fd, struct stat *st)
{
	return OR_FAIL(FSTAT, fstat(fd, st));
}

int
fault_fstatfs(int fd, struct statfs *fs)
{
	return OR_FAIL(FSTATFS, fstatfs(fd, fs));
}

int
fault_statx(
    int fd, const char *path, int flags, unsigned int mask, struct statx *st)
{
	return OR_FAIL(STATX, statx(fd, path, flags, mask, st));
}

int
fault_ftruncate(int fd, off_t size)
{
	return OR_FAIL(FTRUNCATE, ftruncate(fd, size));
}

off_t
fault_lseek(int fd, off_t offset, int whence)
{
	return OR_FAIL(LSEEK, lseek(fd, offset, whence));
}

/* Half, but something: none would be the end of the file. */
static size_t
cut(size_t size, int how)
{
	return how == SHORT && size > 1 ? size / 2 : size;
}

#define MOVE(id, size, call) \
	int how = fault_how(FAULT_##id); \
	if (how > 0) { \
		errno = how; \
		return -1; \
	} \
	size = cut(size, how); \
	return call

ssize_t
fault_read(int fd, void *data, size_t size)
{
	MOVE(READ, size, read(fd, data, size));
}

ssize_t
fault_pread(int fd, void *data, size_t size, off_t at)
{
	MOVE(PREAD, size, pread(fd, data, size, at));
}

ssize_t
fault_write(int fd, const void *data, size_t size)
{
	MOVE(WRITE, size, write(fd, data, size));
}

ssize_t
fault_pwrite(int fd, const void *data, size_t size, off_t at)
{
	MOVE(PWRITE, size, pwrite(fd, data, size, at));
}

ssize_t
fault_sendfile(int to, int from, off_t *at, size_t size)
{
	MOVE(SENDFILE, size, sendfile(to, from, at, size));
}

int
fault_ioctl(int fd, unsigned long what, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, what);
	arg = va_arg(ap, void *);
	va_end(ap);
	return OR_FAIL(IOCTL, ioctl(fd, what, arg));
}
