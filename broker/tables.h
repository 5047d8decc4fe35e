/* SPDX-License-Identifier: ISC */
/* What the .def files of schemas/ say. Side: trusted. */
#ifndef GBX_BROKER_TABLES_H
#define GBX_BROKER_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kind of worker for what begins so; GBX_WORKER_NONE: none. */
uint32_t gbx_table_sniff(const uint8_t *data, size_t length);
/* Is this worker linked with shared libraries? */
bool gbx_table_is_shared(uint32_t kind);
/* Do this worker's inputs begin in a known way? */
bool gbx_table_has_magic(uint32_t kind);
/* Is it one that inputs may be declared as? */
bool gbx_table_may_declare(uint32_t format);
/* What inputs of this worker are: its one format, or its own name where it
 * reads several. Static. */
const char *gbx_table_worker_reads(uint32_t kind);
const char *gbx_table_worker_name(uint32_t kind);
const char *gbx_table_format_name(uint32_t format);
uint32_t gbx_table_format_worker(uint32_t format);
/* Operations that any format of this worker has, as GBX_CAN bits. */
uint32_t gbx_table_worker_ops(uint32_t kind);
uint64_t gbx_table_default(uint32_t limit);
uint64_t gbx_table_ceiling(uint32_t limit);

#endif
