/* SPDX-License-Identifier: ISC */
/*
 * Getting an input into memory that nobody can change.
 * Side: trusted, and exposed: the file may be slow, endless, changing or a
 * device. Looks at no byte of it, allocates nothing by what it claims, and
 * never waits: what might hang is read by a process that can be killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/broker.h"
#include "ipc/memfd.h"

/* Inputs up to this size wait as bytes: they hold no descriptor, and may travel
 * in a batch. */
#define BYTES_MAX 65536
/* In the middle of a FUSE request a killed process dies only when the server
 * answers (fs/fuse/dev.c, request_wait_answer). Nobody waits for that. */
#define KILL_GRACE_MS 20
/* We kill it at the wall limit; it ends itself when we can't any more. */
#define COPIER_GRACE_MS 1000

static enum gbx_err
busy(int what)
{
	errno = what;
	return GBX_ERR_BUSY;
}

/* A table that is full is no reason to give up as long as other jobs may make
 * room in it. */
static enum gbx_err
system_error(const struct gbx_request *job, int err)
{
	if ((err == -EMFILE || err == -ENFILE) && job->broker->n_jobs > 1)
		return busy(EMFILE);
	errno = -err;
	return err == -ENOMEM ? GBX_ERR_MEMORY : GBX_ERR_SYSTEM;
}

/* May this job wait with so many descriptors? The only one always may. */
static bool
fds_for(const struct gbx_request *job, uint32_t n)
{
	return job->broker->n_jobs == 1 || gbx_fds_left(job->broker, n);
}

/* All inputs together leave this part of the shared memory to outputs, and no
 * output may have more: jobs that wait for each other's end would wait for
 * ever. */
static uint64_t
for_inputs(const struct gbx_broker *b)
{
	return b->budget->most - b->budget->most / GBX_OUTPUT_PART;
}

static uint64_t
most_input(const struct gbx_request *job)
{
	uint64_t most = for_inputs(job->broker);

	return most < job->limit[GBX_LIMIT_INPUT] ? most
						  : job->limit[GBX_LIMIT_INPUT];
}

/* Charge size bytes to the broker's budget for as long as the input lives. */
static bool
charge(struct gbx_request *job, uint64_t size)
{
	struct gbx_broker *b = job->broker;

	if (b->inputs_charged + size > for_inputs(b) ||
	    !gbx_budget_take(b->budget, size))
		return false;
	b->inputs_charged += size;
	job->in_charged += size;
	return true;
}

static void
discharge(struct gbx_request *job)
{
	gbx_budget_give(job->broker->budget, job->in_charged);
	job->broker->inputs_charged -= job->in_charged;
	job->in_charged = 0;
}

static void
too_large(struct gbx_request *job)
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
		return system_error(job, err);
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

	if (!charge(job, input->length))
		return busy(ENOBUFS);
	if (input->length <= BYTES_MAX) {
		job->in_mem = malloc(input->length + 1);
		if (job->in_mem == NULL)
			return GBX_ERR_MEMORY;
		if (input->length > 0)
			memcpy(job->in_mem, input->data, input->length);
		job->in_size = input->length;
		gbx_schedule_ready(job);
		return GBX_OK;
	}
	if (!fds_for(job, 1))
		return busy(EMFILE);
	fd = gbx_memfd_new("gbx-input");
	if (fd < 0)
		return system_error(job, fd);
	err = gbx_memfd_write(fd, input->data, input->length, 0);
	if (err != 0)
		return system_error(job, err);
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
	if (!charge(job, claimed))
		return busy(ENOBUFS);
	if (!fds_for(job, 1))
		return busy(EMFILE);
	fd = gbx_memfd_new("gbx-input");
	if (fd < 0)
		return system_error(job, fd);
	size = copy_file(from, fd, claimed);
	if (size < 0)
		return system_error(job, (int)size);
	return seal(job, &fd, (uint64_t)size);
}

/* Into bytes of ours; all of it, or what there is. 0 or -errno. */
static int
read_bytes(struct gbx_request *job, int from, size_t most)
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

	if (!charge(job, claimed))
		return busy(ENOBUFS);
	err = read_bytes(job, from, claimed);
	if (err != 0)
		return system_error(job, err);
	gbx_schedule_ready(job);
	return GBX_OK;
}

static enum gbx_err
take_sealed(struct gbx_request *job, int from, uint64_t size)
{
	if (!fds_for(job, 1))
		return busy(EMFILE);
	job->in_fd = fcntl(from, F_DUPFD_CLOEXEC, 3);
	if (job->in_fd < 0)
		return system_error(job, -errno);
	job->in_size = size;
	gbx_schedule_ready(job);
	return GBX_OK;
}

/* ---- by a process that can be killed ------------------------------------- */

static int
spawn_copier(struct gbx_request *job, int from, int to, int errors)
{
	gbx_autoclose int program = -1, host = -1;
	char most[48];
	struct gbx_spawn what = {
	    .proc_fd = job->broker->proc_fd,
	    .name = "glovebox-copy",
	    .arg = most,
	    .fd = {from, to, errors},
	    .extra = {-1, -1},
	};

	program = gbx_open_program(job->broker, "copy");
	if (program < 0)
		return program;
	/* So that it ends with this process, whoever else holds its pipe. */
	host = (int)syscall(SYS_pidfd_open, job->broker->owner, 0);
	if (host < 0)
		return -errno;
	snprintf(most, sizeof(most), "%llu,%llu",
	    (unsigned long long)most_input(job),
	    (unsigned long long)job->limit[GBX_LIMIT_WALL] + COPIER_GRACE_MS);
	what.program = program;
	what.extra[0] = host;
	return gbx_spawn(&what, &job->copier_pidfd);
}

