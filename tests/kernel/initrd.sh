#!/bin/bash
# SPDX-License-Identifier: ISC
# An initrd: busybox, the build, the libraries that it needs, and samples.
# usage: initrd.sh OUT BUILD FUSE.KO PROGRAM...
#
# PROGRAM is a name below BUILD, or a script tests/kernel/NAME.sh. In the guest
# all of them lie in /gbx, as they lie in BUILD, and are run in this order.
set -eu -o pipefail
out=$(realpath -m "$1") build=$(realpath "$2") fuse=$3
shift 3
here=$(dirname "$(realpath "$0")")
top=$here/../..
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

# With its libraries, where the program looks for them.
put() # FILE PLACE
{
	mkdir -p "$root$(dirname "$2")"
	cp -L "$1" "$root$2"
	case $(head -c4 "$1" | tr -d '\0') in
	?ELF) strip "$root$2" ;;
	*) return ;;
	esac
	# Of a static one ldd says nothing.
	for lib in $(ldd "$1" 2>/dev/null | grep -o '/[^ ]*' || true); do
		[ ! -e "$root$lib" ] || continue
		mkdir -p "$root$(dirname "$lib")"
		cp -L "$lib" "$root$lib"
	done
}

mkdir -p "$root"/{bin,dev,etc,gbx,mnt,new,proc,sys,tmp} "$root"/usr/lib{,64}
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
put "$(command -v busybox)" /bin/busybox
ln -s busybox "$root/bin/sh"
cp "$here/init.sh" "$root/init"
cp "$fuse" "$root/fuse.ko"
printf 'root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n%s\n' \
    'nobody:x:65534:65534::/:/bin/sh' >"$root/etc/passwd"
printf 'root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n' >"$root/etc/group"

put "$build/glovebox" /gbx/glovebox
# glibc opens it by name when a thread ends; ldd does not tell.
libc=$(ldd "$build/glovebox" | grep -o '/[^ ]*/libc\.so[^ ]*')
put "$(dirname "$libc")/libgcc_s.so.1" "$(dirname "$libc")/libgcc_s.so.1"
# All folders of workers: the kits of the tests, too.
for f in "$build"/libexec/* "$build"/*/*/glovebox-*; do
	put "$f" "/gbx/${f#"$build"/}"
done
# Workers with shared libraries name their loader without a path, so ldd can't
# tell: the system's own does. It stands in the same folder.
syslibs=$(dirname "$(realpath "$libc")")
for f in "$build"/libexec/* "$build"/*/*/glovebox-*; do
	loader=$(readelf -lW "$f" | sed -n 's/.*interpreter: \([^/]*\)]/\1/p')
	[ -n "$loader" ] || continue
	for lib in "$syslibs/$loader" $("$syslibs/$loader" --list "$f" |
	    grep -o '/[^ ]*'); do
		there=$root$syslibs/$(basename "$lib")
		[ -e "$there" ] || cp -L "$lib" "$there"
	done
done
for name in "$@"; do
	case $name in
	*.sh) put "$top/$name" "/gbx/$name" ;;
	*) put "$build/$name" "/gbx/$name" ;;
	esac
	echo "$name"
done >"$root/gbx/programs"

mkdir "$root/gbx/samples"
cp "$top"/tests/cases/ooxml/{table,bidi}.docx{,.txt} "$root/gbx/samples/"
python3 -B "$here/pictures.py" "$root/gbx/samples"

chmod 755 "$root" "$root/init"
chmod 1777 "$root/tmp"
(cd "$root" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0) >"$out.new"
mv "$out.new" "$out"
