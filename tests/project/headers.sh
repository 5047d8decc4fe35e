#!/bin/bash
# SPDX-License-Identifier: ISC
# Every header compiles alone, and the public one as C++ and as strict C11.
set -u
cd "$(dirname "$0")/../.."
B=${B:-build/release} CC=${CC:-cc}
flags="-std=gnu17 -D_GNU_SOURCE -Iinclude -I. -I$B/gen -Wall -Wextra"
headers=$(find base broker cmd include ipc sandboxed_parsers schemas tests \
    fuzz bench -name '*.h' 2>/dev/null | sort)
n=0

try() # NAME COMMAND...
{
	n=$((n + 1))
	name=$1
	shift
	if out=$("$@" 2>&1); then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		echo "$out" | sed 's/^/# /'
	fi
}

echo "1..$(($(echo "$headers" | wc -l) + 2))"
for h in $headers; do
	# -include, because a header that is the main file makes its #pragma
	# and static functions look unused.
	try "$h compiles alone" $CC $flags -Werror -fsyntax-only -x c \
	    -include "$h" /dev/null
done
try "glovebox.h is C++" clang -x c++ -std=c++11 -Wall -Wextra -Werror \
    -fsyntax-only include/glovebox.h
try "glovebox.h is C11 without extensions" $CC -std=c11 -Wall -Wextra \
    -pedantic-errors -fsyntax-only -x c -include include/glovebox.h /dev/null
