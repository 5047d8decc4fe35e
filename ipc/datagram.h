/* SPDX-License-Identifier: ISC */
/*
 * One SEQPACKET datagram with its descriptors. Side: both. Moves bytes, knows
 * no message type. Makes no allocation.
 */
#ifndef GBX_IPC_DATAGRAM_H
#define GBX_IPC_DATAGRAM_H

#include <stddef.h>
#include <sys/types.h>

/* The most descriptors one datagram of ours ever carries. */
#define GBX_IPC_FDS_MAX 4

/* A connected pair of close-on-exec SEQPACKET sockets. 0 or -errno. */
int gbx_ipc_pair(int ret_fd[2]);

/* Send without raising SIGPIPE and without waiting (-EAGAIN when full).
 * The descriptors are borrowed. 0 or -errno. */
int gbx_ipc_send(
    int sock, const void *data, size_t length, const int *fds, size_t n_fds);

/*
 * Receive one datagram of at most room bytes with exactly n_fds descriptors,
 * close-on-exec, owned by the caller. flags: 0 or MSG_DONTWAIT.
 * Returns the length; 0 when the peer is gone; -errno: -EPROTO for a datagram
 * that was cut, or carries anything else than n_fds descriptors in one
 * SCM_RIGHTS message (all that came are closed); -EMFILE when there was no room
 * for them in our own table.
 */
ssize_t gbx_ipc_recv(
    int sock, void *data, size_t room, int flags, int *ret_fds, size_t n_fds);

/* The same with any number of descriptors up to most_fds; *ret_n_fds of them
 * came, 0 unless the length is returned. */
ssize_t gbx_ipc_recv_some(int sock, void *data, size_t room, int flags,
    int *ret_fds, size_t most_fds, size_t *ret_n_fds);

#endif
