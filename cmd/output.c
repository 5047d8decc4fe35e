/* SPDX-License-Identifier: ISC */
/*
 * A file that is either written whole or not there. Side: caller.
 * The data has no name (O_TMPFILE) until all of it is written, where the
 * filesystem can do that; else a name of its own, removed also on ^C.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/output.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* ---- the temporary name, while there is one ------------------------------ */

static const int enders[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
static const char *volatile doomed;

static void
remove_and_die(int number)
{
	const char *name = doomed;

	if (name)
		unlink(name);
	raise(number); /* SA_RESETHAND: this time it ends the process */
}

static void
guard(const char *name)
{
	struct sigaction old,
	    act = {.sa_handler = remove_and_die, .sa_flags = (int)SA_RESETHAND};

	doomed = name;
	for (size_t i = 0; i < ARRAY_SIZE(enders); i++)
		if (sigaction(enders[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			sigaction(enders[i], &act, NULL);
}

static void
unguard(void)
{
	struct sigaction old, act = {.sa_handler = SIG_DFL};

	for (size_t i = 0; i < ARRAY_SIZE(enders); i++)
		if (sigaction(enders[i], NULL, &old) == 0 &&
		    old.sa_handler == remove_and_die)
			sigaction(enders[i], &act, NULL);
	doomed = NULL;
}

/* ---- opening ------------------------------------------------------------- */

bool
gbx_cmd_output_is_stdout(const char *path)
{
	return strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0;
}

/* "DIR/leaf" for the directory that path is in. */
static char *
beside(const char *path, const char *leaf)
{
	const char *slash = strrchr(path, '/');
	int length = slash ? (int)(slash - path) + 1 : 0;
	char *name;

	return asprintf(&name, "%.*s%s", length, path, leaf) < 0 ? NULL : name;
}

/* No name needs a /proc to be given one later: linkat(2). */
static int
open_nameless(const char *path)
{
	gbx_autofree char *dir = beside(path, ".");

	if (!dir || access("/proc/self/fd", X_OK) != 0)
		return -1;
	return open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
}

static int
open_named(const char *path, char **ret_temp)
{
	gbx_autofree char *temp = beside(path, ".glovebox-XXXXXX");
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	if (!temp) {
		errno = ENOMEM;
		return -1;
	}
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return -1;
	guard(temp);
	(void)fchmod(fd, 0666 & ~mask); /* mkstemp(3) made it 0600 */
	*ret_temp = gbx_steal_ptr(&temp);
	return fd;
}

/* How to write it: returns an errno if it may not be. */
static int
look(const char *path, bool *ret_direct, mode_t *ret_mode)
{
	struct stat st;

	*ret_direct = gbx_cmd_output_is_stdout(path);
	if (*ret_direct)
		return 0;
	if (lstat(path, &st) != 0)
		return errno == ENOENT && *path ? 0 : errno;
	*ret_direct = !S_ISREG(st.st_mode);
	if (!*ret_direct)
		*ret_mode = st.st_mode & 0777;
	/* A rename asks the directory alone; the file may say no too. */
	if (!*ret_direct && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
		return errno;
	return 0;
}

static int
open_for(struct gbx_cmd_output *out)
{
	int fd;

	if (gbx_cmd_output_is_stdout(out->path))
		return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (out->direct)
		return open(out->path,
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	fd = open_nameless(out->path);
	return fd >= 0 ? fd : open_named(out->path, &out->temp);
}

int
gbx_cmd_output_open(const char *path, struct gbx_cmd_output *ret_out)
{
	struct gbx_cmd_output out = {.path = path};
	int error = look(path, &out.direct, &out.mode);
	int fd;

	if (error)
		return error;
	fd = open_for(&out);
	if (fd < 0)
		return errno;
	out.f = fdopen(fd, "w");
	if (!out.f) {
		/* A standard output that is closed is held open for reading. */
		error = errno == EINVAL ? EBADF : errno;
		close(fd);
		gbx_cmd_output_abort(&out);
		return error;
	}
	/* What is replaced keeps its mode: a private file stays private. */
	if (out.mode != 0)
		(void)fchmod(fd, out.mode);
	*ret_out = out;
	return 0;
}

/* ---- ending -------------------------------------------------------------- */

/* Give the nameless file a name beside path. */
static int
name_it(struct gbx_cmd_output *out)
{
	char from[64], leaf[64];
	int error = EEXIST;

	snprintf(from, sizeof(from), "/proc/self/fd/%d", fileno(out->f));
	for (unsigned int i = 0; error == EEXIST && i < 1000; i++) {
		gbx_autofree char *temp = NULL;

		snprintf(
		    leaf, sizeof(leaf), ".glovebox-%ld-%u", (long)getpid(), i);
		temp = beside(out->path, leaf);
		if (!temp)
			return ENOMEM;
		error = linkat(AT_FDCWD, from, AT_FDCWD, temp,
			    AT_SYMLINK_FOLLOW) == 0
			    ? 0
			    : errno;
		if (error == 0)
			out->temp = gbx_steal_ptr(&temp);
	}
	if (error == 0)
		guard(out->temp);
	return error;
}

static int
close_stream(FILE *f, int error, bool cut)
{
	if (fflush(f) != 0 && error == 0)
		error = errno;
	if (ferror(f) && error == 0)
		error = EIO;
	/* What is written as it stands can't be put back; at least no half of
	 * it stays. Standard output may be somebody's log: not ours to cut. */
	if (error && cut)
		(void)!ftruncate(fileno(f), 0);
	if (fclose(f) != 0 && error == 0)
		error = errno;
	return error;
}

static bool
may_cut(const struct gbx_cmd_output *out)
{
	return out->direct && !gbx_cmd_output_is_stdout(out->path);
}

static void
forget(struct gbx_cmd_output *out, bool remove)
{
	if (out->temp && remove)
		unlink(out->temp);
	unguard();
	free(out->temp);
	*out = (struct gbx_cmd_output){0};
}

int
gbx_cmd_output_commit(struct gbx_cmd_output *out)
{
	int error = 0;

	if (fflush(out->f) != 0)
		error = errno;
	if (!error && !out->direct && !out->temp)
		error = name_it(out);
	error = close_stream(out->f, error, may_cut(out));
	if (!error && out->temp && rename(out->temp, out->path) != 0)
		error = errno;
	forget(out, error != 0);
	return error;
}

void
gbx_cmd_output_abort(struct gbx_cmd_output *out)
{
	if (out->f)
		(void)close_stream(out->f, ECANCELED, may_cut(out));
	forget(out, true);
}
