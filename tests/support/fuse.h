/* SPDX-License-Identifier: ISC */
/*
 * A FUSE filesystem of one file, served by a thread of this process straight
 * from /dev/fuse, that can fall silent. Needs root and /dev/fuse.
 * Side: tests.
 */
#ifndef GBX_TESTS_SUPPORT_FUSE_H
#define GBX_TESTS_SUPPORT_FUSE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum fuse_silence {
	FUSE_ANSWERS = 0,
	FUSE_LATE,    /* whoever closes waits for 40 ms */
	FUSE_STALLED, /* but what a process waits for while it closes */
	FUSE_MUTE
};

struct fuse {
	char dir[64], file[80];
	const char *why; /* when mounting failed */
	const void *data;
	size_t size;
	int fd;
	atomic_int *silence; /* shared with children */
	pthread_t thread;
};

bool fuse_mount(struct fuse *f, const void *data, size_t size);
/* From now on nothing is answered (reads, attributes, statfs), in any process:
 * fstat(2) and fstatfs(2) of the file hang, too. */
void fuse_stall(struct fuse *f);
/* From now on each close(2) of the file takes 40 ms. */
void fuse_be_late(struct fuse *f);
/* Not even FLUSH and RELEASE are answered: whoever closes a descriptor of the
 * file, or ends while it has one, hangs and can't be killed. */
void fuse_mute(struct fuse *f);
/* The kernel fails whatever still waits for an answer. */
void fuse_let_go(struct fuse *f);
void fuse_unmount(struct fuse *f);

#endif
