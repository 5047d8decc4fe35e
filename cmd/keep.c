/* SPDX-License-Identifier: ISC */
/* What a file that replaces another keeps of it, see keep.h. Side: caller. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/keep.h"

#define ACL "system.posix_acl_access"

/* The list of an open file: its length, 0 if there is none, or -errno. The
 * caller frees *ret_list. */
static ssize_t
read_list(int fd, void **ret_list)
{
	ssize_t n = fgetxattr(fd, ACL, NULL, 0);

	if (n < 0 && (errno == ENODATA || errno == ENOTSUP))
		return 0;
	if (n > 0) {
		*ret_list = malloc((size_t)n);
		if (!*ret_list)
			return -ENOMEM;
		n = fgetxattr(fd, ACL, *ret_list, (size_t)n);
	}
	return n < 0 ? -errno : n;
}

/* It may be read without reading the file, so any way to open it will do. */
static int
open_old(int dir, const char *leaf)
{
	int flags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = openat(dir, leaf, flags | O_RDONLY);

	return fd >= 0 ? fd : openat(dir, leaf, flags | O_WRONLY);
}

/* A new file may have got a list of the directory's. */
static int
drop_list(int fd)
{
	if (fremovexattr(fd, ACL) == 0 || errno == ENODATA || errno == ENOTSUP)
		return 0;
	return errno;
}

static bool
keep_group(int fd, const struct stat *old)
{
	return fchown(fd, old->st_uid, old->st_gid) == 0 ||
	       fchown(fd, (uid_t)-1, old->st_gid) == 0;
}

/* The same bits for the group as for others: which group it is decides
 * nothing. */
static bool
group_matters(mode_t mode)
{
	return ((mode >> 3) & 7) != (mode & 7);
}

int
gbx_cmd_keep(int fd, int dir, const char *leaf, const struct stat *old)
{
	gbx_autoclose int from = open_old(dir, leaf);
	gbx_autofree void *list = NULL;
	mode_t mode = old->st_mode & 0777;
	ssize_t length = from < 0 ? -errno : read_list(from, &list);
	int error = 0;

	if (length < 0)
		return (int)-length;
	if (!keep_group(fd, old)) {
		if (length > 0 || group_matters(mode))
			mode &= 0700;
		length = 0;
	}
	if (length == 0)
		error = drop_list(fd);
	else if (fsetxattr(fd, ACL, list, (size_t)length, 0) != 0)
		error = errno;
	if (!error && fchmod(fd, mode) != 0)
		error = errno;
	return error;
}
