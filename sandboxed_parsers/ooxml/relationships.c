/* SPDX-License-Identifier: ISC */
/*
 * Relationships, and the flags they raise.
 * Side: hostile. A target is a name in the package or nothing; what lies
 * outside is told of and never looked for.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/ooxml/records.h"
#include "sandboxed_parsers/ooxml/relationships.h"
#include "sandboxed_parsers/runtime/hash.h"

#define PACKAGE "http://schemas.openxmlformats.org/package/2006/relationships/"
#define OFFICE \
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define STRICT "http://purl.oclc.org/ooxml/officeDocument/relationships/"

static const struct {
	const char *base, *name;
	enum gbx_ooxml_rel_kind kind;
} kinds[] = {
    {OFFICE, "officeDocument", GBX_REL_DOCUMENT},
    {STRICT, "officeDocument", GBX_REL_DOCUMENT},
    {PACKAGE, "metadata/core-properties", GBX_REL_CORE},
    {OFFICE, "metadata/core-properties", GBX_REL_CORE},
    {OFFICE, "extended-properties", GBX_REL_APP},
    {STRICT, "extendedProperties", GBX_REL_APP},
    {OFFICE, "header", GBX_REL_HEADER},
    {STRICT, "header", GBX_REL_HEADER},
    {OFFICE, "footer", GBX_REL_FOOTER},
    {STRICT, "footer", GBX_REL_FOOTER},
    {OFFICE, "footnotes", GBX_REL_FOOTNOTES},
    {STRICT, "footnotes", GBX_REL_FOOTNOTES},
    {OFFICE, "endnotes", GBX_REL_ENDNOTES},
    {STRICT, "endnotes", GBX_REL_ENDNOTES},
    {OFFICE, "comments", GBX_REL_COMMENTS},
    {STRICT, "comments", GBX_REL_COMMENTS},
    {OFFICE, "slide", GBX_REL_SLIDE},
    {STRICT, "slide", GBX_REL_SLIDE},
    {OFFICE, "notesSlide", GBX_REL_NOTES},
    {STRICT, "notesSlide", GBX_REL_NOTES},
    {OFFICE, "styles", GBX_REL_STYLES},
    {STRICT, "styles", GBX_REL_STYLES},
    {OFFICE, "numbering", GBX_REL_NUMBERING},
    {STRICT, "numbering", GBX_REL_NUMBERING},
    {OFFICE, "chart", GBX_REL_CHART},
    {STRICT, "chart", GBX_REL_CHART},
    {OFFICE, "diagramData", GBX_REL_DIAGRAM},
    {STRICT, "diagramData", GBX_REL_DIAGRAM},
    {OFFICE, "hyperlink", GBX_REL_HYPERLINK},
    {STRICT, "hyperlink", GBX_REL_HYPERLINK},
    /* comments on slides, since 2018 */
    {"http://schemas.microsoft.com/office/2018/10/relationships/", "comments",
	GBX_REL_COMMENTS},
};

/* Objects of other programs inside the package, whoever defined the type. */
static const char *const embedded[] = {
    "oleObject", "package", "control", "activeXControlBinary", "aFChunk"};
static const char *const macros[] = {"vbaProject", "xlMacrosheet"};
/* Parts with text that is shown, and not read. */
static const char *const unread[] = {"aFChunk", "subDocument", "chartEx"};

struct reader {
	struct gbx_zip *zip;
	const struct gbx_ooxml_name *source;
	struct gbx_ooxml_rels *rels; /* NULL: flags only */
	size_t seen;
};

static enum gbx_ooxml_rel_kind
kind_of(const char *type)
{
	size_t i, n;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		n = strlen(kinds[i].base);
		if (strncmp(type, kinds[i].base, n) == 0 &&
		    strcmp(type + n, kinds[i].name) == 0)
			return kinds[i].kind;
	}
	return GBX_REL_OTHER;
}

static bool
is_one_of(const char *name, const char *const *list, size_t n)
{
	while (n-- > 0)
		if (gbx_ooxml_same(name, list[n]))
			return true;
	return false;
}
#define IS_ONE_OF(name, list) \
	is_one_of(name, list, sizeof(list) / sizeof((list)[0]))

