#!/bin/bash
# SPDX-License-Identifier: ISC
# Pid 1 of the tree: starts the steps and reaps what they leave behind (bash waits
# for every child that it has, adopted ones too). At the end nothing may be left.
#
#   init.sh RELEASE STEP...
set -u
release=$1

# How many processes but us have one of the STATES (proc(5), stat).
left() # STATES
{
	local stat line n=0
	for stat in /proc/[0-9]*/stat; do
		case $stat in /proc/$$/* | /proc/$BASHPID/*) continue ;; esac
		read -r line 2>/dev/null <"$stat" || continue
		case ${line##*) } in
		[$1]*)
			n=$((n + 1))
			echo "left behind: $line" >&2
			;;
		esac
	done
	echo $n
}

bash /srv/bare/newcomer.sh "$@" &
wait $!
status=$?
for i in 1 2 3 4 5; do
	[ "$(left A-Za-z 2>/dev/null)" != 0 ] || break
	sleep 1
done
n=$(left A-Za-z)
echo "bare: $release: left behind: $n processes," \
    "$(left Z 2>/dev/null) of them zombies"
[ "$n" = 0 ] || status=1
exit $status
