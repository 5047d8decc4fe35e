/* SPDX-License-Identifier: ISC */
/* A FUSE filesystem of one file (linux/fuse.h, fuse(4)). Side: tests. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/fuse.h"

#define FILE_NODE 2

static void
answer(struct fuse *f, uint64_t unique, int err, const void *data, size_t n)
{
	struct fuse_out_header head = {
	    .len = (uint32_t)(sizeof(head) + n),
	    .error = err,
	    .unique = unique,
	};
	struct iovec v[2] = {{&head, sizeof(head)}, {(void *)data, n}};

	(void)!writev(f->fd, v, n > 0 ? 2 : 1);
}

static struct fuse_attr
attr_of(const struct fuse *f, uint64_t node)
{
	struct fuse_attr a = {.ino = node, .nlink = 1, .blksize = 4096};

	a.mode = node == FILE_NODE ? S_IFREG | 0444 : S_IFDIR | 0755;
	a.size = node == FILE_NODE ? f->size : 0;
	return a;
}

static void
on_init(struct fuse *f, uint64_t unique)
{
	struct fuse_init_out out = {
	    .major = FUSE_KERNEL_VERSION,
	    .minor = FUSE_KERNEL_MINOR_VERSION,
	    .max_readahead = 65536,
	    .max_write = 65536,
	};

	answer(f, unique, 0, &out, sizeof(out));
}

static void
on_lookup(struct fuse *f, uint64_t unique)
{
	struct fuse_entry_out out = {.nodeid = FILE_NODE,
	    .generation = 1,
	    .entry_valid = 60,
	    .attr_valid = 0};

	out.attr = attr_of(f, FILE_NODE);
	answer(f, unique, 0, &out, sizeof(out));
}

static void
on_getattr(struct fuse *f, uint64_t unique, uint64_t node)
{
	struct fuse_attr_out out = {.attr_valid = 0}; /* asked for anew */

	out.attr = attr_of(f, node);
	answer(f, unique, 0, &out, sizeof(out));
}

static void
on_open(struct fuse *f, uint64_t unique)
{
	/* No page cache: each open reads anew. */
	struct fuse_open_out out = {.fh = 1, .open_flags = FOPEN_DIRECT_IO};

	answer(f, unique, 0, &out, sizeof(out));
}

/* An overlay wants to know how long a name may be. */
static void
on_statfs(struct fuse *f, uint64_t unique)
{
	struct fuse_statfs_out out = {.st = {.bsize = 4096, .namelen = 255}};

	answer(f, unique, 0, &out, sizeof(out));
}

static void
on_read(struct fuse *f, uint64_t unique, const struct fuse_read_in *in)
{
	size_t at = in->offset < f->size ? (size_t)in->offset : f->size;
	size_t n = f->size - at < in->size ? f->size - at : in->size;

	answer(f, unique, 0, (const char *)f->data + at, n);
}

static void
handle(struct fuse *f, const struct fuse_in_header *in)
{
	static const struct timespec late = {0, 40000000};
	int silence = atomic_load(f->silence);

	if (silence == FUSE_MUTE ||
	    (silence == FUSE_STALLED && in->opcode != FUSE_RELEASE &&
		in->opcode != FUSE_FLUSH))
		return;
	switch (in->opcode) {
	case FUSE_INIT:
		on_init(f, in->unique);
		break;
	case FUSE_LOOKUP:
		on_lookup(f, in->unique);
		break;
	case FUSE_GETATTR:
		on_getattr(f, in->unique, in->nodeid);
		break;
	case FUSE_STATFS:
		on_statfs(f, in->unique);
		break;
	case FUSE_OPEN:
		on_open(f, in->unique);
		break;
	case FUSE_READ:
		on_read(f, in->unique, (const void *)(in + 1));
		break;
	case FUSE_FLUSH:
		if (silence == FUSE_LATE)
			(void)nanosleep(&late, NULL);
		answer(f, in->unique, 0, NULL, 0);
		break;
	case FUSE_RELEASE:
		answer(f, in->unique, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break; /* these want no answer */
	default:
		answer(f, in->unique, -ENOSYS, NULL, 0);
		break;
	}
}

static void *
serve(void *arg)
{
	static union {
		struct fuse_in_header head;
		char bytes[(1 << 16) + 8192];
	} buf;
	struct fuse *f = arg;
	ssize_t n;

	for (;;) {
		n = read(f->fd, &buf, sizeof(buf));
		if (n < 0 && (errno == EINTR || errno == ENOENT))
			continue;
		if (n < (ssize_t)sizeof(buf.head))
			return NULL; /* unmounted */
		handle(f, &buf.head);
	}
}

/* In a mount namespace of this thread's own, and of the children that it starts
 * from now on: a server that is silent hangs whoever looks at the mount. */
static bool
own_mounts(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

bool
fuse_mount(struct fuse *f, const void *data, size_t size)
{
	char opts[128];

	memset(f, 0, sizeof(*f));
	f->data = data;
	f->size = size;
	f->silence = mmap(NULL, sizeof(*f->silence), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (f->silence == MAP_FAILED)
		return false;
	if (!own_mounts()) {
		f->why = strerror(errno);
		return false;
	}
	f->fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	f->why = strerror(errno);
	if (f->fd < 0)
		return false;
	snprintf(f->dir, sizeof(f->dir), "/tmp/glovebox-fuse-XXXXXX");
	if (mkdtemp(f->dir) == NULL)
		return false;
	snprintf(f->file, sizeof(f->file), "%s/file", f->dir);
	snprintf(opts, sizeof(opts),
	    "fd=%d,rootmode=40000,user_id=%u,group_id=%u,allow_other", f->fd,
	    geteuid(), getegid());
	if (mount("glovebox-test", f->dir, "fuse", MS_NOSUID | MS_NODEV,
		opts) != 0) {
		f->why = strerror(errno);
		rmdir(f->dir);
		close(f->fd);
		return false;
	}
	return pthread_create(&f->thread, NULL, serve, f) == 0;
}

void
fuse_stall(struct fuse *f)
{
	atomic_store(f->silence, FUSE_STALLED);
}

void
fuse_be_late(struct fuse *f)
{
	atomic_store(f->silence, FUSE_LATE);
}

void
fuse_mute(struct fuse *f)
{
	atomic_store(f->silence, FUSE_MUTE);
}

void
fuse_let_go(struct fuse *f)
{
	umount2(f->dir, MNT_FORCE | MNT_DETACH);
}

void
fuse_unmount(struct fuse *f)
{
	fuse_let_go(f);
	pthread_join(f->thread, NULL);
	close(f->fd);
	rmdir(f->dir);
}
