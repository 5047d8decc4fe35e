/* SPDX-License-Identifier: ISC */
/*
 * The directory of a ZIP archive, through minizip.
 * Side: hostile. Reads memory only, and no member's content.
 */
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/hash.h"
#include "sandboxed_parsers/runtime/sort.h"
#include "sandboxed_parsers/runtime/zip/zip.h"

/* ---- memory as a file, for minizip -------------------------------------- */

static voidpf
bytes_open(voidpf opaque, const void *name, int mode)
{
	(void)name;
	(void)mode;
	((struct gbx_zip_bytes *)opaque)->pos = 0;
	return opaque;
}

static uLong
bytes_read(voidpf opaque, voidpf stream, void *buf, uLong n)
{
	struct gbx_zip_bytes *b = stream;

	(void)opaque;
	if (n > b->size - b->pos)
		n = b->size - b->pos;
	if (n > 0)
		memcpy(buf, b->data + b->pos, n);
	b->pos += n;
	return n;
}

static uLong
bytes_write(voidpf opaque, voidpf stream, const void *buf, uLong n)
{
	(void)opaque;
	(void)stream;
	(void)buf;
	(void)n;
	return 0;
}

static ZPOS64_T
bytes_tell(voidpf opaque, voidpf stream)
{
	(void)opaque;
	return ((struct gbx_zip_bytes *)stream)->pos;
}

static long
bytes_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
	struct gbx_zip_bytes *b = stream;
	uint64_t from = 0;

	(void)opaque;
	if (origin == ZLIB_FILEFUNC_SEEK_CUR)
		from = b->pos;
	else if (origin == ZLIB_FILEFUNC_SEEK_END)
		from = b->size;
	if (offset > b->size - from)
		return -1;
	b->pos = from + offset;
	return 0;
}

static int
bytes_done(voidpf opaque, voidpf stream)
{
	(void)opaque;
	(void)stream;
	return 0;
}

static unzFile
open_bytes(struct gbx_zip_bytes *bytes)
{
	zlib_filefunc64_def io = {
	    .zopen64_file = bytes_open,
	    .zread_file = bytes_read,
	    .zwrite_file = bytes_write,
	    .ztell64_file = bytes_tell,
	    .zseek64_file = bytes_seek,
	    .zclose_file = bytes_done,
	    .zerror_file = bytes_done,
	    .opaque = bytes,
	};

	return unzOpen2_64("", &io);
}

/* ---- the directory ------------------------------------------------------ */

void
gbx_zip_name(const struct gbx_zip *zip, const char *raw, size_t n,
    struct gbx_zip_member *m)
{
	if (zip->how->name != NULL) {
		zip->how->name(zip->task->salt, raw, n, m);
		return;
	}
	m->hash = gbx_siphash(zip->task->salt, raw, n);
	m->form = n > GBX_ZIP_NAME_MAX ? GBX_ZIP_ODD : GBX_ZIP_PLAIN;
}

static bool
make_room(struct gbx_zip *zip)
{
	size_t room = zip->room > 0 ? zip->room * 2 : 64;
	struct gbx_zip_member *m;

	if (zip->n < zip->room)
		return true;
	m = realloc(zip->member, room * sizeof(*m));
	if (m == NULL)
		return gbx_sink_limit(zip->sink, GBX_WIRE_LIMIT_MEMORY);
	zip->member = m;
	zip->room = room;
	return true;
}

