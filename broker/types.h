/* SPDX-License-Identifier: ISC */
/* Declared types. Side: trusted. */
#ifndef GBX_BROKER_TYPES_H
#define GBX_BROKER_TYPES_H

#include <stdint.h>

/* The format that an input is declared as, GBX_FORMAT_NONE if the word is no
 * type that is read. See gbx_type_format of glovebox.h. */
uint32_t gbx_table_declared(const char *type);

#endif
