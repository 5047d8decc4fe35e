#!/bin/bash
# SPDX-License-Identifier: ISC
# The manual pages are sound mdoc and name every command, option and exit code.
set -u
cd "$(dirname "$0")/../.."
page=docs/man/glovebox.1
n=0

ok() # STATUS NAME
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# Every command and option that the command itself names.
glovebox=${GLOVEBOX:-build/release/glovebox}
words=$($glovebox --help | sed -n 's/^  glovebox \([a-z]*\) .*/\1/p'
	$glovebox --help | grep -oE -- '--[a-z0-9-]+' | sort -u)
words="$words malformed unsupported mismatch limit deadline crashed violation"
words="$words bad_reply unavailable cancelled 64 65 66 69 71"
echo "1..$(($(echo $words | wc -w) + 1))"
out=$(mandoc -Tlint -Werror docs/man/*.1 2>&1)
ok $? "mandoc -Tlint -Werror"
[ -z "$out" ] || echo "$out" | sed 's/^/# /'
text=$(mandoc -Tascii $page 2>/dev/null | sed 's/.\x08//g')
for word in $words; do
	grep -qF -e "$word" <<<"$text"
	ok $? "the page names $word"
done
