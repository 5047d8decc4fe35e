/* SPDX-License-Identifier: ISC */
/* Giving up privilege for good. Side: both. */
#ifndef GBX_BASE_CAPABILITIES_H
#define GBX_BASE_CAPABILITIES_H

/* Empty the bounding set. It needs CAP_SETPCAP, so root does this before it
 * takes another id; without that capability the set stays, and no_new_privs
 * keeps an exec from giving anything of it. */
void gbx_drop_bounding_set(void);
/* Drop every capability of this process, from the bounding and ambient sets
 * too (capabilities(7)). 0 or -errno. */
int gbx_drop_capabilities(void);

#endif