/* A hyperlink acts only when a person follows it; everything else may be
 * fetched when the document is opened. */
static void
raise_flags(struct gbx_sink *sink, const char *type, bool outside)
{
	const char *slash = strrchr(type, '/');
	const char *last = slash == NULL ? type : slash + 1;

	if (outside && !gbx_ooxml_same(last, "hyperlink"))
		gbx_sink_flag(sink, GBX_WIRE_FLAG_EXTERNAL);
	if (!outside && IS_ONE_OF(last, embedded))
		gbx_sink_flag(sink, GBX_WIRE_FLAG_EMBEDDED);
	if (IS_ONE_OF(last, macros))
		gbx_sink_flag(sink, GBX_WIRE_FLAG_MACROS);
	if (IS_ONE_OF(last, unread))
		gbx_sink_flag(sink, GBX_WIRE_FLAG_TEXT_ELSEWHERE);
}

/* A link to somewhere else, whatever TargetMode says: a browser would go
 * there. */
static bool
is_link(enum gbx_ooxml_rel_kind kind, const char *target)
{
	return kind == GBX_REL_HYPERLINK && *target != '#';
}

/* What lies outside is told: links with their text, later, if they are in a
 * part that is read. */
static bool
tell_target(struct reader *r, enum gbx_ooxml_rel_kind kind, const char *target,
    bool outside)
{
	if (r->zip->task->op != GBX_WIRE_OP_TEXT)
		return true;
	if (is_link(kind, target))
		return r->rels != NULL ||
		       gbx_ooxml_record_link(r->zip->sink, target, "", 0);
	return !outside ||
	       gbx_ooxml_record_external(r->zip->sink, target, strlen(target));
}

static bool
add(struct reader *r, const struct gbx_ooxml_rel *rel)
{
	struct gbx_ooxml_rels *rels = r->rels;
	size_t room = rels->room > 0 ? rels->room * 2 : 16;
	struct gbx_ooxml_rel *p;
	size_t i;

	/* Ids are unique (part 2, 6.5.3.4); who finds which is anybody's
	 * guess. */
	for (i = 0; i < rels->n; i++)
		if (rels->rel[i].id == rel->id)
			gbx_sink_flag(r->zip->sink, GBX_WIRE_FLAG_AMBIGUOUS);
	if (rels->n == rels->room) {
		p = realloc(rels->rel, room * sizeof(*p));
		if (p == NULL)
			return gbx_sink_limit(
			    r->zip->sink, GBX_WIRE_LIMIT_MEMORY);
		rels->rel = p;
		rels->room = room;
	}
	rels->rel[rels->n++] = *rel;
	return true;
}

static enum gbx_xml_go
relationship(struct reader *r, const struct gbx_xml_element *el)
{
	const char *type = gbx_xml_attr(el, GBX_NS_NONE, "Type");
	const char *target = gbx_xml_attr(el, GBX_NS_NONE, "Target");
	const char *mode = gbx_xml_attr(el, GBX_NS_NONE, "TargetMode");
	const char *id = gbx_xml_attr(el, GBX_NS_NONE, "Id");
	struct gbx_ooxml_rel rel = {0};
	struct gbx_ooxml_name name;
	bool outside;

	if (type == NULL || target == NULL || id == NULL)
		return GBX_STOP;
	if (++r->seen > r->zip->task->limit[GBX_WIRE_LIMIT_MEMBERS]) {
		gbx_sink_limit(r->zip->sink, GBX_WIRE_LIMIT_MEMBERS);
		return GBX_STOP;
	}
	outside = (mode != NULL && gbx_ooxml_same(mode, "External")) ||
		  gbx_ooxml_has_scheme(target);
	raise_flags(r->zip->sink, type, outside);
	rel.kind = kind_of(type);
	if (!tell_target(r, rel.kind, target, outside))
		return GBX_STOP;
	if (r->rels == NULL || rel.kind == GBX_REL_OTHER ||
	    (rel.kind == GBX_REL_HYPERLINK ? !is_link(rel.kind, target)
					   : outside))
		return GBX_GO;
	rel.id = gbx_siphash(r->zip->task->salt, id, strlen(id));
	if (rel.kind == GBX_REL_HYPERLINK) {
		rel.target = strndup(target, GBX_VALUE_MAX);
		if (rel.target == NULL) {
			gbx_sink_limit(r->zip->sink, GBX_WIRE_LIMIT_MEMORY);
			return GBX_STOP;
		}
	} else if (gbx_ooxml_name_resolve(r->source, target, &name)) {
		rel.member = gbx_ooxml_find(r->zip, &name);
	}
	if (add(r, &rel))
		return GBX_GO;
	free(rel.target);
	return GBX_STOP;
}

