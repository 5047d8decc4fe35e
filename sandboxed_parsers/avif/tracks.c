/* SPDX-License-Identifier: ISC */
/* Tracks that hold no alpha; see tracks.h. Side: hostile. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/avif/tracks.h"
#include "sandboxed_parsers/runtime/boxes.h"

#define FULL   4  /* version and flags: ISO/IEC 14496-12, 4.2 */
#define STSD   8  /* those, and a number of entries: 8.5.2 */
#define VISUAL 78 /* the fields of a VisualSampleEntry: 12.1.3 */

/* auxi is a FullBox with a string: ISO/IEC 23008-12, 7.5.3. Both names of
 * alpha are those that libavif knows; a file that tells none has alpha. */
static bool
is_alpha(const struct gbx_box *auxi)
{
	static const char *const names[] = {
	    "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
	    "urn:mpeg:hevc:2015:auxid:1",
	};
	size_t i, n;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		n = strlen(names[i]);
		if (auxi->size >= FULL + n &&
		    memcmp(auxi->data + FULL, names[i], n) == 0 &&
		    (auxi->size == FULL + n || auxi->data[FULL + n] == 0))
			return true;
	}
	return false;
}

/* What the first description of its samples says; libavif reads no other. */
static bool
is_other(const struct gbx_box *trak)
{
	struct gbx_box mdia, minf, stbl, stsd, entry, auxi;
	size_t pos = STSD;

	return gbx_box_find(trak, 0, "mdia", &mdia) &&
	       gbx_box_find(&mdia, 0, "minf", &minf) &&
	       gbx_box_find(&minf, 0, "stbl", &stbl) &&
	       gbx_box_find(&stbl, 0, "stsd", &stsd) && pos <= stsd.size &&
	       gbx_box_next(stsd.data, stsd.size, &pos, &entry) &&
	       gbx_box_find(&entry, VISUAL, "auxi", &auxi) && !is_alpha(&auxi);
}

/* Rename what makes it auxiliary to another track. */
static bool
blind(const uint8_t *data, size_t size, const struct gbx_box *trak,
    uint8_t **copy)
{
	struct gbx_box tref, auxl;

	if (!is_other(trak) || !gbx_box_find(trak, 0, "tref", &tref) ||
	    !gbx_box_find(&tref, 0, "auxl", &auxl))
		return true;
	if (*copy == NULL) {
		*copy = malloc(size);
		if (*copy == NULL)
			return false;
		memcpy(*copy, data, size);
	}
	memcpy(*copy + (auxl.type - data), "free", 4);
	return true;
}

const uint8_t *
gbx_avif_without_others(const uint8_t *data, size_t size, uint8_t **ret_copy)
{
	struct gbx_box moov, trak;
	size_t outer = 0, inner;

	*ret_copy = NULL;
	while (gbx_box_next(data, size, &outer, &moov))
		for (inner = 0;
		     gbx_box_is(&moov, "moov") &&
		     gbx_box_next(moov.data, moov.size, &inner, &trak);)
			if (gbx_box_is(&trak, "trak") &&
			    !blind(data, size, &trak, ret_copy))
				return NULL;
	return *ret_copy != NULL ? *ret_copy : data;
}
