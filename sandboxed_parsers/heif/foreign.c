/* SPDX-License-Identifier: ISC */
/* Items that are not for us; see foreign.h. Side: hostile. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/heif/foreign.h"
#include "sandboxed_parsers/runtime/boxes.h"

/* heif_items.h came with 1.19, and is not part of heif.h. */
#if LIBHEIF_NUMERIC_VERSION >= 0x01130000
#include <libheif/heif_items.h>
#endif

#define FULL 4 /* version and flags: ISO/IEC 14496-12, 4.2 */

static bool
is_foreign_type(uint32_t type)
{
	return type == 0x756e6369 /* unci */ || type == 0x74696c69 /* tili */;
}

/* infe: ISO/IEC 14496-12, 8.11.6. Earlier versions than 2 have no type. */
static bool
is_foreign_entry(const struct gbx_box *infe)
{
	size_t at;

	if (infe->size < FULL || infe->data[0] < 2)
		return false;
	at = FULL + (infe->data[0] == 2 ? 2 : 4) + 2;
	return infe->size >= at + 4 &&
	       is_foreign_type(gbx_be32(infe->data + at));
}

static bool
has_foreign_entry(const struct gbx_box *iinf)
{
	size_t pos = FULL + (iinf->size > 0 && iinf->data[0] > 0 ? 4 : 2);
	struct gbx_box box;

	while (pos <= iinf->size &&
	       gbx_box_next(iinf->data, iinf->size, &pos, &box))
		if (gbx_box_is(&box, "infe") && is_foreign_entry(&box))
			return true;
	return false;
}

bool
gbx_heif_is_foreign(const uint8_t *data, size_t size)
{
	struct gbx_box box, iinf;
	size_t pos = 0;

	while (gbx_box_next(data, size, &pos, &box))
		if (gbx_box_is(&box, "meta") &&
		    gbx_box_find(&box, FULL, "iinf", &iinf) &&
		    has_foreign_entry(&iinf))
			return true;
	return false;
}

bool
gbx_heif_has_foreign(struct heif_context *heif)
{
	bool found = false;
#if LIBHEIF_NUMERIC_VERSION >= 0x01130000
	int i, n = heif_context_get_number_of_items(heif);
	heif_item_id *ids;

	if (n <= 0)
		return false;
	ids = calloc((size_t)n, sizeof(*ids));
	if (ids == NULL)
		return true;
	n = heif_context_get_list_of_item_IDs(heif, ids, n);
	for (i = 0; i < n; i++)
		found |= is_foreign_type(heif_item_get_item_type(heif, ids[i]));
	free(ids);
#else
	(void)heif;
#endif
	return found;
}
