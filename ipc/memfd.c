/* SPDX-License-Identifier: ISC */
/*
 * Memory files: made, sized, sealed. Side: both.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "ipc/memfd.h"

#ifndef MFD_NOEXEC_SEAL /* linux/memfd.h of 6.3 */
#define MFD_NOEXEC_SEAL 0x0008U
#endif

/* The kernel itself waits up to 180 ms in each try for pages that are pinned
 * (mm/memfd.c, memfd_wait_for_pins). */
#define SEAL_MS 200

int
gbx_memfd_new(const char *name)
{
	int fd;

	fd = memfd_create(
	    name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd < 0 ? -errno : fd;
}

uint64_t
gbx_memfd_most(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_FSIZE, &r) != 0 || r.rlim_cur == RLIM_INFINITY)
		return UINT64_MAX;
	return r.rlim_cur;
}

int
gbx_memfd_may_hold(uint64_t size)
{
	return size <= gbx_memfd_most() ? 0 : -EFBIG;
}

int
gbx_memfd_resize(int fd, uint64_t size)
{
	int err = gbx_memfd_may_hold(size);

	if (err != 0)
		return err;
	return ftruncate(fd, (off_t)size) == 0 ? 0 : -errno;
}

int
gbx_memfd_write(int fd, const void *data, size_t length, uint64_t offset)
{
	const char *p = data;
	ssize_t n;

	if (gbx_memfd_may_hold(offset + length) != 0)
		return -EFBIG;
	while (length > 0) {
		n = pwrite(fd, p, length, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		p += n;
		length -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

int
gbx_memfd_read(int fd, void *data, size_t length, uint64_t offset)
{
	char *p = data;
	ssize_t n;

	while (length > 0) {
		n = pread(fd, p, length, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EPROTO;
		p += n;
		length -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

int
gbx_memfd_copy(int from, int to, uint64_t size)
{
	off_t at = 0;
	ssize_t n;

	if (gbx_memfd_may_hold(size) != 0)
		return -EFBIG;
	while ((uint64_t)at < size) {
		n = sendfile(to, from, &at, (size_t)(size - (uint64_t)at));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EPROTO;
	}
	return 0;
}

int
gbx_memfd_seal_grow(int fd)
{
	return fcntl(fd, F_ADD_SEALS, F_SEAL_GROW) == 0 ? 0 : -errno;
}

static uint64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000U + (uint64_t)ts.tv_nsec / 1000000U;
}

int
gbx_memfd_seal_now(int fd)
{
	int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

	return fcntl(fd, F_ADD_SEALS, seals) == 0 ? 0 : -errno;
}

int
gbx_memfd_seal_all(int fd)
{
	int err = gbx_memfd_seal_now(fd);
	uint64_t until = err == -EBUSY ? now_ms() + SEAL_MS : 0;

	while (err == -EBUSY && now_ms() < until) {
		(void)poll(NULL, 0, 1);
		err = gbx_memfd_seal_now(fd);
	}
	return err;
}

bool
gbx_memfd_is_immutable(int fd)
{
	int need = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
	int seals = fcntl(fd, F_GET_SEALS);
	struct statfs fs;

	return seals >= 0 && (seals & need) == need && fstatfs(fd, &fs) == 0 &&
	       fs.f_type == TMPFS_MAGIC;
}
