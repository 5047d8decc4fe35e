#!/bin/bash
# SPDX-License-Identifier: ISC
# make install, and the README's example built against what was installed.
set -u
cd "$(dirname "$0")/../.."
unset MAKEFLAGS MFLAGS MAKELEVEL
make="${MAKE:-make} --no-print-directory" CC=${CC:-cc}
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

echo 1..14
# Installed for real into a prefix of our own, so that its workers are found.
prefix=$dir/usr
$make -j2 install PREFIX="$prefix" B="$dir/build" >"$dir/log" 2>&1
ok $? "make install PREFIX=" "$dir/log"
for f in bin/glovebox lib/libglovebox.a lib/libglovebox.so.0 \
    lib/libglovebox.so include/glovebox.h lib/pkgconfig/glovebox.pc \
    libexec/glovebox/glovebox-init libexec/glovebox/glovebox-copy \
    share/man/man1/glovebox.1 $(printf 'libexec/glovebox/glovebox-%s ' \
    ${FORMATS:-png ooxml}); do
	[ -e "$prefix/$f" ] || echo "$f"
done >"$dir/missing"
[ ! -s "$dir/missing" ]
ok $? "everything is there" "$dir/missing"
! find "$prefix" -perm /022 ! -type l | grep .
ok $? "nothing installed is writable by others"

export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
[ "$(pkg-config --variable=workerdir glovebox)" = "$prefix/libexec/glovebox" ]
ok $? "pkg-config knows the workers' directory"
python3 -B examples/samples.py "$dir/samples"
ok $? "samples are made"

sed -n '/^<!-- example/,/^<!-- end/p' README.md | sed '/^<!--/d; /^```/d' \
    >"$dir/thumb.c"
[ "$(wc -l <"$dir/thumb.c")" -gt 10 ]
ok $? "the README has an example"
$CC -Wall -Wextra -Werror -o "$dir/thumb" "$dir/thumb.c" \
    $(pkg-config --cflags --libs glovebox) >"$dir/log" 2>&1
ok $? "it builds, shared" "$dir/log"
export LD_LIBRARY_PATH=$prefix/lib
"$dir/thumb" <"$dir/samples/photo.png" >"$dir/out" 2>&1
[ "$(tr '\n' ' ' <"$dir/out")" = "ok 256 x 171 " ]
ok $? "it says ok and the thumbnail's size" "$dir/out"
"$dir/thumb" <"$dir/samples/cut.png" >"$dir/out" 2>&1
[ "$(cat "$dir/out")" = malformed ]
ok $? "it says malformed of a broken file" "$dir/out"
unset LD_LIBRARY_PATH
$CC -o "$dir/thumb2" "$dir/thumb.c" -I"$prefix/include" \
    "$prefix/lib/libglovebox.a" $(pkg-config --static --libs-only-l glovebox |
    sed 's/-lglovebox//') >"$dir/log" 2>&1 &&
    [ "$("$dir/thumb2" <"$dir/samples/photo.png" | head -1)" = ok ]
ok $? "it builds and runs with the static library" "$dir/log"
env -i "$prefix/bin/glovebox" probe --json "$dir/samples/photo.png" \
    >"$dir/out" 2>&1 && grep -q '"verdict":"ok"' "$dir/out"
ok $? "the installed command works" "$dir/out"

# Staged, as a packager does it: the same build, nothing compiled again.
$make install PREFIX="$prefix" B="$dir/build" DESTDIR="$dir/stage" \
    >"$dir/log" 2>&1 && ! grep -q '^  CC' "$dir/log"
ok $? "make install DESTDIR= compiles nothing again" "$dir/log"
(cd "$dir/stage$prefix" && find . ! -type d | sort) >"$dir/a"
(cd "$prefix" && find . ! -type d | sort) >"$dir/b"
cmp -s "$dir/a" "$dir/b"
ok $? "and stages the same files" "$dir/a"
$make uninstall PREFIX="$prefix" B="$dir/build" DESTDIR="$dir/stage" \
    >"$dir/log" 2>&1
find "$dir/stage" ! -type d >"$dir/left"
[ ! -s "$dir/left" ]
ok $? "make uninstall leaves no file" "$dir/left"
