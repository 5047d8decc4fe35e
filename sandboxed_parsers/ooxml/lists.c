/* SPDX-License-Identifier: ISC */
/*
 * Lists: what numbering.xml and styles.xml define, and the counters.
 * Side: hostile. Names are hashes, as everywhere in this parser; a chain of
 * styles is followed STYLES_MOST steps.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/ooxml/state.h"
#include "sandboxed_parsers/runtime/hash.h"
#include "sandboxed_parsers/runtime/sort.h"
#include "sandboxed_parsers/runtime/utf8.h"

#define STYLES_MOST 32

struct level {
	char *format, *text; /* owned; NULL: decimal, none */
	uint32_t start, restart;
	bool has_restart, legal, space;
	uint8_t font; /* enum gbx_ooxml_font, of its text */
	uint64_t style;
};

struct counter {
	uint32_t n[GBX_LEVELS];
	uint16_t used; /* by level */
};

struct definition { /* w:abstractNum */
	uint64_t style_link, num_style_link;
	struct level *level;	 /* GBX_LEVELS of them, or NULL */
	struct counter *counter; /* GBX_STORY_COUNT of them, or NULL */
};

struct list {		     /* w:num */
	uint64_t definition; /* its number */
	struct level *level; /* overridden ones, or NULL */
	uint32_t start[GBX_LEVELS];
	uint16_t levels, starts;	   /* which are overridden */
	uint16_t started[GBX_STORY_COUNT]; /* overrides that took effect */
};

struct style {
	uint64_t based_on;
	uint32_t num, level;
	bool has_num, has_level;
};

/* A growing table whose things are found by number or by hash. */
struct table {
	struct key {
		uint64_t key;
		size_t at;
	} * key;
	void *thing;
	size_t width, n, room;
	size_t keys; /* sorted, each once */
};

struct gbx_ooxml_lists {
	struct table definitions, lists, styles;
	uint64_t default_style;
};

/* ---- tables ------------------------------------------------------------- */

static void *
thing_at(const struct table *t, size_t i)
{
	return (char *)t->thing + i * t->width;
}

static bool
grow(struct table *t)
{
	size_t room = t->room > 0 ? t->room * 2 : 16;
	void *p;

	if (t->n < t->room)
		return true;
	p = realloc(t->key, room * sizeof(*t->key));
	if (p == NULL)
		return false;
	t->key = p;
	p = realloc(t->thing, room * t->width);
	if (p == NULL)
		return false;
	t->thing = p;
	t->room = room;
	return true;
}

/* A zeroed thing; NULL: no memory. */
static void *
add(struct table *t, uint64_t key)
{
	if (!grow(t))
		return NULL;
	t->key[t->n] = (struct key){key, t->n};
	memset(thing_at(t, t->n), 0, t->width);
	return thing_at(t, t->n++);
}

static uint64_t
key_of(const void *thing)
{
	return ((const struct key *)thing)->key;
}

