#!/bin/bash
# SPDX-License-Identifier: ISC
# Host programs with AddressSanitizer or ThreadSanitizer in them, on the real
# workers: no report and no suppression. Both variants are built when they are
# not there; the workers are those of the build that is tested.
#
# Fails if taken out: BARE, or bare_clone, in broker/spawn.c; the lock in
# gbx_collect; the one that is taken again after gbx_input_take or gbx_harvest.
set -u
cd "$(dirname "$0")/../.."
unset MAKEFLAGS MFLAGS MAKELEVEL
make=${MAKE:-make}
programs="tests/host/test_threads tests/host/test_races"
n=0

ok() # STATUS NAME
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# The same names as in mk/check.mk.
variant() # VARIANT
{
	if [ "$B" = build/release ]; then echo "build/$1"; else echo "$B-$1"; fi
}

echo 1..6
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for san in asan tsan; do
	dir=$(variant $san)
	# shellcheck disable=SC2086
	$make --no-print-directory VARIANT=$san B="$dir" \
	    $(for p in $programs; do echo "$dir/$p"; done) >"$log" 2>&1
	status=$?
	[ $status = 0 ] || tail -5 "$log" | sed 's/^/# /'
	ok $status "$san: built"
	for p in $programs; do
		# TSan wants the usual places for its shadow: no randomness.
		setarch -R "$dir/$p" >"$log" 2>&1
		status=$?
		grep -Eq 'Sanitizer' "$log" && status=1
		grep -q '^ok 1 ' "$log" || status=1
		[ $status = 0 ] || grep -E -A12 '^not ok|Sanitizer' "$log" |
		    head -40 | sed 's/^/# /'
		ok $status "$san: $p"
	done
done
