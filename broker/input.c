/* SPDX-License-Identifier: ISC */
/*
 * Getting an input into memory that nobody can change.
 * Side: trusted, and exposed: the file may be slow, endless, changing or a
 * device. Looks at no byte of it, allocates nothing by what it claims, and
 * never waits: what might hang is read by a process that can be killed
 * (arrive.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/broker.h"
#include "ipc/memfd.h"

enum gbx_err
gbx_input_busy(int what)
{
	errno = what;
	return GBX_ERR_BUSY;
}

/* A table that is full is no reason to give up as long as other jobs may make
 * room in it. */
enum gbx_err
gbx_input_error(const struct gbx_request *job, int err)
{
	if ((err == -EMFILE || err == -ENFILE) && job->broker->n_jobs > 1)
		return gbx_input_busy(EMFILE);
	errno = -err;
	return err == -ENOMEM ? GBX_ERR_MEMORY : GBX_ERR_SYSTEM;
}

/* May this job wait with so many descriptors? The only one always may. */
bool
gbx_input_fds(const struct gbx_request *job, uint32_t n)
{
	return job->broker->n_jobs == 1 || gbx_fds_left(job->broker, n);
}

/* All inputs together leave this part of the shared memory to outputs, and no
 * output may have more: jobs that wait for each other's end would wait for
 * ever. */
uint64_t
gbx_input_share(const struct gbx_broker *b)
{
	return b->budget->most - b->budget->most / GBX_OUTPUT_PART;
}

uint64_t
gbx_input_most(const struct gbx_request *job)
{
	uint64_t most = gbx_input_share(job->broker);

	return most < job->limit[GBX_LIMIT_INPUT] ? most
						  : job->limit[GBX_LIMIT_INPUT];
}

/* Charge size bytes to the broker's budget for as long as the input lives. */
bool
gbx_input_charge(struct gbx_request *job, uint64_t size)
{
	struct gbx_broker *b = job->broker;

	if (b->inputs_charged + size > gbx_input_share(b) ||
	    !gbx_budget_take(b->budget, size))
		return false;
	b->inputs_charged += size;
	job->in_charged += size;
	return true;
}

void
gbx_input_discharge(struct gbx_request *job)
{
	gbx_budget_give(job->broker->budget, job->in_charged);
	job->broker->inputs_charged -= job->in_charged;
	job->in_charged = 0;
}

void
gbx_input_too_large(struct gbx_request *job)
{
	job->result->limit = GBX_LIMIT_INPUT;
	gbx_request_finish(
	    job, GBX_VERDICT_LIMIT, "the input is larger than the limit");
}

/* ---- in: without the lock ------------------------------------------------ */

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

/* ---- which way ----------------------------------------------------------- */

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

void
gbx_input_free(struct gbx_request *job)
{
	gbx_arrive_free(job);
	gbx_close_fd(&job->in_fd);
	free(job->in_mem);
	job->in_mem = NULL;
	gbx_input_discharge(job);
}
