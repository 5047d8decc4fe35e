/* SPDX-License-Identifier: ISC */
/*
 * What one deed costs this process: its own peak of resident memory, and time.
 * Side: tests. Not beside other threads.
 */
#ifndef GBX_TESTS_SUPPORT_METER_H
#define GBX_TESTS_SUPPORT_METER_H

#include <stdint.h>

struct meter {
	uint64_t began_ms;
	long rss_kib;
};

/* Fails the cmocka test where the kernel can't tell (/proc/self/clear_refs). */
void meter_start(struct meter *m);
/* Since then: by how much the peak rose above what was resident (pages of
 * others' memory that were mapped and read count too), and how long it took. */
void meter_stop(
    const struct meter *m, unsigned long *ret_kib, unsigned long *ret_ms);

#endif
