#!/bin/bash
# SPDX-License-Identifier: ISC
# Debian 12's own kernel, out of its package, into a folder; not installed.
# usage: fetch.sh DIR     makes DIR/vmlinuz, DIR/fuse.ko and DIR/release
#
# apt proves the package with the archive's keys, as for an installation. A
# name that is not 6.1 is refused: another release of Debian has another one.
set -eu -o pipefail
dir=$1
mkdir -p "$dir"
cd "$dir"
if [ -s vmlinuz ] && [ -s fuse.ko ] && [ -s release ]; then
	touch vmlinuz
	exit 0
fi

as=
[ "$(id -u)" = 0 ] || as=sudo

# The meta package names the newest: "linux-image-6.1.0-NN-amd64 (= ...)".
newest()
{
	apt-cache show --no-all-versions linux-image-amd64 2>/dev/null |
	    sed -n 's/^Depends: \(linux-image-[^ ]*\).*/\1/p' | head -1
}

get()
{
	package=$(newest)
	case $package in
	linux-image-6.1.*) apt-get -q download "$package" ;;
	*) return 1 ;;
	esac
}

# Lists that are missing, or so old that the file has gone.
rm -f ./*.deb
get || { $as apt-get -q update && get; } || {
	echo "no package of a 6.1 kernel here, but '${package:-none}'" >&2
	exit 1
}
deb=$(echo linux-image-6.1.*.deb)
release=${package#linux-image-}
fuse=./lib/modules/$release/kernel/fs/fuse/fuse.ko
dpkg-deb --fsys-tarfile "$deb" |
    tar -x --strip-components=2 "./boot/vmlinuz-$release"
dpkg-deb --fsys-tarfile "$deb" | tar -x -O "$fuse" >fuse.ko
rm -f "$deb"
echo "$release" >release
mv "vmlinuz-$release" vmlinuz
touch vmlinuz
