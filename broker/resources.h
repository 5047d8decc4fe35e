/* SPDX-License-Identifier: ISC */
/* What counts as a shortage, and of descriptors whether any are left.
 * Side: trusted. */
#ifndef GBX_BROKER_RESOURCES_H
#define GBX_BROKER_RESOURCES_H

#include <stdbool.h>
#include <stdint.h>

struct gbx_broker;

/* Negative errno of something that may soon be there again. */
bool gbx_is_shortage(int err);
/* Of those: a table of descriptors is full, the host's or the system's. */
bool gbx_is_fd_shortage(int err);
/* Are so many descriptors left, beside those that running jobs need? */
bool gbx_fds_left(const struct gbx_broker *b, uint32_t n);

#endif
