/* SPDX-License-Identifier: ISC */
/*
 * Who may change a file that is going to be executed? Side: trusted.
 * Owners are root and ourselves. In a user namespace an owner may have no id:
 * then all that could tell root's files from a stranger's is gone, and a mount
 * that nobody can write through has to do.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/owner.h"

#define MAP_MAX 16384 /* 340 lines of 36 bytes: user_namespaces(7) */

/* Lines of "first-inside first-outside count". */
static bool
in_map(char *line, uid_t id)
{
	unsigned long long first, count;
	char *end;

	for (; *line != '\0'; line = end) {
		first = strtoull(line, &end, 10);
		(void)strtoull(end, &end, 10);
		count = strtoull(end, &end, 10);
		if (id >= first && id - first < count)
			return true;
		if (end == line || *end != '\n')
			return false;
		end++;
	}
	return false;
}

/* Is this the id of somebody, or of all that have none here? Without a /proc
 * ids are taken as they look. */
static bool
is_mapped(int proc_fd, uid_t id)
{
	gbx_autofree char *map = NULL;
	gbx_autoclose int fd = -1;
	ssize_t n;

	fd = proc_fd < 0
		 ? -1
		 : openat(proc_fd, "self/uid_map", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true;
	map = malloc(MAP_MAX + 1);
	if (map == NULL)
		return false;
	n = read(fd, map, MAP_MAX); /* a map is read at once, or not */
	if (n < 0)
		return false;
	map[n] = '\0';
	return in_map(map, id);
}

static bool
on_readonly_mount(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && (fs.f_flags & ST_RDONLY) != 0;
}

bool
gbx_others_may_write(int proc_fd, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return true;
	if (!is_mapped(proc_fd, st.st_uid))
		return !on_readonly_mount(fd);
	return st.st_uid != 0 && st.st_uid != geteuid();
}
