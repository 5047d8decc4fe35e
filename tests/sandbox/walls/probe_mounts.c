/* SPDX-License-Identifier: ISC */
/* Probes: mounts and namespaces. Side: hostile. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/sandbox/walls/prober.h"

#define OPEN_TREE  428
#define FSOPEN	   430
#define TREE_CLONE 1U
#define PIDFD_OPEN 434

static int
mount_over(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	return walls_result(
	    mount("none", walls_planted(o, "mnt"), "tmpfs", 0, "size=4k"));
}

static int
mount_root(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	(void)answer;
	if (mount("none", "/", "tmpfs", 0, "size=4k") != 0)
		return walls_failed();
	/* Off again: with something on top of "/" all processes there look
	 * as if in a chroot. "/.." is the top (path_resolution(7)). */
	return walls_result(umount2("/..", MNT_DETACH));
}

static int
remount(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	return walls_result(mount(NULL, walls_planted(o, "mnt"), NULL,
	    MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
}

static int
unmount(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	return walls_result(umount2(walls_planted(o, "mnt"), MNT_DETACH));
}

static int
clone_tree(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	(void)answer;
	return walls_result(syscall(OPEN_TREE, AT_FDCWD, "/", TREE_CLONE));
}

static int
open_filesystem(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	(void)answer;
	return walls_result(syscall(FSOPEN, "tmpfs", 0));
}

static int
new_user(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	(void)answer;
	return walls_result(unshare(CLONE_NEWUSER));
}

static int
new_others(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	(void)answer;
	return walls_result(unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC |
				    CLONE_NEWUTS | CLONE_NEWPID));
}

static int
clone_user(const struct walls_order *o, struct walls_answer *answer)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | 17, 0, 0, 0, 0);

	(void)o;
	(void)answer;
	if (pid == 0)
		_exit(0);
	return walls_result(pid);
}

/* Back into the host's, by the name of the victim's. */
static int
enter_by_name(const struct walls_order *o, struct walls_answer *answer)
{
	char path[64];
	int fd;

	(void)answer;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", o->victim);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return walls_failed();
	return walls_result(setns(fd, CLONE_NEWNET));
}

static int
enter_by_pidfd(const struct walls_order *o, struct walls_answer *answer)
{
	int fd = (int)syscall(PIDFD_OPEN, o->victim, 0);

	(void)answer;
	if (fd < 0)
		return walls_failed();
	return walls_result(setns(fd, CLONE_NEWUTS));
}

const struct walls_probe walls_mount_probes[] = {
    {"mount-over", mount_over},
    {"mount-root", mount_root},
    {"mount-remount", remount},
    {"umount", unmount},
    {"open-tree", clone_tree},
    {"fsopen", open_filesystem},
    {"unshare-user", new_user},
    {"clone-user", clone_user},
    {"unshare-others", new_others},
    {"setns-name", enter_by_name},
    {"setns-pidfd", enter_by_pidfd},
    {NULL, NULL},
};
