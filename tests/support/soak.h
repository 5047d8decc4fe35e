/* SPDX-License-Identifier: ISC */
/*
 * A whole test program around a load: look, work while somebody kills, look
 * again, close, and nothing may be lost or left. Side: tests.
 */
#ifndef GBX_TESTS_SUPPORT_SOAK_H
#define GBX_TESTS_SUPPORT_SOAK_H

#include <stdint.h>

struct soak {
	const char *name;     /* of the group and, with "test_", of the test */
	uint64_t first;	      /* jobs before the first look */
	uint64_t jobs, kills; /* until there were so many of both */
	unsigned int period_ms; /* between two kills; 0: nobody kills */
};

/* The exit status of the program. */
int soak_run(const struct soak *soak);

#endif
