#!/bin/bash
# SPDX-License-Identifier: ISC
# Surprise: SO_PEERPIDFD hands out a pidfd for a peer that is dead and reaped by
#   the time accept(2) returns its connection: a descriptor, no error, that names
#   no process ("Pid: -1" in its fdinfo) and that poll(2) calls ready. SO_PEERCRED
#   of the same socket still gives the old number, which may be somebody else's by
#   now. A daemon that takes "I have a pidfd" for "my client lives" is wrong, and
#   one that looks up /proc/PID by the credentials looks at a stranger.
# Naive guess: ESRCH, as pidfd_open(2) says of the same number, and as this very
#   option said on kernels before 6.16.
# Source: unix(7), pidfd_open(2); run on Linux 6.18.
# Run: bash findings/peerpidfd-of-a-reaped-peer.sh (Linux >= 6.16, python3)
set -eu

case $(uname -r | awk -F. '{ print ($1 * 1000 + $2 >= 6016) }') in
0)
	echo "this is about Linux 6.16 and later, here is $(uname -r)"
	exit 1
	;;
esac
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 - "$dir/socket" <<'PY'
import errno, os, platform, select, socket, struct, sys

SO_PEERPIDFD = 77
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(1)
child = os.fork()
if child == 0:
    socket.socket(socket.AF_UNIX).connect(sys.argv[1])
    os._exit(0)
os.waitpid(child, 0)            # dead and reaped; its connection waits
peer, _ = server.accept()
try:
    os.pidfd_open(child)
    by_number = "a descriptor"
except OSError as e:
    by_number = errno.errorcode[e.errno]
pid = struct.unpack("3i", peer.getsockopt(
    socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
try:
    pidfd = struct.unpack("i", peer.getsockopt(
        socket.SOL_SOCKET, SO_PEERPIDFD, 4))[0]
    by_option = "a descriptor"
except OSError as e:
    sys.exit(f"changed: SO_PEERPIDFD now says {errno.errorcode[e.errno]}")
with open(f"/proc/self/fdinfo/{pidfd}") as f:
    named = [line.split()[1] for line in f if line.startswith("Pid:")]
ready = bool(select.select([pidfd], [], [], 0)[0])
print(f"Linux {platform.release()}")
print(f"pidfd_open of its number: {by_number}")
print(f"SO_PEERPIDFD: {by_option}, Pid: {named[0]}, readable: {ready}")
print("SO_PEERCRED: " + ("the old number" if pid == child else str(pid)))
if (by_number, named, ready, pid == child) != ("ESRCH", ["-1"], True, True):
    sys.exit("changed")
print("as told")
PY
