/* SPDX-License-Identifier: ISC */
/*
 * The block list of denylist.def as a filter, and what is told about it.
 * Side: tests.
 */
#ifndef GBX_TESTS_SUPPORT_DENYLIST_H
#define GBX_TESTS_SUPPORT_DENYLIST_H

#include <stddef.h>

/* Build it with libseccomp, for x86-64 and i386 as its users do. A refusal
 * kills here, where theirs answers EPERM or ENOSYS: so that it can't be taken
 * for an error of the call itself. 0 or -errno. */
int denylist_build(void);
/* Put this process under it. 0 or -errno. */
int denylist_load(void);

struct denylist_rule {
	const char *call, *when, *why; /* when: "" for always */
};
const struct denylist_rule *denylist_rules(size_t *ret_n);
struct denylist_worth {
	const char *call, *what;
};
const struct denylist_worth *denylist_worths(size_t *ret_n);

#endif
