#!/bin/bash
# SPDX-License-Identifier: ISC
# A machine that has only make (and sh, rm): what a newcomer types first works,
# what needs a compiler says so in one line. And `make help` names real targets.
set -u
cd "$(dirname "$0")/../.."
unset MAKEFLAGS MFLAGS MAKELEVEL GBX_LEFT_OUT_TOLD
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
n=0

ok() # STATUS NAME [OUTPUT]
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
		return
	fi
	echo "not ok $n - $2"
	[ $# -lt 3 ] || sed 's/^/# /' "$3" | head -20
}

mkdir "$dir/bin"
for t in "${MAKE:-make}" sh rm; do
	ln -s "$(command -v "$t")" "$dir/bin/${t##*/}"
done
# In a copy: `make clean' removes build/.
mkdir "$dir/tree"
ln -s "$PWD"/{Makefile,mk,tests,examples,docs,base,broker,cmd,ipc,bench,fuzz} \
    "$PWD"/{sandboxed_parsers,schemas,include,glovebox.pc.in} "$dir/tree/"
make=${MAKE:-make}
bare() # TARGET...: stderr and stdout to $dir/out
{
	env -i PATH="$dir/bin" "${make##*/}" --no-print-directory \
	    -C "$dir/tree" "$@" >"$dir/out" 2>&1
}

echo 1..14
bare help && [ "$(grep -c '^  make ' "$dir/out")" -gt 20 ] &&
    ! grep -qi -e 'not found' -e error "$dir/out"
ok $? "make help lists the targets, and nothing else" "$dir/out"
mkdir -p "$dir/tree/build/release/libexec"
bare clean && [ "$(cat "$dir/out")" = "rm -rf build" ] &&
    [ ! -e "$dir/tree/build" ]
ok $? "make clean" "$dir/out"
for t in deps deps-build deps-demo; do
	bare $t && [ "$(wc -l <"$dir/out")" = 1 ] &&
	    grep -q '^deps: no dpkg here.* libpng-dev' "$dir/out"
	ok $? "make $t without dpkg says what it wants, in a line" "$dir/out"
done
for t in demo check fuzz-smoke; do
	! bare $t && grep -q '^deps: no dpkg here' "$dir/out" &&
	    grep -q 'no working C compiler: .cc. is missing' "$dir/out" &&
	    [ "$(wc -l <"$dir/out")" -le 4 ]
	ok $? "make $t asks for packages before it needs a compiler" "$dir/out"
done
for t in all layers install; do
	! bare $t && grep -q 'no working C compiler: .cc.*deps-build' "$dir/out" &&
	    [ "$(wc -l <"$dir/out")" = 1 ]
	ok $? "make $t without a compiler is an error in one line" "$dir/out"
done
! bare CC=/no/such/cc CPPFLAGS=-Dx all && grep -q /no/such/cc "$dir/out"
ok $? "which names the compiler that was asked for" "$dir/out"

# ---- make help against the Makefiles -----------------------------------------
bare help
phony=$(sed -n -e ':more' -e '/^\.PHONY/{/\\$/{N;b more' -e '}' -e p -e '}' \
    Makefile mk/*.mk | tr -d '\\\n' | sed 's/\.PHONY://g')
sed -e 's/`.*//' "$dir/out" | grep '^  make ' |
    grep -oE 'make [a-z0-9.-]+(, [a-z0-9.-]+)*' | sed 's/^make //' |
    tr -d , | tr ' ' '\n' | sort -u >"$dir/named"
for t in $(cat "$dir/named"); do
	[[ " $phony " == *" $t "* ]] || echo "help names $t: no such target"
done >"$dir/unreal"
[ "$(wc -l <"$dir/named")" -gt 25 ] && [ ! -s "$dir/unreal" ]
ok $? "every target that make help names is there" "$dir/unreal"
grep -hoE '^#   make [a-z0-9.-]+' mk/*.mk | sed 's/.* //' | sort -u |
    while read -r t; do
	grep -qE "[ ,]$t( |,|:|\$|')" "$dir/out" || echo "not in make help: $t"
    done >"$dir/untold"
[ ! -s "$dir/untold" ]
ok $? "and it names every one that a head in mk/ explains" "$dir/untold"
