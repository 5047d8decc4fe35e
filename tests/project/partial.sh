#!/bin/bash
# SPDX-License-Identifier: ISC
# A machine with some of the libraries: the core is asked for by its packages'
# names, what else is missing is told in a line. Nothing is built here.
set -u
cd "$(dirname "$0")/../.."
. tests/support/hide.sh

# Its words on parsing; nothing is built.
words() # MAKE'S ARGUMENTS
{
	$make -n B="$B" CC="$dir/cc" "$@" \
	    no-stale-workers 2>&1 | grep -E 'left out|\*\*\*'
}

build=$(printf 'include mk/deps.mk\nshow:\n\t@echo $(BUILD_PKGS)\n' |
    $make -s -f - show)

echo "1..$(($(wc -w <<<"$core $headers") + 3))"
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

