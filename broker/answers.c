/* SPDX-License-Identifier: ISC */
/*
 * What a zygote says on its socket, and what its silence means. Side: trusted.
 * A zygote is our own code and reads no hostile byte; what is malformed ends it
 * all the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/answers.h"
#include "broker/autopsy.h"
#include "broker/broker.h"
#include "broker/canary.h"
#include "broker/death.h"
#include "broker/list.h"
#include "broker/pool.h"
#include "broker/resources.h"
#include "broker/watch.h"
#include "broker/worker.h"
#include "broker/zygote.h"
#include "ipc/control.h"
#include "ipc/datagram.h"

/* A worker that was ordered will not come (no memory, no pids, no descriptors
 * to receive it): nothing is ordered in its place at once. What it lacked is
 * recorded if none is left that could bring the queue forward.
 */
static void
none_coming(struct gbx_zygote *z, int err)
{
	z->broker->pool[z->kind].lost = true;
	if (z->n_idle > 0 || z->n_ordered > 0 || z->n_busy > 0)
		return;
	z->broker->pool[z->kind].lacks = err;
}

static void
on_worker(struct gbx_zygote *z, const uint8_t *msg, int fds[2])
{
	struct gbx_worker *c = calloc(1, sizeof(*c));

	if (z->n_ordered > 0)
		z->n_ordered--;
	z->ordered_ns = gbx_now_ns();
	if (c == NULL || z->retired) {
		close(fds[0]);
		close(fds[1]);
		if (c == NULL && !z->retired)
			none_coming(z, ENOMEM);
		free(c);
		return;
	}
	c->zygote = z;
	c->sock = fds[0];
	c->pidfd = fds[1];
	c->zpid = gbx_get_u32(msg + 1);
	gbx_corpse_open(z->broker, c->pidfd, &c->corpse);
	gbx_list_append(&z->idle, &c->link);
	z->n_idle++;
	z->broker->stats.workers_started++;
}

static void
on_error(struct gbx_zygote *z, int err)
{
	if (z->state != GBX_ZYGOTE_READY) {
		z->posture_failed = err == EPERM || err == ENOSYS ||
				    err == EINVAL || err == EACCES;
		gbx_zygote_fail(z, -err);
		return;
	}
	if (z->n_ordered > 0)
		z->n_ordered--;
	none_coming(z, err);
}

/* No room for its descriptors: the host's table is full. The worker sees the
 * end of its socket. */
static void
lost_worker(struct gbx_zygote *z)
{
	if (z->n_ordered > 0)
		z->n_ordered--;
	none_coming(z, EMFILE);
}

static size_t
fds_of(uint8_t letter)
{
	switch (letter) {
	case GBX_CTL_READY:
	case GBX_CTL_WORKER:
		return 2;
	default:
		return 0;
	}
}

static bool
handle(struct gbx_zygote *z, const uint8_t *msg, size_t n, int fds[2])
{
	uint32_t zpid;

	if (msg[0] == GBX_CTL_READY && n == GBX_CTL_READY_LEN &&
	    z->state == GBX_ZYGOTE_SETUP) {
		gbx_canary_born(z, msg, fds);
	} else if (msg[0] == GBX_CTL_WORKER && n == 5) {
		on_worker(z, msg, fds);
	} else if (msg[0] == GBX_CTL_STATUS && n == 9) {
		zpid = gbx_get_u32(msg + 1);
		if (z->state == GBX_ZYGOTE_CANARY && zpid == z->canary_zpid)
			gbx_canary_status(z, gbx_get_u32(msg + 5));
		else
			gbx_death_told(z, zpid, gbx_get_u32(msg + 5));
	} else if (msg[0] == GBX_CTL_ERROR && n == 5) {
		on_error(z, (int)gbx_get_u32(msg + 1));
	} else {
		return false;
	}
	return true;
}

void
gbx_zygote_event(struct gbx_zygote *z)
{
	uint8_t msg[GBX_CTL_MAX];
	int fds[2] = {-1, -1};
	size_t n_fds = 0;
	ssize_t n;

	n = gbx_ipc_recv_some(
	    z->sock, msg, sizeof(msg), MSG_DONTWAIT, fds, 2, &n_fds);
	if (n == -EAGAIN)
		return;
	/* In SETUP it was the canary: without it this one is of no use. */
	if (gbx_is_fd_shortage((int)n) && z->state != GBX_ZYGOTE_SETUP) {
		lost_worker(z);
	} else if (n <= 0) {
		gbx_zygote_fail(z, n == 0 ? -ECHILD : (int)n);
	} else if (n_fds != fds_of(msg[0]) || !handle(z, msg, (size_t)n, fds)) {
		gbx_close_fd(&fds[0]);
		gbx_close_fd(&fds[1]);
		gbx_zygote_fail(z, -EPROTO);
	}
}
