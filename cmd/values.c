/* SPDX-License-Identifier: ISC */
/*
 * Values of options, held against what the library says there is: a limit or
 * a format that is added there is known here. Side: caller.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd/print.h"
#include "cmd/values.h"

bool
gbx_cmd_parse_number(const char *s, uint64_t unit, uint64_t *ret_n)
{
	static const char suffixes[] = "kMG";
	const char *suffix;
	uint64_t n = 0;

	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*s - '0'), &n))
			return false;
	if (*s != '\0') {
		suffix = strchr(suffixes, *s == 'K' ? 'k' : *s);
		if (!suffix || unit == 1 || s[1] != '\0')
			return false;
		for (const char *p = suffixes; p <= suffix; p++)
			if (__builtin_mul_overflow(n, unit, &n))
				return false;
	}
	*ret_n = n;
	return true;
}

/* Frames are numbered in 32 bits. */
static bool
parse_frame(const char **s, uint32_t *ret_frame)
{
	uint64_t n = 0;
	const char *p = *s;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9' && n <= UINT32_MAX; p++)
		n = n * 10 + (uint64_t)(*p - '0');
	*s = p;
	*ret_frame = (uint32_t)n;
	return n < UINT32_MAX;
}

bool
gbx_cmd_parse_frames(const char *arg, uint32_t *ret_first, uint32_t *ret_count)
{
	uint32_t first = 0, last = UINT32_MAX - 1;
	const char *s = arg;
	bool good = true;

	if (strcmp(arg, "all") == 0) {
		s += 3;
	} else {
		good = parse_frame(&s, &first);
		last = first;
		if (good && *s == '-') {
			s++;
			good = parse_frame(&s, &last) && last >= first;
		}
	}
	if (!good || *s != '\0') {
		gbx_cmd_complain(
		    arg, "--frames takes N, A-B or all; the first is 0");
		return false;
	}
	*ret_first = first;
	*ret_count = last - first + 1;
	return true;
}

/* Returns the limit's number, or 0. */
static int
find_limit(const char *name, size_t length, struct gbx_limit_info *ret_info)
{
	struct gbx_limit_info info = {.size = sizeof(info)};

	for (int i = 1; gbx_limit_info((enum gbx_limit)i, &info) == GBX_OK; i++)
		if (strlen(info.name) == length &&
		    memcmp(info.name, name, length) == 0) {
			*ret_info = info;
			return i < GBX_LIMIT_ROOM ? i : 0;
		}
	return 0;
}

/* Adds ", name" to a list in buf; what does not fit is left out. */
static void
add_name(char *buf, size_t room, const char *name)
{
	size_t length = strlen(buf);

	snprintf(buf + length, room - length, "%s%s", length ? ", " : "", name);
}

static bool
unknown_limit(const char *arg)
{
	struct gbx_limit_info info = {.size = sizeof(info)};
	char names[512] = "";

	for (int i = 1; gbx_limit_info((enum gbx_limit)i, &info) == GBX_OK; i++)
		add_name(names, sizeof(names), info.name);
	gbx_cmd_complain(arg, "no such limit; there are %s", names);
	return false;
}

bool
gbx_cmd_parse_limit(const char *arg, uint64_t limit[GBX_LIMIT_ROOM])
{
	const char *value = strchr(arg, '=');
	struct gbx_limit_info info;
	uint64_t n;
	int i;

	if (!value) {
		gbx_cmd_complain(arg, "--limit takes NAME=VALUE");
		return false;
	}
	i = find_limit(arg, (size_t)(value - arg), &info);
	if (i == 0)
		return unknown_limit(arg);
	if (!gbx_cmd_parse_number(
		value + 1, strcmp(info.unit, "bytes") == 0 ? 1024 : 1000, &n) ||
	    n == 0) {
		gbx_cmd_complain(arg,
		    "a limit is a number from 1, with k, M or G if need be");
		return false;
	}
	if (n > info.ceiling) {
		gbx_cmd_complain(arg, "over the ceiling of %" PRIu64 " %s",
		    info.ceiling, info.unit);
		return false;
	}
	limit[i] = n;
	return true;
}

