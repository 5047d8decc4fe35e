#!/bin/bash
# SPDX-License-Identifier: ISC
# Surprise: minizip 1.1 of Debian 12 and zlib's contrib, whose reason to exist
#   is ZIP64, does not read the sizes of a ZIP64 member on a 64-bit machine: for
#   a file of 36 bytes whose directory record has 0xffffffff in its size fields
#   and the sizes in the extra field, unzGetCurrentFileInfo64 says 4294967295.
#   It returns UNZ_OK. Python and unzip list 36 bytes. The library compares the
#   field, which has 32 bits, with -1 of an unsigned long, which has 64.
#   Writers that stream put such records into small archives, too.
# Naive guess: a function with 64 in its name reads ZIP64; if not, it fails.
# Source: APPNOTE.TXT 4.5.3; minizip's unzip.c as packaged.
# Run: bash findings/minizip-zip64-sizes-unread-on-64-bit.sh (Debian 12, with
#   gcc, python3 and unzip)
set -eu

want=1.1-8+deb12u1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
(
	cd "$dir"
	apt-get -q download "libminizip1=$want" "libminizip-dev=$want" \
	    >log 2>&1 ||
	    { cat log; echo "these versions can't be had here"; exit 1; }
	for deb in *.deb; do dpkg -x "$deb" root; done
)
lib=$(echo "$dir"/root/usr/lib/*/libminizip.so.1)
python3 - "$dir/small.zip" <<'P'
import struct
import sys
import zipfile
import zlib

# One stored member: the local header has its true sizes, the record of the
# directory is a ZIP64 one.
data = b"thirty-six bytes, each of them true\n"
name, crc, n = b"a.txt", zlib.crc32(data), len(data)
local = b"PK\3\4" + struct.pack("<HHHHHIIIHH", 45, 0, 0, 0, 0x21, crc, n, n,
                                len(name), 0) + name + data
extra = struct.pack("<HHQQ", 1, 16, n, n)
record = b"PK\1\2" + struct.pack(
    "<HHHHHHIIIHHHHHII", 45, 45, 0, 0, 0, 0x21, crc, 0xffffffff, 0xffffffff,
    len(name), len(extra), 0, 0, 0, 0, 0) + name + extra
end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(record), len(local),
                              0)
with open(sys.argv[1], "wb") as file:
    file.write(local + record + end)
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print("Python's zipfile:", z.infolist()[0].file_size, "bytes")
P
cat >"$dir/size.c" <<'C'
#include <stdio.h>

#include <minizip/unzip.h>

int
main(int argc, char **argv)
{
	unz_file_info64 info;
	unzFile zip = argc > 1 ? unzOpen64(argv[1]) : NULL;
	int err;

	if (zip == NULL || unzGoToFirstFile(zip) != UNZ_OK)
		return 1;
	err = unzGetCurrentFileInfo64(zip, &info, NULL, 0, NULL, 0, NULL, 0);
	printf("%d %llu\n", err, (unsigned long long)info.uncompressed_size);
	return unzClose(zip) != UNZ_OK;
}
C
gcc -I"$dir/root/usr/include" -o "$dir/size" "$dir/size.c" "$lib"
got=$(LD_LIBRARY_PATH=$(dirname "$lib") "$dir/size" "$dir/small.zip")
listed=$(unzip -Z -l "$dir/small.zip" | awk '/a\.txt/ { print $4 }')
echo "unzip: $listed bytes"
echo "minizip $want on $(uname -m): result and size: $got"
[ "$(getconf LONG_BIT)" = 64 ] || { echo "this is no 64-bit machine"; exit 1; }
[ "$listed" = 36 ] && [ "$got" = "0 4294967295" ]
