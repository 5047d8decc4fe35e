/* SPDX-License-Identifier: ISC */
/*
 * Opening what the user named. Side: caller. Reads nothing but, of a local
 * regular file, the first bytes, to know which worker to start.
 */
#ifndef GBX_CMD_INPUT_H
#define GBX_CMD_INPUT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Open name for reading ("-" and "/dev/stdin": standard input). Returns 0 and
 * a descriptor that the caller closes, or an errno: EISDIR for directories,
 * ENODEV for devices. Never waits for the other end of a FIFO.
 */
int gbx_cmd_input_open(const char *name, int *ret_fd);

/*
 * Make *fd readable more than once: of what is no regular file (a pipe, a
 * socket) all is read into memory, at most `most` bytes (0: the library's
 * default for the limit `input`), and *fd becomes that. Returns 0 or an errno:
 * EFBIG if there is more.
 */
int gbx_cmd_input_keep(int *fd, uint64_t most);

/* Does this errno mean that the input is not there, or not ours to read? Else
 * it is the system's. */
bool gbx_cmd_input_missing(int error);

/* The first format that the worker reads which these first bytes call for,
 * or NULL. Static. */
const char *gbx_cmd_input_format(int fd);

#endif
