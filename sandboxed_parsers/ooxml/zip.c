/* SPDX-License-Identifier: ISC */
/*
 * The package as a ZIP archive, through minizip and zlib.
 * Side: hostile. Reads memory only; never holds a part whole, never inflates
 * past what the ratio limit allows.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/ooxml/zip.h"

#define FREE_BYTES (UINT64_C(1) << 20) /* the ratio counts past these */

/* ---- memory as a file, for minizip -------------------------------------- */

static voidpf
bytes_open(voidpf opaque, const void *name, int mode)
{
	(void)name;
	(void)mode;
	((struct gbx_ooxml_bytes *)opaque)->pos = 0;
	return opaque;
}

static uLong
bytes_read(voidpf opaque, voidpf stream, void *buf, uLong n)
{
	struct gbx_ooxml_bytes *b = stream;

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
	return ((struct gbx_ooxml_bytes *)stream)->pos;
}

static long
bytes_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
	struct gbx_ooxml_bytes *b = stream;
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
open_bytes(struct gbx_ooxml_bytes *bytes)
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

static uint16_t
marks_of(const struct gbx_ooxml_name *name)
{
	uint16_t marks = 0;

	if (gbx_ooxml_name_ends(name, ".rels") &&
	    (name->n == 11 || gbx_ooxml_name_holds(name, "_rels/")))
		marks |= GBX_ZIP_RELS;
	if (gbx_ooxml_name_ends(name, "vbaproject.bin"))
		marks |= GBX_ZIP_MACROS;
	if (!gbx_ooxml_name_ends(name, "/") &&
	    (gbx_ooxml_name_holds(name, "/embeddings/") ||
		gbx_ooxml_name_holds(name, "/activex/")))
		marks |= GBX_ZIP_EMBEDDED;
	return marks;
}

