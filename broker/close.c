/* SPDX-License-Identifier: ISC */
/*
 * Closing a broker: all its processes die, all its memory is freed but results
 * that are held. In a child that the host forked nothing of the parent's is
 * touched. Side: trusted.
 */
#include <glovebox.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "base/cleanup.h"
#include "broker/autopsy.h"
#include "broker/broker.h"
#include "broker/forked.h"
#include "broker/list.h"
#include "broker/process.h"
#include "broker/queue.h"
#include "broker/request.h"
#include "broker/run.h"
#include "broker/sandbox.h"
#include "broker/store.h"
#include "broker/watch.h"
#include "broker/worker.h"
#include "broker/zygote.h"

static void
close_zygote_fds(struct gbx_zygote *z)
{
	struct gbx_worker *c;
	struct gbx_link *l;

	for (l = z->idle.next; l != &z->idle; l = l->next) {
		c = gbx_list_item(l, struct gbx_worker, link);
		gbx_close_fd(&c->sock);
		gbx_close_fd(&c->pidfd);
		gbx_corpse_close(&c->corpse);
	}
	gbx_close_fd(&z->sock);
	gbx_close_fd(&z->pidfd);
	gbx_close_fd(&z->canary_pidfd);
}

/* In a child of the host: the processes are the parent's, and so is what epoll
 * watches. Without these descriptors nothing below can touch either. */
static void
disown(struct gbx_broker *b)
{
	struct gbx_request *job;
	struct gbx_run *run;
	struct gbx_link *l;

	gbx_close_fd(&b->epoll_fd);
	gbx_close_fd(&b->sandbox.sock);
	gbx_close_fd(&b->sandbox.pidfd);
	gbx_close_fd(&b->sandbox.stage_pidfd);
	for (l = b->starting.next; l != &b->starting; l = l->next)
		close_zygote_fds(gbx_list_item(l, struct gbx_zygote, link));
	for (l = b->zygotes.next; l != &b->zygotes; l = l->next)
		close_zygote_fds(gbx_list_item(l, struct gbx_zygote, link));
	for (l = b->runs.next; l != &b->runs; l = l->next) {
		run = gbx_list_item(l, struct gbx_run, link);
		gbx_close_fd(&run->worker->pidfd);
	}
	for (l = b->jobs.next; l != &b->jobs; l = l->next) {
		job = gbx_list_item(l, struct gbx_request, all);
		gbx_close_fd(&job->copier_pidfd);
	}
	b->pumping = false; /* that thread is not in this process */
}

/* All at once first, so that they die side by side. A host that gave up its
 * powers since may not kill any more: init ends with its socket too, and all
 * with init; a zygote with its own, and its workers with it. */
static void
kill_all(struct gbx_broker *b)
{
	struct gbx_zygote *z;
	struct gbx_link *l;

	for (l = b->runs.next; l != &b->runs; l = l->next)
		gbx_kill(gbx_list_item(l, struct gbx_run, link)->worker->pidfd);
	for (l = b->zygotes.next; l != &b->zygotes; l = l->next) {
		z = gbx_list_item(l, struct gbx_zygote, link);
		gbx_watch_remove(b, &z->watch);
		gbx_close_fd(&z->sock);
		gbx_kill(z->pidfd);
	}
	gbx_watch_remove(b, &b->sandbox.watch);
	gbx_close_fd(&b->sandbox.sock);
	gbx_kill(b->sandbox.pidfd);
}

static void
free_runs(struct gbx_broker *b)
{
	struct gbx_run *run;

	while (!gbx_list_empty(&b->runs)) {
		run = gbx_list_item(b->runs.next, struct gbx_run, link);
		gbx_wait_gone(run->worker->pidfd, -1);
		gbx_free_worker(run->worker);
		gbx_run_free(run);
	}
}

static void
free_zygotes(struct gbx_link *head)
{
	struct gbx_zygote *z;

	while (!gbx_list_empty(head)) {
		z = gbx_list_item(head->next, struct gbx_zygote, link);
		gbx_wait_gone(z->pidfd, -1);
		gbx_zygote_free(z);
	}
}

static void
close_own_fds(struct gbx_broker *b)
{
	gbx_close_fd(&b->outer_fd);
	gbx_close_fd(&b->epoll_fd);
	gbx_close_fd(&b->timer_fd);
	gbx_close_fd(&b->done_fd);
	gbx_close_fd(&b->dir_fd);
	gbx_close_fd(&b->libs_fd);
	gbx_close_fd(&b->proc_fd);
}

/* A child of the host's, made while another thread was inside: the lists may be
 * half changed, and nobody will finish that here. So they are not looked at:
 * their memory and the descriptors in them stay until the child ends. */
static void
leave_alone(struct gbx_broker *b)
{
	close_own_fds(b);
	gbx_close_fd(&b->sandbox.sock);
	gbx_close_fd(&b->sandbox.pidfd);
	gbx_close_fd(&b->sandbox.stage_pidfd);
}

void
gbx_broker_close(struct gbx_broker *broker)
{
	struct gbx_broker *b = broker;

	if (b == NULL)
		return;
	if (gbx_is_forked(b) && pthread_mutex_trylock(&b->lock) != 0) {
		leave_alone(b);
		return;
	}
	if (gbx_is_forked(b))
		disown(b);
	kill_all(b);
	free_runs(b);
	free_zygotes(&b->starting);
	free_zygotes(&b->zygotes);
	while (!gbx_list_empty(&b->jobs))
		gbx_request_free(
		    gbx_list_item(b->jobs.next, struct gbx_request, all));
	gbx_queue_close(b);
	gbx_sandbox_close(b);
	gbx_free_graveyard(b);
	close_own_fds(b);
	gbx_budget_unref(b->budget);
	if (!gbx_is_forked(b)) {
		pthread_cond_destroy(&b->moved);
		pthread_mutex_destroy(&b->lock);
	}
	gbx_fork_unmark(b);
	free(b);
}
