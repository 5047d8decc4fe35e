/* SPDX-License-Identifier: ISC */
/*
 * One SEQPACKET datagram with its descriptors. Side: both.
 * Must never keep a descriptor that nobody asked for (cmsg(3), unix(7)).
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/datagram.h"

/* Room for one descriptor more than we take, so that a surplus is seen and
 * closed rather than cut by the kernel. */
union control {
	struct cmsghdr align;
	char buf[CMSG_SPACE(sizeof(int) * (GBX_IPC_FDS_MAX + 1))];
};

int
gbx_ipc_pair(int ret_fd[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_fd) != 0)
		return -errno;
	return 0;
}

int
gbx_ipc_send(
    int sock, const void *data, size_t length, const int *fds, size_t n_fds)
{
	union control control;
	struct iovec iov = {.iov_base = (void *)data, .iov_len = length};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *c;
	ssize_t n;

	if (n_fds > GBX_IPC_FDS_MAX)
		return -EINVAL;
	if (n_fds > 0) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = control.buf;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * n_fds);
	}
	do
		n = sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == length ? 0 : -EPROTO;
}

/* Take every descriptor of one control message; the caller closes surplus. */
static size_t
take_fds(const struct cmsghdr *c, int *got, size_t n_got, size_t room)
{
	size_t i, n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	int fd;

	for (i = 0; i < n; i++) {
		memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
		if (n_got < room)
			got[n_got++] = fd;
		else
			close(fd);
	}
	return n_got;
}

ssize_t
gbx_ipc_recv_some(int sock, void *data, size_t room, int flags, int *ret_fds,
    size_t most_fds, size_t *ret_n_fds)
{
	union control control;
	struct iovec iov = {.iov_base = data, .iov_len = room};
	struct msghdr msg = {
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.buf,
	    .msg_controllen = sizeof(control.buf),
	};
	int got[GBX_IPC_FDS_MAX + 1];
	size_t i, n_got = 0;
	struct cmsghdr *c;
	bool bad = false, full = false;
	ssize_t n;

	do
		n = recvmsg(sock, &msg, flags | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	for (c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			n_got =
			    take_fds(c, got, n_got, sizeof(got) / sizeof(*got));
		else
			bad = true;
	}
	if (msg.msg_flags & MSG_TRUNC)
		bad = true;
	/* Fewer than were sent, while we had room for more than we asked for:
	 * our own table is full (unix(7)). */
	if ((msg.msg_flags & MSG_CTRUNC) && n_got <= most_fds)
		full = true;
	else if (msg.msg_flags & MSG_CTRUNC)
		bad = true;
	if (n == 0 && n_got == 0 && !bad && !full)
		return 0;
	if (bad || full || n == 0 || n_got > most_fds) {
		for (i = 0; i < n_got; i++)
			close(got[i]);
		return full ? -EMFILE : -EPROTO;
	}
	if (n_got > 0)
		memcpy(ret_fds, got, n_got * sizeof(*got));
	*ret_n_fds = n_got;
	return n;
}

ssize_t
gbx_ipc_recv(
    int sock, void *data, size_t room, int flags, int *ret_fds, size_t n_fds)
{
	int got[GBX_IPC_FDS_MAX];
	size_t i, n_got = 0;
	ssize_t n;

	n = gbx_ipc_recv_some(sock, data, room, flags, got, n_fds, &n_got);
	if (n <= 0)
		return n;
	if (n_got != n_fds) {
		for (i = 0; i < n_got; i++)
			close(got[i]);
		return -EPROTO;
	}
	if (n_fds > 0)
		memcpy(ret_fds, got, n_fds * sizeof(*got));
	return n;
}
