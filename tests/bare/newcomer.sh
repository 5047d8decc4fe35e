#!/bin/bash
# SPDX-License-Identifier: ISC
# In the tree: what somebody does who has git, make and a compiler and reads the
# README. Its two commands are taken from there as they stand.
#
#   newcomer.sh RELEASE STEP...    demo, check: as root; user: the demo again, in
#                                  an ordinary user's own copy, with umask 002
set -u
release=$1
shift
cd /srv/glovebox || exit 1
failed=0

packages() { dpkg-query -W | wc -l; }
step() # WORDS COMMAND...
{
	local words=$1 began=$SECONDS had=$(packages) result=ok
	shift
	echo "--- $words"
	"$@" || { result=failed failed=1; }
	echo "bare: $release: $words: $((SECONDS - began)) s," \
	    "$(($(packages) - had)) packages: $result"
}

prepare()
{
	export DEBIAN_FRONTEND=noninteractive
	apt-get -q update && apt-get -q install -y --no-install-recommends \
	    git make gcc libc6-dev
} >/tmp/prepare.log 2>&1

as_user()
{
	useradd --create-home --shell /bin/bash newcomer &&
	    mv /srv/of-user /home/newcomer/glovebox &&
	    chown -R newcomer:newcomer /home/newcomer/glovebox || return 1
	setpriv --reuid newcomer --regid newcomer --init-groups --reset-env \
	    bash -c 'umask 002; cd ~/glovebox && '"$1"
}

mapfile -t commands < <(sed -n '/^## Two commands/,/^## [^T]/p' README.md |
    sed -n 's/^    \(make [a-z]*\)  .*/\1/p')
if [ "${#commands[@]}" != 2 ]; then
	echo "bare: README.md has ${#commands[@]} commands, not two"
	exit 1
fi
prepare || { tail -20 /tmp/prepare.log; echo "bare: no git make gcc"; exit 1; }
echo "bare: $release: $(packages) packages with git, make, gcc and libc6-dev"
for s; do
	case $s in
	demo) step "${commands[0]}" bash -c "${commands[0]}" ;;
	user) step "${commands[0]}, umask 002" as_user "${commands[0]}" ;;
	check)
		began=$SECONDS
		echo "--- ${commands[1]}"
		bash -c "${commands[1]}" || failed=1
		cp -r build/release/test-logs/. /srv/test-logs/
		echo "bare: $release: ${commands[1]}: $((SECONDS - began)) s"
		;;
	*) echo "bare: no such step: $s" && failed=1 ;;
	esac
done
exit $failed
