/* SPDX-License-Identifier: ISC */
/* An empty read-only root for a fresh mount namespace. Side: setup. */
#ifndef GBX_INIT_ROOT_H
#define GBX_INIT_ROOT_H

/* After it, "/" holds nothing and nothing can be made there. 0 or -errno. */
int gbx_root_enter(void);

#endif
