/* SPDX-License-Identifier: ISC */
/*
 * What only a worker without its lock can do: leave somebody behind who holds
 * the output, write to its socket, cut its output, and outlive its own death.
 * A locked worker dies of the first system call of each word.
 * Side: hostile, on purpose. The unlocked kit (unlock.c) is where they act.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "schemas/limits.h"
#include "tests/hostile/liar/liar.h"

/* Who is left behind ends by itself, if its pid namespace does not end it. */
#define CHILD_SECONDS 20
#define MOST_FDS      253 /* in one message: SCM_MAX_FD (include/net/scm.h) */
#define STACK	      16384

static size_t
out_bytes(const struct liar *l)
{
	return l->sink->out_size + GBX_REPLY_PAGE;
}

/* A deed that could not be done must not look like one that was held. */
static void
must(bool done)
{
	if (!done)
		__builtin_trap();
}

/* Of the two descriptors of a job the output is the one that may not grow and
 * may still be written (docs/PROTOCOL.md). */
static int
output_fd(void)
{
	const int three = F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_WRITE;
	int fd, seals;

	for (fd = 0; fd < 64; fd++) {
		seals = fcntl(fd, F_GET_SEALS);
		if (seals >= 0 && (seals & three) == F_SEAL_GROW)
			return fd;
	}
	must(false);
	return -1;
}

static int
own_socket(void)
{
	int fd, type;
	socklen_t size = sizeof(type);

	for (fd = 0; fd < 64; fd++)
		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0)
			return fd;
	must(false);
	return -1;
}

/* ---- children ------------------------------------------------------------ */

/* A child, and a pipe whose end says that it is ready. */
static int
leave_child(int ready[2])
{
	int child;

	must(pipe(ready) == 0);
	child = (int)syscall(SYS_clone, 0, NULL, NULL, NULL, 0);
	must(child >= 0);
	return child;
}

static void
wait_ready(const int ready[2])
{
	char c;

	close(ready[1]);
	(void)!read(ready[0], &c, 1);
}

/* It keeps the mapping, and writes on. */
static void
child_maps(struct liar *l)
{
	volatile uint8_t *out = l->sink->out;
	int ready[2], child = leave_child(ready);
	uint8_t i = 0;

	if (child == 0) {
		alarm(CHILD_SECONDS);
		close(ready[1]);
		for (;;) {
			out[0] = out[63] = i++;
			usleep(20);
		}
	}
	wait_ready(ready);
}

/* It keeps nothing but a pipe, and the pipe keeps pages (vmsplice(2)). */
static void
child_pins(struct liar *l)
{
	struct iovec pages = {l->sink->out, 16384};
	int ready[2], held[2], child;

	must(pipe(held) == 0 && vmsplice(held[1], &pages, 1, 0) == 16384);
	child = leave_child(ready);
	if (child == 0) {
		munmap(l->sink->out, out_bytes(l));
		close(output_fd());
		alarm(CHILD_SECONDS);
		close(ready[1]);
		for (;;)
			pause();
	}
	wait_ready(ready);
}

/* It keeps the descriptor, and tries all that one can do with it. */
static void
child_fd(struct liar *l)
{
	static const uint8_t other[4096] = {0xee, 0xee, 0xee, 0xee};
	int ready[2], child = leave_child(ready), fd = output_fd();
	void *p;

	if (child == 0) {
		munmap(l->sink->out, out_bytes(l));
		alarm(CHILD_SECONDS);
		close(ready[1]);
		for (;;) {
			(void)!pwrite(fd, other, sizeof(other), 0);
			usleep(20);
			p = mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0);
			if (p != MAP_FAILED)
				munmap(p, 4096);
			(void)!ftruncate(fd, 1 << 30);
		}
	}
	wait_ready(ready);
}

/* A thread that spins on while the first one ends: the process lives. */
static int
spin_on(void *nothing)
{
	while (nothing == NULL)
		__asm__ volatile("pause");
	return 0;
}

static void
leave_thread(void)
{
	static _Alignas(16) uint8_t stack[STACK];

	must(clone(spin_on, stack + sizeof(stack),
		 CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
		     CLONE_THREAD | CLONE_SYSVSEM,
		 NULL) > 0);
	syscall(SYS_exit, 0);
}

/* ---- the socket ---------------------------------------------------------- */

static ssize_t
send_some(int sock, const int *fds, size_t n_fds)
{
	static uint8_t bytes[1024];
	union {
		struct cmsghdr head;
		uint8_t room[CMSG_SPACE(sizeof(int) * MOST_FDS)];
	} control;
	struct iovec part = {bytes, sizeof(bytes)};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};

	if (n_fds > 0) {
		memset(&control, 0, sizeof(control));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		memcpy(CMSG_DATA(&control.head), fds, sizeof(int) * n_fds);
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
	}
	return sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

uint64_t
liar_flood(int sock, uint64_t n, size_t n_fds)
{
	int fds[MOST_FDS], fd = open("/", O_RDONLY | O_CLOEXEC);
	uint64_t taken = 0;
	size_t i;

	for (i = 0; i < MOST_FDS; i++)
		fds[i] = fd >= 0 ? fd : sock;
	for (; n > 0; n--)
		if (send_some(sock, fds, n_fds) > 0)
			taken++;
	if (fd >= 0)
		close(fd);
	return taken;
}

enum liar_next
liar_outlaw(struct liar *l, struct liar_word word)
{
	if (liar_is(word, "child-maps"))
		child_maps(l);
	else if (liar_is(word, "child-pins"))
		child_pins(l);
	else if (liar_is(word, "child-fd"))
		child_fd(l);
	else if (liar_is(word, "thread"))
		leave_thread();
	else if (liar_is(word, "packets"))
		l->last = liar_flood(own_socket(), liar_value(l), 0);
	else if (liar_is(word, "fds"))
		l->last = liar_flood(own_socket(), liar_value(l), MOST_FDS);
	else if (liar_is(word, "cut"))
		must(ftruncate(output_fd(), (off_t)liar_value(l)) == 0);
	else if (liar_is(word, "another-filter"))
		must(liar_lock_again() == 0);
	else
		return LIAR_UNKNOWN;
	return LIAR_GO_ON;
}
