#!/bin/bash
# SPDX-License-Identifier: ISC
# The list of packages, its reasons, and what `make deps` does about them.
# The last part runs it against a dpkg-query and an apt-get of our own, so
# that nothing is installed and no network is used.
set -u
cd "$(dirname "$0")/../.."
unset MAKEFLAGS MFLAGS MAKELEVEL
make=${MAKE:-make}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
n=0

ok() # STATUS NAME
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

echo 1..9
code=$(printf 'include mk/formats.mk mk/deps.mk\nshow:\n\t@echo %s\n' \
    '$(BUILD_PKGS) $(DEMO_PKGS) $(TEST_PKGS) $(BENCH_PKGS) $(ORACLE_PKGS) $(KERNEL_PKGS) $(BARE_PKGS)' |
    $make -s -f - show | tr ' ' '\n' | sort)
docs=$(sed -n -e 's/^| `\([^`]*\)` |.*/\1/p' -e 's/^# \([a-z0-9.+-]*\): .*/\1/p' \
    docs/DEPENDENCIES.md sandboxed_parsers/*/format.mk | sort)
[ -n "$code" ] && [ "$code" = "$docs" ]
ok $? "make and the documents name the same packages"
[ -z "$(echo "$code" | uniq -d)" ]
ok $? "no package is named twice"
! grep -E '^\| `[^`]*` \| *\|' docs/DEPENDENCIES.md
ok $? "every package has a reason"

# A machine that lacks mandoc and python3.
mkdir "$dir/bin"
cat >"$dir/bin/dpkg-query" <<'END'
#!/bin/sh
for last; do :; done
[ -e "${0%/*}/all" ] && { echo installed; exit 0; }
case $last in mandoc|python3) exit 1;; *) echo installed;; esac
END
cat >"$dir/bin/apt-get" <<'END'
#!/bin/sh
echo "$@" >>"${0%/*}/apt.log"
END
printf '#!/bin/sh\nexec "$@"\n' >"$dir/bin/sudo"
cat >"$dir/bin/id" <<'END'
#!/bin/sh
cat "${0%/*}/uid"
END
chmod +x "$dir"/bin/*
echo 0 >"$dir/bin/uid"
export PATH="$dir/bin:$PATH"
out=$($make --no-print-directory deps 2>&1)
[ $? = 0 ] && grep -q 'install -y .*mandoc' "$dir/bin/apt.log"
ok $? "what is missing is installed"
[[ $out == *"missing for"*"mandoc: checks the manual page"* ]]
ok $? "and told first, with its reason"
! grep -q libpng "$dir/bin/apt.log"
ok $? "what is there is left alone"

rm "$dir/bin/apt.log"
$make --no-print-directory deps-build >"$dir/out" 2>&1 &&
    grep -q 'nothing is missing' "$dir/out" && [ ! -e "$dir/bin/apt.log" ]
ok $? "the build asks for nothing that only tests need"
touch "$dir/bin/all"
$make --no-print-directory deps >"$dir/out" 2>&1 &&
    $make --no-print-directory deps >>"$dir/out" 2>&1 &&
    [ ! -e "$dir/bin/apt.log" ]
ok $? "twice with nothing missing: apt-get is not called"

rm "$dir/bin/all" "$dir/bin/sudo"
echo 1000 >"$dir/bin/uid"
PATH="$dir/bin:/usr/bin:/bin"
if [ -x /usr/bin/sudo ]; then
	# The real sudo is there: hide it behind a path without it.
	mkdir "$dir/tools"
	for t in make sh bash sed cut cat echo env; do
		ln -s "$(command -v $t)" "$dir/tools/$t"
	done
	PATH="$dir/bin:$dir/tools"
fi
out=$($make --no-print-directory deps 2>&1)
status=$?
[ $status != 0 ] && [[ $out == *"as root:"*"apt-get install"*mandoc* ]] &&
    [ ! -e "$dir/bin/apt.log" ]
ok $? "neither root nor sudo: the command is printed, and it fails"