static enum gbx_err
take_slow(struct gbx_request *job, int from)
{
	gbx_autoclose int fd = -1, report = -1, theirs = -1;
	struct gbx_broker *b = job->broker;
	int err, pair[2];

	if (!charge(job, most_input(job)))
		return busy(ENOBUFS);
	if (!fds_for(job, 3))
		return busy(EMFILE);
	fd = gbx_memfd_new("gbx-input");
	if (fd < 0)
		return system_error(job, fd);
	if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) != 0)
		return system_error(job, -errno);
	report = pair[0];
	theirs = pair[1];
	err = spawn_copier(job, from, fd, theirs);
	if (err == 0)
		err = gbx_watch_add(b, &job->copier_watch, GBX_WATCH_COPIER,
		    job->copier_pidfd, job);
	if (err != 0)
		return system_error(job, err);
	job->state = GBX_JOB_COPYING;
	gbx_list_append(&b->arriving, &job->link);
	job->in_fd = gbx_steal_fd(&fd);
	job->copier_err_fd = gbx_steal_fd(&report);
	job->deadline_ns =
	    job->start_ns + job->limit[GBX_LIMIT_WALL] * 1000000U;
	gbx_arm(b, job->deadline_ns);
	return GBX_OK;
}

/* It has to go, with this verdict, and has a moment to be gone. */
void
gbx_input_give_up(struct gbx_request *job, enum gbx_verdict verdict)
{
	if (job->give_up != 0)
		return;
	job->give_up = verdict;
	gbx_kill(job->copier_pidfd);
	job->deadline_ns = gbx_now_ns() + KILL_GRACE_MS * 1000000U;
	gbx_arm(job->broker, job->deadline_ns);
}

void
gbx_input_given_up(struct gbx_request *job)
{
	gbx_request_finish(job, (enum gbx_verdict)job->give_up,
	    job->give_up == GBX_VERDICT_DEADLINE
		? "the input did not arrive in time"
		: "the job was cancelled");
}

/* What a copier left becomes the input: bytes, or the memfd. 0 or -errno. */
static int
adopt_copy(struct gbx_request *job)
{
	struct stat st;
	int err;

	if (fstat(job->in_fd, &st) != 0)
		return -errno;
	discharge(job);
	job->in_size = (uint64_t)st.st_size;
	/* Less than was charged before: it fits, but for a race with another
	 * thread's results, and then it is owed. */
	(void)charge(job, job->in_size);
	if (job->in_size > BYTES_MAX)
		return gbx_memfd_seal_all(job->in_fd);
	err = read_bytes(job, job->in_fd, job->in_size);
	if (err == 0)
		gbx_close_fd(&job->in_fd);
	return err;
}

/* The copier is gone. What it left is the input, unless it says otherwise: an
 * orphan's exit status is not ours to read, so it reports by what it wrote. */
void
gbx_input_copied(struct gbx_request *job)
{
	uint8_t word[2] = {0, 0};
	ssize_t n;
	int err;

	n = read(job->copier_err_fd, word, sizeof(word));
	gbx_watch_remove(job->broker, &job->copier_watch);
	gbx_spawn_forget(&job->copier_pidfd);
	gbx_close_fd(&job->copier_err_fd);
	job->spent_ns = gbx_now_ns() - job->start_ns;
	if (job->give_up != 0) {
		gbx_input_given_up(job);
	} else if (n != 2 || word[0] > 1) {
		job->result->err = n == 2 && word[1] != 0 ? word[1] : EIO;
		gbx_request_finish(
		    job, GBX_VERDICT_ERROR, "the input could not be read");
	} else if (word[0] == 1) {
		too_large(job);
	} else if ((err = adopt_copy(job)) != 0) {
		job->result->err = -err;
		gbx_request_finish(
		    job, GBX_VERDICT_ERROR, "the input could not be sealed");
	} else {
		gbx_schedule_ready(job);
	}
}

/* ---- which way ----------------------------------------------------------- */

static enum gbx_err
take_regular(struct gbx_request *job, int fd, const struct gbx_file *file)
{
	bool immutable = gbx_memfd_is_immutable(fd);

	if (!immutable && !gbx_mounts_never_hangs(job->broker, fd, file))
		return take_slow(job, fd);
	if (file->size > most_input(job)) {
		too_large(job);
		return GBX_OK;
	}
	if (file->size <= BYTES_MAX)
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
		return system_error(job, err);
	switch (file.mode & S_IFMT) {
	case S_IFREG:
		return take_regular(job, fd, &file);
	case S_IFIFO:
	case S_IFSOCK:
		return take_slow(job, fd);
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
	if (input->length > most_input(job)) {
		too_large(job);
		return GBX_OK;
	}
	return take_bytes(job, input);
}

void
gbx_input_free(struct gbx_request *job)
{
	gbx_watch_remove(job->broker, &job->copier_watch);
	if (job->copier_pidfd >= 0) {
		gbx_kill(job->copier_pidfd);
		gbx_wait_gone(job->copier_pidfd, KILL_GRACE_MS);
	}
	gbx_spawn_forget(&job->copier_pidfd);
	gbx_close_fd(&job->copier_err_fd);
	gbx_close_fd(&job->in_fd);
	free(job->in_mem);
	job->in_mem = NULL;
	discharge(job);
}
