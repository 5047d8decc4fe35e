/* SPDX-License-Identifier: ISC */
/*
 * Documents for the tests, part by part, and the parser in-process over them.
 * Side: tests.
 */
#ifndef GBX_TESTS_OOXML_DOCS_H
#define GBX_TESTS_OOXML_DOCS_H

#include "sandboxed_parsers/runtime/sink.h"
#include "tests/support/mkzip.h"

#define OOXML "http://schemas.openxmlformats.org/"
#define REL   OOXML "officeDocument/2006/relationships/"
#define WORD  OOXML "wordprocessingml/2006/main"
#define POWER OOXML "presentationml/2006/main"
#define DRAW  OOXML "drawingml/2006/main"
#define DOCX_MAIN \
	"application/vnd.openxmlformats-officedocument." \
	"wordprocessingml.document.main+xml"
#define PPTX_MAIN \
	"application/vnd.openxmlformats-officedocument." \
	"presentationml.presentation.main+xml"

/* Relationships in literal form. */
#define RELS(list) \
	"<Relationships xmlns='" OOXML "package/2006/relationships'>" list \
	"</Relationships>"
#define TO(id, type, target) \
	"<Relationship Id='" id "' Type='" type "' Target='" target "'/>"
#define OUT(id, type, target) \
	"<Relationship Id='" id "' Type='" type "' Target='" target \
	"' TargetMode='External'/>"
#define PARA(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"
#define BODY(blocks) \
	"<w:document xmlns:w='" WORD "'><w:body>" blocks \
	"</w:body></w:document>"

/* [Content_Types].xml for one main part. */
void doc_types(struct mkzip *z, const char *main_part, const char *type);
/* [Content_Types].xml and _rels/.rels of a DOCX whose main part is to come. */
void doc_start(struct mkzip *z);
/* The same and word/document.xml. */
void doc_word(struct mkzip *z, const char *document);

/* A PPTX with slides 1..n, listed so, each with its number as text. */
void doc_slides(struct mkzip *z, unsigned int n);

/* One run. */
struct run {
	struct gbx_task task; /* default limits */
	struct gbx_sink sink;
	uint8_t *out;
	size_t out_size;
	char *text; /* NUL-terminated; NULL without a TEXT block */
	uint32_t flags;
	/* "name=value\n"..., a detail after a space and its parent's number */
	char *properties;
};

void run_init(struct run *run);
uint32_t run_bytes(struct run *run, const void *data, size_t n);
/* Ends the archive, runs, frees the archive. */
uint32_t run_zip(struct run *run, struct mkzip *z);
void run_free(struct run *run);

#endif
