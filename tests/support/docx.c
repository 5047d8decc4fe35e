/* SPDX-License-Identifier: ISC */
/*
 * A DOCX with one paragraph: three stored members of a ZIP (APPNOTE.TXT, 4.3).
 * Side: none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/support/docx.h"

#define MEMBERS 3
#define NS	"http://schemas.openxmlformats.org/"

static const char types[] =
    "<Types xmlns=\"" NS "package/2006/content-types\">"
    "<Default Extension=\"rels\" ContentType=\"application/"
    "vnd.openxmlformats-package.relationships+xml\"/>"
    "<Override PartName=\"/word/document.xml\" ContentType=\"application/"
    "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>"
    "</Types>";
static const char rels[] =
    "<Relationships xmlns=\"" NS "package/2006/relationships\">"
    "<Relationship Id=\"r1\" Type=\"" NS
    "officeDocument/2006/relationships/officeDocument\" "
    "Target=\"word/document.xml\"/></Relationships>";
static const char document[] =
    "<w:document xmlns:w=\"" NS "wordprocessingml/2006/main\"><w:body><w:p>"
    "<w:r><w:t>%s</w:t></w:r></w:p></w:body>"
    "</w:document>";

struct member {
	const char *name, *data;
	uint32_t size, crc, at;
};

static uint8_t *
put(uint8_t *p, uint32_t value, int bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		*p++ = (uint8_t)value;
	return p;
}

/* What a local header and a directory entry have in common. */
static uint8_t *
put_common(uint8_t *p, const struct member *m)
{
	p = put(p, 20, 2); /* version needed */
	p = put(p, 0, 2);  /* flags */
	p = put(p, 0, 2);  /* stored */
	p = put(p, 0x00210000, 4);
	p = put(p, m->crc, 4);
	p = put(p, m->size, 4);
	p = put(p, m->size, 4);
	p = put(p, (uint32_t)strlen(m->name), 2);
	return put(p, 0, 2);
}

static uint8_t *
put_string(uint8_t *p, const char *s, size_t length)
{
	memcpy(p, s, length);
	return p + length;
}

static uint8_t *
put_local(uint8_t *p, const struct member *m)
{
	p = put(p, 0x04034b50, 4);
	p = put_common(p, m);
	p = put_string(p, m->name, strlen(m->name));
	return put_string(p, m->data, m->size);
}

static uint8_t *
put_entry(uint8_t *p, const struct member *m)
{
	p = put(p, 0x02014b50, 4);
	p = put(p, 20, 2);
	p = put_common(p, m);
	p = put(p, 0, 2); /* comment */
	p = put(p, 0, 2); /* disk */
	p = put(p, 0, 2);
	p = put(p, 0, 4);
	p = put(p, m->at, 4);
	return put_string(p, m->name, strlen(m->name));
}

static uint8_t *
put_end(uint8_t *p, uint32_t size, uint32_t at)
{
	p = put(p, 0x06054b50, 4);
	p = put(p, 0, 4);
	p = put(p, MEMBERS, 2);
	p = put(p, MEMBERS, 2);
	p = put(p, size, 4);
	p = put(p, at, 4);
	return put(p, 0, 2);
}

static uint8_t *
put_zip(uint8_t *zip, struct member *m)
{
	uint8_t *p = zip, *directory;
	int i;

	for (i = 0; i < MEMBERS; i++) {
		m[i].size = (uint32_t)strlen(m[i].data);
		m[i].crc =
		    (uint32_t)crc32(0, (const Bytef *)m[i].data, m[i].size);
		m[i].at = (uint32_t)(p - zip);
		p = put_local(p, &m[i]);
	}
	directory = p;
	for (i = 0; i < MEMBERS; i++)
		p = put_entry(p, &m[i]);
	return put_end(
	    p, (uint32_t)(p - directory), (uint32_t)(directory - zip));
}

uint8_t *
test_docx(const char *text, size_t *ret_size)
{
	size_t room = sizeof(document) + strlen(text);
	char *body = malloc(room);
	uint8_t *zip = malloc(room + sizeof(types) + sizeof(rels) + 1024);
	struct member m[MEMBERS] = {
	    {"[Content_Types].xml", types, 0, 0, 0},
	    {"_rels/.rels", rels, 0, 0, 0},
	    {"word/document.xml", body, 0, 0, 0},
	};

	if (body != NULL && zip != NULL) {
		snprintf(body, room, document, text);
		*ret_size = (size_t)(put_zip(zip, m) - zip);
	} else {
		free(zip);
		zip = NULL;
	}
	free(body);
	return zip;
}
