/* SPDX-License-Identifier: ISC */
/*
 * Declared types: from what somebody calls an input to a format of ours.
 * Side: trusted. A claim is text of a stranger's: it is compared, never kept.
 */
#include <glovebox.h>
#include <string.h>
#include <strings.h>

#include "broker/tables.h"
#include "broker/types.h"
#include "broker/validate/gate.h"

struct row {
	uint32_t format;
	const char *name;
};

static const struct row types[] = {
#define GBX_FORMAT(num, ID, worker, name, ops, kinds, unit, mime, suffix) \
	{num, mime},
#include "schemas/formats.def"
#define GBX_TYPE(ID, mime) {GBX_FORMAT_##ID, mime},
#include "schemas/types.def"
};

static const struct row suffixes[] = {
#define GBX_FORMAT(num, ID, worker, name, ops, kinds, unit, mime, suffix) \
	{num, name}, {num, suffix},
#include "schemas/formats.def"
#define GBX_SUFFIX(ID, suffix) {GBX_FORMAT_##ID, suffix},
#include "schemas/types.def"
};

static uint32_t
find(const struct row *rows, size_t n_rows, const char *name, size_t length)
{
	for (size_t i = 0; i < n_rows; i++)
		if (strlen(rows[i].name) == length &&
		    strncasecmp(rows[i].name, name, length) == 0)
			return rows[i].format;
	return GBX_FORMAT_NONE;
}
#define FIND(rows, name, length) \
	find(rows, sizeof(rows) / sizeof((rows)[0]), name, length)

/* Blanks as HTTP and mail know them, not as a locale does. */
static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

uint32_t
gbx_table_declared(const char *type)
{
	size_t length;

	while (is_blank(*type))
		type++;
	length = strcspn(type, ";"); /* parameters: RFC 2045, 5.1 */
	while (length > 0 && is_blank(type[length - 1]))
		length--;
	if (memchr(type, '/', length) != NULL)
		return FIND(types, type, length);
	if (*type == '.' && length > 1)
		return FIND(suffixes, type + 1, length - 1);
	return FIND(suffixes, type, length);
}

const char *
gbx_type_format(const char *type)
{
	uint32_t format = type == NULL ? 0 : gbx_table_declared(type);

	return format != 0 && gbx_table_may_declare(format)
		   ? gbx_table_format_name(format)
		   : NULL;
}
