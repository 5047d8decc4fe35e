/* SPDX-License-Identifier: ISC */
/*
 * Opening what the user named. Side: caller.
 * A device is refused before it is opened (some act on open: tapes, watchdogs)
 * and again after, should the name have changed hands meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <glovebox.h>

#include "base/cleanup.h"
#include "cmd/input.h"

static int
refuse(mode_t mode)
{
	if (S_ISDIR(mode))
		return EISDIR;
	if (S_ISCHR(mode) || S_ISBLK(mode))
		return ENODEV;
	return 0;
}

int
gbx_cmd_input_open(const char *name, int *ret_fd)
{
	gbx_autoclose int fd = -1;
	struct stat st;
	int error;

	if (!strcmp(name, "-") || !strcmp(name, "/dev/stdin")) {
		/* As hold_standard_streams leaves it, if it was closed. */
		if ((fcntl(STDIN_FILENO, F_GETFL) & O_ACCMODE) == O_WRONLY)
			return EBADF;
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	} else {
		if (stat(name, &st) != 0)
			return errno;
		error = refuse(st.st_mode);
		if (error)
			return error;
		fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	}
	if (fd < 0 || fstat(fd, &st) != 0)
		return errno;
	error = refuse(st.st_mode);
	if (error)
		return error;
	*ret_fd = gbx_steal_fd(&fd);
	return 0;
}

/* Copy all that comes, if it is no more than most bytes. */
static int
copy_all(int from, int to, uint64_t most)
{
	char buf[65536];
	uint64_t sum = 0;
	ssize_t n, written;

	while ((n = read(from, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		sum += (uint64_t)n;
		if (sum > most)
			return EFBIG;
		for (ssize_t at = 0; at < n; at += written) {
			written = write(to, buf + at, (size_t)(n - at));
			if (written < 0)
				return errno;
		}
	}
	return 0;
}

int
gbx_cmd_input_keep(int *fd, uint64_t most)
{
	struct gbx_limit_info info = {.size = sizeof(info)};
	gbx_autoclose int copy = -1;
	struct stat st;
	int error;

	if (fstat(*fd, &st) != 0)
		return errno;
	if (S_ISREG(st.st_mode))
		return 0;
	if (most == 0 && gbx_limit_info(GBX_LIMIT_INPUT, &info) == GBX_OK)
		most = info.standard;
	/* gbx_cmd_input_open set it, so as not to wait for a writer. */
	if (fcntl(*fd, F_SETFL, O_RDONLY) != 0)
		return errno;
	copy = memfd_create("gbx-archive", MFD_CLOEXEC);
	if (copy < 0)
		return errno;
	error = copy_all(*fd, copy, most);
	if (error)
		return error;
	close(*fd);
	*fd = gbx_steal_fd(&copy);
	return 0;
}

bool
gbx_cmd_input_missing(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case EACCES:
	case EPERM:
	case ELOOP:
	case ENAMETOOLONG:
	case EISDIR:
	case ENODEV:
	case ENXIO:
	case EBADF:
		return true;
	}
	return false;
}

/* A read from these may wait for ever; the library reads them elsewhere. */
static bool
may_hang(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return true;
	switch ((unsigned long)fs.f_type) {
	case FUSE_SUPER_MAGIC:
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case SMB2_SUPER_MAGIC:
	case CIFS_SUPER_MAGIC:
	case CEPH_SUPER_MAGIC:
	case V9FS_MAGIC:
	case AFS_SUPER_MAGIC:
	case AFS_FS_MAGIC:
	case CODA_SUPER_MAGIC:
	case NCP_SUPER_MAGIC:
		return true;
	}
	return false;
}

const char *
gbx_cmd_input_format(int fd)
{
	struct gbx_format_info info = {.size = sizeof(info)};
	const char *worker;
	struct stat st;
	char head[16];
	ssize_t n;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || may_hang(fd))
		return NULL;
	n = pread(fd, head, sizeof(head), 0);
	worker = n > 0 ? gbx_sniff(head, (size_t)n) : NULL;
	if (!worker)
		return NULL;
	for (size_t i = 0; gbx_format_info(i, &info) == GBX_OK; i++)
		if (strcmp(info.worker, worker) == 0)
			return info.name;
	return NULL;
}
