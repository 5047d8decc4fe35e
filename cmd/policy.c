/* SPDX-License-Identifier: ISC */
/*
 * policy: the least-privilege checklist. Side: caller.
 * System calls and rlimits are read from the very tables that enforce them
 * (schemas/), limits and formats from the library. The rest is told here, and
 * tests/sandbox/policy.py holds it against what real processes do.
 */
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "cmd/commands.h"
#include "cmd/options.h"
#include "cmd/print.h"
#include "cmd/values.h"

struct power {
	const char *name, *why;
};

static const struct power worker_keeps[] = {
#define GBX_LAST(call, why) \
	{#call, why "; under lockdown filter the only system call"},
#include "schemas/calls.def"
    {"exit read write rt_sigreturn",
	"lockdown strict instead: the kernel's fixed list; with no descriptor "
	"open, read and write can only fail"},
    {"uretprobe uprobe",
	"335 and 336: kernels from 6.14 exempt them from every filter; they "
	"act only where a tracer has put a probe"},
    {"input", "mapped read-only, sealed against every change"},
    {"output", "mapped writable, sealed against growth: limit output"},
    {"arena", "all the memory malloc can give, never more: limit memory"},
    {"processor", "to compute: limit cpu, and limit wall from outside"}, {0}};

static const struct power zygote_keeps[] = {
#define GBX_SETUP(call, why) {#call, why},
#define GBX_SETUP_EQ(call, n, value, why) \
	{#call, why " (argument " #n " is " #value ")"},
#define GBX_SETUP_CLEAR(call, n, bits, why) \
	{#call, why " (argument " #n " is without " #bits ")"},
#include "schemas/calls.def"
    {0}};

static const struct rlimit_row {
	const char *name;
	unsigned long number;
	const char *why;
} rlimits[] = {
#define GBX_RLIMIT(name, number, why) {#name, number, why},
#include "schemas/rlimits.def"
};

static const struct power removed[] = {
    {"system calls",
	"all others: seccomp kills the process; of other ABIs too"},
    {"descriptors", "all closed before the first byte of input is read"},
    {"files", "a mount namespace with an empty read-only root (root); Landlock "
	      "(landlock) denies every right it knows"},
    {"network", "an empty network namespace (netns); Landlock denies TCP and "
		"abstract sockets"},
    {"processes", "a pid namespace (pidns): nobody to signal or to trace; "
		  "Landlock denies signals out of it"},
    {"names", "ipc, uts and cgroup namespaces"},
    {"privilege", "no_new_privs (nnp), no capability, a user namespace "
		  "(userns); nobody where glovebox was started as root"},
    {"secrets", "own program by exec: not the caller's memory, descriptors, "
		"environment or address layout"},
    {"traces", "not dumpable, no core file"},
    {"clocks", "no call gives the time; no time stamp counter (tsc)"},
    {"time", "a CPU timer inside, the wall clock outside"},
    {"sharing", "one process for one input, unless --domain says otherwise "
		"(batch)"},
    {"retries", "after a crash or a violation the zygote is exec'd "
		"anew: another layout"},
    {"channels",
	"results are read only when the worker has exited, then "
	"sealed and checked; the lock is read from the kernel (proven)"},
    {0}};

/* Wrapped, with a hanging indent after the first column. */
static void
print_power(const struct power *p)
{
	const char *s = p->why;
	int width = 79 - 22;

	if (strlen(p->name) > 19)
		printf("  %s\n%22s", p->name, "");
	else
		printf("  %-19s ", p->name);
	while ((int)strlen(s) > width) {
		int cut = width;

		while (cut > 0 && s[cut] != ' ')
			cut--;
		printf("%.*s\n%22s", cut, s, "");
		s += cut + 1;
	}
	printf("%s\n", s);
}

static void
print_powers(const char *title, const struct power *p)
{
	printf("%s\n", title);
	for (; p->name; p++)
		print_power(p);
	printf("\n");
}

static void
print_rlimits(void)
{
	char name[32];

	printf("RLIMITS of both, soft and hard, never raised\n");
	for (size_t i = 0; i < sizeof(rlimits) / sizeof(rlimits[0]); i++) {
		snprintf(name, sizeof(name), "%s %lu", rlimits[i].name,
		    rlimits[i].number);
		print_power(&(struct power){name, rlimits[i].why});
	}
	print_power(&(struct power){"CPU", "the ceiling of limit cpu"});
	printf("\n");
}

static void
print_limits(void)
{
	struct gbx_limit_info i = {.size = sizeof(i)};

	printf("LIMITS of a job (--limit NAME=VALUE)\n");
	printf("  %-8s %11s %11s %-6s %s\n", "name", "default", "ceiling",
	    "unit", "what it holds");
	for (int n = 1; gbx_limit_info((enum gbx_limit)n, &i) == GBX_OK; n++)
		printf("  %-8s %11" PRIu64 " %11" PRIu64 " %-6s %s\n", i.name,
		    i.standard, i.ceiling, i.unit, i.text);
	printf("\n");
}

static const char *
operations(uint32_t ops, char buf[64])
{
	size_t used = 0;

	buf[0] = '\0';
	for (uint32_t i = 1; ops >> i != 0; i++)
		if (ops >> i & 1)
			used += (size_t)snprintf(buf + used, 64 - used, "%s%s",
			    used ? " " : "", gbx_op_name((enum gbx_op)i));
	return buf;
}

static void
print_formats(const char *only)
{
	struct gbx_format_info f = {.size = sizeof(f)};
	char ops[64];

	printf("FORMATS\n  %-7s %-23s %-15s %s\n", "format", "operations",
	    "worker", "media type");
	for (size_t i = 0; gbx_format_info(i, &f) == GBX_OK; i++)
		if (!only || strcmp(only, f.name) == 0)
			printf("  %-7s %-23s glovebox-%-6s %s\n", f.name,
			    operations(f.ops, ops), f.worker, f.media_type);
}

int
gbx_cmd_policy(const struct gbx_cmd_options *o)
{
	const char *only = NULL;

	if (o->n_operands > 0) {
		only = gbx_cmd_format_name(o->operand[0]);
		if (!only) {
			gbx_cmd_unknown_format(o->operand[0]);
			return EX_USAGE;
		}
	}
	printf("What the process that reads your file may do%s%s. Words in "
	       "brackets are layers:\nwhich of them hold on this host, "
	       "'glovebox doctor' tells.\n\n",
	    only ? ": " : "", only ? only : "");
	print_powers("KEPT by a worker, from before the first byte of input to "
		     "its end",
	    worker_keeps);
	print_powers("KEPT by its zygote, which sees no byte of input "
		     "(lockdown filter)",
	    zygote_keeps);
	print_powers("REMOVED", removed);
	print_rlimits();
	print_limits();
	print_formats(only);
	return EX_OK;
}
