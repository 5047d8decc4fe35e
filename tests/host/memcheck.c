/* SPDX-License-Identifier: ISC */
/*
 * A small host program for valgrind's memcheck: memcheck.sh runs it. Not a test
 * of its own. Side: caller; it knows gbx_spawn from inside.
 *
 * valgrind 3.19 knows neither pidfd_open(2) nor pidfd_send_signal(2) nor a
 * clone that is both VFORK and FILES: a library that needs them says ENOSYS and
 * parses nothing. So those three, and nothing else, are done by a copy of this
 * program that runs natively ("serve"; valgrind does not follow an exec) and
 * hands descriptors back. The linker's --wrap puts it in their place
 * (mk/host.mk).
 *
 *   memcheck run        the host program, under valgrind
 *   memcheck bare       the same without the servant: must be refused
 *   memcheck wrong      and it reads what it freed: must be reported
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "broker/spawn.h"
#include "ipc/datagram.h"
#include "tests/support/docx.h"
#include "tests/support/host.h"

int __real_gbx_spawn(const struct gbx_spawn *what, int *ret_pidfd);
int __wrap_gbx_spawn(const struct gbx_spawn *what, int *ret_pidfd);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

#define SLOTS 6

struct order {
	long number; /* SYS_pidfd_open, SYS_pidfd_send_signal, 0: spawn */
	int value;   /* the pid, or the signal */
	char name[32], arg[256];
	bool has_arg, has[SLOTS];
};

/* ---- the servant --------------------------------------------------------- */

static void
take_fds(int sock, const struct order *o, int fd[SLOTS])
{
	size_t n;
	char byte;
	int i;

	for (i = 0; i < SLOTS; i++) {
		fd[i] = -1;
		if (o->has[i] &&
		    gbx_ipc_recv_some(sock, &byte, 1, 0, &fd[i], 1, &n) != 1)
			_exit(1);
	}
}

static int
obey(const struct order *o, const int fd[SLOTS], int *ret_fd)
{
	struct gbx_spawn what = {
	    .program = fd[0],
	    .name = o->name,
	    .arg = o->has_arg ? o->arg : NULL,
	    .fd = {fd[1], fd[2], fd[3]},
	    .extra = {fd[4], fd[5]},
	};

	if (o->number == 0)
		return __real_gbx_spawn(&what, ret_fd);
	if (o->number == SYS_pidfd_send_signal)
		return __real_syscall(
			   SYS_pidfd_send_signal, fd[0], o->value, 0L, 0L) == 0
			   ? 0
			   : -errno;
	*ret_fd = (int)__real_syscall(SYS_pidfd_open, o->value, 0);
	return *ret_fd < 0 ? -errno : 0;
}

static int
serve(int sock)
{
	struct order o;
	int fd[SLOTS], made, err, i;
	size_t n;

	while (gbx_ipc_recv_some(sock, &o, sizeof(o), 0, NULL, 0, &n) ==
	       sizeof(o)) {
		take_fds(sock, &o, fd);
		made = -1;
		err = obey(&o, fd, &made);
		gbx_ipc_send(sock, &err, sizeof(err), &made, made >= 0);
		if (made >= 0)
			close(made);
		for (i = 0; i < SLOTS; i++)
			if (fd[i] >= 0)
				close(fd[i]);
	}
	return 0;
}

/* ---- and who calls it ---------------------------------------------------- */

static int servant = -1;

static void
start_servant(void)
{
	char number[16], self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int pair[2];

	/* By its name: the file itself is valgrind's. */
	self[n > 0 ? n : 0] = '\0';
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		exit(3);
	if (fork() == 0) {
		snprintf(number, sizeof(number), "%d", dup(pair[1]));
		execl(self, "memcheck", "serve", number, (char *)NULL);
		_exit(3);
	}
	close(pair[1]);
	servant = pair[0];
}

static int
ask(struct order *o, const int fd[SLOTS], int *ret_fd)
{
	int i, err = -EPROTO;
	size_t n = 0;

	for (i = 0; i < SLOTS; i++)
		o->has[i] = fd[i] >= 0;
	gbx_ipc_send(servant, o, sizeof(*o), NULL, 0);
	for (i = 0; i < SLOTS; i++)
		if (fd[i] >= 0)
			gbx_ipc_send(servant, "", 1, &fd[i], 1);
	if (gbx_ipc_recv_some(servant, &err, sizeof(err), 0, ret_fd, 1, &n) !=
	    sizeof(err))
		return -EPROTO;
	return err;
}

int
__wrap_gbx_spawn(const struct gbx_spawn *w, int *ret_pidfd)
{
	const int fd[SLOTS] = {
	    w->program, w->fd[0], w->fd[1], w->fd[2], w->extra[0], w->extra[1]};
	struct order o = {0};

	if (servant < 0)
		return __real_gbx_spawn(w, ret_pidfd);
	snprintf(o.name, sizeof(o.name), "%s", w->name);
	o.has_arg = w->arg != NULL;
	if (o.has_arg)
		snprintf(o.arg, sizeof(o.arg), "%s", w->arg);
	return ask(&o, fd, ret_pidfd);
}

