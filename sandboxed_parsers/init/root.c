/* SPDX-License-Identifier: ISC */
/*
 * An empty read-only root for a fresh mount namespace. Side: setup.
 * pivot_root(2): pivot_root(".", ".") stacks the old root on the new one, and
 * a lazy unmount of "." then takes it away.
 */
#include <errno.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandboxed_parsers/init/root.h"

#define FLAGS (MS_NOSUID | MS_NODEV | MS_NOEXEC)

/* Any folder will do to mount on; not every system has all of them. */
static int
mount_somewhere(void)
{
	static const char *const places[] = {
	    "/proc", "/tmp", "/dev", "/usr", "/var", "/etc"};
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (mount("none", places[i], "tmpfs", FLAGS,
			"mode=555,size=4k,nr_inodes=2") == 0)
			return chdir(places[i]) == 0 ? 0 : -errno;
	}
	return -errno;
}

int
gbx_root_enter(void)
{
	int err;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return -errno;
	err = mount_somewhere();
	if (err != 0)
		return err;
	if (syscall(SYS_pivot_root, ".", ".") != 0 ||
	    umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
		return -errno;
	if (mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | FLAGS,
		NULL) != 0)
		return -errno;
	return 0;
}
