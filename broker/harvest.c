/* SPDX-License-Identifier: ISC */
/*
 * From the output of a dead worker to immutable, checked bytes.
 * Side: trusted; every byte here was written by the worker. Reads nothing
 * before the death of its writer, nothing twice.
 */
#include <errno.h>
#include <glovebox.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/broker.h"
#include "broker/harvest.h"
#include "broker/resources.h"
#include "broker/run.h"
#include "broker/store.h"
#include "broker/validate/gate.h"
#include "ipc/memfd.h"
#include "ipc/replypage.h"

/* What failed is a call of ours: no worker is to be blamed for that. */
static enum gbx_harvest
our_fault(struct gbx_run *run, int err)
{
	run->err = -err;
	return GBX_HARVEST_FAILED;
}

/* The worker lied. */
static enum gbx_harvest
refuse(struct gbx_run *run, const char *field)
{
	run->field = field;
	return GBX_HARVEST_REFUSED;
}

/* What the gate said: NULL or a field; without memory it looked at nothing. */
static enum gbx_harvest
gate_says(struct gbx_run *run, const char *field)
{
	if (field == NULL)
		return GBX_HARVEST_OK;
	return gbx_gate_is_memory(field) ? our_fault(run, -ENOMEM)
					 : refuse(run, field);
}

/* Pages that were never touched are holes: whoever claims them did not write
 * what it says it wrote (lseek(2) SEEK_HOLE; swapped pages count as data). */
static enum gbx_harvest
written(struct gbx_run *run, uint64_t end)
{
	off_t hole;

	if (end == 0)
		return GBX_HARVEST_OK;
	hole = lseek(run->out_fd, 0, SEEK_HOLE);
	if (hole < 0)
		return our_fault(run, -errno);
	return (uint64_t)hole >= end ? GBX_HARVEST_OK
				     : refuse(run, "block.hole");
}

/* Small: a copy of our own, which needs no seal. */
static enum gbx_harvest
copy_out(struct gbx_run *run, uint64_t end, struct gbx_store *s)
{
	int err;

	s->data = malloc(end > 0 ? end : 1);
	if (s->data == NULL)
		return our_fault(run, -ENOMEM);
	s->size = end;
	err = gbx_memfd_read(run->out_fd, s->data, end, 0);
	if (err == -EPROTO)
		return refuse(run, "data.length");
	return err == 0 ? GBX_HARVEST_OK : our_fault(run, err);
}

static enum gbx_harvest
map(struct gbx_run *run, int *fd, uint64_t end, struct gbx_store *s)
{
	int err = gbx_store_map(
	    s, fd, end, run->n_jobs == 1 && gbx_fds_left(run->broker, 1));

	return err == 0 ? GBX_HARVEST_OK : our_fault(run, err);
}

/* Into a memfd that nobody else has, sealed like any other. What is copied is
 * what the gate will see, whatever is written to the first one meanwhile; that
 * one is emptied, so that who holds it holds no memory. */
static enum gbx_harvest
copy_and_map(struct gbx_run *run, uint64_t end, struct gbx_store *s)
{
	struct gbx_budget *budget = run->broker->budget;
	gbx_autoclose int fd = -1;
	int err;

	if (!gbx_budget_take(budget, end))
		return our_fault(run, -ENOBUFS);
	fd = gbx_memfd_new("gbx-output");
	err = fd < 0 ? fd : gbx_memfd_copy(run->out_fd, fd, end);
	if (err == 0)
		err = gbx_memfd_seal_all(fd);
	(void)!ftruncate(run->out_fd, 0);
	gbx_budget_give(budget, end);
	if (err == -EPROTO)
		return refuse(run, "data.length");
	return err == 0 ? map(run, &fd, end, s) : our_fault(run, err);
}

/* Large: cut to the data, sealed for good, mapped. The kernel grants the seal
 * only when no writable mapping is left anywhere. If it is refused, the worker
 * is not to be blamed: anybody who reads /proc/PID/cmdline holds its memory,
 * also when it is dead, for as long as he takes. One that is proven to have
 * been locked has left nobody behind; without that proof nothing is taken. */
static enum gbx_harvest
seal_and_map(struct gbx_run *run, uint64_t end, struct gbx_store *s)
{
	int err;

	if (ftruncate(run->out_fd, (off_t)end) != 0)
		return errno == EPERM ? refuse(run, "data.length")
				      : our_fault(run, -errno);
	err = gbx_memfd_seal_now(run->out_fd);
	if (err == -EBUSY && (run->posture & GBX_POSTURE_PROVEN))
		return copy_and_map(run, end, s);
	if (err == -EBUSY)
		err = gbx_memfd_seal_all(run->out_fd);
	if (err == -EPERM)
		return refuse(run, "seal");
	return err == 0 ? map(run, &run->out_fd, end, s) : our_fault(run, err);
}

static enum gbx_harvest
take_data(struct gbx_run *run, const struct gbx_gate_reply *reply,
    struct gbx_store *s)
{
	uint64_t end = reply->data_end;
	enum gbx_harvest got = written(run, end);

	if (got != GBX_HARVEST_OK)
		return got;
	got = end <= GBX_COPY_MAX ? copy_out(run, end, s)
				  : seal_and_map(run, end, s);
	if (got == GBX_HARVEST_OK)
		got = gate_says(
		    run, gbx_gate_data(&run->gate, reply, s->data, end));
	if (got != GBX_HARVEST_OK)
		return got;
	/* Handed over from the run to the store: less than the run's share. */
	s->charged = end;
	run->charged -= end;
	s->alone = run->n_jobs == 1;
	return GBX_HARVEST_OK;
}

enum gbx_harvest
gbx_harvest(struct gbx_run *run, struct gbx_gate_reply *reply,
    struct gbx_store **ret_store)
{
	uint8_t page[GBX_REPLY_PAGE];
	struct gbx_store *s;
	enum gbx_harvest got;
	uint32_t length;
	int err;

	err =
	    gbx_memfd_read(run->out_fd, page, sizeof(page), run->gate.out_size);
	if (err != 0)
		return err == -EPROTO ? refuse(run, "reply.page")
				      : our_fault(run, err);
	length = gbx_reply_raw_length(page);
	if (length == 0)
		return refuse(run, "reply.missing");
	if (length > GBX_REPLY_MAX)
		return refuse(run, "reply.length");
	got =
	    gate_says(run, gbx_gate_open(&run->gate, page + 4, length, reply));
	if (got != GBX_HARVEST_OK)
		return got;
	s = gbx_store_new(run->broker->budget);
	if (s == NULL)
		return our_fault(run, -ENOMEM);
	got = take_data(run, reply, s);
	if (got != GBX_HARVEST_OK) {
		gbx_store_unref(s);
		return got;
	}
	*ret_store = s;
	return GBX_HARVEST_OK;
}