static bool
make_room(struct gbx_ooxml_zip *zip)
{
	size_t room = zip->room > 0 ? zip->room * 2 : 64;
	struct gbx_ooxml_member *m;

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
add_member(struct gbx_ooxml_zip *zip)
{
	struct gbx_ooxml_member *m;
	struct gbx_ooxml_name name;
	char raw[GBX_OOXML_NAME_MAX + 1];
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
	*m = (struct gbx_ooxml_member){
	    .where = unzGetOffset64(zip->unz),
	    .packed = info.compressed_size,
	    .size = info.uncompressed_size,
	    .crc = (uint32_t)info.crc,
	    .method = (uint16_t)info.compression_method,
	    .bits = (uint16_t)info.flag,
	};
	m->form = (uint16_t)gbx_ooxml_name_member(raw, n, &name);
	m->marks = marks_of(&name);
	m->hash = gbx_ooxml_name_hash(zip->task->salt, &name);
	return GBX_WIRE_OK;
}

static enum gbx_wire_status
read_directory(struct gbx_ooxml_zip *zip)
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

static uint64_t
key_of(const void *thing)
{
	return ((const struct gbx_ooxml_member *)thing)->hash;
}

/* Of members with one name, the one that is read comes first: the better form
 * of a name, then the directory's order. */
static bool
goes_before(const struct gbx_ooxml_member *a, const struct gbx_ooxml_member *b)
{
	return a->form != b->form ? a->form < b->form : a->where < b->where;
}

/* Returns whether any two have one name. */
static bool
settle_names(struct gbx_ooxml_member *m, size_t n)
{
	struct gbx_ooxml_member tmp;
	size_t i, first = 0;
	bool found = false;

	for (i = 1; i < n; i++) {
		if (m[i].hash != m[first].hash) {
			first = i;
			continue;
		}
		found = true;
		if (goes_before(&m[i], &m[first])) {
			tmp = m[i];
			m[i] = m[first];
			m[first] = tmp;
		}
	}
	return found;
}

static void
raise_flags(struct gbx_ooxml_zip *zip, bool ambiguous)
{
	const struct gbx_ooxml_member *m = zip->member;
	uint16_t marks = 0, bits = 0;
	size_t i;

	for (i = 0; i < zip->n; i++) {
		marks |= m[i].marks;
		bits |= m[i].bits;
		if (m[i].form != GBX_NAME_PLAIN)
			ambiguous = true;
	}
	if (ambiguous)
		gbx_sink_flag(zip->sink, GBX_WIRE_FLAG_AMBIGUOUS);
	/* Bit 0, and 6 and 13 of strong encryption (APPNOTE 4.4.4). */
	if (bits & (1u << 0 | 1u << 6 | 1u << 13))
		gbx_sink_flag(zip->sink, GBX_WIRE_FLAG_ENCRYPTED);
	if (marks & GBX_ZIP_MACROS)
		gbx_sink_flag(zip->sink, GBX_WIRE_FLAG_MACROS);
	if (marks & GBX_ZIP_EMBEDDED)
		gbx_sink_flag(zip->sink, GBX_WIRE_FLAG_EMBEDDED);
}

static enum gbx_wire_status
look_over(struct gbx_ooxml_zip *zip)
{
	bool plain = true, ok = true;

	if (zip->task->op == GBX_WIRE_OP_TEXT)
		plain =
		    gbx_ooxml_zip_check(zip->task, zip->member, zip->n, &ok);
	gbx_ooxml_sort(zip->member, zip->n, sizeof(*zip->member), key_of);
	if (settle_names(zip->member, zip->n))
		plain = false;
	raise_flags(zip, !plain);
	if (!ok)
		gbx_sink_limit(zip->sink, GBX_WIRE_LIMIT_MEMORY);
	return ok ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

enum gbx_wire_status
gbx_ooxml_zip_open(struct gbx_ooxml_zip *zip, const struct gbx_task *task,
    struct gbx_sink *sink)
{
	enum gbx_wire_status status;
	uint64_t count;

	memset(zip, 0, sizeof(*zip));
	zip->task = task;
	zip->sink = sink;
	zip->bytes.data = task->data;
	zip->bytes.size = task->size;
	if (!gbx_ooxml_zip_count(task, &count))
		return GBX_WIRE_MALFORMED;
	if (count > task->limit[GBX_WIRE_LIMIT_MEMBERS]) {
		gbx_sink_limit(sink, GBX_WIRE_LIMIT_MEMBERS);
		return GBX_WIRE_MALFORMED;
	}
	zip->unz = open_bytes(&zip->bytes);
	if (zip->unz == NULL)
		return GBX_WIRE_MALFORMED;
	status = read_directory(zip);
	return status == GBX_WIRE_OK ? look_over(zip) : status;
}

void
gbx_ooxml_zip_close(struct gbx_ooxml_zip *zip)
{
	if (zip->unz != NULL)
		unzClose(zip->unz);
	if (zip->z_ready)
		inflateEnd(&zip->z);
	free(zip->member);
	memset(zip, 0, sizeof(*zip));
}

static struct gbx_ooxml_member *
find_hash(struct gbx_ooxml_zip *zip, uint64_t hash)
{
	size_t low = 0, high = zip->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (zip->member[mid].hash < hash)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == zip->n || zip->member[low].hash != hash ||
	    zip->member[low].form == GBX_NAME_ODD)
		return NULL;
	return &zip->member[low];
}

struct gbx_ooxml_member *
gbx_ooxml_zip_find(struct gbx_ooxml_zip *zip, struct gbx_ooxml_name *name)
{
	const uint8_t *salt = zip->task->salt;
	struct gbx_ooxml_member *m;

	m = find_hash(zip, gbx_ooxml_name_hash(salt, name));
	if (m == NULL && gbx_ooxml_name_decode(name))
		m = find_hash(zip, gbx_ooxml_name_hash(salt, name));
	return m;
}

bool
gbx_ooxml_zip_name(struct gbx_ooxml_zip *zip, const struct gbx_ooxml_member *m,
    struct gbx_ooxml_name *ret_name)
{
	char raw[GBX_OOXML_NAME_MAX + 1];
	unz_file_info64 info;

	if (unzSetOffset64(zip->unz, m->where) != UNZ_OK ||
	    unzGetCurrentFileInfo64(zip->unz, &info, raw, sizeof(raw), NULL, 0,
		NULL, 0) != UNZ_OK ||
	    info.size_filename >= sizeof(raw))
		return false;
	return gbx_ooxml_name_member(raw, info.size_filename, ret_name) !=
	       GBX_NAME_ODD;
}

/* ---- one part ----------------------------------------------------------- */

/* The most that may come out by now. Members that overlap share their packed
 * bytes, so these never count for more than the input. */
static uint64_t
allowance(const struct gbx_ooxml_zip *zip)
{
	uint64_t packed = zip->packed, most;

	if (packed > zip->task->size)
		packed = zip->task->size;
	if (__builtin_mul_overflow(
		packed, zip->task->limit[GBX_WIRE_LIMIT_RATIO], &most) ||
	    __builtin_add_overflow(most, FREE_BYTES, &most))
		return UINT64_MAX;
	return most;
}

static enum gbx_wire_status
count_packed(struct gbx_ooxml_zip *zip, const struct gbx_ooxml_member *m)
{
	zip->packed += m->packed; /* each part once, each below the input */
	if (m->size > allowance(zip) ||
	    zip->unpacked > allowance(zip) - m->size) {
		gbx_sink_limit(zip->sink, GBX_WIRE_LIMIT_RATIO);
		return GBX_WIRE_MALFORMED;
	}
	return GBX_WIRE_OK;
}

/* Where minizip sees the part's bytes, after it held the local header against
 * the directory. */
static enum gbx_wire_status
find_data(struct gbx_ooxml_zip *zip, const struct gbx_ooxml_member *m,
    const uint8_t **ret_data)
{
	uint64_t pos, size = zip->task->size;

	if (unzSetOffset64(zip->unz, m->where) != UNZ_OK ||
	    unzOpenCurrentFile2(zip->unz, NULL, NULL, 1) != UNZ_OK)
		return GBX_WIRE_MALFORMED;
	pos = unzGetCurrentFileZStreamPos64(zip->unz);
	unzCloseCurrentFile(zip->unz);
	if (pos > size || m->packed > size - pos || m->packed > UINT32_MAX)
		return GBX_WIRE_MALFORMED;
	*ret_data = zip->task->data + pos;
	return GBX_WIRE_OK;
}

static enum gbx_wire_status
start_inflate(struct gbx_ooxml_zip *zip, const uint8_t *data, uint64_t packed)
{
	int err;

	err = zip->z_ready ? inflateReset(&zip->z)
			   : inflateInit2(&zip->z, -MAX_WBITS);
	if (err != Z_OK) {
		gbx_sink_limit(zip->sink, GBX_WIRE_LIMIT_MEMORY);
		return GBX_WIRE_MALFORMED;
	}
	zip->z_ready = true;
	zip->z.next_in = (z_const Bytef *)data;
	zip->z.avail_in = (uInt)packed;
	return GBX_WIRE_OK;
}

enum gbx_wire_status
gbx_ooxml_part_open(struct gbx_ooxml_zip *zip, struct gbx_ooxml_member *m,
    struct gbx_ooxml_part *ret_part)
{
	enum gbx_wire_status status;
	const uint8_t *data;

	if (m->marks & GBX_ZIP_TAKEN)
		return GBX_WIRE_MALFORMED;
	m->marks |= GBX_ZIP_TAKEN;
	if (m->bits & 1 || (m->method != 0 && m->method != Z_DEFLATED))
		return GBX_WIRE_UNSUPPORTED;
	status = count_packed(zip, m);
	if (status == GBX_WIRE_OK)
		status = find_data(zip, m, &data);
	if (status == GBX_WIRE_OK && m->method == Z_DEFLATED)
		status = start_inflate(zip, data, m->packed);
	else if (status == GBX_WIRE_OK && m->packed != m->size)
		status = GBX_WIRE_MALFORMED;
	if (status != GBX_WIRE_OK)
		return status;
	*ret_part = (struct gbx_ooxml_part){
	    .zip = zip,
	    .data = data,
	    .left = m->size,
	    .crc_wanted = m->crc,
	    .stored = m->method == 0,
	};
	return GBX_WIRE_OK;
}

/* All bytes that the directory promised are out: the stream must end here, on
 * both sides. A reader that trusts the stream and one that trusts the directory
 * must see the same. */
static bool
ends_here(z_stream *z, int err)
{
	Bytef one_more;

	if (err == Z_OK) {
		/* cppcheck-suppress autoVariables */
		z->next_out = &one_more;
		z->avail_out = 1;
		err = inflate(z, Z_NO_FLUSH);
		if (z->avail_out == 0)
			return false;
	}
	return err == Z_STREAM_END && z->avail_in == 0;
}

static enum gbx_wire_status
inflate_some(struct gbx_ooxml_part *part, void *buf, size_t n, size_t *ret_got)
{
	z_stream *z = &part->zip->z;
	bool fits;
	int err;

	if (n > part->left)
		n = (size_t)part->left;
	z->next_out = buf;
	z->avail_out = (uInt)n;
	err = inflate(z, Z_NO_FLUSH);
	*ret_got = n - z->avail_out;
	if (err == Z_MEM_ERROR)
		gbx_sink_limit(part->zip->sink, GBX_WIRE_LIMIT_MEMORY);
	if (*ret_got == part->left)
		fits = ends_here(z, err);
	else
		fits = err == Z_OK && *ret_got == n;
	return fits ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

static enum gbx_wire_status
copy_some(struct gbx_ooxml_part *part, void *buf, size_t n, size_t *ret_got)
{
	*ret_got = n < part->left ? n : (size_t)part->left;
	memcpy(buf, part->data, *ret_got);
	part->data += *ret_got;
	return GBX_WIRE_OK;
}

enum gbx_wire_status
gbx_ooxml_part_read(
    struct gbx_ooxml_part *part, void *buf, size_t n, size_t *ret_got)
{
	enum gbx_wire_status status = GBX_WIRE_OK;
	struct gbx_ooxml_zip *zip = part->zip;

	*ret_got = 0;
	if (part->left > 0)
		status = part->stored ? copy_some(part, buf, n, ret_got)
				      : inflate_some(part, buf, n, ret_got);
	if (status != GBX_WIRE_OK)
		return status;
	part->crc = (uint32_t)crc32(part->crc, buf, (uInt)*ret_got);
	part->left -= *ret_got;
	zip->unpacked += *ret_got;
	if (part->left == 0 && part->crc != part->crc_wanted)
		return GBX_WIRE_MALFORMED;
	return GBX_WIRE_OK;
}