static enum gbx_xml_go
on_start(void *ctx, const struct gbx_xml_element *el)
{
	if (el->depth == 1)
		return GBX_GO;
	if (!gbx_xml_is(el, GBX_NS_RELS, "Relationship"))
		return GBX_SKIP;
	return relationship(ctx, el);
}

static const struct gbx_ooxml_handler handler = {
    .root_ns = GBX_NS_RELS,
    .root = "Relationships",
    .start = on_start,
};

enum gbx_wire_status
gbx_ooxml_rels_read(struct gbx_zip *zip, const struct gbx_ooxml_name *source,
    struct gbx_ooxml_rels *ret_rels)
{
	struct reader r = {.zip = zip, .source = source, .rels = ret_rels};
	struct gbx_zip_member *m;
	struct gbx_ooxml_name name;

	if (!gbx_ooxml_name_rels(source, &name))
		return GBX_WIRE_OK;
	m = gbx_ooxml_find(zip, &name);
	if (m == NULL)
		return GBX_WIRE_OK;
	return gbx_ooxml_xml_read(zip, m, &handler, &r);
}

void
gbx_ooxml_rels_free(struct gbx_ooxml_rels *rels)
{
	size_t i;

	for (i = 0; i < rels->n; i++)
		free(rels->rel[i].target);
	free(rels->rel);
	memset(rels, 0, sizeof(*rels));
}

struct gbx_ooxml_rel *
gbx_ooxml_rels_find(const struct gbx_zip *zip, struct gbx_ooxml_rels *rels,
    enum gbx_ooxml_rel_kind kind, const char *id)
{
	uint64_t hash = gbx_siphash(zip->task->salt, id, strlen(id));
	size_t i;

	for (i = 0; i < rels->n; i++)
		if (rels->rel[i].id == hash && rels->rel[i].kind == kind)
			return &rels->rel[i];
	return NULL;
}

const struct gbx_ooxml_rel *
gbx_ooxml_rels_first(
    const struct gbx_ooxml_rels *rels, enum gbx_ooxml_rel_kind kind)
{
	size_t i;

	for (i = 0; i < rels->n; i++)
		if (rels->rel[i].kind == kind)
			return &rels->rel[i];
	return NULL;
}

bool
gbx_ooxml_rels_tell_links(
    struct gbx_zip *zip, const struct gbx_ooxml_rels *rels)
{
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < rels->n; i++)
		if (rels->rel[i].kind == GBX_REL_HYPERLINK &&
		    !rels->rel[i].used)
			ok = gbx_ooxml_record_link(
			    zip->sink, rels->rel[i].target, "", 0);
	return ok;
}

void
gbx_ooxml_rels_sweep(struct gbx_zip *zip)
{
	struct reader r = {.zip = zip};
	size_t i;

	/* The text is out by now. What can't be read here costs flags, and
	 * that is said. */
	for (i = 0; i < zip->n; i++) {
		struct gbx_zip_member *m = &zip->member[i];

		if ((m->marks & GBX_PART_RELS) && !(m->marks & GBX_ZIP_TAKEN) &&
		    gbx_ooxml_xml_read(zip, m, &handler, &r) != GBX_WIRE_OK)
			gbx_sink_degraded(zip->sink);
	}
}
