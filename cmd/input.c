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
