/* SPDX-License-Identifier: ISC */
/*
 * Will reading this file end without a peer? Side: trusted.
 * Must not ask the filesystem itself: fstat(2) and statfs(2) of FUSE and NFS
 * wait for the server. The kernel's own list of mounts knows the type:
 * statx(2) STATX_MNT_ID (5.8) and proc_pid_mountinfo(5).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/broker.h"
#include "broker/mounts.h"
#include "broker/watch.h"

#define MOUNTINFO_MAX (4U << 20)
/* Mount numbers are given out again: look anew now and then. */
#define CACHE_NS 1000000000ULL

/* Nothing that is laid over another file system (overlay, ecryptfs): what is
 * below may be FUSE or NFS, and no list tells. */
static const char *const local_types[] = {"ext2", "ext3", "ext4", "xfs",
    "btrfs", "tmpfs", "ramfs", "rootfs", "f2fs", "zfs", "squashfs", "iso9660",
    "udf", "erofs", "vfat", "exfat", "ntfs3", "bcachefs"};

static char *
read_mountinfo(struct gbx_broker *b)
{
	gbx_autofree char *text = NULL;
	gbx_autoclose int fd = -1;
	size_t used = 0, room = 0;
	ssize_t n = 1;
	char *more;

	if (b->proc_fd < 0)
		return NULL;
	fd = openat(b->proc_fd, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	while (n > 0) {
		if (room - used < 4096) {
			room = room == 0 ? 16384 : room * 2;
			more =
			    room > MOUNTINFO_MAX ? NULL : realloc(text, room);
			if (more == NULL)
				return NULL;
			text = more;
		}
		n = read(fd, text + used, room - used - 1);
		if (n < 0 && errno != EINTR)
			return NULL;
		if (n < 0)
			n = 1;
		else
			used += (size_t)n;
	}
	text[used] = '\0';
	return gbx_steal_ptr(&text);
}

/* "36 35 98:0 /a /b rw master:1 - ext4 /dev/sda rw": after the dash. */
static bool
type_is_local(const char *line)
{
	const char *type = strstr(line, " - "), *end = strchr(line, '\n');
	size_t i, length;

	if (type == NULL || (end != NULL && type > end))
		return false;
	type += 3;
	length = strcspn(type, " \n");
	for (i = 0; i < sizeof(local_types) / sizeof(local_types[0]); i++)
		if (strlen(local_types[i]) == length &&
		    strncmp(type, local_types[i], length) == 0)
			return true;
	return false;
}

static bool
mount_is_local(struct gbx_broker *b, uint64_t id)
{
	gbx_autofree char *text = read_mountinfo(b);
	char *line = text, *end;

	while (line != NULL && *line != '\0') {
		if (strtoull(line, &end, 10) == id && end != line)
			return type_is_local(line);
		line = strchr(line, '\n');
		if (line != NULL)
			line++;
	}
	return false;
}

int
gbx_mounts_stat(int fd, struct gbx_file *ret)
{
	unsigned int want = STATX_TYPE | STATX_SIZE | STATX_MNT_ID;
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, want, &st) != 0)
		return -errno;
	ret->mode = st.stx_mode;
	ret->size = st.stx_size;
	ret->mount = st.stx_mask & STATX_MNT_ID ? st.stx_mnt_id : 0;
	return 0;
}

/* A memfd is on a mount that no list shows; seals are a thing of memory. */
bool
gbx_mounts_never_hangs(
    struct gbx_broker *b, int fd, const struct gbx_file *file)
{
	uint64_t now;

	if (fcntl(fd, F_GET_SEALS) >= 0)
		return true;
	if (file->mount == 0)
		return false;
	now = gbx_now_ns();
	if (file->mount != b->mount_id || now - b->mount_ns > CACHE_NS) {
		b->mount_local = mount_is_local(b, file->mount);
		b->mount_id = file->mount;
		b->mount_ns = now;
	}
	return b->mount_local;
}
