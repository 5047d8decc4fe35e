/* SPDX-License-Identifier: ISC */
/*
 * What a block list lets through: every number by every ABI, called for real
 * behind the list of support/denylist.def, and what got through tried again
 * behind our own lock. Prints docs/BLOCKLIST.md (`make blocklist`).
 * Side: tests. Only ever in a cage: without one it does nothing and exits 69.
 */
#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <glovebox.h>

#include "sandboxed_parsers/runtime/lockdown.h"
#include "schemas/limits.h"
#include "tests/support/attempt.h"
#include "tests/support/cage.h"
#include "tests/support/denylist.h"

#define NUMBERS 1024

enum fate {
	UNTRIED,
	REFUSED,
	ABSENT, /* through, but this kernel has no such call */
	ACTED,
};

/* Filled in the cage, printed outside. */
struct table {
	bool is_i386;
	uint8_t fate[CALLS_ABIS][NUMBERS];
	size_t count[CALLS_ABIS][4];
	/* of those that acted, behind our lock */
	size_t again, exempt, broken;
};

static int
end_process(void)
{
	_exit(0);
}

static int
end_locked(void)
{
	gbx_lockdown_exit(0);
}

static enum fate
fate_of(const struct attempt_result *r)
{
	if (r->end == ATTEMPT_NO_LOCK)
		return UNTRIED;
	if (r->end == ATTEMPT_REFUSED)
		return REFUSED;
	return r->end == ATTEMPT_LIVED && r->value == -ENOSYS ? ABSENT : ACTED;
}

static void
behind_the_list(struct table *t)
{
	struct attempt a = {
	    .lock = denylist_load,
	    .end = end_process,
	    .killer = SIGSYS,
	    .apart = true,
	};
	struct attempt_result r;
	int nr;

	for (a.abi = CALLS_NATIVE; a.abi < CALLS_ABIS; a.abi++) {
		if (a.abi == CALLS_I386 && !t->is_i386)
			continue;
		for (nr = 0; nr < NUMBERS; nr++) {
			a.nr = (uint64_t)nr;
			attempt_run(&a, &r);
			t->fate[a.abi][nr] = (uint8_t)fate_of(&r);
			t->count[a.abi][fate_of(&r)]++;
		}
	}
}

static void
behind_our_lock(struct table *t)
{
	struct attempt a = {
	    .lock = gbx_lockdown_worker,
	    .end = end_locked,
	    .killer = SIGSYS,
	    .apart = true,
	};
	struct attempt_result r;
	int nr;

	for (a.abi = CALLS_NATIVE; a.abi < CALLS_ABIS; a.abi++)
		for (nr = 0; nr < NUMBERS; nr++) {
			if (t->fate[a.abi][nr] != ACTED)
				continue;
			t->again++;
			a.nr = (uint64_t)nr;
			attempt_run(&a, &r);
			if (r.end == ATTEMPT_REFUSED)
				continue;
			if (calls_may_act(GBX_LOCKDOWN_FILTER, a.abi, nr))
				t->exempt++;
			else
				t->broken++;
		}
}

static int
sweep(void *arg)
{
	struct table *t = arg;

	if (!attempt_init() || denylist_build() != 0 ||
	    gbx_lockdown_prepare(GBX_WIRE_LOCK_FILTER) != 0)
		return EX_OSERR;
	behind_the_list(t);
	behind_our_lock(t);
	return 0;
}

/* ---- telling ------------------------------------------------------------- */

/* Lines of at most 120, as the other documents have. */
static void
print_names(const struct table *t, enum calls_abi abi)
{
	const char *name;
	size_t used = 0;
	int nr;

	for (nr = 0; nr < NUMBERS; nr++) {
		if (t->fate[abi][nr] != ACTED)
			continue;
		name = calls_name(abi, nr);
		if (used > 0 && used + strlen(name) + 1 > 118) {
			printf("\n");
			used = 0;
		}
		if (strcmp(name, "?") == 0)
			used += (size_t)printf("%s%d", used ? " " : "", nr);
		else
			used += (size_t)printf("%s%s", used ? " " : "", name);
	}
	printf("\n");
}

/* Rules that differ in their "when" alone share a row. */
static void
print_rules(void)
{
	size_t i, n;
	const struct denylist_rule *r = denylist_rules(&n);

	printf("<!-- denied -->\n| call | when | why |\n|---|---|---|\n");
	for (i = 0; i < n; i++) {
		printf("| `%s` | %s", r[i].call, *r[i].when ? "" : "always");
		printf("%s", r[i].when);
		while (i + 1 < n && strcmp(r[i].call, r[i + 1].call) == 0 &&
		       strcmp(r[i].why, r[i + 1].why) == 0)
			printf(", %s", r[++i].when);
		printf(" | %s |\n", r[i].why);
	}
	printf("<!-- end -->\n");
}

