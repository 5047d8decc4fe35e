/* SPDX-License-Identifier: ISC */
/*
 * Which way an input comes in: as bytes, as a file, as a memfd, or by a process
 * that may hang in our place. Side: trusted; it asks the kernel about the file
 * and reads nothing of it.
 */
#include <errno.h>
#include <glovebox.h>
#include <sys/stat.h>

#include "broker/admit.h"
#include "broker/allowance.h"
#include "broker/arrive.h"
#include "broker/input.h"
#include "broker/mounts.h"
#include "broker/request.h"
#include "ipc/memfd.h"

static enum gbx_err
admit(struct gbx_request *job, enum gbx_input_way way, uint64_t size)
{
	if (size > gbx_input_most(job)) {
		job->way = GBX_WAY_LARGE;
		return GBX_OK;
	}
	/* Of a sealed memfd its holes, too: they are filled when they are read,
	 * and charged to nobody else. */
	if (!gbx_input_charge(job, size))
		return gbx_input_busy(ENOBUFS);
	if (size > GBX_INPUT_BYTES_MAX && !gbx_input_fds(job, 1))
		return gbx_input_busy(EMFILE);
	job->way = way;
	job->in_size = size;
	return GBX_OK;
}

static enum gbx_err
admit_regular(struct gbx_request *job, int fd, struct gbx_file *file)
{
	bool immutable = gbx_memfd_is_immutable(fd);
	enum gbx_input_way way = GBX_WAY_FILE;
	struct stat st;

	/* Its size may have changed until it was sealed. */
	if (immutable && fstat(fd, &st) != 0)
		return gbx_input_error(job, -errno);
	if (immutable)
		file->size = (uint64_t)st.st_size;
	if (!immutable && !gbx_mounts_never_hangs(job->broker, fd, file))
		return gbx_arrive_start(job, fd);
	if (file->size <= GBX_INPUT_BYTES_MAX)
		way = GBX_WAY_SMALL;
	else if (immutable)
		way = GBX_WAY_SEALED;
	return admit(job, way, file->size);
}

static enum gbx_err
admit_fd(struct gbx_request *job, int fd)
{
	struct gbx_file file;
	int err;

	err = gbx_mounts_stat(fd, &file);
	if (err != 0)
		return gbx_input_error(job, err);
	switch (file.mode & S_IFMT) {
	case S_IFREG:
		return admit_regular(job, fd, &file);
	case S_IFIFO:
	case S_IFSOCK:
		return gbx_arrive_start(job, fd);
	case S_IFDIR:
		errno = EISDIR;
		return GBX_ERR_ARG;
	default:
		errno = ENODEV;
		return GBX_ERR_ARG;
	}
}

enum gbx_err
gbx_input_admit(struct gbx_request *job, const struct gbx_input *input)
{
	job->way = GBX_WAY_ARRIVES;
	if (input->fd >= 0)
		return admit_fd(job, input->fd);
	return admit(job, GBX_WAY_BYTES, input->length);
}
