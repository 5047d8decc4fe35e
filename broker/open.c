/* SPDX-License-Identifier: ISC */
/*
 * Opening and closing a broker. Side: trusted.
 * Fails closed: a broker that can't prove its sandbox is not handed out.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/cleanup.h"
#include "broker/broker.h"

#define OPEN_NS		(10ULL * 1000000000ULL)
#define REQUIRED_ALWAYS ((uint32_t)GBX_POSTURE_NNP)
/* Nothing works in less; the limits must be something. */
#define LEAST_CGROUP (32ULL << 20)

static uint32_t
cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	return (uint32_t)CPU_COUNT(&set);
}

/* Where not even the default fits. */
static void
lower(struct gbx_broker_opts *opts, uint32_t limit, uint64_t most)
{
	if (most < gbx_table_default(limit))
		opts->ceiling[limit] = most;
}

/* What a job has at once is its output, its arena, and in the last quarter its
 * input and the processes themselves. All that waits, runs or is held is less
 * than what there is: inputs that pile up would end the host itself. */
void
gbx_opts_fit(struct gbx_broker_opts *opts, uint64_t memory)
{
	if (memory == GBX_CGROUP_NONE)
		return;
	if (memory < LEAST_CGROUP)
		memory = LEAST_CGROUP;
	lower(opts, GBX_LIMIT_MEMORY, memory / 4);
	lower(opts, GBX_LIMIT_OUTPUT, memory / 2);
	if (opts->max_shared > memory)
		opts->max_shared = memory;
}

void
gbx_broker_opts_init(struct gbx_broker_opts *opts)
{
	uint32_t i;

	memset(opts, 0, sizeof(*opts));
	opts->size = sizeof(*opts);
	opts->lockdown = GBX_LOCKDOWN_FILTER;
	opts->max_in_flight = cpus();
	opts->max_queued = 1024;
	opts->max_idle = 4;
	opts->batch_max = GBX_BATCH_MAX;
	opts->max_shared = 2ULL << 30;
	for (i = 1; i < GBX_LIMIT_COUNT; i++)
		opts->ceiling[i] = gbx_table_ceiling(i);
	/* The arena has this size in every zygote; a job that gets less pays
	 * for giving the rest back. */
	opts->ceiling[GBX_LIMIT_MEMORY] = gbx_table_default(GBX_LIMIT_MEMORY);
	gbx_opts_fit(opts, gbx_cgroup_limit(GBX_CGROUP_MEMORY));
}

static bool
opts_valid(const struct gbx_broker_opts *o)
{
	const uint32_t both = GBX_POSTURE_FILTER | GBX_POSTURE_STRICT;
	uint32_t i;

	if (o->size != sizeof(*o) || o->max_in_flight == 0 ||
	    o->max_queued == 0 || o->batch_max == 0 ||
	    o->batch_max > GBX_BATCH_MAX || o->max_shared < (1U << 20))
		return false;
	if (o->lockdown != GBX_LOCKDOWN_FILTER &&
	    o->lockdown != GBX_LOCKDOWN_STRICT)
		return false;
	if ((o->require >> GBX_LAYER_COUNT) != 0 ||
	    (o->require & GBX_POSTURE_BATCH) != 0 ||
	    (o->require & both) == both)
		return false;
	for (i = 1; i < GBX_LIMIT_COUNT; i++)
		if (o->ceiling[i] == 0 || o->ceiling[i] > gbx_table_ceiling(i))
			return false;
	return true;
}

/* ---- the parts ----------------------------------------------------------- */

