#!/bin/bash
# SPDX-License-Identifier: ISC
# First process of the namespaces: gives the tree what a machine has (/proc, /sys,
# /dev, the corpus read-only), makes it the root, leaves the host's behind and
# becomes the tree's pid 1. It must not be a chroot: there no user namespace can
# be made (unshare(2), EPERM).
#
#   enter.sh TREE DEBS LOGS CORPUS RELEASE STEP...
set -eu
tree=$1 debs=$2 logs=$3 corpus=$4
shift 4

mount --bind "$tree" "$tree"
cd "$tree"
mount -t proc -o nosuid,nodev,noexec proc proc
mount --rbind /sys sys
mount --make-rslave sys
mount -t tmpfs -o mode=755,nosuid tmpfs dev
for node in null zero full random urandom tty fuse; do
	[ -e /dev/$node ] || continue
	: >dev/$node
	mount --bind /dev/$node dev/$node
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for n in 0 1 2; do
	ln -s /proc/self/fd/$n "dev/$(cut -d' ' -f$((n + 1)) \
	    <<<'stdin stdout stderr')"
done
mount --bind "$debs" var/cache/apt/archives
mkdir -p srv/test-logs
mount --bind "$logs" srv/test-logs
if [ -d "$corpus" ]; then
	mkdir -p srv/shared/corpus # ../shared/corpus of the project
	mount --bind "$corpus" srv/shared/corpus
	mount -o remount,bind,ro,nosuid,nodev,noexec srv/shared/corpus
fi

pivot_root . mnt
cd /
hash -r
umount -l /mnt
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
set -- /bin/bash /srv/bare/init.sh "$@"
for name in http_proxy https_proxy no_proxy TERM CI GBX_MUST_RUN; do
	[ -z "${!name+set}" ] || set -- "$name=${!name}" "$@"
done
exec env -i HOME=/root USER=root LOGNAME=root PATH=$PATH "$@"
