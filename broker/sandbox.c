/* SPDX-License-Identifier: ISC */
/*
 * init and its namespaces, seen from the broker. Side: trusted.
 * init is our own code and reads no hostile byte; still, nothing it says can
 * make more of a posture than the kernel shows of each worker.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "broker/broker.h"
#include "broker/list.h"
#include "broker/process.h"
#include "broker/resources.h"
#include "broker/sandbox.h"
#include "broker/spawn.h"
#include "broker/watch.h"
#include "broker/zygote.h"
#include "ipc/control.h"
#include "ipc/datagram.h"

/* It is dead or dying; on a busy machine all inside take their time to end, and
 * who is not waited for stays a zombie of a host that adopts orphans. */
#define END_MS 10000

/* No memory to read its answer so many times: then there is none. */
#define UNREAD_MOST 16

static int
spawn_init(struct gbx_broker *b, int theirs)
{
	gbx_autoclose int program = -1, host = -1;
	struct gbx_spawn what = {
	    .proc_fd = b->proc_fd,
	    .name = "glovebox-init",
	    .fd = {-1, -1, -1},
	};

	program = gbx_open_program(b, "init");
	if (program < 0)
		return program;
	/* So that init ends with this process, whoever holds its socket. */
	host = (int)syscall(SYS_pidfd_open, b->owner, 0);
	if (host < 0)
		return -errno;
	what.program = program;
	what.extra[0] = theirs;
	what.extra[1] = host;
	return gbx_spawn(&what, &b->sandbox.stage_pidfd);
}

int
gbx_sandbox_start(struct gbx_broker *b)
{
	gbx_autoclose int theirs = -1, ours = -1;
	int err, pair[2];

	err = gbx_ipc_pair(pair);
	if (err != 0)
		return err;
	ours = pair[0];
	theirs = pair[1];
	err = spawn_init(b, theirs);
	if (err == 0)
		err = gbx_watch_add(
		    b, &b->sandbox.watch, GBX_WATCH_INIT, ours, &b->sandbox);
	if (err == 0)
		b->sandbox.sock = gbx_steal_fd(&ours);
	return err;
}

/* Those that were to start have failed with it. */
static void
sandbox_failed(struct gbx_broker *b, int err)
{
	struct gbx_sandbox *s = &b->sandbox;

	gbx_watch_remove(b, &s->watch);
	if (s->err == 0)
		s->err = err;
	while (!gbx_list_empty(&b->starting))
		gbx_zygote_started(
		    gbx_list_item(b->starting.next, struct gbx_zygote, link),
		    -1, err);
}

/* It is alive: the patience with those that still wait begins anew. */
static void
answered(struct gbx_broker *b)
{
	struct gbx_link *l;

	for (l = b->starting.next; l != &b->starting; l = l->next)
		gbx_list_item(l, struct gbx_zygote, link)->ordered_ns =
		    gbx_now_ns();
}

/* The answers about zygotes come in the order of the orders. */
static void
on_zygote(struct gbx_broker *b, const uint8_t *msg, int pidfd)
{
	struct gbx_zygote *z;
	int err = 0;

	/* For one that was given up before it was answered. */
	if (b->sandbox.owed > 0 || gbx_list_empty(&b->starting)) {
		if (b->sandbox.owed > 0)
			b->sandbox.owed--;
		gbx_kill(pidfd);
		gbx_close_fd(&pidfd);
		return;
	}
	answered(b);
	if (msg[0] == GBX_CTL_ERROR)
		err = -(int)gbx_get_u32(msg + 1);
	z = gbx_list_item(b->starting.next, struct gbx_zygote, link);
	gbx_zygote_started(z, pidfd, err);
}

void
gbx_sandbox_give_up(struct gbx_zygote *z)
{
	z->broker->sandbox.owed++;
	gbx_zygote_started(z, -1, -ETIMEDOUT);
}

void
gbx_sandbox_event(struct gbx_broker *b)
{
	struct gbx_sandbox *s = &b->sandbox;
	uint8_t msg[GBX_CTL_MAX];
	size_t n_fds = 0;
	int pidfd = -1;
	ssize_t n;

	n = gbx_ipc_recv_some(
	    s->sock, msg, sizeof(msg), MSG_DONTWAIT, &pidfd, 1, &n_fds);
	if (n == -EAGAIN)
		return;
	/* What it said is still there to be read; epoll tells again. */
	if ((n == -ENOMEM || n == -ENOBUFS) && s->unread++ < UNREAD_MOST)
		return;
	s->unread = 0;
	if (gbx_is_fd_shortage((int)n) && s->ready) {
		/* Our own table is full: one zygote less, not the sandbox. */
		msg[0] = GBX_CTL_ERROR;
		gbx_put_u32(msg + 1, EMFILE);
		on_zygote(b, msg, -1);
	} else if (n <= 0) {
		sandbox_failed(b, n == 0 ? -ECHILD : (int)n);
	} else if (n == GBX_CTL_REPORT_LEN && msg[0] == GBX_CTL_INIT &&
		   n_fds == 1) {
		gbx_report_unpack(msg, &s->report);
		s->pidfd = pidfd;
		s->ready = s->worked = true;
		/* If it is not gone yet, its corpse is looked for at the end:
		 * a host that adopts orphans must not be left with it. */
		if (gbx_is_gone(s->stage_pidfd))
			gbx_spawn_forget(&s->stage_pidfd);
	} else if (n == 5) {
		on_zygote(b, msg, pidfd);
	} else {
		gbx_close_fd(&pidfd);
		sandbox_failed(b, -EPROTO);
	}
}

static void
forget(struct gbx_sandbox *s, int ms)
{
	gbx_close_fd(&s->sock);
	gbx_kill(s->pidfd);
	gbx_wait_gone(s->pidfd, ms);
	gbx_kill(s->stage_pidfd);
	gbx_wait_gone(s->stage_pidfd, ms);
	gbx_spawn_forget(&s->stage_pidfd);
	gbx_spawn_forget(&s->pidfd);
}

int
gbx_sandbox_restart(struct gbx_broker *b)
{
	struct gbx_sandbox *s = &b->sandbox;
	int err;

	if (s->err == 0 || !s->worked)
		return s->err;
	forget(s, END_MS);
	s->ready = false;
	s->owed = s->unread = 0;
	memset(&s->report, 0, sizeof(s->report));
	err = gbx_sandbox_start(b);
	/* Or it is tried again for the next job. */
	s->err = err;
	return err;
}

/* Everything inside dies with init: that is what a pid namespace is for. Where
 * there is none, the zygotes were killed one by one before this. */
void
gbx_sandbox_close(struct gbx_broker *b)
{
	gbx_watch_remove(b, &b->sandbox.watch);
	forget(&b->sandbox, END_MS);
}
