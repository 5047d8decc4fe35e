#!/bin/bash
# SPDX-License-Identifier: ISC
# A machine with the core's libraries alone: the least that can be built, and
# what becomes of it when more is installed.
set -u
cd "$(dirname "$0")/../.."
. tests/support/hide.sh

echo 1..11
least=$(for f in $formats; do
	[[ " $optional" == *" $f="* ]] || printf '%s ' "$f"
done)
hide $headers
mkdir -p "$B/libexec"
touch "$B/libexec/glovebox-jxl"
umask 002
$make -j2 B="$B" CC="$dir/cc" >"$dir/log" 2>&1
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

$make -j2 B="$B" CC="$dir/cc" >"$dir/log" 2>&1
[ "$(grep -vc -e 'left out' -e 'Nothing to be done' "$dir/log")" = 0 ]
ok $? "a second make does nothing" "$dir/log"

# An older installation had more.
installed=$dir/dest/usr/local/libexec/glovebox
mkdir -p "$installed"
touch "$installed/glovebox-jxl"
$make B="$B" CC="$dir/cc" DESTDIR="$dir/dest" install >"$dir/log" 2>&1
diff <(cd "$B/libexec" && ls) <(cd "$installed" && ls) >"$dir/diff"
ok $? "a stale worker of an older installation goes, too" "$dir/diff"

# ---- other libraries than last time ------------------------------------------
mkdir "$dir/libs"
touch "$dir/libs/ld-linux-x.so.2"
object=$B/pic/broker/open.o
! grep -q "$dir/libs" "$object"
$make B="$B" CC="$dir/cc" SYSLIBS="$dir/libs" "$object" >"$dir/log" 2>&1 &&
    grep -q "$dir/libs" "$object"
ok $? "another folder of shared libraries compiles anew" "$dir/log"
! $make -n B="$B" CC="$dir/cc" SYSLIBS="$dir" all >"$dir/log" 2>&1 &&
    grep -q 'no folder that holds libc.so.6 and its' "$dir/log"
ok $? "one that has no loader is an error in words" "$dir/log"
$make B="$B" CC="$dir/cc" "$object" >"$dir/log" 2>&1
hide
$make -j2 B="$B" CC="$dir/cc" "$B/libexec/glovebox-png" >"$dir/log" 2>&1
GLOVEBOX_LIBEXEC=$B/libexec "$B/glovebox" probe --json --metadata \
    "$dir/exif.png" >"$dir/log" 2>&1 && grep -q '"exif\.' "$dir/log"
ok $? "with libexif installed since, the same build tells EXIF" "$dir/log"
