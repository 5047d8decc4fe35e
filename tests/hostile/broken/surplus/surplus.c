/* SPDX-License-Identifier: ISC */
/* Sends what surplus.h tells; all else as it is. Side: tests. */
#include <string.h>
#include <sys/socket.h>

#include "ipc/control.h"
#include "ipc/datagram.h"
#include "tests/hostile/broken/surplus/surplus.h"

#define MOST 64

int __real_gbx_ipc_send(
    int sock, const void *data, size_t length, const int *fds, size_t n_fds);
int __wrap_gbx_ipc_send(
    int sock, const void *data, size_t length, const int *fds, size_t n_fds);

/* Its own first, then the socket again and again. gbx_ipc_send sends fewer. */
static int
send_many(int sock, const void *data, size_t length, const int *own, size_t n)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int) * MOST)];
	struct iovec iov = {.iov_base = (void *)data, .iov_len = length};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *c;
	size_t i;
	int fd;

	memset(control, 0, sizeof(control));
	msg.msg_control = control;
	msg.msg_controllen = CMSG_SPACE(sizeof(int) * surplus.n_fds);
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int) * surplus.n_fds);
	for (i = 0; i < surplus.n_fds; i++) {
		fd = i < n ? own[i] : sock;
		memcpy(CMSG_DATA(c) + i * sizeof(int), &fd, sizeof(int));
	}
	return sendmsg(sock, &msg, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int
__wrap_gbx_ipc_send(
    int sock, const void *data, size_t length, const int *fds, size_t n_fds)
{
	uint8_t error[1 + 4] = {GBX_CTL_ERROR};

	if (*(const uint8_t *)data != surplus.letter)
		return __real_gbx_ipc_send(sock, data, length, fds, n_fds);
	if (surplus.error == 0)
		return send_many(sock, data, length, fds, n_fds);
	gbx_put_u32(error + 1, surplus.error);
	return send_many(sock, error, sizeof(error), fds, n_fds);
}
