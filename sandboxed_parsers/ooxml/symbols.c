/* SPDX-License-Identifier: ISC */
/* Glyphs of symbol fonts. Side: hostile. */
#include <string.h>

#include "sandboxed_parsers/ooxml/state.h"

static const struct {
	const char *name;
	uint32_t glyph[0xe0];
} fonts[] = {
#define GBX_SYMBOL_FONT(id, name, ...) {name, {__VA_ARGS__}},
#include "sandboxed_parsers/ooxml/symbols.def"
#undef GBX_SYMBOL_FONT
};

enum gbx_ooxml_font
gbx_ooxml_font_of(const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < sizeof(fonts) / sizeof(fonts[0]); i++)
		if (gbx_ooxml_same(name, fonts[i].name))
			return (enum gbx_ooxml_font)(i + 1);
	return GBX_FONT_OTHER;
}

uint32_t
gbx_ooxml_symbol(enum gbx_ooxml_font font, uint32_t c)
{
	uint32_t glyph = 0;

	if (c >= 0xf000)
		c -= 0xf000;
	if (font != GBX_FONT_OTHER && c >= 0x20 && c <= 0xff)
		glyph = fonts[font - 1].glyph[c - 0x20];
	return glyph != 0 ? glyph : 0xfffd;
}
