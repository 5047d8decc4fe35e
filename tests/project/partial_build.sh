#!/bin/bash
# SPDX-License-Identifier: ISC
# A machine with the core's libraries alone: the least that can be built, and
# what becomes of it when more is installed.
set -u
cd "$(dirname "$0")/../.."
. tests/support/hide.sh

# Without optimization: quicker, and it is not the compiler's test.
fast='OPT.release=-O0'
long=${GBX_SOAK:+$headers}
echo 1..$((11 + 3 * $(wc -w <<<"$long")))
least=$(for f in $formats; do
	[[ " $optional" == *" $f="* ]] || printf '%s ' "$f"
done)
hide $headers
mkdir -p "$B/libexec"
touch "$B/libexec/glovebox-jxl"
umask 002
$make -j2 B="$B" CC="$dir/cc" $fast >"$dir/log" 2>&1
ok $? "without every library that may be missing it builds" "$dir/log"
[ "$(grep -c 'left out' "$dir/log")" = 1 ]
ok $? "and says so once" "$dir/log"
(cd "$B/libexec" && ls) >"$dir/is"
printf 'glovebox-%s\n' $least init copy | sort | diff - "$dir/is" >"$dir/diff"
ok $? "PNG, OOXML and all of ours have workers; a stale one is gone" "$dir/diff"
find "$B/libexec" -perm /022 >"$dir/loose"
[ ! -s "$dir/loose" ]
ok $? "under umask 002 nobody else may write to what is executed" "$dir/loose"
python3 -B examples/demo.py "$B/glovebox" "$dir/demo" >"$dir/log" 2>&1
ok $? "the demo is as it is with all libraries" "$dir/log"
PYTHONPATH=tests/support python3 -B -c 'import sys, png_samples as p
sys.stdout.buffer.write(p.sample(8, 2, 1, None, None))' >"$dir/exif.png"
GLOVEBOX_LIBEXEC=$B/libexec "$B/glovebox" probe --json --metadata \
    "$dir/exif.png" >"$dir/log" 2>&1 && grep -q '"verdict":"ok"' "$dir/log" &&
    ! grep -q '"exif\.' "$dir/log"
ok $? "a PNG that has EXIF is read without it" "$dir/log"

$make -j2 B="$B" CC="$dir/cc" $fast >"$dir/log" 2>&1
[ "$(grep -vc -e 'left out' -e 'Nothing to be done' "$dir/log")" = 0 ]
ok $? "a second make does nothing" "$dir/log"

# An older installation had more.
installed=$dir/dest/usr/local/libexec/glovebox
mkdir -p "$installed"
touch "$installed/glovebox-jxl"
$make B="$B" CC="$dir/cc" $fast DESTDIR="$dir/dest" install >"$dir/log" 2>&1
diff <(cd "$B/libexec" && ls) <(cd "$installed" && ls) >"$dir/diff"
ok $? "a stale worker of an older installation goes, too" "$dir/diff"

# ---- other libraries than last time ------------------------------------------
mkdir "$dir/libs"
touch "$dir/libs/ld-linux-x.so.2"
object=$B/pic/broker/open.o
! grep -q "$dir/libs" "$object"
$make B="$B" CC="$dir/cc" $fast SYSLIBS="$dir/libs" "$object" >"$dir/log" 2>&1 &&
    grep -q "$dir/libs" "$object"
ok $? "another folder of shared libraries compiles anew" "$dir/log"
! $make -n B="$B" CC="$dir/cc" $fast SYSLIBS="$dir" all >"$dir/log" 2>&1 &&
    grep -q 'no folder that holds libc.so.6 and its' "$dir/log"
ok $? "one that has no loader is an error in words" "$dir/log"
$make B="$B" CC="$dir/cc" $fast "$object" >"$dir/log" 2>&1
hide
$make -j2 B="$B" CC="$dir/cc" $fast "$B/libexec/glovebox-png" >"$dir/log" 2>&1
GLOVEBOX_LIBEXEC=$B/libexec "$B/glovebox" probe --json --metadata \
    "$dir/exif.png" >"$dir/log" 2>&1 && grep -q '"exif\.' "$dir/log"
ok $? "with libexif installed since, the same build tells EXIF" "$dir/log"

# ---- the long form: each header missing by itself -----------------------------
# make, make demo and make unit do what they do, and say in one line what is left
# out.
names() # HEADER: what is left out without it, as make says it
{
	local o
	for o in $optional; do
		[ "${o#*=}" != "$1" ] || echo "${o%=*}"
	done | sed 's/^exif$/(list of EXIF tags)/'
}
for h in $long; do
	hide "$h"
	for target in all demo unit; do
		$make -j2 B="$B" CC="$dir/cc" $fast $target >"$dir/log" 2>&1
		status=$?
		[ "$(grep -c '^left out, ' "$dir/log")" = 1 ] || status=1
		while read -r name; do
			grep -q "^left out, .*: .*$name.*;" "$dir/log" || status=1
		done < <(names "$h")
		case $target in
		demo) grep -q '^thumbnails and texts are in' "$dir/log" ;;
		unit) grep -q '^[0-9]* passed, 0 failed' "$dir/log" ;;
		*) [ -x "$B/glovebox" ] ;;
		esac || status=1
		ok $status "without $h: make $target" "$dir/log"
	done
done
