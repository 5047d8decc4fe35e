#!/bin/bash
# SPDX-License-Identifier: ISC
# A machine with some of the libraries: the core is asked for by its packages'
# names, what else is missing is told in a line. Nothing is built here.
set -u
cd "$(dirname "$0")/../.."
. tests/support/hide.sh

# Its words on parsing; nothing is built. The two files alone, so that this takes
# a moment for each header: Makefile begins with them.
words() # MAKE'S ARGUMENTS
{
	printf '%s\n' 'CC ?= cc' 'include mk/formats.mk mk/config.mk' 'all:;@:' |
	    $make -s -f - B="$B" CC="$dir/cc" "$@" 2>&1 |
	    grep -E 'left out|\*\*\*'
}

build=$(printf 'include mk/formats.mk mk/deps.mk\nshow:\n\t@echo $(BUILD_PKGS)\n' |
    $make -s -f - show)

echo "1..$(($(wc -w <<<"$core $headers") + 8))"
hide
[ -z "$(words)" ]
ok $? "nothing is left out, and nothing said, where all is installed"
for c in $core; do
	hide "${c%=*}"
	said=$(words)
	[ "$(wc -l <<<"$said")" = 1 ] && [[ " $build " == *" ${c#*=} "* ]] &&
	    [[ $said == *"missing for the build: ${c%=*} (package ${c#*=});"* ]]
	ok $? "without ${c%=*}, ${c#*=} is asked for"
done
for h in $headers; do
	hide "$h"
	said=$(words)
	[ "$(wc -l <<<"$said")" = 1 ] && [[ $said == *deps-build* ]]
	status=$?
	for o in $optional; do
		name=${o%=*}
		[ "$name" != exif ] || name="(list of EXIF tags)"
		[ "${o#*=}" != "$h" ] || [[ $said == *": "*"$name"*"; "* ]] ||
		    status=1
	done
	ok $status "without $h, a line names the formats that are left out"
done
hide png.h expat.h
[[ $(words) == *"png.h (package libpng-dev) expat.h (package libexpat1-dev);"* ]]
ok $? "all that is missing of the core is named at once"
hide jpeglib.h
[ "$(words V=1 | grep -c 'jpeg is left out: there is no jpeglib.h')" = 1 ]
ok $? "V=1 names the header"

# ---- build/VARIANT/config.mk -------------------------------------------------
grep -q '^include mk/formats.mk mk/config.mk$' Makefile
ok $? "the Makefile asks the same"
hide
words >/dev/null
sleep 1.1 # what changed in the same second counts as changed
words >/dev/null
asked=$(stat -c %y "$B/config.mk")
words >/dev/null
[ "$(stat -c %y "$B/config.mk")" = "$asked" ]
ok $? "what is installed is asked once"
words CPPFLAGS=-DX="'a b'" >/dev/null
[ "$(stat -c %y "$B/config.mk")" != "$asked" ]
ok $? "and again with other flags"
cp "$dir/cc" "$dir/cc.good"
printf '#!/bin/sh\nexit 1\n' >"$dir/cc"
[[ $(words) == *"no working C compiler: "* ]]
ok $? "a compiler that fails is an error, and not the answer of before"
mv "$dir/cc.good" "$dir/cc"
touch "$dir/no-folder"
[[ $(words B="$dir/no-folder/b") == *"can't write"*"no-folder/b"* ]]
ok $? "so is a folder that can't be written to"
