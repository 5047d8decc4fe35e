/* SPDX-License-Identifier: ISC */
/*
 * Where the name of an output leads, see place.h. Side: caller.
 * Links are followed here, one at a time and each by its own descriptor: the
 * directory that is found is then used as it is, whatever happens to the names
 * on the way. Opens nothing for reading or writing.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/place.h"

#define HOPS	40   /* links in a row: path_resolution(7) */
#define FURTHER (-1) /* no errno: the name was a link, look again */

/* A descriptor that we were started with, by name; else -1. Ours are all
 * close-on-exec, so that no name can reach into the library. */
static int
descriptor(const char *name)
{
	static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
	size_t n;

	if (strcmp(name, "-") == 0 || strcmp(name, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	for (size_t i = 0; i < 2; i++) {
		n = strlen(folders[i]);
		if (strncmp(name, folders[i], n) != 0)
			continue;
		name += n;
		n = strspn(name, "0123456789");
		if (n == 0 || n > 9 || name[n] != '\0')
			return -1;
		return (int)strtol(name, NULL, 10);
	}
	return -1;
}

static int
place_open(int fd, struct gbx_cmd_place *ret_place)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags < 0 || (fd > STDERR_FILENO && (flags & FD_CLOEXEC)))
		return EBADF;
	*ret_place = (struct gbx_cmd_place){
	    .kind = GBX_CMD_PLACE_OPEN, .fd = fd, .dir = -1};
	return 0;
}

static bool
may_follow(int dir, const struct stat *link)
{
	struct stat st;

	if (link->st_uid == geteuid())
		return true;
	return fstat(dir, &st) == 0 &&
	       ((st.st_mode & (S_ISVTX | S_IWOTH)) != (S_ISVTX | S_IWOTH) ||
		   st.st_uid == link->st_uid);
}

/* Put what the link says in *name. */
static int
read_link(int dir, int link, const struct stat *st, char **name)
{
	char target[PATH_MAX];
	ssize_t n;

	if (!may_follow(dir, st))
		return EACCES;
	n = readlinkat(link, "", target, sizeof(target) - 1);
	if (n < 0)
		return errno;
	target[n] = '\0';
	free(*name);
	*name = strdup(target);
	return *name ? 0 : ENOMEM;
}

/* The directory of name, which is looked up from base on. */
static int
open_dir(int base, const char *name, int *ret_dir)
{
	const char *slash = strrchr(name, '/');
	gbx_autofree char *folder =
	    slash ? strndup(name, (size_t)(slash - name) + 1) : strdup(".");

	if (!folder)
		return ENOMEM;
	*ret_dir = openat(base, folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *ret_dir < 0 ? errno : 0;
}

static int
place_named(int *dir, const char *leaf, const struct stat *st,
    struct gbx_cmd_place *ret_place)
{
	struct gbx_cmd_place place = {.kind = GBX_CMD_PLACE_NEW, .fd = -1};

	if (st) {
		if (S_ISDIR(st->st_mode))
			return EISDIR;
		place.kind = S_ISREG(st->st_mode) ? GBX_CMD_PLACE_FILE
						  : GBX_CMD_PLACE_OTHER;
		place.st = *st;
	}
	place.leaf = strdup(leaf);
	if (!place.leaf)
		return ENOMEM;
	place.dir = gbx_steal_fd(dir);
	*ret_place = place;
	return 0;
}

/* One name. Sets *name to another where it is a link to that, *base to the
 * directory from which that counts. */
static int
step(int *base, char **name, struct gbx_cmd_place *ret_place)
{
	gbx_autoclose int dir = -1, fd = -1;
	const char *leaf = strrchr(*name, '/');
	struct stat st;
	int error;

	leaf = leaf ? leaf + 1 : *name;
	error = **name ? open_dir(*base, *name, &dir) : ENOENT;
	if (error)
		return error;
	if (*leaf == '\0' || !strcmp(leaf, ".") || !strcmp(leaf, ".."))
		return EISDIR;
	fd = openat(dir, leaf, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT
			   ? place_named(&dir, leaf, NULL, ret_place)
			   : errno;
	if (fstat(fd, &st) != 0)
		return errno;
	if (!S_ISLNK(st.st_mode))
		return place_named(&dir, leaf, &st, ret_place);
	error = read_link(dir, fd, &st, name);
	if (*base >= 0)
		close(*base);
	*base = gbx_steal_fd(&dir);
	return error ? error : FURTHER;
}

int
gbx_cmd_place_find(const char *path, struct gbx_cmd_place *ret_place)
{
	gbx_autofree char *name = strdup(path);
	int base = AT_FDCWD, error = name ? FURTHER : ENOMEM;

	for (int hop = 0; error == FURTHER; hop++) {
		int fd = descriptor(name);

		if (hop > HOPS)
			error = ELOOP;
		else if (fd >= 0)
			error = place_open(fd, ret_place);
		else
			error = step(&base, &name, ret_place);
	}
	if (base >= 0)
		close(base);
	return error;
}

void
gbx_cmd_place_done(struct gbx_cmd_place *place)
{
	if (place->kind != GBX_CMD_PLACE_NONE && place->dir >= 0)
		close(place->dir);
	free(place->leaf);
	*place = (struct gbx_cmd_place){.fd = -1, .dir = -1};
}
