/* SPDX-License-Identifier: ISC */
/*
 * Memory files: made, sized, sealed. Side: both. memfd_create(2), fcntl(2)
 * F_ADD_SEALS.
 */
#ifndef GBX_IPC_MEMFD_H
#define GBX_IPC_MEMFD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An empty close-on-exec memfd that can be sealed and never executed (where
 * the kernel knows MFD_NOEXEC_SEAL, 6.3). fd or -errno. */
int gbx_memfd_new(const char *name);

/* Set the size, a hole at first. 0 or -errno. RLIMIT_FSIZE counts memfds and
 * answers with SIGXFSZ, which would end the host: here it is -EFBIG, as it is
 * for gbx_memfd_write. */
int gbx_memfd_resize(int fd, uint64_t size);
/* How large a file of this process may be: RLIMIT_FSIZE. */
uint64_t gbx_memfd_most(void);
/* May it be so large? 0 or -EFBIG. */
int gbx_memfd_may_hold(uint64_t size);

/* Write all, at offset. 0 or -errno. */
int gbx_memfd_write(int fd, const void *data, size_t length, uint64_t offset);
/* Read all, at offset; -EPROTO when the file is shorter. 0 or -errno. */
int gbx_memfd_read(int fd, void *data, size_t length, uint64_t offset);

/* Append the first bytes of one to another, which is empty; -EPROTO when there
 * are fewer. 0 or -errno. */
int gbx_memfd_copy(int from, int to, uint64_t size);

/* Seal the size against growth alone: the state of an output while a worker
 * fills it. 0 or -errno. */
int gbx_memfd_seal_grow(int fd);

/* Seal against every change, for good. The kernel refuses while any writable
 * mapping is left anywhere, and while a page is pinned: the proof that nothing
 * can change it later. Both can pass by themselves (whoever reads the files of
 * a process in /proc, as ps(1) does, holds its memory for that moment, also
 * when it has just died), so this waits for a moment; -EBUSY if they did not.
 * 0 or -errno. */
int gbx_memfd_seal_all(int fd);
/* The same without waiting. */
int gbx_memfd_seal_now(int fd);

/* Is it a memfd that nobody can change: WRITE, SHRINK and GROW sealed, and not
 * on hugetlbfs? (F_SEAL_FUTURE_WRITE leaves old mappings writable: no.) */
bool gbx_memfd_is_immutable(int fd);

#endif
