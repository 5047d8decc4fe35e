#!/bin/bash
# SPDX-License-Identifier: ISC
# Surprise: minizip 1.1 opens neither the smallest valid archive (22 bytes, no
#   member) nor one whose comment has the longest length that the format allows
#   (65,535 bytes): unzOpen64 gives NULL, as for a file that is no archive. For
#   the first, the place of the end record is 0, which its search returns for
#   "not found", too; for the second, the search looks 65,535 bytes back and
#   forgets the 22 bytes of the record itself. With comments up to 65,513 bytes
#   it opens the same archive. Python opens all.
# Naive guess: every archive that APPNOTE.TXT 4.3.16 allows is found; if one is
#   not, the caller is told something else than "no archive".
# Source: APPNOTE.TXT 4.3.1 and 4.3.16; minizip's unzip.c as packaged.
# Run: bash findings/minizip-opens-no-empty-archive-and-no-longest-comment.sh
#   (Debian 12, with gcc and python3)
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
cat >"$dir/open.c" <<'C'
#include <stdio.h>

#include <minizip/unzip.h>

int
main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		unzFile zip = unzOpen64(argv[i]);

		printf("%s ", zip != NULL ? "opened" : "NULL");
		if (zip != NULL)
			unzClose(zip);
	}
	return 0;
}
C
gcc -I"$dir/root/usr/include" -o "$dir/open" "$dir/open.c" "$lib"
python3 - "$dir" <<'P'
import os
import sys
import zipfile

os.chdir(sys.argv[1])
for name, comment in (("empty", None), ("none", 0), ("most", 65513),
                      ("more", 65514), ("longest", 65535)):
    with zipfile.ZipFile(name, "w") as z:
        if comment is not None:
            z.writestr("a.txt", "a")
            z.comment = b"c" * comment
    with zipfile.ZipFile(name) as z:
        print(name, "Python:", len(z.infolist()), "members")
P
cd "$dir"
got=$(LD_LIBRARY_PATH=$(dirname "$lib") ./open empty none most more longest)
echo "minizip $want, in this order: $got"
[ "$got" = "NULL opened opened NULL NULL " ]
