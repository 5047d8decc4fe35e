/* SPDX-License-Identifier: ISC */
/*
 * An archive as a container: its members told one by one, and one of them
 * given out. Side: hostile.
 *
 * What the directory says is told as it stands, flagged where another program
 * may take it otherwise. Order and numbers are the directory's.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sandboxed_parsers/runtime/sort.h"
#include "sandboxed_parsers/runtime/zip/zip.h"

#define MADE_ON_UNIX 3	  /* APPNOTE 4.4.2.2 */
#define DOS_FOLDER   0x10 /* APPNOTE 4.4.15: of the attributes */

/* What is found out of a member beside its directory record. */
struct place {
	uint64_t start, end; /* of its bytes; 0, 0 if they are not found */
	uint32_t index, flags;
};

struct list {
	struct gbx_zip *zip;
	struct place *place; /* by index */
	char *name;	     /* three times GBX_ZIP_FIELD_MAX bytes */
};

/* ---- where they lie ------------------------------------------------------ */

static uint64_t
start_of(const void *thing)
{
	return ((const struct place *)thing)->start;
}

static uint64_t
index_of(const void *thing)
{
	return ((const struct place *)thing)->index;
}

static bool
is_known_method(const struct gbx_zip_member *m)
{
	return m->method == 0 || m->method == Z_DEFLATED;
}

static void
find_places(struct list *list)
{
	struct gbx_zip *zip = list->zip;
	const uint8_t *data;
	size_t i;

	for (i = 0; i < zip->n; i++) {
		list->place[i].index = (uint32_t)i;
		if (!is_known_method(&zip->member[i]))
			continue;
		if (gbx_zip_data(zip, &zip->member[i], &data) != GBX_WIRE_OK) {
			list->place[i].flags =
			    GBX_WIRE_MEMBER_AMBIGUOUS | GBX_WIRE_MEMBER_UNREAD;
			continue;
		}
		list->place[i].start = (uint64_t)(data - zip->task->data);
		list->place[i].end =
		    list->place[i].start + zip->member[i].packed;
	}
}

/* Sorted by start: who begins before all that came before has ended shares
 * bytes with the one that ends last. */
static void
find_overlaps(struct list *list)
{
	struct place *p = list->place;
	size_t i, last = 0, n = list->zip->n;

	gbx_heapsort(p, n, sizeof(*p), start_of);
	for (i = 1; i < n; i++) {
		if (p[i].start < p[last].end && p[i].start < p[i].end) {
			p[i].flags |= GBX_WIRE_MEMBER_OVERLAP;
			p[last].flags |= GBX_WIRE_MEMBER_OVERLAP;
		}
		if (p[i].end >= p[last].end)
			last = i;
	}
	gbx_heapsort(p, n, sizeof(*p), index_of);
}

/* Keys of one name stand side by side. */
static void
find_duplicates(struct list *list)
{
	const struct gbx_zip_key *key = list->zip->key;
	size_t i;

	for (i = 1; i < list->zip->n; i++) {
		/* Of names that are too long the beginning was hashed. */
		if (key[i].hash != key[i - 1].hash ||
		    list->zip->member[key[i].at].form == GBX_ZIP_ODD)
			continue;
		list->place[key[i].at].flags |= GBX_WIRE_MEMBER_DUPLICATE;
		list->place[key[i - 1].at].flags |= GBX_WIRE_MEMBER_DUPLICATE;
	}
}

/* ---- one member ---------------------------------------------------------- */

static uint32_t
unix_type(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case 0:
	case S_IFREG:
		return GBX_WIRE_MEMBER_FILE;
	case S_IFDIR:
		return GBX_WIRE_MEMBER_FOLDER;
	case S_IFLNK:
		return GBX_WIRE_MEMBER_SYMLINK;
	default:
		return GBX_WIRE_MEMBER_OTHER;
	}
}

static uint32_t
type_of(const struct gbx_zip_name *name, const struct gbx_zip_info *info)
{
	uint32_t type = GBX_WIRE_MEMBER_FILE;

	if (info->made_by >> 8 == MADE_ON_UNIX)
		type = unix_type(info->attributes >> 16);
	else if (info->attributes & DOS_FOLDER)
		type = GBX_WIRE_MEMBER_FOLDER;
	if (type == GBX_WIRE_MEMBER_FILE && name->n_raw > 0 &&
	    name->raw[name->n_raw - 1] == '/')
		return GBX_WIRE_MEMBER_FOLDER;
	return type;
}

