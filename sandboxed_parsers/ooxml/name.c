/* SPDX-License-Identifier: ISC */
/*
 * Names of parts: one form, one hash.
 * Side: hostile. Works in fixed buffers; knows no file system and no locale.
 */
#include <string.h>

#include "sandboxed_parsers/ooxml/name.h"
#include "sandboxed_parsers/runtime/hash.h"

uint64_t
gbx_ooxml_name_hash(
    const uint8_t salt[GBX_SALT_LEN], const struct gbx_ooxml_name *name)
{
	return gbx_siphash(salt, name->s, name->n);
}

/* ---- characters --------------------------------------------------------- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
gbx_ooxml_starts(const char *text, const char *start)
{
	for (; *start != '\0'; text++, start++)
		if (lower(*text) != lower(*start))
			return false;
	return true;
}

bool
gbx_ooxml_same(const char *a, const char *b)
{
	return gbx_ooxml_starts(a, b) && strlen(a) == strlen(b);
}

bool
gbx_ooxml_contains(const char *text, const char *part)
{
	for (; *text != '\0'; text++)
		if (gbx_ooxml_starts(text, part))
			return true;
	return false;
}

static bool
is_alpha(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

bool
gbx_ooxml_has_scheme(const char *target)
{
	const char *p = target;

	if (!is_alpha(*p))
		return false;
	while (is_alpha(*p) || (*p >= '0' && *p <= '9') || *p == '+' ||
	       *p == '-' || *p == '.')
		p++;
	return *p == ':';
}

/* ---- names -------------------------------------------------------------- */

void
gbx_ooxml_name_set(struct gbx_ooxml_name *name, const char *text)
{
	name->n = strlen(text);
	if (name->n > sizeof(name->s))
		name->n = sizeof(name->s);
	memcpy(name->s, text, name->n);
}

bool
gbx_ooxml_name_ends(const struct gbx_ooxml_name *name, const char *end)
{
	size_t n = strlen(end);

	return n <= name->n && memcmp(name->s + name->n - n, end, n) == 0;
}

bool
gbx_ooxml_name_holds(const struct gbx_ooxml_name *name, const char *text)
{
	return memmem(name->s, name->n, text, strlen(text)) != NULL;
}

static bool
segment_is(const char *s, size_t n, const char *what)
{
	return n == strlen(what) && memcmp(s, what, n) == 0;
}

/* Every segment stands for itself. An empty last one is a folder's entry. */
static bool
segments_plain(const struct gbx_ooxml_name *name)
{
	const char *s = name->s, *end = name->s + name->n, *slash;
	size_t n;

	for (; s < end; s += n + 1) {
		slash = memchr(s, '/', (size_t)(end - s));
		n = (size_t)((slash ? slash : end) - s);
		if (n == 0 || segment_is(s, n, ".") || segment_is(s, n, ".."))
			return false;
	}
	return true;
}

enum gbx_ooxml_name_form
gbx_ooxml_name_member(
    const char *raw, size_t n, struct gbx_ooxml_name *ret_name)
{
	bool odd = n == 0 || n > sizeof(ret_name->s) || raw[0] == '/' ||
		   raw[0] == '\\';
	bool backslash = false;
	size_t i = 0;

	ret_name->n = 0;
	while (i < n && (raw[i] == '/' || raw[i] == '\\'))
		i++;
	for (; i < n && ret_name->n < sizeof(ret_name->s); i++) {
		odd = odd || raw[i] == '\0';
		backslash = backslash || raw[i] == '\\';
		ret_name->s[ret_name->n++] =
		    raw[i] == '\\' ? '/' : lower(raw[i]);
	}
	if (odd || !segments_plain(ret_name) ||
	    gbx_ooxml_name_ends(ret_name, ".piece"))
		return GBX_NAME_ODD;
	return backslash ? GBX_NAME_BACKSLASH : GBX_NAME_PLAIN;
}

static void
drop_segment(struct gbx_ooxml_name *name)
{
	while (name->n > 0 && name->s[name->n - 1] != '/')
		name->n--;
}

/* Append one segment of a target. False: it leaves the package. */
static bool
add_segment(struct gbx_ooxml_name *name, const char *s, size_t n, bool last)
{
	size_t i;

	if (n == 0 || segment_is(s, n, "."))
		return true;
	if (segment_is(s, n, "..")) {
		if (name->n == 0)
			return false;
		name->n--; /* the slash */
		drop_segment(name);
		return true;
	}
	if (n + 1 > sizeof(name->s) - name->n)
		return false;
	for (i = 0; i < n; i++)
		name->s[name->n++] = lower(s[i]);
	if (!last)
		name->s[name->n++] = '/';
	return true;
}

bool
gbx_ooxml_name_resolve(const struct gbx_ooxml_name *base, const char *target,
    struct gbx_ooxml_name *ret_name)
{
	size_t n;

	if (gbx_ooxml_has_scheme(target))
		return false;
	*ret_name = *base;
	drop_segment(ret_name);
	if (*target == '/' || *target == '\\')
		ret_name->n = 0;
	while (*target != '\0' && *target != '#') {
		n = strcspn(target, "/\\#");
		if (!add_segment(ret_name, target, n,
			target[n] == '\0' || target[n] == '#'))
			return false;
		target += n;
		target += *target == '/' || *target == '\\';
	}
	return ret_name->n > 0;
}

int
gbx_ooxml_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
gbx_ooxml_name_decode(struct gbx_ooxml_name *name)
{
	size_t i, n = 0;
	bool found = false;

	for (i = 0; i < name->n; i++) {
		char c = name->s[i];

		if (c == '%' && name->n - i > 2 &&
		    gbx_ooxml_hex(name->s[i + 1]) >= 0 &&
		    gbx_ooxml_hex(name->s[i + 2]) >= 0) {
			c = lower((char)(gbx_ooxml_hex(name->s[i + 1]) * 16 +
					 gbx_ooxml_hex(name->s[i + 2])));
			i += 2;
			found = true;
		}
		name->s[n++] = c;
	}
	name->n = n;
	return found;
}

static bool
append(struct gbx_ooxml_name *name, const char *s, size_t n)
{
	if (n > sizeof(name->s) - name->n)
		return false;
	memcpy(name->s + name->n, s, n);
	name->n += n;
	return true;
}

bool
gbx_ooxml_name_rels(
    const struct gbx_ooxml_name *part, struct gbx_ooxml_name *ret_rels)
{
	size_t dir;

	*ret_rels = *part;
	drop_segment(ret_rels);
	dir = ret_rels->n;
	return append(ret_rels, "_rels/", 6) &&
	       append(ret_rels, part->s + dir, part->n - dir) &&
	       append(ret_rels, ".rels", 5);
}

bool
gbx_ooxml_name_source(
    const struct gbx_ooxml_name *rels, struct gbx_ooxml_name *ret_part)
{
	struct gbx_ooxml_name dir = *rels;
	size_t file;

	if (!gbx_ooxml_name_ends(rels, ".rels"))
		return false;
	drop_segment(&dir);
	file = dir.n;
	if (!gbx_ooxml_name_ends(&dir, "_rels/") ||
	    (dir.n > 6 && dir.s[dir.n - 7] != '/'))
		return false;
	dir.n -= 6;
	*ret_part = dir;
	return append(ret_part, rels->s + file, rels->n - file - 5);
}
