#!/bin/bash
# SPDX-License-Identifier: ISC
# Surprise: Debian 12's expat calls itself 2.5.0 and yet holds back a start tag
#   that arrives in small pieces until the caller says that the input is at its
#   end: the "reparse deferral" of expat 2.6 is in the 2.5.0 of the security
#   team. A program that feeds a document as it arrives and waits for the first
#   event before it asks its peer for more waits for ever. In pieces of 512
#   bytes the same tag is reported as soon as it is whole. The switch of 2.6,
#   XML_SetReparseDeferralEnabled, is there too, so that a check of the version
#   number neither foresees the wait nor finds the way to turn it off.
# Naive guess: a tag is reported in the call that brings its ">"; a function and
#   a behaviour of 2.6 begin with XML_MAJOR_VERSION 2, XML_MINOR_VERSION 6.
# Source: expat's change log of 2.6.0 (CVE-2023-52425) and the Debian package
#   libexpat1 2.5.0-1+deb12u5 (2.5.0-1+deb12u1 has no such switch yet).
# Run: bash findings/expat-2.5-has-the-deferral-of-2.6.sh (Debian 12, with gcc)
set -eu

want=2.5.0-1+deb12u5
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
(
	cd "$dir"
	apt-get -q download "libexpat1=$want" "libexpat1-dev=$want" >log 2>&1 ||
	    { cat log; echo "these versions can't be had here"; exit 1; }
	for deb in *.deb; do dpkg -x "$deb" root; done
)
cat >"$dir/feed.c" <<'C'
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As <expat.h> declares them; the -dev package is not needed. */
typedef struct XML_ParserStruct *XML_Parser;
typedef void (*start_fn)(void *, const char *, const char **);
static long seen_after;

static void
start(void *at, const char *name, const char **atts)
{
	(void)name;
	(void)atts;
	seen_after = *(long *)at;
}

/* Bytes that were fed when the handler of the first tag ran: -1 never,
 * 0 only in the last call, which says that the input is over. */
static long
feed(void *lib, const char *text, size_t n, size_t piece, int defer)
{
	XML_Parser (*create)(const char *) = dlsym(lib, "XML_ParserCreate");
	void (*user)(XML_Parser, void *) = dlsym(lib, "XML_SetUserData");
	void (*on_start)(XML_Parser, start_fn) =
	    dlsym(lib, "XML_SetStartElementHandler");
	int (*parse)(XML_Parser, const char *, int, int) =
	    dlsym(lib, "XML_Parse");
	unsigned char (*deferral)(XML_Parser, unsigned char) =
	    dlsym(lib, "XML_SetReparseDeferralEnabled");
	XML_Parser p = create("UTF-8");
	long at = 0;
	size_t i, k;

	seen_after = -1;
	user(p, &at);
	on_start(p, start);
	if (!defer)
		deferral(p, 0);
	for (i = 0; i < n; i += k) {
		k = n - i < piece ? n - i : piece;
		at = (long)(i + k);
		if (parse(p, text + i, (int)k, 0) != 1)
			return -2;
	}
	at = 0;
	return parse(p, "", 0, 1) == 1 ? seen_after : -2;
}

int
main(void)
{
	void *lib = dlopen("libexpat.so.1", RTLD_NOW);
	const char *(*version)(void);
	static const size_t piece[] = {8, 64, 512, 4096};
	static char text[2100];
	size_t n, i;

	if (lib == NULL)
		return 1;
	version = (const char *(*)(void))dlsym(lib, "XML_ExpatVersion");
	n = (size_t)sprintf(text, "<r a=\"%01990d\">text</r>", 7);
	printf("%s, XML_SetReparseDeferralEnabled %s\n", version(),
	    dlsym(lib, "XML_SetReparseDeferralEnabled") ? "is there" : "no");
	for (i = 0; i < 4; i++)
		printf("%zu bytes in pieces of %zu: seen after %ld, "
		       "without deferral after %ld\n", n, piece[i],
		    feed(lib, text, n, piece[i], 1),
		    feed(lib, text, n, piece[i], 0));
	return 0;
}
C
gcc -O1 -Wall -o "$dir/feed" "$dir/feed.c" -ldl
lib=$(dirname "$(find "$dir/root" -name 'libexpat.so.1' | head -1)")
LD_LIBRARY_PATH=$lib "$dir/feed" | tee "$dir/said"
header=$(grep -c XML_SetReparseDeferralEnabled "$dir/root/usr/include/expat.h" ||
    true)
echo "libexpat1 $want; lines of its expat.h that declare the switch: $header"
grep -q '^expat_2.5.0, .* is there$' "$dir/said"
grep -q 'in pieces of 8: seen after 0, without deferral after 2000$' "$dir/said"
grep -q 'in pieces of 64: seen after 0, without deferral after 2006$' "$dir/said"
grep -q 'in pieces of 512: seen after 2006, ' "$dir/said"
[ "$header" = 1 ]
grep -q 'define XML_MINOR_VERSION 5' "$dir/root/usr/include/expat.h"
echo "as told: a version that should not wait waits for the end"
