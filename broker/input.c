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

static enum gbx_err
seal(struct gbx_request *job, int *fd, uint64_t size)
{
	int err = gbx_memfd_seal_all(*fd);

	if (err != 0)
		return gbx_input_error(job, err);
	job->in_fd = gbx_steal_fd(fd);
	job->in_size = size;
	gbx_schedule_ready(job);
	return GBX_OK;
}

static enum gbx_err
take_bytes(struct gbx_request *job, const struct gbx_input *input)
{
	gbx_autoclose int fd = -1;
	int err;

	if (!gbx_input_charge(job, input->length))
		return gbx_input_busy(ENOBUFS);
	if (input->length <= GBX_INPUT_BYTES_MAX) {
		job->in_mem = malloc(input->length + 1);
		if (job->in_mem == NULL)
			return GBX_ERR_MEMORY;
		if (input->length > 0)
			memcpy(job->in_mem, input->data, input->length);
		job->in_size = input->length;
		gbx_schedule_ready(job);
		return GBX_OK;
	}
	if (!gbx_input_fds(job, 1))
		return gbx_input_busy(EMFILE);
	fd = gbx_memfd_new("gbx-input");
	if (fd < 0)
		return gbx_input_error(job, fd);
	err = gbx_memfd_write(fd, input->data, input->length, 0);
	if (err != 0)
		return gbx_input_error(job, err);
	return seal(job, &fd, input->length);
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
 * is what was read. */
static enum gbx_err
take_file(struct gbx_request *job, int from, uint64_t claimed)
{
	gbx_autoclose int fd = -1;
	int64_t size;

	/* Files of /proc claim nothing and have something. */
	if (!gbx_input_charge(job, claimed))
		return gbx_input_busy(ENOBUFS);
	if (!gbx_input_fds(job, 1))
		return gbx_input_busy(EMFILE);
	fd = gbx_memfd_new("gbx-input");
	if (fd < 0)
		return gbx_input_error(job, fd);
	size = copy_file(from, fd, claimed);
	if (size < 0)
		return gbx_input_error(job, (int)size);
	return seal(job, &fd, (uint64_t)size);
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

static enum gbx_err
take_small_file(struct gbx_request *job, int from, size_t claimed)
{
	int err;

	if (!gbx_input_charge(job, claimed))
		return gbx_input_busy(ENOBUFS);
	err = gbx_input_read(job, from, claimed);
	if (err != 0)
		return gbx_input_error(job, err);
	gbx_schedule_ready(job);
	return GBX_OK;
}

static enum gbx_err
take_sealed(struct gbx_request *job, int from, uint64_t size)
{
	/* Holes are filled when they are read, and charged to nobody else. */
	if (!gbx_input_charge(job, size))
		return gbx_input_busy(ENOBUFS);
	if (!gbx_input_fds(job, 1))
		return gbx_input_busy(EMFILE);
	job->in_fd = fcntl(from, F_DUPFD_CLOEXEC, 3);
	if (job->in_fd < 0)
		return gbx_input_error(job, -errno);
	job->in_size = size;
	gbx_schedule_ready(job);
	return GBX_OK;
}

/* ---- which way ----------------------------------------------------------- */

static enum gbx_err
take_regular(struct gbx_request *job, int fd, struct gbx_file *file)
{
	bool immutable = gbx_memfd_is_immutable(fd);
	struct stat st;

	/* Its size may have changed until it was sealed. */
	if (immutable && fstat(fd, &st) != 0)
		return gbx_input_error(job, -errno);
	if (immutable)
		file->size = (uint64_t)st.st_size;

	if (!immutable && !gbx_mounts_never_hangs(job->broker, fd, file))
		return gbx_arrive_start(job, fd);
	if (file->size > gbx_input_most(job)) {
		gbx_input_too_large(job);
		return GBX_OK;
	}
	if (file->size <= GBX_INPUT_BYTES_MAX)
		return take_small_file(job, fd, file->size);
	if (immutable)
		return take_sealed(job, fd, file->size);
	return take_file(job, fd, file->size);
}

static enum gbx_err
take_fd(struct gbx_request *job, int fd)
{
	struct gbx_file file;
	int err;

	err = gbx_mounts_stat(fd, &file);
	if (err != 0)
		return gbx_input_error(job, err);
	switch (file.mode & S_IFMT) {
	case S_IFREG:
		return take_regular(job, fd, &file);
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
gbx_input_take(struct gbx_request *job, const struct gbx_input *input)
{
	if (input->fd >= 0)
		return take_fd(job, input->fd);
	if (input->length > gbx_input_most(job)) {
		gbx_input_too_large(job);
		return GBX_OK;
	}
	return take_bytes(job, input);
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
