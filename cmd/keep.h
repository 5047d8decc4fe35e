/* SPDX-License-Identifier: ISC */
/*
 * What a file that replaces another keeps of it. Side: caller.
 */
#ifndef GBX_CMD_KEEP_H
#define GBX_CMD_KEEP_H

#include <sys/stat.h>

/*
 * Give fd, a new file of mode 0, what old has, which is called leaf in dir:
 * its owner and group, its access control list (acl(5)), and its mode but for
 * set-id bits. At no moment may anybody do more with fd than with old. Where
 * the group can't be kept, what hangs on it is left out.
 * Returns 0 or an errno.
 */
int gbx_cmd_keep(int fd, int dir, const char *leaf, const struct stat *old);

#endif
