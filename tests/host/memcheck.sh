#!/bin/bash
# SPDX-License-Identifier: ISC
# A host program under valgrind's memcheck, without a suppression: no error, no
# leak, no descriptor left. See memcheck.c for what valgrind can't follow.
# Fails if taken out: free(job->domain) in broker/request.c, the close of
# timer_fd in gbx_broker_close.
set -u
n=0
ok() # STATUS NAME
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

if ! command -v valgrind >/dev/null; then
	echo "1..0 # SKIP no valgrind"
	exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
program=$(realpath "$B")/tests/host/memcheck

check() # WHAT
{
	valgrind -q --error-exitcode=9 --leak-check=full --track-fds=yes \
	    --errors-for-leak-kinds=all "$program" "$1" >"$log" 2>&1
}
explain()
{
	[ "$1" = 0 ] || head -60 "$log" | sed 's/^/# /'
}

echo 1..5
check run
status=$?
explain $status
ok $status "no error and no leak"
# "Open ...:" and then where; what came with the test is not ours.
awk '/ Open / { getline after; if (after !~ /inherited from parent/) bad = 1 }
    END { exit bad }' "$log"
ok $? "and no descriptor is left"
grep -q '^# 22 results' "$log"
ok $? "and all jobs had an answer"
check wrong
[ $? = 9 ] && grep -q 'Invalid read' "$log"
ok $? "a result that is read after it was freed is seen"
check bare
status=$?
[ $status = 2 ] && grep -q 'Function not implemented' "$log"
status=$?
explain $status
ok $status "a kernel without pidfd_open: a clear error, nothing parsed, no leak"
