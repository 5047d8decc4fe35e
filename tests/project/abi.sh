#!/bin/bash
# SPDX-License-Identifier: ISC
# A program built with the header of version 0.1 runs on the library as it is:
# every call of that header is there, and structs that grew since are not
# written past what the program knows of.
set -u
cd "$(dirname "$0")/../.."
B=${B:-build/release} CC=${CC:-cc}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
n=0

ok() # STATUS NAME [FILE-TO-SHOW]
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		[ -z "${3:-}" ] || tail -15 "$3" | sed 's/^/# /'
	fi
}

echo 1..5
# Every name that a header declares.
names()
{
	$CC -E -P -x c "$1" | grep -oE '\bgbx_[a-z0-9_]+\)? ?\(' |
	    tr -d ' ()' | sort -u
}
names tests/abi/glovebox-0.1.h >"$dir/old"
nm -D --defined-only "$B/libglovebox.so" |
    awk '{ sub(/@.*/, "", $3); print $3 }' | sort >"$dir/there"
comm -23 "$dir/old" "$dir/there" >"$dir/gone"
[ "$(wc -l <"$dir/old")" -gt 40 ] && [ ! -s "$dir/gone" ]
ok $? "all calls of 0.1 are in the library" "$dir/gone"

$CC -Wall -Wextra -Werror -fstack-protector-all -I. -o "$dir/caller" \
    tests/abi/caller.c -L"$B" -lglovebox >"$dir/log" 2>&1
ok $? "a program builds with its header" "$dir/log"
python3 -B examples/samples.py "$dir/samples" >"$dir/log" 2>&1
ok $? "samples are made" "$dir/log"
export LD_LIBRARY_PATH=$B
"$dir/caller" "$GLOVEBOX_LIBEXEC" <"$dir/samples/macros.docx" >"$dir/out" 2>&1
[ $? = 0 ] && [ "$(head -1 "$dir/out")" = ok ] &&
    grep -q '^block 2 ' "$dir/out" && grep -q '^record 2 1 $' "$dir/out"
ok $? "it reads the text and flags of a document" "$dir/out"
"$dir/caller" "$GLOVEBOX_LIBEXEC" <"$dir/samples/photo.png" >"$dir/out" 2>&1
[ $? = 0 ] && [ "$(cat "$dir/out")" = unsupported ]
ok $? "it is told that a picture has no text" "$dir/out"
