/* SPDX-License-Identifier: ISC */
/* What a broker is used for while calls fail. Side: caller. */
#ifndef GBX_TESTS_FAULTS_SCENES_H
#define GBX_TESTS_FAULTS_SCENES_H

#include <glovebox.h>

struct scene {
	const char *name;
	void (*opts)(struct gbx_broker_opts *opts); /* NULL: the usual ones */
	const char *(*play)(struct gbx_broker *b);  /* what is wrong, or NULL */
	/* A job that must be right afterwards, when nothing fails any more. */
	const char *(*after)(struct gbx_broker *b);
};

/* With real workers; with the hostile kit's. The last one has no name. */
extern const struct scene scenes_real[], scenes_hostile[];

#endif
