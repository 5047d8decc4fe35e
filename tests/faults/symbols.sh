#!/bin/bash
# SPDX-License-Identifier: ISC
# No call of the library escapes the fault injection: each undefined symbol of
# the copy that tests/faults/ links is ours, is a wrapper (fault_*), or is on
# the short list of what can't fail.
# Fails if taken out: a line of wrapped.syms, or of cannot_fail.txt.
set -u
here=tests/faults
lib=$B/tests/faults/libfaulty.a
echo 1..3

free=$(grep -v '^#' $here/cannot_fail.txt | tr -s ' \n' '\n\n' | sort)
defined=$(nm "$lib" 2>/dev/null | awk '$2 ~ /^[A-Z]$/ && $2 != "U" { print $3 }' |
    sort -u)
needed=$(nm "$lib" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u)

wild=$(comm -23 <(echo "$needed") <(sort -u <(echo "$free") <(echo "$defined")) |
    grep -Ev '^(fault_|_GLOBAL_OFFSET_TABLE_$|__(a|ub|t)san_|protobuf_c_empty)')
if [ -n "$needed" ] && [ -z "$wild" ]; then
	echo "ok 1 - every call of the library is wrapped or can't fail"
else
	echo "not ok 1 - every call of the library is wrapped or can't fail"
	for s in $wild; do echo "# $s: on neither list"; done
fi

# A name on a list that nobody calls hides what has become of it.
unused=$(comm -23 <(awk '{ print $2 }' $here/wrapped.syms | sort) \
    <(echo "$needed"))
if [ -z "$unused" ]; then
	echo "ok 2 - every wrapper is called"
else
	echo "not ok 2 - every wrapper is called"
	for s in $unused; do echo "# $s"; done
fi

both=$(comm -12 <(awk '{ print $1 }' $here/wrapped.syms | sort) \
    <(echo "$free"))
if [ -z "$both" ]; then
	echo "ok 3 - nothing is on both lists"
else
	echo "not ok 3 - nothing is on both lists"
	for s in $both; do echo "# $s"; done
fi
