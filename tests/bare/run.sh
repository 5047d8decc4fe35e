#!/bin/bash
# SPDX-License-Identifier: ISC
# The README's commands on a new Debian: a copy of a minimal tree, in a mount and
# a pid namespace of its own. Called by `make bare'.
#
#   tests/bare/run.sh FOLDER RELEASE STEP...     steps: demo user check
#
# FOLDER keeps the minimal tree, downloaded packages and the log. What runs, and
# its mounts, end with this script, however it ends; so does the copy. The last
# line is "N passed, N failed, N skipped": each of demo and user is one, check
# has as many as it says.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
here=tests/bare
die() { echo "bare: $*" >&2; exit 1; }

[ $# -ge 3 ] || die "usage: $0 FOLDER RELEASE STEP..."
mkdir -p "$1"
folder=$(cd "$1" && pwd) release=$2
shift 2
log=$folder/$release.log
[ "$(id -u)" = 0 ] || die "only root can make a Debian tree and enter it"
for program in debootstrap unshare setpriv pivot_root git; do
	PATH=$PATH:/usr/sbin:/sbin command -v $program >/dev/null ||
	    die "$program is not installed; \`make deps-bare' installs all" \
		"that this needs"
done
PATH=$PATH:/usr/sbin:/sbin

exec 9>"$folder/$release.lock"
flock -n 9 || die "another one is using $folder/$release.lock"
rm -rf --one-file-system "$folder/$release".run.*
run=$folder/$release.run.$$
tree=$run/tree
# Removes the copy when this shell is gone, also after SIGKILL: the pipe's only
# writer is this shell; what ran in the tree is killed with it (below).
mkfifo "$folder/$release.pipe.$$"
setsid bash -c 'rm -f "$1"; read -r _ || :
for i in 1 2 3 4 5; do
	rm -rf --one-file-system "$0" 2>/dev/null && break
	sleep 1
done' "$run" "$folder/$release.pipe.$$" <"$folder/$release.pipe.$$" \
    >/dev/null 2>&1 9>&- &
exec 8>"$folder/$release.pipe.$$"

# In namespaces that die with us: SIGKILL from us to unshare, from it to pid 1.
inside()
{
	setpriv --pdeathsig KILL unshare --mount --pid --fork \
	    --kill-child=KILL --propagation private "$@" 8>&- 9>&-
}
seconds() { echo "bare: $release: $1: $((SECONDS - began)) s"; }

began=$SECONDS
. $here/mirror.sh
find_mirrors "$release" || die "the host's apt sources name no Debian mirror;" \
    "say MIRROR=URL"
base=$folder/$release.base
if [ ! -d "$base" ]; then
	rm -rf --one-file-system "$base.new"
	inside debootstrap --variant=minbase \
	    ${https:+--include=ca-certificates} "$release" "$base.new" \
	    "$mirror" >"$folder/$release.debootstrap.log" 2>&1 ||
	    { tail -5 "$folder/$release.debootstrap.log" >&2
	      die "debootstrap failed: $folder/$release.debootstrap.log"; }
	rm -f "$base.new"/var/cache/apt/archives/*.deb
	mv "$base.new" "$base"
fi
seconds "a minimal tree"

began=$SECONDS
mkdir -p "$run" "$folder/$release.debs/partial" "$folder/$release.test-logs"
cp -a --reflink=auto "$base" "$tree"
write_apt_files "$tree"
cp -L /etc/resolv.conf /etc/hosts "$tree/etc/"
# HEAD, as `git clone' gives it; for the user, as umask 002 makes it.
[ -z "$(git status --porcelain)" ] ||
    echo "bare: there are changes that are not committed; HEAD is tested"
clone() { git clone -q --depth 1 "file://$PWD" "$1" 9>&-; }
clone "$tree/srv/glovebox"
(umask 002 && clone "$tree/srv/of-user")
mkdir -p "$tree/srv/bare"
cp $here/*.sh "$tree/srv/bare/"
seconds "a copy of it, with the project"

corpus=${GBX_CORPUS:-../shared/corpus}
[ ! -d "$corpus" ] || corpus=$(cd "$corpus" && pwd)
status=0
# Not in a pipeline: its shell would be between us and setpriv.
inside bash $here/enter.sh "$tree" "$folder/$release.debs" \
    "$folder/$release.test-logs" "$corpus" "$release" "$@" </dev/null \
    > >(exec tee "$log" 8>&- 9>&-) 2>&1 || status=$?
wait $! # for tee: the log is whole

# The clean-up's shell is waited for, so that all is gone when this returns.
exec 8>&-
wait
count() # WORD OF THE STEPS, WORD OF tests/run
{
	local n=$(grep -c "^bare: $release: .*: $1\$" "$log")
	local m=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' \
	    "$log" | tail -1 | grep -oE "[0-9]+ $2" | grep -oE '[0-9]+')
	echo $((n + ${m:-0}))
}
failed=$(count failed failed)
[ "$status" = 0 ] || [ "$failed" != 0 ] || failed=1
grep "^bare: $release: " "$log" || :
echo "$(count ok passed) passed, $failed failed, $(count - skipped) skipped"
[ "$failed" = 0 ]
