#!/bin/sh
# SPDX-License-Identifier: ISC
# The guest's init: runs the programs one by one and tells the second serial
# line what each printed and how it ended. Nothing is judged here.
PATH=/bin
/bin/busybox --install -s /bin 2>/dev/null

if [ "$1" != second ]; then
	# rootfs can't be pivoted away (pivot_root(2)); a tmpfs can.
	mount -t tmpfs -o mode=755 none /new
	for f in bin dev etc gbx init fuse.ko lib lib64 mnt proc sys tmp usr; do
		[ ! -e /$f ] || cp -a /$f /new/
	done
	exec switch_root /new /init second
fi

mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t tmpfs -o mode=1777 none /tmp
ln -s /proc/self/fd /dev/fd
ip link set lo up
insmod /fuse.ko
stty -F /dev/ttyS1 raw
export GLOVEBOX=/gbx/glovebox GLOVEBOX_LIBEXEC=/gbx/libexec B=/gbx
export GBX_OWN_KERNEL=1 GBX_CORPUS=/nowhere TZ=UTC0 HOME=/ GBX_SLOW=10
for word in $(cat /proc/cmdline); do
	case $word in
	mark=*) mark=${word#mark=} ;;
	limit=*) limit=${word#limit=} ;;
	esac
done

cd /gbx
echo "$mark kernel $(uname -r)" >/dev/ttyS1
while read -r name; do
	began=$(cut -d. -f1 /proc/uptime)
	case $name in
	*.sh) set -- sh "./$name" ;;
	*) set -- "./$name" ;;
	esac
	setsid timeout -s KILL "$limit" "$@" </dev/null >/tmp/said 2>&1
	status=$?
	{
		echo "$mark begin $name"
		cat /tmp/said
		echo
		took=$(($(cut -d. -f1 /proc/uptime) - began))
		echo "$mark end $name $status $took"
	} >/dev/ttyS1
done <programs
echo "$mark bye" >/dev/ttyS1
sync
poweroff -f
