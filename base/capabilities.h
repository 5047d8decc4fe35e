/* SPDX-License-Identifier: ISC */
/* Giving up privilege for good. Side: both. */
#ifndef GBX_BASE_CAPABILITIES_H
#define GBX_BASE_CAPABILITIES_H

/* Drop every capability of this process, from the bounding and ambient sets
 * too (capabilities(7)). 0 or -errno. */
int gbx_drop_capabilities(void);

#endif
