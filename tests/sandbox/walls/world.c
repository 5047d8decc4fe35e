/* SPDX-License-Identifier: ISC */
/* A world with some of the layers; see world.h. Side: tests. */
#include "tests/sandbox/walls/world.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "broker/spawn.h"
#include "broker/validate/gate.h"
#include "ipc/datagram.h"
#include "ipc/memfd.h"
#include "tests/support/cmocka.h"
#include "tests/support/liar.h"

#define PATIENCE_MS 60000

static void
broken(const char *what, int err)
{
	printf("Bail out! %s: %s\n", what, strerror(err));
	fflush(stdout);
	exit(1);
}

static int
pidfd_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

bool
walls_is_gone(int pidfd, int ms)
{
	struct pollfd p = {.fd = pidfd, .events = POLLIN};

	return poll(&p, 1, ms) == 1;
}

int
walls_pid_of(int pidfd)
{
	char path[64], text[512];
	const char *p;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	p = strstr(text, "\nPid:");
	return p == NULL ? 0 : (int)strtol(p + 5, NULL, 10);
}

static int
open_program(const char *name)
{
	char file[64], *path;
	int fd;

	snprintf(file, sizeof(file), "walls/libexec/%s", name);
	path = build_path(file);
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		broken(path, errno);
	free(path);
	return fd;
}

/* Wait for this answer. False: the other side is gone. */
static bool
answer(int sock, uint8_t letter, uint8_t *ret, size_t room, int *fds, size_t n)
{
	struct pollfd p = {.fd = sock, .events = POLLIN};
	size_t got = 0;
	ssize_t length;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		broken("no answer", ETIMEDOUT);
	length = gbx_ipc_recv_some(sock, ret, room, 0, fds, n, &got);
	if (length <= 0)
		return false;
	if (ret[0] != letter || got != n)
		broken("an answer", ret[0] == GBX_CTL_ERROR
					? (int)gbx_get_u32(ret + 1)
					: EPROTO);
	return true;
}

static void
start_init(struct walls_world *w)
{
	uint8_t msg[GBX_CTL_MAX];
	char layers[16];
	struct gbx_spawn what = {
	    .proc_fd = -1,
	    .name = "glovebox-init",
	    .arg = layers,
	    .fd = {-1, -1, -1},
	};
	int err, pair[2];

	snprintf(layers, sizeof(layers), "%u", w->layers);
	if (gbx_ipc_pair(pair) != 0)
		broken("socketpair", errno);
	what.program = open_program("glovebox-init");
	what.extra[0] = pair[1];
	what.extra[1] = pidfd_open(getpid());
	err = gbx_spawn(&what, &w->stage_pidfd);
	if (err != 0)
		broken("spawn", -err);
	close(what.program);
	close(what.extra[1]);
	close(pair[1]);
	w->init_sock = pair[0];
	if (!answer(w->init_sock, GBX_CTL_INIT, msg, sizeof(msg),
		&w->init_pidfd, 1))
		broken("init is gone", ECHILD);
	gbx_report_unpack(msg, &w->init_says);
	walls_is_gone(w->stage_pidfd, PATIENCE_MS);
	gbx_spawn_forget(&w->stage_pidfd);
}

static void
start_zygote(struct walls_world *w)
{
	static const uint8_t order[1] = {GBX_CTL_ZYGOTE};
	uint8_t msg[GBX_CTL_MAX], config[GBX_CTL_CONFIG_LEN] = {GBX_CTL_CONFIG};
	int pair[2], fds[2], canary[2] = {-1, -1};

	if (gbx_ipc_pair(pair) != 0)
		broken("socketpair", errno);
	fds[0] = open_program("glovebox-png");
	fds[1] = pair[1];
	w->sock = pair[0];
	gbx_put_u32(config + 1, GBX_WIRE_LOCK_FILTER);
	gbx_put_u64(config + 5, (uint64_t)16 << 20);
	gbx_put_u32(config + 13, 60);
	(void)gbx_ipc_send(w->sock, config, sizeof(config), NULL, 0);
	(void)gbx_ipc_send(w->init_sock, order, 1, fds, 2);
	close(fds[0]);
	close(fds[1]);
	if (!answer(w->init_sock, GBX_CTL_ZYGOTE, msg, sizeof(msg),
		&w->zygote_pidfd, 1) ||
	    !answer(w->sock, GBX_CTL_READY, msg, sizeof(msg), canary, 2))
		broken("the zygote is gone", ECHILD);
	gbx_report_unpack(msg, &w->zygote_says);
	close(canary[1]);
	walls_is_gone(canary[0], PATIENCE_MS);
	close(canary[0]);
}

static void
start_worker(struct walls_world *w, struct walls_worker *ret)
{
	uint8_t msg[GBX_CTL_MAX] = {GBX_CTL_WORKER};
	int fds[2];

	gbx_put_u32(msg + 1, 1);
	(void)gbx_ipc_send(w->sock, msg, 5, NULL, 0);
	if (!answer(w->sock, GBX_CTL_WORKER, msg, sizeof(msg), fds, 2))
		broken("the zygote is gone", ECHILD);
	ret->sock = fds[0];
	ret->pidfd = fds[1];
	ret->zpid = gbx_get_u32(msg + 1);
}