/* Whoever may write there chooses what is executed. */
static enum gbx_err
open_worker_dir(struct gbx_broker *b, const char *path)
{
	b->dir_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (b->dir_fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? GBX_ERR_NOTFOUND
							   : GBX_ERR_SYSTEM;
	if (gbx_others_may_write(b->proc_fd, b->dir_fd)) {
		errno = EPERM;
		return GBX_ERR_SYSTEM;
	}
	return GBX_OK;
}

/* Where shared workers find their libraries; without it, or where others may
 * write there, such workers can't be had. */
static void
open_libraries(struct gbx_broker *b)
{
	b->libs_fd = open(GBX_SYSLIBS, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (b->libs_fd >= 0 && gbx_others_may_write(b->proc_fd, b->libs_fd))
		gbx_close_fd(&b->libs_fd);
}

/* A /proc that is none proves nothing: better without. */
static void
open_proc(struct gbx_broker *b)
{
	struct statfs fs;

	b->proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (b->proc_fd >= 0 &&
	    (fstatfs(b->proc_fd, &fs) != 0 || fs.f_type != PROC_SUPER_MAGIC)) {
		close(b->proc_fd);
		b->proc_fd = -1;
	}
}

static int
open_epoll(struct gbx_broker *b)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int err;

	b->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	b->outer_fd = epoll_create1(EPOLL_CLOEXEC);
	b->timer_fd =
	    timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	b->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (b->epoll_fd < 0 || b->outer_fd < 0 || b->timer_fd < 0 ||
	    b->done_fd < 0)
		return -errno;
	if (epoll_ctl(b->outer_fd, EPOLL_CTL_ADD, b->epoll_fd, &ev) != 0 ||
	    epoll_ctl(b->outer_fd, EPOLL_CTL_ADD, b->done_fd, &ev) != 0)
		return -errno;
	err =
	    gbx_watch_add(b, &b->timer_watch, GBX_WATCH_TIMER, b->timer_fd, b);
	return err;
}

static int
init_lock(struct gbx_broker *b)
{
	pthread_condattr_t attr;
	int err;

	err = pthread_condattr_init(&attr);
	if (err == 0)
		err = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	if (err == 0)
		err = pthread_cond_init(&b->moved, &attr);
	if (err == 0)
		err = pthread_mutex_init(&b->lock, NULL);
	return -err;
}

static struct gbx_broker *
new_broker(const struct gbx_broker_opts *o)
{
	struct gbx_broker *b = calloc(1, sizeof(*b));
	uint32_t i;

	if (b == NULL)
		return NULL;
	b->budget = calloc(1, sizeof(*b->budget));
	if (b->budget == NULL || gbx_fork_mark(b) != 0 || init_lock(b) != 0) {
		gbx_fork_unmark(b);
		free(b->budget);
		free(b);
		return NULL;
	}
	atomic_init(&b->budget->refs, 1);
	b->budget->most = o->max_shared;
	b->require = o->require | REQUIRED_ALWAYS;
	b->lockdown = o->lockdown;
	b->max_in_flight = o->max_in_flight;
	b->max_queued = o->max_queued;
	b->max_idle = o->max_idle > 0 ? o->max_idle : 1;
	b->batch_max = o->batch_max;
	for (i = 1; i < GBX_LIMIT_COUNT; i++)
		b->ceiling[i] = o->ceiling[i];
	b->dir_fd = b->proc_fd = b->libs_fd = -1;
	b->outer_fd = b->epoll_fd = b->timer_fd = b->done_fd = -1;
	b->sandbox.sock = b->sandbox.pidfd = b->sandbox.stage_pidfd = -1;
	gbx_list_init(&b->zygotes);
	gbx_list_init(&b->starting);
	gbx_queue_init(b);
	gbx_list_init(&b->jobs);
	gbx_list_init(&b->arriving);
	gbx_list_init(&b->runs);
	gbx_list_init(&b->done);
	for (i = 0; i < GBX_WORKER_COUNT; i++)
		b->target_idle[i] = 1;
	return b;
}

/* ---- the proof ----------------------------------------------------------- */

/* One that is there and can't be opened shows why when it is started. */
static bool
program_exists(struct gbx_broker *b, uint32_t kind)
{
	int fd = gbx_open_program(b, gbx_table_worker_name(kind));

	if (fd >= 0)
		close(fd);
	return fd != -ENOENT;
}

/* A worker's or a format's name. */
static uint32_t
kind_by_name(const char *name, size_t length)
{
	char buf[64];
	uint32_t kind;

	if (length == 0 || length >= sizeof(buf))
		return GBX_WORKER_NONE;
	memcpy(buf, name, length);
	buf[length] = '\0';
	for (kind = 1; kind < GBX_WORKER_COUNT; kind++)
		if (strcmp(buf, gbx_table_worker_name(kind)) == 0)
			return kind;
	return gbx_table_format_worker(gbx_table_declared(buf));
}

/* The kinds to start now, as bits; 0 if one of them is not here. */
static uint32_t
wanted_kinds(struct gbx_broker *b, const char *preload)
{
	uint32_t kind, kinds = 0;
	size_t length;

	for (kind = 1; preload == NULL && kind < GBX_WORKER_COUNT; kind++)
		if (program_exists(b, kind))
			return 1U << kind;
	for (; preload != NULL; preload += length) {
		preload += *preload == ',';
		length = strcspn(preload, ",");
		kind = kind_by_name(preload, length);
		if (kind == GBX_WORKER_NONE || !program_exists(b, kind))
			return 0;
		kinds |= 1U << kind;
		if (preload[length] == '\0')
			break;
	}
	return kinds;
}

/* Nothing of those kinds is under way any more. */
static bool
settled(const struct gbx_broker *b, const void *arg)
{
	uint32_t kind, kinds = *(const uint32_t *)arg;

	if (b->sandbox.err != 0)
		return true;
	if (!b->sandbox.ready)
		return false;
	for (kind = 1; kind < GBX_WORKER_COUNT; kind++)
		if ((kinds & (1U << kind)) && b->live[kind] != NULL &&
		    b->live[kind]->state < GBX_ZYGOTE_READY)
			return false;
	return true;
}

static enum gbx_err
start_error(struct gbx_broker *b, uint32_t kinds)
{
	uint32_t kind;

	if (b->sandbox.err != 0) {
		errno = -b->sandbox.err;
		return GBX_ERR_SYSTEM;
	}
	for (kind = 1; kind < GBX_WORKER_COUNT; kind++) {
		if (!(kinds & (1U << kind)) || b->live[kind] != NULL)
			continue;
		errno = -b->start_err[kind];
		return b->start_posture[kind] ? GBX_ERR_POSTURE
					      : GBX_ERR_SYSTEM;
	}
	return GBX_OK;
}

static enum gbx_err
prove(struct gbx_broker *b, const char *preload)
{
	uint32_t kind, kinds = wanted_kinds(b, preload);
	int err = 0;

	if (kinds == 0) {
		errno = ENOENT;
		return GBX_ERR_NOTFOUND;
	}
	pthread_mutex_lock(&b->lock);
	err = gbx_sandbox_start(b);
	for (kind = 1; err == 0 && kind < GBX_WORKER_COUNT; kind++)
		if (kinds & (1U << kind))
			err = gbx_zygote_start(b, kind);
	if (err == 0)
		err = gbx_pump(b, settled, &kinds, gbx_now_ns() + OPEN_NS);
	pthread_mutex_unlock(&b->lock);
	if (err != 0) {
		errno = -err;
		return err == -ENOMEM ? GBX_ERR_MEMORY : GBX_ERR_SYSTEM;
	}
	return start_error(b, kinds);
}

enum gbx_err
gbx_broker_open(
    const struct gbx_broker_opts *opts, struct gbx_broker **ret_broker)
{
	struct gbx_broker_opts standard;
	struct gbx_broker *b;
	enum gbx_err err;
	int saved;

	if (opts == NULL) {
		gbx_broker_opts_init(&standard);
		opts = &standard;
	}
	if (ret_broker == NULL || !opts_valid(opts))
		return GBX_ERR_ARG;
	if (getauxval(AT_SECURE) != 0 && !opts->allow_setid)
		return GBX_ERR_SETID;
	b = new_broker(opts);
	if (b == NULL)
		return GBX_ERR_MEMORY;
	open_proc(b);
	err = open_worker_dir(
	    b, opts->worker_dir != NULL ? opts->worker_dir : GBX_LIBEXEC);
	if (err == GBX_OK) {
		open_libraries(b);
		err = open_epoll(b) == 0 ? GBX_OK : GBX_ERR_SYSTEM;
	}
	if (err == GBX_OK)
		err = prove(b, opts->preload);
	if (err != GBX_OK) {
		saved = errno;
		gbx_broker_close(b);
		errno = saved;
		return err;
	}
	*ret_broker = b;
	return GBX_OK;
}

/* ---- the end ------------------------------------------------------------- */

static void
close_zygote_fds(struct gbx_zygote *z)
{
	struct gbx_child *c;
	struct gbx_link *l;

	for (l = z->idle.next; l != &z->idle; l = l->next) {
		c = gbx_list_item(l, struct gbx_child, link);
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
		gbx_close_fd(&run->child->pidfd);
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
		gbx_kill(gbx_list_item(l, struct gbx_run, link)->child->pidfd);
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
		gbx_wait_gone(run->child->pidfd, -1);
		gbx_child_free(run->child);
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
