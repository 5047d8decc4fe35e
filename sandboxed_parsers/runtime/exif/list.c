/* SPDX-License-Identifier: ISC */
/*
 * The tags of EXIF as properties, through libexif. Side: hostile. Only parsers
 * that call gbx_sink_exif link this, and the library.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libexif/exif-data.h>

#include "sandboxed_parsers/runtime/sink.h"

static const uint8_t header[6] = "Exif\0";

/* "exif.Make"; thumbnail's own tags are left out with it. */
static void
list_entry(ExifEntry *entry, void *context)
{
	struct gbx_sink *s = context;
	ExifIfd ifd = exif_content_get_ifd(entry->parent);
	const char *name = exif_tag_get_name_in_ifd(entry->tag, ifd);
	char key[64], value[GBX_VALUE_MAX];

	if (ifd == EXIF_IFD_1 || name == NULL)
		return;
	if (exif_entry_get_value(entry, value, sizeof(value)) == NULL)
		return;
	snprintf(key, sizeof(key), "exif.%s", name);
	gbx_sink_property(s, key, value, strlen(value));
}

static void
list_content(ExifContent *content, void *context)
{
	exif_content_foreach_entry(content, list_entry, context);
}

static void
list_all(struct gbx_sink *s, const uint8_t *exif, unsigned int size)
{
	ExifData *data = exif_data_new();

	if (data == NULL)
		return;
	/* As they are stored; the library would add and convert some. */
	exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
	exif_data_load_data(data, exif, size);
	exif_data_foreach_content(data, list_content, s);
	exif_data_unref(data);
}

void
gbx_sink_exif(struct gbx_sink *s, const uint8_t *exif, size_t size)
{
	uint8_t *whole;

	if (!gbx_sink_wants_records(s) || size < 8)
		return;
	if (memcmp(exif, header, sizeof(header)) == 0) {
		exif += sizeof(header);
		size -= sizeof(header);
	}
	gbx_sink_size(s, "exif.size", size);
	/* The library wants it as JPEG has it. */
	if (size > 65535 - sizeof(header))
		size = 65535 - sizeof(header);
	whole = malloc(sizeof(header) + size);
	if (whole == NULL)
		return;
	memcpy(whole, header, sizeof(header));
	memcpy(whole + sizeof(header), exif, size);
	list_all(s, whole, (unsigned int)(sizeof(header) + size));
	free(whole);
}
