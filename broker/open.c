/* SPDX-License-Identifier: ISC */
/*
 * Opening a broker. Side: trusted.
 * Fails closed: a broker that can't prove its sandbox is not handed out.
 */
#include <errno.h>
#include <fcntl.h>
#include <glovebox.h>
#include <linux/magic.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/broker.h"
#include "broker/forked.h"
#include "broker/list.h"
#include "broker/opts.h"
#include "broker/owner.h"
#include "broker/pool.h"
#include "broker/pump.h"
#include "broker/queue.h"
#include "broker/sandbox.h"
#include "broker/spawn.h"
#include "broker/start.h"
#include "broker/store.h"
#include "broker/tables.h"
#include "broker/types.h"
#include "broker/validate/gate.h"
#include "broker/watch.h"
#include "broker/zygote.h"

#define OPEN_NS		(10ULL * 1000000000ULL)
#define REQUIRED_ALWAYS ((uint32_t)GBX_POSTURE_NNP)

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
	gbx_list_init(&b->fallen);
	gbx_queue_init(b);
	gbx_list_init(&b->jobs);
	gbx_list_init(&b->arriving);
	gbx_list_init(&b->runs);
	gbx_list_init(&b->ended);
	gbx_list_init(&b->done);
	for (i = 0; i < GBX_WORKER_COUNT; i++)
		b->pool[i].target_idle = 1;
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
		if ((kinds & (1U << kind)) && b->pool[kind].live != NULL &&
		    b->pool[kind].live->state < GBX_ZYGOTE_READY)
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
		if (!(kinds & (1U << kind)) || b->pool[kind].live != NULL)
			continue;
		errno = -b->pool[kind].start_err;
		return b->pool[kind].start_posture ? GBX_ERR_POSTURE
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
	struct gbx_broker_opts own;
	struct gbx_broker *b;
	enum gbx_err err;
	int saved;

	if (ret_broker == NULL || !gbx_opts_take(opts, &own))
		return GBX_ERR_ARG;
	if (getauxval(AT_SECURE) != 0 && !own.allow_setid)
		return GBX_ERR_SETID;
	b = new_broker(&own);
	if (b == NULL)
		return GBX_ERR_MEMORY;
	open_proc(b);
	err = open_worker_dir(
	    b, own.worker_dir != NULL ? own.worker_dir : GBX_LIBEXEC);
	if (err == GBX_OK) {
		open_libraries(b);
		err = open_epoll(b) == 0 ? GBX_OK : GBX_ERR_SYSTEM;
	}
	if (err == GBX_OK)
		err = prove(b, own.preload);
	if (err != GBX_OK) {
		saved = errno;
		gbx_broker_close(b);
		errno = saved;
		return err;
	}
	*ret_broker = b;
	return GBX_OK;
}
