/* SPDX-License-Identifier: ISC */
/*
 * Why a worker directory, or a program in it, is not executed from (owner.c),
 * in words that name it with its mode or owner. Side: trusted. Looks anew, so
 * that the words are about what is there now.
 */
#include <errno.h>
#include <fcntl.h>
#include <glovebox.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "broker/owner.h"
#include "broker/refusal.h"
#include "broker/tables.h"
#include "broker/validate/gate.h"

static void
describe(int fd, const char *path, char *ret_why, size_t room)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		snprintf(ret_why, room, "%s can't be looked at (%s)", path,
		    strerrorname_np(errno));
	else if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		snprintf(ret_why, room,
		    "others may write to %s (mode %04o): chmod go-w", path,
		    (unsigned int)st.st_mode & 07777);
	else
		snprintf(ret_why, room,
		    "%s belongs to uid %u: it must be root's or yours", path,
		    (unsigned int)st.st_uid);
}

bool
gbx_program_refused(int proc_fd, int dir_fd, const char *dir, const char *name,
    char *ret_why, size_t room)
{
	gbx_autoclose int fd = -1;
	char file[64], path[GBX_REFUSAL_MAX];

	snprintf(file, sizeof(file), "glovebox-%s", name);
	fd = openat(dir_fd, file, O_PATH | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || !gbx_others_may_write(proc_fd, fd))
		return false;
	snprintf(
	    path, sizeof(path), "%s%s%s", dir, *dir != '\0' ? "/" : "", file);
	describe(fd, path, ret_why, room);
	return true;
}

static bool
any_refused(
    int proc_fd, int dir_fd, const char *dir, char *ret_why, size_t room)
{
	static const char *const helpers[] = {"init", "copy"};
	uint32_t i;

	for (i = 0; i < 2; i++)
		if (gbx_program_refused(
			proc_fd, dir_fd, dir, helpers[i], ret_why, room))
			return true;
	for (i = 1; i < GBX_WORKER_COUNT; i++)
		if (gbx_program_refused(proc_fd, dir_fd, dir,
			gbx_table_worker_name(i), ret_why, room))
			return true;
	return false;
}

bool
gbx_dir_refused(const char *dir, char *ret_why, size_t room)
{
	gbx_autoclose int proc_fd = -1, dir_fd = -1;

	if (dir == NULL)
		dir = GBX_LIBEXEC;
	dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return false;
	proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (!gbx_others_may_write(proc_fd, dir_fd))
		return any_refused(proc_fd, dir_fd, dir, ret_why, room);
	describe(dir_fd, dir, ret_why, room);
	return true;
}