/* The member that minizip stands at. */
static enum gbx_wire_status
add_member(struct gbx_zip *zip)
{
	struct gbx_zip_member *m;
	char raw[GBX_ZIP_NAME_MAX + 1];
	unz_file_info64 info;
	size_t n;

	if (zip->n >= zip->task->limit[GBX_WIRE_LIMIT_MEMBERS]) {
		gbx_sink_limit(zip->sink, GBX_WIRE_LIMIT_MEMBERS);
		return GBX_WIRE_MALFORMED;
	}
	if (!make_room(zip) || unzGetCurrentFileInfo64(zip->unz, &info, raw,
				   sizeof(raw), NULL, 0, NULL, 0) != UNZ_OK)
		return GBX_WIRE_MALFORMED;
	n = info.size_filename < sizeof(raw) ? info.size_filename : sizeof(raw);
	m = &zip->member[zip->n++];
	*m = (struct gbx_zip_member){
	    .where = unzGetOffset64(zip->unz),
	    .packed = info.compressed_size,
	    .size = info.uncompressed_size,
	    .crc = (uint32_t)info.crc,
	    .method = (uint16_t)info.compression_method,
	    .bits = (uint16_t)info.flag,
	};
	gbx_zip_name(zip, raw, n, m);
	return gbx_zip_wide_sizes(zip, m) ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

static enum gbx_wire_status
read_directory(struct gbx_zip *zip)
{
	enum gbx_wire_status status;
	unz_global_info64 info;
	int err;

	if (unzGetGlobalInfo64(zip->unz, &info) != UNZ_OK)
		return GBX_WIRE_MALFORMED;
	if (info.number_entry > zip->task->limit[GBX_WIRE_LIMIT_MEMBERS]) {
		gbx_sink_limit(zip->sink, GBX_WIRE_LIMIT_MEMBERS);
		return GBX_WIRE_MALFORMED;
	}
	/* minizip "goes to" a first file even where there is none. */
	err = info.number_entry == 0 ? UNZ_END_OF_LIST_OF_FILE
				     : unzGoToFirstFile(zip->unz);
	for (; err == UNZ_OK; err = unzGoToNextFile(zip->unz)) {
		status = add_member(zip);
		if (status != GBX_WIRE_OK)
			return status;
	}
	/* 65535 means "that many or more" to minizip: it walks on until the
	 * records end, and calls that an error. */
	if (err != UNZ_END_OF_LIST_OF_FILE && zip->n < 0xffff)
		return GBX_WIRE_MALFORMED;
	return GBX_WIRE_OK;
}

/* ---- by name ------------------------------------------------------------ */

static uint64_t
hash_of(const void *thing)
{
	return ((const struct gbx_zip_key *)thing)->hash;
}

static bool
goes_before(const struct gbx_zip *zip, uint32_t a, uint32_t b)
{
	const struct gbx_zip_member *m = zip->member;

	return m[a].form != m[b].form ? m[a].form < m[b].form : a < b;
}

/* Of keys with one hash, the member that is found comes first. Returns whether
 * any two members have one name. */
static bool
settle_names(struct gbx_zip *zip)
{
	struct gbx_zip_key tmp, *key = zip->key;
	size_t i, first = 0;
	bool found = false;

	for (i = 1; i < zip->n; i++) {
		if (key[i].hash != key[first].hash) {
			first = i;
			continue;
		}
		found = true;
		if (goes_before(zip, key[i].at, key[first].at)) {
			tmp = key[i];
			key[i] = key[first];
			key[first] = tmp;
		}
	}
	return found;
}

static bool
sort_names(struct gbx_zip *zip, bool *ret_repeated)
{
	size_t i;

	zip->key = malloc((zip->n > 0 ? zip->n : 1) * sizeof(*zip->key));
	if (zip->key == NULL)
		return false;
	for (i = 0; i < zip->n; i++)
		zip->key[i] = (struct gbx_zip_key){
		    .hash = zip->member[i].hash,
		    .at = (uint32_t)i,
		};
	gbx_heapsort(zip->key, zip->n, sizeof(*zip->key), hash_of);
	*ret_repeated = settle_names(zip);
	return true;
}

static void
raise_flags(struct gbx_zip *zip, bool ambiguous)
{
	uint16_t bits = 0;
	size_t i;

	for (i = 0; i < zip->n; i++) {
		bits |= zip->member[i].bits;
		if (zip->member[i].form != GBX_ZIP_PLAIN)
			ambiguous = true;
	}
	if (ambiguous)
		gbx_sink_flag(zip->sink, GBX_WIRE_FLAG_AMBIGUOUS);
	if (bits & GBX_ZIP_ENCRYPTED)
		gbx_sink_flag(zip->sink, GBX_WIRE_FLAG_ENCRYPTED);
}

static enum gbx_wire_status
look_over(struct gbx_zip *zip)
{
	bool plain = true, ok = true, repeated = false;

	if (zip->how->check)
		plain = gbx_zip_check(zip, &ok);
	ok = sort_names(zip, &repeated) && ok;
	raise_flags(zip, !plain || repeated);
	if (!ok)
		gbx_sink_limit(zip->sink, GBX_WIRE_LIMIT_MEMORY);
	return ok ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

enum gbx_wire_status
gbx_zip_open(struct gbx_zip *zip, const struct gbx_task *task,
    struct gbx_sink *sink, const struct gbx_zip_how *how)
{
	enum gbx_wire_status status;
	uint64_t count;

	memset(zip, 0, sizeof(*zip));
	zip->task = task;
	zip->sink = sink;
	zip->how = how;
	zip->bytes.data = task->data;
	zip->bytes.size = task->size;
	if (!gbx_zip_count(task, &count))
		return GBX_WIRE_MALFORMED;
	if (count > task->limit[GBX_WIRE_LIMIT_MEMBERS]) {
		gbx_sink_limit(sink, GBX_WIRE_LIMIT_MEMBERS);
		return GBX_WIRE_MALFORMED;
	}
	if (count == 0) /* which minizip refuses where nothing is before it */
		return look_over(zip);
	zip->unz = open_bytes(&zip->bytes);
	if (zip->unz == NULL)
		return GBX_WIRE_MALFORMED;
	status = read_directory(zip);
	return status == GBX_WIRE_OK ? look_over(zip) : status;
}

void
gbx_zip_close(struct gbx_zip *zip)
{
	if (zip->unz != NULL)
		unzClose(zip->unz);
	if (zip->z_ready)
		inflateEnd(&zip->z);
	libdeflate_free_decompressor(zip->libdeflate);
	free(zip->whole);
	free(zip->key);
	free(zip->member);
	memset(zip, 0, sizeof(*zip));
}

struct gbx_zip_member *
gbx_zip_find(struct gbx_zip *zip, uint64_t hash)
{
	size_t low = 0, high = zip->n, mid;
	struct gbx_zip_member *m;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (zip->key[mid].hash < hash)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == zip->n || zip->key[low].hash != hash)
		return NULL;
	m = &zip->member[zip->key[low].at];
	return m->form == GBX_ZIP_ODD ? NULL : m;
}

bool
gbx_zip_info(struct gbx_zip *zip, const struct gbx_zip_member *m, char *name,
    size_t room, struct gbx_zip_info *ret_info)
{
	unz_file_info64 info;

	if (unzSetOffset64(zip->unz, m->where) != UNZ_OK ||
	    unzGetCurrentFileInfo64(
		zip->unz, &info, name, room, NULL, 0, NULL, 0) != UNZ_OK)
		return false;
	*ret_info = (struct gbx_zip_info){
	    .n_name = info.size_filename,
	    .made_by = (uint16_t)info.version,
	    .dos_time = (uint32_t)info.dosDate,
	    .attributes = (uint32_t)info.external_fa,
	};
	return true;
}