struct walls_world *
walls_world_open(uint32_t layers)
{
	struct walls_world *w = calloc(1, sizeof(*w));

	if (w == NULL)
		broken("calloc", ENOMEM);
	w->layers = layers;
	start_init(w);
	start_zygote(w);
	start_worker(w, &w->sibling);
	return w;
}

static void
end(int *pidfd)
{
	(void)syscall(SYS_pidfd_send_signal, *pidfd, SIGKILL, NULL, 0);
	walls_is_gone(*pidfd, PATIENCE_MS);
	close(*pidfd);
}

/* Where there is no pid namespace each has to be ended by itself. */
void
walls_world_close(struct walls_world *w)
{
	if (w == NULL)
		return;
	close(w->sibling.sock);
	end(&w->sibling.pidfd);
	close(w->sock);
	end(&w->zygote_pidfd);
	close(w->init_sock);
	end(&w->init_pidfd);
	free(w);
}

/* ---- one probe ----------------------------------------------------------- */

static void
describe(struct gbx_gate_job *job)
{
	int i;

	memset(job, 0, sizeof(*job));
	job->worker = GBX_WORKER_PNG;
	job->op = GBX_WIRE_OP_DECODE;
	job->lockdown = GBX_WIRE_LOCK_FILTER;
	job->in_size = sizeof(struct walls_order);
	job->out_size = GBX_REPLY_PAGE;
	for (i = 0; i < GBX_LIMIT_COUNT; i++)
		job->limit[i] = 1000;
	job->limit[GBX_WIRE_LIMIT_MEMORY] = 8 << 20;
	job->limit[GBX_WIRE_LIMIT_CPU] = 30000;
	job->limit[GBX_WIRE_LIMIT_WALL] = 30000;
	job->count = job->n_inputs = 1;
	job->input[0].length = job->in_size;
}

static struct walls_answer *
send_job(const struct walls_worker *worker, const struct walls_order *order)
{
	uint8_t wire[GBX_JOB_MAX];
	struct gbx_gate_job job;
	void *p;
	int fds[2];

	describe(&job);
	fds[0] = gbx_memfd_new("gbx-input");
	fds[1] = gbx_memfd_new("gbx-output");
	if (fds[0] < 0 || fds[1] < 0 ||
	    gbx_memfd_write(fds[0], order, sizeof(*order), 0) != 0 ||
	    gbx_memfd_seal_all(fds[0]) != 0 ||
	    gbx_memfd_resize(fds[1], job.out_size + GBX_REPLY_PAGE) != 0)
		broken("memfd", errno);
	p = mmap(NULL, GBX_REPLY_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
	    fds[1], 0);
	if (p == MAP_FAILED)
		broken("mmap", errno);
	(void)gbx_ipc_send(
	    worker->sock, wire, gbx_gate_pack_job(&job, wire), fds, 2);
	close(fds[0]);
	close(fds[1]);
	return p;
}

static void
wait_for(const struct walls_worker *worker, struct walls_answer *a,
    void (*meet)(void))
{
	int i;

	for (i = 0; !walls_is_gone(worker->pidfd, 5); i++) {
		if (a->stage == 1 && a->go == 0) {
			if (meet != NULL)
				meet();
			a->go = 1;
		}
		if (i > PATIENCE_MS / 5)
			broken("a worker that does not end", ETIMEDOUT);
	}
}

static void
ask_how(struct walls_world *w, uint32_t zpid, struct walls_end *ret)
{
	uint8_t msg[GBX_CTL_MAX] = {GBX_CTL_STATUS};
	uint32_t how;

	gbx_put_u32(msg + 1, zpid);
	if (gbx_ipc_send(w->sock, msg, 5, NULL, 0) != 0 ||
	    !answer(w->sock, GBX_CTL_STATUS, msg, sizeof(msg), NULL, 0))
		return;
	how = gbx_get_u32(msg + 5);
	ret->code = (int)(how >> 16);
	ret->status = (int)(how & 0xffff);
	msg[0] = GBX_CTL_WORKER; /* none, but reap this one */
	gbx_put_u32(msg + 1, 0);
	gbx_put_u32(msg + 5, zpid);
	(void)gbx_ipc_send(w->sock, msg, 9, NULL, 0);
}

void
walls_world_try(struct walls_world *w, const struct walls_order *order,
    void (*meet)(void), struct walls_end *ret)
{
	struct walls_worker worker;
	struct walls_order mine = *order;
	struct walls_answer *a;

	memset(ret, 0, sizeof(*ret));
	mine.sibling = (int32_t)w->sibling.zpid;
	mine.init = (w->layers & WALLS_PIDNS) ? 1 : walls_pid_of(w->init_pidfd);
	start_worker(w, &worker);
	a = send_job(&worker, &mine);
	wait_for(&worker, a, meet);
	ret->done = a->done == 1;
	ret->err = a->err;
	memcpy(ret->loot, a->loot, WALLS_LOOT);
	munmap(a, GBX_REPLY_PAGE);
	ask_how(w, worker.zpid, ret);
	close(worker.sock);
	close(worker.pidfd);
}