/* A worker shared with other inputs is a layer less, not more. */
static const char *
layer_name(uint32_t bit)
{
	return bit == GBX_POSTURE_BATCH ? NULL : gbx_posture_name(bit);
}

static bool
unknown_layer(const char *arg)
{
	char names[512] = "";

	for (uint32_t bit = 1; bit; bit <<= 1)
		if (layer_name(bit))
			add_name(names, sizeof(names), layer_name(bit));
	gbx_cmd_complain(arg, "--require: no such layer; there are %s", names);
	return false;
}

static uint32_t
find_layer(const char *name, size_t length)
{
	for (uint32_t bit = 1; bit; bit <<= 1) {
		const char *s = layer_name(bit);

		if (s && strlen(s) == length && memcmp(s, name, length) == 0)
			return bit;
	}
	return 0;
}

bool
gbx_cmd_parse_require(const char *arg, uint32_t *bits)
{
	const char *name = arg;
	uint32_t found = 0;

	for (;;) {
		size_t length = strcspn(name, ",");
		uint32_t bit = find_layer(name, length);

		if (bit == 0)
			return unknown_layer(arg);
		found |= bit;
		if (name[length] == '\0')
			break;
		name += length + 1;
	}
	found |= *bits;
	if ((found & GBX_POSTURE_FILTER) && (found & GBX_POSTURE_STRICT)) {
		gbx_cmd_complain(arg, "--require: filter or strict, not both");
		return false;
	}
	*bits = found;
	return true;
}

bool
gbx_cmd_parse_lockdown(const char *arg, uint32_t *ret_lockdown)
{
	if (strcmp(arg, "filter") == 0)
		*ret_lockdown = GBX_LOCKDOWN_FILTER;
	else if (strcmp(arg, "strict") == 0)
		*ret_lockdown = GBX_LOCKDOWN_STRICT;
	else {
		gbx_cmd_complain(arg, "--lockdown is filter or strict");
		return false;
	}
	return true;
}

/* Formats that inputs have; not what only the encoder takes. */
bool
gbx_cmd_unknown_type(const char *arg)
{
	struct gbx_format_info info = {.size = sizeof(info)};
	char names[512] = "";

	for (size_t i = 0; gbx_format_info(i, &info) == GBX_OK; i++)
		if (gbx_type_format(info.name))
			add_name(names, sizeof(names), info.name);
	gbx_cmd_complain(arg,
	    "no such format; there are %s, their media types and suffixes",
	    names);
	return false;
}

const char *
gbx_cmd_format_name(const char *arg)
{
	struct gbx_format_info info = {.size = sizeof(info)};
	const char *type = gbx_type_format(arg);

	for (size_t i = 0; !type && gbx_format_info(i, &info) == GBX_OK; i++)
		if (strcasecmp(info.name, arg) == 0)
			type = info.name;
	return type;
}

bool
gbx_cmd_unknown_format(const char *arg)
{
	struct gbx_format_info info = {.size = sizeof(info)};
	char names[512] = "";

	for (size_t i = 0; gbx_format_info(i, &info) == GBX_OK; i++)
		add_name(names, sizeof(names), info.name);
	gbx_cmd_complain(arg, "no such format; there are %s", names);
	return false;
}

bool
gbx_cmd_parse_keep(const char *arg, uint32_t *bits)
{
	static const struct {
		const char *name;
		uint32_t bit;
	} table[] = {{"icc", GBX_WANT_STORED_COLOUR},
	    {"orientation", GBX_WANT_STORED_ORIENTATION}};
	const char *s = arg;
	size_t length, i;

	do {
		length = strcspn(s, ",");
		for (i = 0; i < 2; i++)
			if (length == strlen(table[i].name) &&
			    strncmp(s, table[i].name, length) == 0)
				break;
		if (i == 2) {
			gbx_cmd_complain(
			    arg, "--keep takes icc, orientation or both");
			return false;
		}
		*bits |= table[i].bit;
		s += length;
	} while (*s++ == ',');
	return true;
}