static bool
acted(const struct table *t, const char *name)
{
	enum calls_abi abi;
	int nr;

	for (abi = CALLS_NATIVE; abi < CALLS_ABIS; abi++)
		for (nr = 0; nr < NUMBERS; nr++)
			if (t->fate[abi][nr] == ACTED &&
			    strcmp(calls_name(abi, nr), name) == 0)
				return true;
	return false;
}

static void
print_worths(const struct table *t)
{
	size_t i, n;
	const struct denylist_worth *w = denylist_worths(&n);

	printf("<!-- worth -->\n| call | to an attacker |\n|---|---|\n");
	for (i = 0; i < n; i++)
		if (acted(t, w[i].call))
			printf("| `%s` | %s |\n", w[i].call, w[i].what);
	printf("<!-- end -->\n");
}

static void
print_counts(const struct table *t)
{
	enum calls_abi abi;

	printf("<!-- counts -->\n"
	       "| by | tried | refused | acted | no such call |\n"
	       "|---|---|---|---|---|\n");
	for (abi = CALLS_NATIVE; abi < CALLS_ABIS; abi++)
		printf("| %s | %d | %zu | %zu | %zu |\n", calls_abi_name(abi),
		    abi == CALLS_I386 && !t->is_i386 ? 0 : NUMBERS,
		    t->count[abi][REFUSED], t->count[abi][ACTED],
		    t->count[abi][ABSENT]);
	printf("<!-- end -->\n");
}

static void
print_document(const struct table *t)
{
	const struct scmp_version *v = seccomp_version();
	struct utsname u;

	uname(&u);
	u.release[strspn(u.release, "0123456789.")] = '\0';
	printf("<!-- Made by `make blocklist` from "
	       "tests/support/denylist.def. -->\n"
	       "# What a block list lets through\n\n"
	       "Thumbnailers of today put their decoders behind a seccomp "
	       "filter that names what is forbidden and allows the rest.\n"
	       "Here each number from 0 to %d was called for real behind such "
	       "a list, all arguments 0, in a process of its own\n"
	       "(Linux %s, %s, libseccomp %u.%u.%u). *Acted* means that the "
	       "kernel's own code for the call ran.\n"
	       "Most of it answers zeroes with an error; but it is there to be "
	       "attacked, and other arguments reach all of it.\n\n"
	       "## The list\n\n"
	       "What `flatpak run` refuses to a program without "
	       "`--allow=devel`; the thumbnailers of GNOME and Cinnamon took "
	       "it\nover. Theirs answers with an error where this one kills, "
	       "so that a refusal can't be taken for the call's own error.\n\n",
	    NUMBERS - 1, u.release, u.machine, v->major, v->minor, v->micro);
	print_rules();
	printf("\n## What got through\n\n");
	print_counts(t);
	printf("\nThe last column got through as well, but this kernel has no "
	       "such call. A call that the next one adds is\nallowed in "
	       "advance: `open_tree_attr` came years after its siblings were "
	       "put on the list.\n\n"
	       "The same %zu calls again, behind the lock of a glovebox worker "
	       "(`filter`): %zu refused, %zu acted\n"
	       "(exit_group, and the two uprobe calls that kernels from 6.14 "
	       "exempt from every filter), **%zu others**.\n\n"
	       "## What some of them are worth\n\n",
	    t->again, t->again - t->exempt - t->broken, t->exempt, t->broken);
	print_worths(t);
	printf("\n## All that acted, x86-64\n\n```\n");
	print_names(t, CALLS_NATIVE);
	printf("```\n\n## All that acted, i386\n\n```\n");
	print_names(t, CALLS_I386);
	printf("```\n");
}

int
main(void)
{
	struct table *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0, err;

	if (t == MAP_FAILED)
		return EX_OSERR;
	t->is_i386 = calls_has_i386();
	err = cage_run(sweep, t, &status);
	if (err != 0) {
		fprintf(stderr,
		    "blocklist: this host refuses the namespaces "
		    "to do it in: %s\n",
		    strerror(-err));
		return EX_UNAVAILABLE;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "blocklist: the sweep ended with 0x%x\n",
		    (unsigned int)status);
		return EX_OSERR;
	}
	print_document(t);
	return t->broken == 0 ? 0 : EX_SOFTWARE;
}
