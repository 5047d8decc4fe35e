#!/bin/bash
# SPDX-License-Identifier: ISC
# Surprise: fcntl(F_GET_SEALS) succeeds on an ordinary file of a tmpfs, of
#   /dev/shm for one, and says F_SEAL_SEAL: no seal can ever be added. A program
#   that asks for seals to find out whether it was handed a memfd takes such a
#   file for a sealed one. On a pipe it is EINVAL. A memfd that was made without
#   MFD_ALLOW_SEALING says what the file says: only F_SEAL_SHRINK, _GROW and
#   _WRITE themselves mean anything.
# Naive guess: seals are memfd_create(2)'s; EINVAL for anything else.
# Source: fcntl(2), File Sealing: "if the inode does not support sealing"; the
#   kernel gives every shmem inode a set of seals.
# Run: bash findings/tmpfs-file-has-seals.sh (gcc; Linux since 3.17)
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/seals.c" <<'C'
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static void
show(const char *what, int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals < 0)
		printf("%s: %s\n", what, errno == EINVAL ? "EINVAL" : "error");
	else
		printf("%s: %d\n", what, seals);
}

int
main(void)
{
	int pipes[2], shm;

	shm = open("/dev/shm", O_TMPFILE | O_RDWR, 0600);
	if (shm < 0 || pipe(pipes) != 0)
		return 1;
	show("file in /dev/shm", shm);
	show("memfd", memfd_create("m", 0));
	show("memfd that may be sealed", memfd_create("m", MFD_ALLOW_SEALING));
	show("pipe", pipes[0]);
	return 0;
}
C
gcc -o "$dir/seals" "$dir/seals.c"
uname -sr
got=$("$dir/seals")
echo "$got"
[ "$got" = "file in /dev/shm: 1
memfd: 1
memfd that may be sealed: 0
pipe: EINVAL" ]