static uint32_t
flags_of(const struct gbx_zip_member *m)
{
	uint32_t flags = 0;

	if (m->bits & GBX_ZIP_ENCRYPTED)
		flags |= GBX_WIRE_MEMBER_ENCRYPTED;
	if (m->bits & GBX_ZIP_ENCRYPTED || !is_known_method(m))
		flags |= GBX_WIRE_MEMBER_UNREAD;
	return flags;
}

/* The content of a symbolic link is its target. One that can't be read has
 * none; that is no reason to refuse the list. */
static size_t
read_target(
    struct gbx_zip *zip, struct gbx_zip_member *m, char *buf, size_t room)
{
	struct gbx_zip_part part;
	size_t got = 0;

	if (m->size > room || gbx_zip_part_open(zip, m, &part) != GBX_WIRE_OK ||
	    gbx_zip_part_read(&part, buf, room, &got) != GBX_WIRE_OK)
		return 0;
	return got;
}

static enum gbx_wire_status
tell(struct list *list, size_t i)
{
	struct gbx_zip_member *m = &list->zip->member[i];
	const struct place *place = &list->place[i];
	char target[GBX_VALUE_MAX], none[1];
	struct gbx_zip_name name;
	struct gbx_zip_info info;
	struct gbx_member told;

	if (!gbx_zip_name_of(list->zip, m, &name) ||
	    !gbx_zip_info(list->zip, m, none, 0, &info))
		return GBX_WIRE_MALFORMED;
	told = (struct gbx_member){
	    .name = list->name,
	    .name_length =
		gbx_zip_decode_name(&name, list->name, 3 * GBX_ZIP_FIELD_MAX),
	    .raw = name.raw,
	    .raw_length = name.n_raw,
	    .type = type_of(&name, &info),
	    .flags = place->flags | flags_of(m),
	    .offset = place->start,
	    .packed = place->end - place->start,
	    .size = m->size,
	};
	if (told.type == GBX_WIRE_MEMBER_SYMLINK &&
	    !(told.flags & GBX_WIRE_MEMBER_UNREAD)) {
		told.target = target;
		told.target_length =
		    read_target(list->zip, m, target, sizeof(target));
	}
	return gbx_sink_member(list->zip->sink, &told) ? GBX_WIRE_OK
						       : GBX_WIRE_MALFORMED;
}

/* ---- the whole ----------------------------------------------------------- */

static bool
make_list(struct gbx_zip *zip, struct list *ret_list)
{
	*ret_list = (struct list){
	    .zip = zip,
	    .place = calloc(zip->n + 1, sizeof(struct place)),
	    .name = malloc(3 * GBX_ZIP_FIELD_MAX),
	};
	return ret_list->place != NULL && ret_list->name != NULL;
}

enum gbx_wire_status
gbx_zip_list(struct gbx_zip *zip)
{
	enum gbx_wire_status status = GBX_WIRE_OK;
	struct list list;
	size_t i;

	if (make_list(zip, &list)) {
		find_places(&list);
		find_overlaps(&list);
		find_duplicates(&list);
		for (i = 0; status == GBX_WIRE_OK && i < zip->n; i++)
			status = tell(&list, i);
	} else {
		gbx_sink_limit(zip->sink, GBX_WIRE_LIMIT_MEMORY);
		status = GBX_WIRE_MALFORMED;
	}
	free(list.name);
	free(list.place);
	return status;
}

enum gbx_wire_status
gbx_zip_give(struct gbx_zip *zip, uint32_t number)
{
	struct gbx_zip_member *m;
	uint8_t *to;

	if (!gbx_sink_total(zip->sink, (uint32_t)zip->n))
		return GBX_WIRE_MALFORMED;
	if (number >= zip->n)
		return GBX_WIRE_UNSUPPORTED;
	m = &zip->member[number];
	if (flags_of(m) & GBX_WIRE_MEMBER_UNREAD)
		return GBX_WIRE_UNSUPPORTED;
	to = gbx_sink_file(zip->sink, m->size);
	if (to == NULL)
		return GBX_WIRE_MALFORMED;
	return gbx_zip_extract(
	    zip, m, to, (size_t)m->size, GBX_WIRE_LIMIT_OUTPUT);
}
