/* SPDX-License-Identifier: ISC */
/* Probes: the host's files. Side: hostile. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/sandbox/walls/prober.h"

static int
absolute(const struct walls_order *o, struct walls_answer *answer)
{
	return walls_take(open(walls_planted(o, "secret"), O_RDONLY), answer);
}

static int private(const struct walls_order *o, struct walls_answer *answer)
{
	return walls_take(open(walls_planted(o, "private"), O_RDONLY), answer);
}

static int
dotdot(const struct walls_order *o, struct walls_answer *answer)
{
	char path[256];

	snprintf(path, sizeof(path), "../../../../../../../../..%s",
	    walls_planted(o, "secret"));
	return walls_take(open(path, O_RDONLY), answer);
}

/* The host's working directory is where things are planted. */
static int
relative(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	return walls_take(open("secret", O_RDONLY), answer);
}

static int
proc_root(const struct walls_order *o, struct walls_answer *answer)
{
	char path[256];

	snprintf(path, sizeof(path), "/proc/%d/root%s", o->victim,
	    walls_planted(o, "secret"));
	return walls_take(open(path, O_RDONLY), answer);
}

static int
proc_fd(const struct walls_order *o, struct walls_answer *answer)
{
	char path[64];

	snprintf(
	    path, sizeof(path), "/proc/%d/fd/%d", o->victim, WALLS_VICTIM_FD);
	return walls_take(open(path, O_RDONLY), answer);
}

/* open_by_handle_at(2): no path at all, but a descriptor of any file there. */
static int
by_handle(const struct walls_order *o, struct walls_answer *answer)
{
	union {
		struct file_handle head;
		uint8_t bytes[sizeof(o->handle)];
	} handle;
	int dir = open(o->dir, O_RDONLY | O_DIRECTORY);

	if (dir < 0)
		dir = open("/", O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		dir = AT_FDCWD;
	memcpy(&handle, o->handle, sizeof(handle));
	return walls_take(
	    open_by_handle_at(dir, &handle.head, O_RDONLY), answer);
}

static int
is_secret(const struct walls_order *o, const struct stat *st)
{
	return st->st_ino == o->inode ? 0 : ENOENT;
}

static int
by_path(const struct walls_order *o, struct walls_answer *answer)
{
	struct stat st;
	int fd = open(walls_planted(o, "secret"), O_PATH);

	(void)answer;
	if (fd < 0 || fstat(fd, &st) != 0)
		return walls_failed();
	return is_secret(o, &st);
}

static int
by_stat(const struct walls_order *o, struct walls_answer *answer)
{
	struct stat st;

	(void)answer;
	if (stat(walls_planted(o, "secret"), &st) != 0)
		return walls_failed();
	return is_secret(o, &st);
}

static int
list(const struct walls_order *o, struct walls_answer *answer)
{
	static char buf[4096];
	int fd = open(o->dir, O_RDONLY | O_DIRECTORY);
	long n;

	(void)answer;
	if (fd < 0)
		return walls_failed();
	n = syscall(SYS_getdents64, fd, buf, sizeof(buf));
	if (n <= 0)
		return walls_failed();
	return memmem(buf, (size_t)n, "secret", 6) != NULL ? 0 : ENOENT;
}

static int
create(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	return walls_result(
	    open(walls_planted(o, "created"), O_CREAT | O_WRONLY, 0666));
}

static int
overwrite(const struct walls_order *o, struct walls_answer *answer)
{
	int fd = open(walls_planted(o, "writable"), O_WRONLY);

	(void)answer;
	if (fd < 0)
		return walls_failed();
	return walls_result(write(fd, "changed", 7));
}

static int
cut(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	return walls_result(truncate(walls_planted(o, "writable"), 0));
}

static int
make_folder(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	return walls_result(mkdir(walls_planted(o, "created"), 0777));
}

static int
make_device(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	/* /dev/null's numbers: harmless where it works. */
	return walls_result(mknod(
	    walls_planted(o, "created"), S_IFCHR | 0666, (dev_t)(1 << 8 | 3)));
}

static int
make_link(const struct walls_order *o, struct walls_answer *answer)
{
	char to[160];

	(void)answer;
	snprintf(to, sizeof(to), "%s/created", o->dir);
	return walls_result(link(walls_planted(o, "writable"), to));
}

static int
change_mode(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	return walls_result(chmod(walls_planted(o, "mode"), 0777));
}

static int
watch(const struct walls_order *o, struct walls_answer *answer)
{
	int fd = inotify_init1(IN_CLOEXEC);

	(void)answer;
	if (fd < 0)
		return walls_failed();
	return walls_result(
	    inotify_add_watch(fd, walls_planted(o, "secret"), IN_OPEN));
}

static int
change_root(const struct walls_order *o, struct walls_answer *answer)
{
	if (chroot(o->dir) != 0)
		return walls_failed();
	return walls_take(open("/secret", O_RDONLY), answer);
}

static int
use_descriptor(const struct walls_order *o, struct walls_answer *answer)
{
	int fd;

	(void)o;
	(void)answer;
	for (fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return 0;
	return EBADF;
}

const struct walls_probe walls_file_probes[] = {
    {"file-absolute", absolute},
    {"file-private", private},
    {"file-dotdot", dotdot},
    {"file-relative", relative},
    {"file-proc-root", proc_root},
    {"file-proc-fd", proc_fd},
    {"file-handle", by_handle},
    {"file-o-path", by_path},
    {"file-stat", by_stat},
    {"file-list", list},
    {"file-create", create},
    {"file-write", overwrite},
    {"file-truncate", cut},
    {"file-mkdir", make_folder},
    {"file-mknod", make_device},
    {"file-link", make_link},
    {"file-chmod", change_mode},
    {"file-inotify", watch},
    {"chroot", change_root},
    {"descriptor", use_descriptor},
    {NULL, NULL},
};
