/* SPDX-License-Identifier: ISC */
/*
 * Temporary names beside an output, and their end when a signal ends us.
 * Side: caller. One at a time; not for threads.
 */
#ifndef GBX_CMD_TEMP_H
#define GBX_CMD_TEMP_H

#include <sys/types.h>

#define GBX_CMD_TEMP_LEN 32

/* A file without a name in dir: nothing of it is left, however we end.
 * Returns the descriptor or -1 (errno): not every filesystem can, and a name
 * is given through /proc later. */
int gbx_cmd_temp_nameless(int dir, mode_t mode);

/* A file with a name in dir, which signals that end us remove (not SIGKILL).
 * Returns the descriptor or -1 (errno). */
int gbx_cmd_temp_named(int dir, mode_t mode, char ret_name[GBX_CMD_TEMP_LEN]);

/* Give a nameless file such a name. Returns 0 or an errno. */
int gbx_cmd_temp_name(int fd, int dir, char ret_name[GBX_CMD_TEMP_LEN]);

/* Give a nameless file this name. Returns 0 or an errno: EEXIST. */
int gbx_cmd_temp_link(int fd, int dir, const char *name);

/* The name is no longer ours to remove: it was, or is renamed. */
void gbx_cmd_temp_forget(void);

#endif