long
__wrap_syscall(long number, ...)
{
	int fd[SLOTS] = {-1, -1, -1, -1, -1, -1}, made = -1, err;
	struct order o = {.number = number};
	long a[6];
	va_list ap;
	int i;

	va_start(ap, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (servant < 0 ||
	    (number != SYS_pidfd_open && number != SYS_pidfd_send_signal))
		return __real_syscall(
		    number, a[0], a[1], a[2], a[3], a[4], a[5]);
	o.value = (int)(number == SYS_pidfd_open ? a[0] : a[1]);
	if (number == SYS_pidfd_send_signal)
		fd[0] = (int)a[0];
	err = ask(&o, fd, &made);
	if (err == 0)
		return number == SYS_pidfd_open ? made : 0;
	errno = -err;
	return -1;
}

/* ---- the host program ---------------------------------------------------- */

/* Everything that a result can say: memcheck sees a byte that nobody set. */
static unsigned int
read_all(const struct gbx_result *r)
{
	struct gbx_block b = {.size = sizeof(b)};
	const uint8_t *p;
	unsigned int sum = gbx_result_posture(r) + gbx_result_verdict(r);
	size_t i, j;

	if (gbx_result_detail(r) != NULL)
		sum += (unsigned int)strlen(gbx_result_detail(r));
	for (i = 0; i < gbx_result_blocks(r); i++) {
		if (gbx_result_block(r, i, &b) != GBX_OK)
			continue;
		for (j = 0, p = b.data; j < b.length; j++)
			sum = sum * 31 + p[j];
		sum += b.width + b.height + b.duration_ms + b.orientation;
	}
	return sum;
}

/* memcheck speaks up where a branch hangs on it. */
static void
use(const struct gbx_result *r)
{
	if (read_all(r) == 4711)
		printf("# what a chance\n");
}

static void
submit(struct gbx_broker *broker, const void *data, size_t length,
    enum gbx_op op, const char *domain)
{
	struct gbx_input input;
	struct gbx_job job;

	gbx_input_init(&input);
	input.data = data;
	input.length = length;
	gbx_job_init(&job, op);
	job.domain = domain;
	if (gbx_submit(broker, &input, &job, NULL) != GBX_OK)
		exit(4);
}

/* By a pipe: the copier's way. */
static void
submit_pipe(struct gbx_broker *broker)
{
	struct gbx_input input;
	struct gbx_job job;
	int ends[2];

	if (pipe(ends) != 0)
		exit(4);
	host_job(HOST_SMALL, &input, &job);
	if (write(ends[1], input.data, input.length) != (ssize_t)input.length)
		exit(4);
	close(ends[1]);
	input.data = NULL;
	input.length = 0;
	input.fd = ends[0];
	if (gbx_submit(broker, &input, &job, NULL) != GBX_OK)
		exit(4);
	close(ends[0]);
}

static void
submit_all(struct gbx_broker *broker)
{
	size_t size = 0;
	uint8_t *docx = test_docx("seen by memcheck", &size);
	uint64_t id;
	int i;

	for (i = 0; i < 6; i++) {
		host_submit(broker, i == 3 ? HOST_LARGE : HOST_SMALL, &id);
		submit(broker, docx, size, GBX_OP_TEXT, NULL);
		submit(broker, docx, size, GBX_OP_TEXT, "mail");
	}
	submit(broker, "\x89PNG\r\n\x1a\n cut", 12, GBX_OP_DECODE, NULL);
	submit(broker, "nonsense", 8, GBX_OP_PROBE, NULL);
	submit_pipe(broker);
	host_submit(broker, HOST_LARGE, &id);
	gbx_cancel(broker, id);
	free(docx);
}

static int
run_host(bool wrong)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker = NULL;
	struct gbx_result *r;
	int n = 0, ok = 0;

	host_opts(&opts);
	if (host_open_with(&opts, &broker) != GBX_OK)
		return 2;
	submit_all(broker);
	while (gbx_collect(broker, 60000, &r) == GBX_OK) {
		n++;
		ok += gbx_result_verdict(r) == GBX_VERDICT_OK;
		use(r);
		gbx_result_free(r);
		if (wrong && n == 1)
			use(r);
	}
	/* One in the queue and one at work when it is closed. */
	host_submit(broker, HOST_LARGE, NULL);
	host_submit(broker, HOST_LARGE, NULL);
	gbx_broker_close(broker);
	printf("# %d results, %d ok\n", n, ok);
	/* Two are no such files, and one is cancelled or was done before. */
	return n == 22 && ok >= 19 ? 0 : 5;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int status;

	if (argc == 3 && strcmp(what, "serve") == 0)
		return serve(atoi(argv[2]));
	if (!host_prepare_quick())
		return 1;
	if (strcmp(what, "bare") != 0)
		start_servant();
	status = run_host(strcmp(what, "wrong") == 0);
	host_done();
	if (servant >= 0)
		close(servant);
	return status;
}
