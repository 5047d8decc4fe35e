/* SPDX-License-Identifier: ISC */
/*
 * Taking an input into memory that nobody can change.
 * Side: trusted, and exposed: the file may be slow, endless, changing or a
 * device. Looks at no byte of it, allocates nothing by what it claims, and
 * never waits: what might hang is read by a process that can be killed
 * (copier.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <glovebox.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/allowance.h"
#include "broker/copier.h"
#include "broker/input.h"
#include "broker/request.h"
#include "ipc/memfd.h"

static int
take_bytes(struct gbx_request *job, const struct gbx_input *input)
{
	int err;

	job->in_size = input->length;
	if (input->length <= GBX_INPUT_BYTES_MAX) {
		job->in_mem = malloc(input->length + 1);
		if (job->in_mem == NULL)
			return -ENOMEM;
		if (input->length > 0)
			memcpy(job->in_mem, input->data, input->length);
		return 0;
	}
	job->in_fd = gbx_memfd_new("gbx-input");
	if (job->in_fd < 0)
		return job->in_fd;
	err = gbx_memfd_write(job->in_fd, input->data, input->length, 0);
	return err == 0 ? gbx_memfd_seal_all(job->in_fd) : err;
}

/* Copy at most `most` bytes from the start. The length copied, or -errno. */
static int64_t
copy_file(int from, int to, uint64_t most)
{
	off_t at = 0;
	ssize_t n;

	if (gbx_memfd_may_hold(most) != 0)
		return -EFBIG;
	while ((uint64_t)at < most) {
		n = sendfile(to, from, &at, (size_t)(most - (uint64_t)at));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
	}
	return (int64_t)at;
}

/* The size that stat(2) gave only decides what is refused at once; what counts
 * is what was read. (Files of /proc claim nothing and have something.) */
static int
take_file(struct gbx_request *job, int from)
{
	int64_t size;

	job->in_fd = gbx_memfd_new("gbx-input");
	if (job->in_fd < 0)
		return job->in_fd;
	size = copy_file(from, job->in_fd, job->in_size);
	if (size < 0)
		return (int)size;
	job->in_size = (uint64_t)size;
	return gbx_memfd_seal_all(job->in_fd);
}

/* Into bytes of ours; all of it, or what there is. 0 or -errno. */
int
gbx_input_read(struct gbx_request *job, int from, size_t most)
{
	ssize_t n = 1;
	size_t at = 0;

	job->in_mem = malloc(most + 1);
	if (job->in_mem == NULL)
		return -ENOMEM;
	while (n != 0 && at < most) {
		n = pread(from, job->in_mem + at, most - at, (off_t)at);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			at += (size_t)n;
	}
	job->in_size = at;
	return 0;
}

int
gbx_input_take(struct gbx_request *job, const struct gbx_input *input)
{
	switch (job->way) {
	case GBX_WAY_BYTES:
		return take_bytes(job, input);
	case GBX_WAY_SMALL:
		return gbx_input_read(job, input->fd, job->in_size);
	case GBX_WAY_FILE:
		return take_file(job, input->fd);
	case GBX_WAY_SEALED:
		job->in_fd = fcntl(input->fd, F_DUPFD_CLOEXEC, 3);
		return job->in_fd < 0 ? -errno : 0;
	default:
		return 0;
	}
}

void
gbx_input_free(struct gbx_request *job)
{
	gbx_copier_end(job);
	gbx_close_fd(&job->in_fd);
	free(job->in_mem);
	job->in_mem = NULL;
	gbx_input_discharge(job);
}
