/* SPDX-License-Identifier: ISC */
/* One scene, once, in a process of its own, and what it left behind.
 * Side: tests. */
#ifndef GBX_TESTS_FAULTS_TRIAL_H
#define GBX_TESTS_FAULTS_TRIAL_H

#include "tests/faults/inject.h"
#include "tests/faults/scenes.h"

enum trial_end {
	TRIAL_FINE,
	TRIAL_LOST,  /* a wrong answer, none, or two */
	TRIAL_LEAK,  /* right, but something was left */
	TRIAL_CRASH, /* of the host: us */
	TRIAL_HANG
};

struct trial {
	const struct scene *scene;
	struct fault_plan plan;
	uint32_t depth;
	bool from_open; /* calls may fail while it opens */
	/* filled */
	enum trial_end end;
	uint32_t fired;
	uint32_t ms;
	char said[1024];
};

/* The engine's view of the last trial; what the parent may read. */
const struct fault_view *trial_view(void);
void trial_run(struct trial *t);

#endif
