# SPDX-License-Identifier: ISC
# To be sourced, at the top of the tree: libraries that are not installed.
# `hide HEADER...' writes $dir/cc, a compiler whose folders of headers are copies
# made of links, less those. $core, $headers, $optional and $formats are what
# mk/formats.mk knows.
unset MAKEFLAGS MFLAGS MAKELEVEL GBX_LEFT_OUT_TOLD CPPFLAGS
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
make=${MAKE:-make}
real=${CC:-cc}
B=$dir/build
n=0

ok() # STATUS NAME [OUTPUT]
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
		return
	fi
	echo "not ok $n - $2"
	[ $# -lt 3 ] || tail -20 "$3" | sed 's/^/# /'
}

hide() # HEADER...: $dir/cc is $real without them
{
	local i=0 folder h
	for folder in $folders; do
		i=$((i + 1))
		for h in $hidden; do
			[ ! -e "$folder/$h" ] ||
			    ln -sfn "$folder/${h%%/*}" "$dir/include/$i/${h%%/*}"
		done
		for h; do
			[ ! -e "$folder/$h" ] || rm -f "$dir/include/$i/${h%%/*}"
		done
	done
	hidden=$*
}

folders=$($real -E -v -x c /dev/null 2>&1 |
    sed -n '/^#include </,/^End/s/^ //p')
hidden= flags= i=0
for folder in $folders; do
	i=$((i + 1))
	mkdir -p "$dir/include/$i"
	ln -s "$folder"/* "$dir/include/$i/"
	flags+=" -isystem $dir/include/$i"
done
printf '#!/bin/sh\nexec %s -nostdinc%s "$@"\n' "$real" "$flags" >"$dir/cc"
chmod +x "$dir/cc"
show=$(printf 'include mk/formats.mk\nshow:\n\t@echo %s\n\t@echo %s\n\t@echo %s\n' \
    '$(CORE)' '$(subst :,=,$(MAY_LACK))' '$(ALL_FORMATS)' | $make -s -f - show)
# HEADER=PACKAGE of the core, FORMAT=HEADER of the rest.
core=$(sed -n 1p <<<"$show")
optional=$(sed -n 2p <<<"$show")
formats=$(sed -n 3p <<<"$show")
headers=$(printf '%s\n' $optional | sed 's/.*=//' | sort -u)
