/* SPDX-License-Identifier: ISC */
/*
 * Where the name of an output leads. Side: caller.
 */
#ifndef GBX_CMD_PLACE_H
#define GBX_CMD_PLACE_H

#include <sys/stat.h>

enum gbx_cmd_place_kind {
	GBX_CMD_PLACE_NONE, /* not found yet, or done with */
	GBX_CMD_PLACE_NEW,  /* there is no such file */
	GBX_CMD_PLACE_FILE, /* a regular file */
	GBX_CMD_PLACE_OPEN, /* a descriptor of ours: "-", "/dev/fd/3" */
	GBX_CMD_PLACE_OTHER /* a device, a FIFO, a socket */
};

struct gbx_cmd_place {
	enum gbx_cmd_place_kind kind;
	int fd;		/* OPEN: borrowed; else -1 */
	int dir;	/* but OPEN: the directory, O_PATH, owned; else -1 */
	char *leaf;	/* but OPEN: the name in it, owned; never a link */
	struct stat st; /* FILE, OTHER: what is there now */
};

/*
 * Follow path, and symbolic links, to where they end; a link that leads to
 * nothing leads to a new file. A link in a sticky directory that others may
 * write to is followed only if it is ours or the directory owner's, as with
 * fs.protected_symlinks (proc(5)), and whatever that is set to.
 * Returns 0 or an errno: EISDIR for a directory. The caller ends *ret_place
 * with gbx_cmd_place_done.
 */
int gbx_cmd_place_find(const char *path, struct gbx_cmd_place *ret_place);
void gbx_cmd_place_done(struct gbx_cmd_place *place);

#endif
