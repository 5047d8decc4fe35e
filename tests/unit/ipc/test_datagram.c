/* SPDX-License-Identifier: ISC */
/*
 * One datagram with its descriptors: nothing is kept that nobody asked for.
 * Fails if taken out: MSG_CMSG_CLOEXEC, the closing of surplus or of a bad
 * datagram's descriptors, MSG_TRUNC (`make mutants`).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/datagram.h"
#include "tests/support/cmocka.h"

static int pair[2], null_fd, before;

static int
count_fds(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int
set_up(void **state)
{
	(void)state;
	null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null_fd < 0 || gbx_ipc_pair(pair) != 0)
		return -1;
	before = count_fds();
	return 0;
}

/* Nothing more is open than there was. */
static int
tear_down(void **state)
{
	int leaked = count_fds() - before;

	(void)state;
	close(pair[0]);
	close(pair[1]);
	close(null_fd);
	if (leaked != 0)
		print_message("# %d descriptors too many\n", leaked);
	return leaked == 0 ? 0 : -1;
}

/* n descriptors in one message, as no honest sender of ours would. */
static void
send_raw(const void *data, size_t length, size_t n)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int) * 16)];
	} control;
	struct iovec iov = {(void *)(uintptr_t)data, length};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *c;
	size_t i;

	memset(&control, 0, sizeof(control));
	if (n > 0) {
		msg.msg_control = control.buf;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n);
		for (i = 0; i < n; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &null_fd,
			    sizeof(int));
	}
	assert_int_equal(sendmsg(pair[0], &msg, 0), length);
}

static void
test_honest(void **state)
{
	int fds[2] = {null_fd, null_fd}, got[2] = {-1, -1};
	char buf[16];

	(void)state;
	assert_int_equal(fcntl(pair[0], F_GETFD), FD_CLOEXEC);
	assert_int_equal(gbx_ipc_send(pair[0], "hello", 5, fds, 2), 0);
	assert_int_equal(gbx_ipc_recv(pair[1], buf, sizeof(buf), 0, got, 2), 5);
	assert_memory_equal(buf, "hello", 5);
	assert_int_equal(fcntl(got[0], F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(got[1], F_GETFD), FD_CLOEXEC);
	close(got[0]);
	close(got[1]);
	assert_int_equal(gbx_ipc_send(pair[0], "x", 1, NULL, 0), 0);
	assert_int_equal(gbx_ipc_recv(pair[1], buf, 16, 0, NULL, 0), 1);
}

/* More or fewer than were asked for: the datagram is refused. */
static void
test_other_count(void **state)
{
	int got[2] = {-1, -1};
	size_t sent, asked;
	char buf[16];

	(void)state;
	for (sent = 0; sent <= 16; sent++)
		for (asked = 0; asked <= 2; asked++) {
			if (sent == asked)
				continue;
			send_raw("x", 1, sent);
			assert_int_equal(gbx_ipc_recv(pair[1], buf, sizeof(buf),
					     0, got, asked),
			    -EPROTO);
			assert_int_equal(got[0], -1);
			assert_int_equal(count_fds(), before);
		}
}

static void
test_some(void **state)
{
	int got[2] = {-1, -1};
	size_t n = 7;
	char buf[16];

	(void)state;
	send_raw("x", 1, 1);
	assert_int_equal(
	    gbx_ipc_recv_some(pair[1], buf, sizeof(buf), 0, got, 2, &n), 1);
	assert_int_equal(n, 1);
	close(got[0]);
	send_raw("x", 1, 0);
	assert_int_equal(
	    gbx_ipc_recv_some(pair[1], buf, sizeof(buf), 0, got, 2, &n), 1);
	assert_int_equal(n, 0);
}

static void
test_cut(void **state)
{
	int got[2];
	char buf[4];

	(void)state;
	send_raw("too long", 8, 2);
	assert_int_equal(
	    gbx_ipc_recv(pair[1], buf, sizeof(buf), 0, got, 2), -EPROTO);
	assert_int_equal(count_fds(), before);
}

/* No byte, and still descriptors. */
static void
test_empty(void **state)
{
	int got[2];
	char buf[4];

	(void)state;
	send_raw("", 0, 2);
	assert_int_equal(
	    gbx_ipc_recv(pair[1], buf, sizeof(buf), 0, got, 2), -EPROTO);
	send_raw("", 0, 0);
	assert_int_equal(
	    gbx_ipc_recv(pair[1], buf, sizeof(buf), 0, NULL, 0), 0);
}

/* A control message that holds no descriptors: who sent it. */
static void
test_credentials(void **state)
{
	static const int on = 1;
	char buf[4];

	(void)state;
	assert_int_equal(
	    setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)), 0);
	send_raw("x", 1, 0);
	assert_int_equal(
	    gbx_ipc_recv(pair[1], buf, sizeof(buf), 0, NULL, 0), -EPROTO);
}

/* Our own table is full: that is told apart from a lie. */
static void
test_table_full(void **state)
{
	struct rlimit old, small;
	int got[2], fill[256], n = 0;
	char buf[4];

	(void)state;
	send_raw("x", 1, 2);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	small = old;
	small.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
	while (n < 256 && (fill[n] = dup(null_fd)) >= 0)
		n++;
	close(fill[--n]);
	assert_int_equal(
	    gbx_ipc_recv(pair[1], buf, sizeof(buf), 0, got, 2), -EMFILE);
	while (n > 0)
		close(fill[--n]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
}

static void
test_ends(void **state)
{
	static char big[1 << 20];
	int fds[GBX_IPC_FDS_MAX + 1] = {0};
	char buf[4];
	int i, err = 0;

	(void)state;
	assert_int_equal(
	    gbx_ipc_send(pair[0], "x", 1, fds, GBX_IPC_FDS_MAX + 1), -EINVAL);
	assert_int_equal(
	    gbx_ipc_recv(pair[1], buf, sizeof(buf), MSG_DONTWAIT, NULL, 0),
	    -EAGAIN);
	assert_int_equal(
	    gbx_ipc_send(pair[0], big, sizeof(big), NULL, 0), -EMSGSIZE);
	for (i = 0; i < 100000 && err == 0; i++)
		err = gbx_ipc_send(pair[0], "x", 1, NULL, 0);
	assert_int_equal(err, -EAGAIN); /* never waits */
	shutdown(pair[1], SHUT_RDWR);
	assert_int_equal(gbx_ipc_send(pair[0], "x", 1, NULL, 0), -EPIPE);
}

#define WITH_SOCKETS(test) \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_SOCKETS(test_honest),
	    WITH_SOCKETS(test_other_count),
	    WITH_SOCKETS(test_some),
	    WITH_SOCKETS(test_cut),
	    WITH_SOCKETS(test_empty),
	    WITH_SOCKETS(test_credentials),
	    WITH_SOCKETS(test_table_full),
	    WITH_SOCKETS(test_ends),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
