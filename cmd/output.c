/* SPDX-License-Identifier: ISC */
/*
 * A file that is either written whole or not there. Side: caller.
 * The data has no name (O_TMPFILE) until all of it is written, where the
 * filesystem can do that; else a name of its own, removed also on ^C. A file
 * that is replaced is not touched before the rename(2).
 */
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/keep.h"
#include "cmd/output.h"

/* How long to wait for somebody to open the other end of a FIFO: a reader that
 * is started at the same time is there by then. */
#define READER_MS 10000
#define STEP_MS	  20

bool
gbx_cmd_output_is_stdout(const char *path)
{
	struct gbx_cmd_place place;
	bool is = false;

	if (gbx_cmd_place_find(path, &place) == 0) {
		is = place.fd == STDOUT_FILENO;
		gbx_cmd_place_done(&place);
	}
	return is;
}

bool
gbx_cmd_output_is_terminal(const char *path)
{
	struct gbx_cmd_place place;
	bool is = false;

	if (gbx_cmd_place_find(path, &place) == 0) {
		is = place.kind == GBX_CMD_PLACE_OPEN && isatty(place.fd);
		gbx_cmd_place_done(&place);
	}
	return is;
}

const char *
gbx_cmd_output_error(int error)
{
	switch (error) {
	case ENODEV:
		return "the output can't be written: it is a block device";
	case ENXIO:
		return "the output can't be written: it is a socket, or a FIFO "
		       "that nobody reads";
	}
	return NULL;
}

/* ---- opening ------------------------------------------------------------- */

static int
open_temp(struct gbx_cmd_output *out, mode_t mode)
{
	int fd = gbx_cmd_temp_nameless(out->place.dir, mode);

	if (fd < 0)
		fd = gbx_cmd_temp_named(out->place.dir, mode, out->temp);
	if (fd < 0)
		out->temp[0] = '\0';
	return fd;
}

/* A rename asks the directory alone; the file may say no too. */
static int
open_beside(struct gbx_cmd_output *out)
{
	const struct gbx_cmd_place *p = &out->place;
	gbx_autoclose int fd = -1;
	int error;

	if (faccessat(p->dir, p->leaf, W_OK, AT_EACCESS) != 0)
		return -1;
	/* Of mode 0 until it is no more open than what it replaces. */
	fd = open_temp(out, 0);
	if (fd < 0)
		return -1;
	error = gbx_cmd_keep(fd, p->dir, p->leaf, &p->st);
	errno = error;
	return error ? -1 : gbx_steal_fd(&fd);
}

static int
open_when_read(const struct gbx_cmd_place *p)
{
	static const struct timespec pause = {.tv_nsec = STEP_MS * 1000000L};
	int fd;

	for (int ms = 0;; ms += STEP_MS) {
		fd = openat(p->dir, p->leaf,
		    O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
		if (fd >= 0 || errno != ENXIO || !S_ISFIFO(p->st.st_mode) ||
		    ms >= READER_MS)
			return fd;
		nanosleep(&pause, NULL);
	}
}

/* Neither opening nor closing changes what is there. */
static int
open_as_it_stands(const struct gbx_cmd_place *p)
{
	gbx_autoclose int fd = -1;
	struct stat st;

	errno = ENODEV;
	if (S_ISBLK(p->st.st_mode))
		return -1;
	fd = open_when_read(p);
	if (fd < 0 || fstat(fd, &st) != 0)
		return -1;
	errno = ESTALE; /* the name was given to something else */
	if (st.st_dev != p->st.st_dev || st.st_ino != p->st.st_ino)
		return -1;
	if (fcntl(fd, F_SETFL, O_WRONLY) != 0) /* O_NONBLOCK goes */
		return -1;
	return gbx_steal_fd(&fd);
}

static int
open_for(struct gbx_cmd_output *out)
{
	switch (out->place.kind) {
	case GBX_CMD_PLACE_OPEN:
		return fcntl(out->place.fd, F_DUPFD_CLOEXEC, 3);
	case GBX_CMD_PLACE_OTHER:
		return open_as_it_stands(&out->place);
	case GBX_CMD_PLACE_FILE:
		return open_beside(out);
	case GBX_CMD_PLACE_NEW:
	case GBX_CMD_PLACE_NONE:
		break;
	}
	return open_temp(out, 0666); /* the umask, or the directory's list */
}

int
gbx_cmd_output_open(const char *path, struct gbx_cmd_output *ret_out)
{
	struct gbx_cmd_output *out = ret_out;
	int error, fd;

	*out = (struct gbx_cmd_output){0};
	error = gbx_cmd_place_find(path, &out->place);
	if (error)
		return error;
	fd = open_for(out);
	error = fd < 0 ? errno : 0;
	if (!error) {
		out->f = fdopen(fd, "w");
		/* A standard output that is closed is held open for reading. */
		error = out->f ? 0 : errno == EINVAL ? EBADF : errno;
		if (error)
			close(fd);
	}
	if (error)
		gbx_cmd_output_abort(out);
	return error;
}

/* ---- ending -------------------------------------------------------------- */

/* What replaces a file is on the disk before its name is; a filesystem that
 * can't say so is not waited for. */
static int
sync_data(const struct gbx_cmd_output *out)
{
	if (out->place.kind != GBX_CMD_PLACE_FILE ||
	    fdatasync(fileno(out->f)) == 0 || errno == EINVAL || errno == EROFS)
		return 0;
	return errno;
}

/* A name for what has none: the last one at once where nothing is replaced. */
static int
name_it(struct gbx_cmd_output *out, bool *ret_appeared)
{
	const struct gbx_cmd_place *p = &out->place;
	int fd = fileno(out->f), error = EEXIST;

	if (p->kind == GBX_CMD_PLACE_NEW)
		error = gbx_cmd_temp_link(fd, p->dir, p->leaf);
	*ret_appeared = error == 0;
	if (error == EEXIST)
		error = gbx_cmd_temp_name(fd, p->dir, out->temp);
	if (error)
		out->temp[0] = '\0';
	return error;
}

static int
finish_beside(struct gbx_cmd_output *out, int error)
{
	const struct gbx_cmd_place *p = &out->place;
	bool appeared = false;

	if (!error)
		error = sync_data(out);
	if (!error && !out->temp[0])
		error = name_it(out, &appeared);
	if (fclose(out->f) != 0 && !error)
		error = errno;
	if (appeared) {
		if (error)
			unlinkat(p->dir, p->leaf, 0);
	} else if (!error) {
		if (renameat(p->dir, out->temp, p->dir, p->leaf) != 0)
			return errno;
		out->temp[0] = '\0';
	}
	return error;
}

static void
forget(struct gbx_cmd_output *out)
{
	if (out->temp[0])
		unlinkat(out->place.dir, out->temp, 0);
	gbx_cmd_temp_forget();
	gbx_cmd_place_done(&out->place);
	*out = (struct gbx_cmd_output){0};
}

int
gbx_cmd_output_commit(struct gbx_cmd_output *out)
{
	int error = 0;

	if (fflush(out->f) != 0)
		error = errno;
	if (!error && ferror(out->f))
		error = EIO;
	if (out->place.kind == GBX_CMD_PLACE_NEW ||
	    out->place.kind == GBX_CMD_PLACE_FILE)
		error = finish_beside(out, error);
	else if (fclose(out->f) != 0 && !error)
		error = errno;
	forget(out);
	return error;
}

void
gbx_cmd_output_abort(struct gbx_cmd_output *out)
{
	if (out->f)
		(void)fclose(out->f);
	forget(out);
}
