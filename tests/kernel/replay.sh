#!/bin/bash
# SPDX-License-Identifier: ISC
# A program that was run in the guest, as if it were run here and now: what it
# printed, and its exit status. One that did not come to its end has failed.
# usage: replay.sh SAID NAME
base=$1/${2//\//.}
if [ ! -s "$base.status" ]; then
	echo "Bail out! $2 did not come to its end in the guest"
	exit 1
fi
cat "$base.tap"
status=$(<"$base.status")
[ "$status" = 0 ] || echo "# in the guest it ended with status $status"
exit "$status"