static void *
find(const struct table *t, uint64_t key)
{
	size_t low = 0, high = t->keys, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (t->key[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == t->keys || t->key[low].key != key)
		return NULL;
	return thing_at(t, t->key[low].at);
}

/* Of things with one key the first counts. */
static void
sort(struct table *t)
{
	size_t i, n = 0;

	gbx_heapsort(t->key, t->n, sizeof(*t->key), key_of);
	for (i = 0; i < t->n; i++) {
		if (n == 0 || t->key[i].key != t->key[n - 1].key)
			t->key[n++] = t->key[i];
		else if (t->key[i].at < t->key[n - 1].at)
			t->key[n - 1].at = t->key[i].at;
	}
	t->keys = n;
}

/* ---- reading ------------------------------------------------------------ */

struct reader {
	struct gbx_zip *zip;
	struct gbx_ooxml_lists *lists;
	struct definition *definition;
	struct list *list;
	struct style *style;
	struct level *level;
	uint32_t override; /* the level of w:lvlOverride */
	size_t seen;
};

static uint64_t
hash_of(const struct reader *r, const char *text)
{
	return text == NULL
		   ? 0
		   : gbx_siphash(r->zip->task->salt, text, strlen(text));
}

static const char *
val_of(const struct gbx_xml_element *el)
{
	return gbx_xml_attr(el, GBX_NS_W, "val");
}

static uint32_t
number(const char *text)
{
	uint32_t n = 0;

	for (; text != NULL && *text >= '0' && *text <= '9' && n < 1000000;
	     text++)
		n = n * 10 + (uint32_t)(*text - '0');
	return n;
}

/* The level that an element is about: a new array of them if need be. NULL:
 * out of range, or no memory. */
static struct level *
level_at(struct reader *r, struct level **levels, uint32_t i)
{
	uint32_t k;

	if (i >= GBX_LEVELS)
		return NULL;
	if (*levels == NULL) {
		*levels = calloc(GBX_LEVELS, sizeof(**levels));
		if (*levels == NULL) {
			gbx_sink_limit(r->zip->sink, GBX_WIRE_LIMIT_MEMORY);
			return NULL;
		}
		for (k = 0; k < GBX_LEVELS; k++)
			(*levels)[k].space = true;
	}
	return *levels + i;
}

static void
start_level(struct reader *r, const struct gbx_xml_element *el)
{
	uint32_t i = number(gbx_xml_attr(el, GBX_NS_W, "ilvl"));

	r->level = NULL;
	if (r->definition != NULL) {
		r->level = level_at(r, &r->definition->level, i);
	} else if (r->list != NULL) {
		i = r->override;
		r->level = level_at(r, &r->list->level, i);
		if (r->level != NULL)
			r->list->levels |= (uint16_t)(1u << i);
	}
}

static void
set_text(struct reader *r, char **to, const char *text)
{
	if (text == NULL || *to != NULL)
		return;
	*to = strdup(text);
	if (*to == NULL)
		gbx_sink_limit(r->zip->sink, GBX_WIRE_LIMIT_MEMORY);
}

static void
level_property(struct reader *r, const struct gbx_xml_element *el)
{
	struct level *l = r->level;
	const char *val = val_of(el);

	if (strcmp(el->name, "start") == 0) {
		l->start = number(val);
	} else if (strcmp(el->name, "numFmt") == 0) {
		if (val != NULL && strcmp(val, "custom") == 0)
			val = gbx_xml_attr(el, GBX_NS_W, "format");
		set_text(r, &l->format, val);
	} else if (strcmp(el->name, "lvlText") == 0) {
		set_text(r, &l->text, val);
	} else if (strcmp(el->name, "lvlRestart") == 0) {
		l->restart = number(val);
		l->has_restart = true;
	} else if (strcmp(el->name, "isLgl") == 0) {
		l->legal = val == NULL || (*val != '0' && *val != 'f');
	} else if (strcmp(el->name, "suff") == 0) {
		l->space = val == NULL || strcmp(val, "nothing") != 0;
	} else if (strcmp(el->name, "pStyle") == 0) {
		l->style = hash_of(r, val);
	} else if (strcmp(el->name, "rFonts") == 0) {
		l->font = (uint8_t)gbx_ooxml_font_of(
		    gbx_xml_attr(el, GBX_NS_W, "ascii"));
	}
}

static bool
no_room(struct reader *r)
{
	if (++r->seen <= r->zip->task->limit[GBX_WIRE_LIMIT_MEMBERS])
		return false;
	gbx_sink_limit(r->zip->sink, GBX_WIRE_LIMIT_MEMBERS);
	return true;
}

static enum gbx_xml_go
start_definition(struct reader *r, const struct gbx_xml_element *el)
{
	r->list = NULL;
	r->level = NULL;
	r->definition =
	    no_room(r)
		? NULL
		: add(&r->lists->definitions,
		      number(gbx_xml_attr(el, GBX_NS_W, "abstractNumId")));
	return r->definition != NULL ? GBX_GO : GBX_STOP;
}

static enum gbx_xml_go
start_list(struct reader *r, const struct gbx_xml_element *el)
{
	r->definition = NULL;
	r->level = NULL;
	r->list = no_room(r) ? NULL
			     : add(&r->lists->lists,
				   number(gbx_xml_attr(el, GBX_NS_W, "numId")));
	return r->list != NULL ? GBX_GO : GBX_STOP;
}

static void
list_property(struct reader *r, const struct gbx_xml_element *el)
{
	if (strcmp(el->name, "abstractNumId") == 0) {
		r->list->definition = number(val_of(el));
	} else if (strcmp(el->name, "lvlOverride") == 0) {
		r->override = number(gbx_xml_attr(el, GBX_NS_W, "ilvl"));
	} else if (strcmp(el->name, "startOverride") == 0 &&
		   r->override < GBX_LEVELS) {
		r->list->start[r->override] = number(val_of(el));
		r->list->starts |= (uint16_t)(1u << r->override);
	}
}

static enum gbx_xml_go
on_numbering(void *ctx, const struct gbx_xml_element *el)
{
	struct reader *r = ctx;

	if (el->ns != GBX_NS_W)
		return GBX_SKIP;
	if (strcmp(el->name, "abstractNum") == 0)
		return start_definition(r, el);
	if (strcmp(el->name, "num") == 0)
		return start_list(r, el);
	if (strcmp(el->name, "lvl") == 0)
		start_level(r, el);
	else if (r->level != NULL)
		level_property(r, el);
	else if (r->list != NULL)
		list_property(r, el);
	else if (r->definition != NULL && strcmp(el->name, "styleLink") == 0)
		r->definition->style_link = hash_of(r, val_of(el));
	else if (r->definition != NULL && strcmp(el->name, "numStyleLink") == 0)
		r->definition->num_style_link = hash_of(r, val_of(el));
	return GBX_GO;
}

static enum gbx_xml_go
on_numbering_end(void *ctx, const struct gbx_xml_element *el)
{
	struct reader *r = ctx;

	if (gbx_xml_is(el, GBX_NS_W, "lvl"))
		r->level = NULL;
	return GBX_GO;
}

/* w:style, and of its properties w:numPr. */
static enum gbx_xml_go
start_style(struct reader *r, const struct gbx_xml_element *el)
{
	const char *type = gbx_xml_attr(el, GBX_NS_W, "type");
	const char *is_default = gbx_xml_attr(el, GBX_NS_W, "default");
	uint64_t id = hash_of(r, gbx_xml_attr(el, GBX_NS_W, "styleId"));

	if (type != NULL && strcmp(type, "paragraph") != 0)
		return GBX_SKIP;
	if (no_room(r))
		return GBX_STOP;
	r->style = add(&r->lists->styles, id);
	if (is_default != NULL && *is_default != '0' && *is_default != 'f')
		r->lists->default_style = id;
	return r->style != NULL ? GBX_GO : GBX_STOP;
}

static enum gbx_xml_go
on_styles(void *ctx, const struct gbx_xml_element *el)
{
	struct reader *r = ctx;
	struct style *s = r->style;

	if (el->depth == 1)
		return GBX_GO;
	if (el->ns != GBX_NS_W)
		return GBX_SKIP;
	if (el->depth == 2)
		return strcmp(el->name, "style") == 0 ? start_style(r, el)
						      : GBX_SKIP;
	if (strcmp(el->name, "basedOn") == 0) {
		s->based_on = hash_of(r, val_of(el));
	} else if (strcmp(el->name, "ilvl") == 0) {
		s->level = number(val_of(el));
		s->has_level = true;
	} else if (strcmp(el->name, "numId") == 0) {
		s->num = number(val_of(el));
		s->has_num = true;
	} else if (strcmp(el->name, "pPr") != 0 &&
		   strcmp(el->name, "numPr") != 0) {
		return GBX_SKIP;
	}
	return GBX_GO;
}

static const struct gbx_ooxml_handler numbering_handler = {
    .root_ns = GBX_NS_W,
    .root = "numbering",
    .start = on_numbering,
    .end = on_numbering_end,
};
static const struct gbx_ooxml_handler styles_handler = {
    .root_ns = GBX_NS_W,
    .root = "styles",
    .start = on_styles,
};

static void
read_part(struct reader *r, struct gbx_zip_member *m,
    const struct gbx_ooxml_handler *handler)
{
	if (m == NULL || m->marks & GBX_ZIP_TAKEN)
		return;
	if (gbx_ooxml_xml_read(r->zip, m, handler, r) != GBX_WIRE_OK)
		gbx_sink_degraded(r->zip->sink);
}

void
gbx_ooxml_lists_read(struct gbx_zip *zip, struct gbx_zip_member *numbering,
    struct gbx_zip_member *styles, struct gbx_ooxml_lists **ret_lists)
{
	struct reader r = {.zip = zip};
	struct gbx_ooxml_lists *l;

	*ret_lists = NULL;
	if (numbering == NULL)
		return;
	l = calloc(1, sizeof(*l));
	if (l == NULL) {
		gbx_sink_limit(zip->sink, GBX_WIRE_LIMIT_MEMORY);
		return;
	}
	l->definitions.width = sizeof(struct definition);
	l->lists.width = sizeof(struct list);
	l->styles.width = sizeof(struct style);
	r.lists = l;
	read_part(&r, numbering, &numbering_handler);
	read_part(&r, styles, &styles_handler);
	sort(&l->definitions);
	sort(&l->lists);
	sort(&l->styles);
	*ret_lists = l;
}

static void
free_levels(struct level *levels)
{
	size_t i;

	for (i = 0; levels != NULL && i < GBX_LEVELS; i++) {
		free(levels[i].format);
		free(levels[i].text);
	}
	free(levels);
}

void
gbx_ooxml_lists_free(struct gbx_ooxml_lists *l)
{
	struct definition *d;
	struct list *list;
	size_t i;

	if (l == NULL)
		return;
	for (i = 0; i < l->definitions.n; i++) {
		d = thing_at(&l->definitions, i);
		free_levels(d->level);
		free(d->counter);
	}
	for (i = 0; i < l->lists.n; i++) {
		list = thing_at(&l->lists, i);
		free_levels(list->level);
	}
	free(l->definitions.key);
	free(l->definitions.thing);
	free(l->lists.key);
	free(l->lists.thing);
	free(l->styles.key);
	free(l->styles.thing);
	free(l);
}

/* ---- which list a paragraph is in --------------------------------------- */

/* From a style, and those that it is based on. *ret_style is the one that
 * names the list. */
static void
look_up_style(const struct gbx_ooxml_lists *l, uint64_t id, struct style *ret,
    uint64_t *ret_style)
{
	const struct style *s;
	uint32_t i;

	for (i = 0; i < STYLES_MOST && !(ret->has_num && ret->has_level); i++) {
		s = find(&l->styles, id);
		if (s == NULL)
			return;
		if (!ret->has_num && s->has_num) {
			ret->num = s->num;
			ret->has_num = true;
			*ret_style = id;
		}
		if (!ret->has_level && s->has_level) {
			ret->level = s->level;
			ret->has_level = true;
		}
		id = s->based_on;
	}
}

/* w:numStyleLink means the definition that w:styleLink belongs to. */
static struct definition *
definition_of(struct gbx_ooxml_lists *l, const struct list *list)
{
	struct definition *d = find(&l->definitions, list->definition), *p;
	size_t i;

	if (d == NULL || d->level != NULL || d->num_style_link == 0)
		return d;
	for (i = 0; i < l->definitions.n; i++) {
		p = thing_at(&l->definitions, i);
		if (p->style_link == d->num_style_link && p->level != NULL)
			return p;
	}
	return d;
}

static const struct level *
level_of(const struct list *list, const struct definition *d, uint32_t i)
{
	if (list->levels >> i & 1)
		return &list->level[i];
	return d->level != NULL ? &d->level[i] : NULL;
}

/* The level whose style this is (17.9.23), else what the style says. */
static uint32_t
level_by_style(
    const struct list *list, const struct definition *d, uint64_t style)
{
	const struct level *l;
	uint32_t i;

	for (i = 0; i < GBX_LEVELS; i++) {
		l = level_of(list, d, i);
		if (l != NULL && style != 0 && l->style == style)
			return i;
	}
	return GBX_LEVELS;
}

struct place {
	struct list *list;
	struct definition *definition;
	uint32_t level;
};

static bool
find_place(struct gbx_ooxml_lists *l, const struct gbx_ooxml_para *para,
    struct place *ret)
{
	uint64_t style = para->style != 0 ? para->style : l->default_style;
	struct style s = {.num = para->num,
	    .level = para->level,
	    .has_num = para->has_num,
	    .has_level = para->has_level || para->has_num};
	uint64_t named = 0;
	uint32_t level;

	look_up_style(l, style, &s, &named);
	if (!s.has_num || s.num == 0)
		return false;
	ret->list = find(&l->lists, s.num);
	if (ret->list == NULL)
		return false;
	ret->definition = definition_of(l, ret->list);
	if (ret->definition == NULL)
		return false;
	ret->level = s.level;
	if (!para->has_num && !para->has_level) {
		level = level_by_style(ret->list, ret->definition, style);
		if (level == GBX_LEVELS)
			level =
			    level_by_style(ret->list, ret->definition, named);
		if (level < GBX_LEVELS)
			ret->level = level;
	}
	return ret->level < GBX_LEVELS;
}

/* ---- counting ----------------------------------------------------------- */

static uint32_t
start_of(const struct place *p, uint32_t i)
{
	const struct level *l = level_of(p->list, p->definition, i);

	if (p->list->starts >> i & 1)
		return p->list->start[i];
	return l != NULL ? l->start : 0;
}

/* Levels below start again, unless w:lvlRestart says after which (17.9.11). */
static void
restart_below(const struct place *p, struct counter *c)
{
	const struct level *l;
	uint32_t i;

	for (i = p->level + 1; i < GBX_LEVELS; i++) {
		l = level_of(p->list, p->definition, i);
		if (l != NULL && l->has_restart && p->level >= l->restart)
			continue;
		c->used &= (uint16_t) ~(1u << i);
	}
}

static void
count(const struct place *p, struct counter *c, enum gbx_ooxml_story story)
{
	uint16_t bit = (uint16_t)(1u << p->level);
	uint32_t i;

	/* An override starts the list again, once. */
	if ((p->list->starts & bit) && !(p->list->started[story] & bit)) {
		p->list->started[story] |= bit;
		c->used &= (uint16_t)~bit;
	}
	for (i = 0; i < p->level; i++)
		if (!(c->used >> i & 1)) {
			c->n[i] = start_of(p, i);
			c->used |= (uint16_t)(1u << i);
		}
	if (c->used & bit)
		c->n[p->level]++;
	else
		c->n[p->level] = start_of(p, p->level);
	c->used |= bit;
	restart_below(p, c);
}

/* ---- the label ---------------------------------------------------------- */

struct label {
	char *p;
	size_t n;
};

static void
add_bytes(struct label *o, const char *s, size_t n)
{
	if (n > GBX_LIST_LABEL_MAX - o->n)
		return;
	memcpy(o->p + o->n, s, n);
	o->n += n;
}

/* One character of the level's text, as its font shows it. */
static size_t
add_character(struct label *o, const struct level *l, const char *s)
{
	const uint8_t *p = (const uint8_t *)s;
	uint8_t bytes[4];
	uint32_t c;
	size_t step = gbx_utf8_next(p, strlen(s), &c);

	if (step == 0)
		return strlen(s);
	if (l->font != GBX_FONT_OTHER &&
	    ((c > 0x20 && c <= 0xff) || (c >= 0xf000 && c <= 0xf0ff)))
		c = gbx_ooxml_symbol((enum gbx_ooxml_font)l->font, c);
	else if (c >= 0xf000 && c <= 0xf0ff)
		c = 0x2022; /* a bullet of a font that is not told */
	add_bytes(o, (const char *)bytes, gbx_utf8_put(c, bytes));
	return step;
}

/* %1 to %9 are the numbers of levels; those of a legal list are decimal. */
static void
add_number(struct label *o, const struct place *p, const struct counter *c,
    const struct level *of, uint32_t i)
{
	const struct level *l = level_of(p->list, p->definition, i);
	const char *format =
	    l == NULL || l->format == NULL ? "decimal" : l->format;

	if (i > p->level)
		return;
	if (of->legal && strcmp(format, "none") != 0)
		format = "decimal";
	o->n += gbx_ooxml_number(
	    format, c->n[i], o->p + o->n, GBX_LIST_LABEL_MAX - o->n);
}

static size_t
write_label(const struct place *p, const struct counter *c, char *out)
{
	const struct level *l = level_of(p->list, p->definition, p->level);
	struct label o = {out, 0};
	const char *s = l == NULL ? NULL : l->text;

	while (s != NULL && *s != '\0') {
		if (*s == '%' && s[1] >= '1' && s[1] <= '9') {
			add_number(&o, p, c, l, (uint32_t)(s[1] - '1'));
			s += 2;
		} else {
			s += add_character(&o, l, s);
		}
	}
	return o.n;
}

size_t
gbx_ooxml_lists_next(struct gbx_ooxml_lists *l, enum gbx_ooxml_story story,
    const struct gbx_ooxml_para *para, char out[GBX_LIST_LABEL_MAX],
    bool *ret_space)
{
	const struct level *level;
	struct counter *c;
	struct place p;

	if (!find_place(l, para, &p))
		return 0;
	if (p.definition->counter == NULL)
		p.definition->counter =
		    calloc(GBX_STORY_COUNT, sizeof(*p.definition->counter));
	if (p.definition->counter == NULL)
		return 0; /* the sink asks the arena */
	c = &p.definition->counter[story];
	count(&p, c, story);
	level = level_of(p.list, p.definition, p.level);
	*ret_space = level == NULL || level->space;
	return write_label(&p, c, out);
}
