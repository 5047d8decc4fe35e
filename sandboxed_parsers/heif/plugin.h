/* SPDX-License-Identifier: ISC */
/*
 * A decoder for libheif that makes no threads. Side: hostile.
 */
#ifndef GBX_HEIF_PLUGIN_H
#define GBX_HEIF_PLUGIN_H

/* Registers it, before libheif's own. Once, in the zygote. */
void gbx_heif_plugin_register(void);

#endif
