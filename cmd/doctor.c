/* SPDX-License-Identifier: ISC */
/*
 * doctor: what this host can enforce, and why not the rest. Side: caller.
 * Believes the library's proof, not the kernel's version: it opens a broker
 * with each lockdown and tells what its workers had.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "cmd/options.h"
#include "cmd/print.h"
#include "cmd/session.h"

#ifndef GBX_LIBEXEC
#define GBX_LIBEXEC "the directory of the installation"
#endif

/* What one lockdown gave. */
struct trial {
	const char *name;
	uint32_t lockdown;
	enum gbx_err err;
	int error; /* errno of err */
	struct gbx_host_posture host;
};

struct host {
	struct utsname uts;
	const char *dir;   /* of the workers */
	int dir_error;	   /* errno, 0: there */
	int outer_filters; /* seccomp filters on ourselves; -1: unknown */
	char preload[256]; /* formats whose worker is there */
	struct trial trial[2];
};

struct advice {
	uint32_t bit;
	const char *what, *help;
};

static const struct advice advices[] = {
    {GBX_POSTURE_FILTER, "one system call, by a seccomp filter",
	"a kernel with CONFIG_SECCOMP_FILTER; an outer filter must allow "
	"seccomp(2)"},
    {GBX_POSTURE_STRICT, "the kernel's own short list, SECCOMP_MODE_STRICT",
	"strict can't be entered once a filter is on (a container, "
	"SystemCallFilter=): use --lockdown filter"},
    {GBX_POSTURE_PROVEN, "each worker's lock is read from the kernel",
	"a /proc must be mounted, and show the processes of this user"},
    {GBX_POSTURE_NNP, "no program can give privilege back", "any Linux has it"},
    {GBX_POSTURE_USERNS, "a user namespace",
	"sysctl user.max_user_namespaces above 0, "
	"kernel.unprivileged_userns_clone=1 (Debian), "
	"kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu); not inside "
	"a chroot; an outer filter or container must allow clone(2) of it"},
    {GBX_POSTURE_NETNS, "no network", "comes with userns, or start as root"},
    {GBX_POSTURE_PIDNS, "no other processes",
	"comes with userns, or start as root"},
    {GBX_POSTURE_ROOT, "an empty read-only root",
	"comes with userns, or start as root; a container must allow mount(2) "
	"and pivot_root(2)"},
    {GBX_POSTURE_LANDLOCK, "Landlock denies files, network and signals again",
	"Linux 5.13 or later with landlock in the boot parameter lsm="},
    {GBX_POSTURE_TSC, "no time stamp counter",
	"x86 only; under lockdown strict the kernel does it by itself"},
};

#define N_ADVICES (sizeof(advices) / sizeof(advices[0]))

/* ---- looking ------------------------------------------------------------- */

/* "Seccomp_filters:" of this process: proc(5), since Linux 5.9. */
static int
count_outer_filters(void)
{
	char line[256];
	int n = -1;
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Seccomp_filters: %d", &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

static bool
worker_there(const struct host *h, const char *worker)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/glovebox-%s", h->dir, worker);
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, X_OK) == 0;
}

static void
find_workers(struct host *h)
{
	struct gbx_format_info f = {.size = sizeof(f)};
	struct stat st;
	size_t used = 0;

	h->dir_error = stat(h->dir, &st) == 0 ? 0 : errno;
	for (size_t i = 0; gbx_format_info(i, &f) == GBX_OK; i++)
		if (worker_there(h, f.worker) && used < sizeof(h->preload))
			used += (size_t)snprintf(h->preload + used,
			    sizeof(h->preload) - used, "%s%s", used ? "," : "",
			    f.name);
}

static void
try(struct trial *t, const struct gbx_cmd_options *o, const char *dir,
    const char *preload)
{
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;

	gbx_broker_opts_init(&opts);
	opts.lockdown = t->lockdown;
	opts.worker_dir = dir;
	opts.preload = *preload ? preload : NULL;
	opts.max_in_flight = 1;
	opts.max_idle = 1;
	if (t->lockdown == o->lockdown)
		opts.require = o->require;
	errno = 0;
	t->err = gbx_broker_open(&opts, &broker);
	t->error = t->err == GBX_OK ? 0 : errno;
	t->host = (struct gbx_host_posture){.size = sizeof(t->host)};
	if (broker)
		(void)gbx_host_posture(broker, &t->host);
	gbx_broker_close(broker);
}

/* ---- telling ------------------------------------------------------------- */

/* The layers that a trial was about: not the other lockdown. */
static bool
concerns(const struct trial *t, uint32_t bit)
{
	uint32_t other = t->lockdown == GBX_LOCKDOWN_FILTER
			     ? GBX_POSTURE_STRICT
			     : GBX_POSTURE_FILTER;

	return bit != other;
}

static int
why_not(const struct trial *t, uint32_t bit)
{
	return t->host.why[__builtin_ctz(bit)];
}

static void
print_layer(const struct trial *t, const struct advice *a)
{
	bool held = t->host.posture & a->bit;
	int error = why_not(t, a->bit);

	printf("  %-9s %-4s %s\n", gbx_posture_name(a->bit),
	    held ? "yes" : "no", a->what);
	if (held)
		return;
	if (error)
		printf("%17s why: %s (%s)\n", "", strerrorname_np(error),
		    strerror(error));
	printf("%17s try: %s\n", "", a->help);
}

static const char *
outcome(const struct trial *t)
{
	switch (t->err) {
	case GBX_OK:
		return "works";
	case GBX_ERR_POSTURE:
		return "UNAVAILABLE, a layer that is required can't be had; "
		       "nothing will be parsed";
	case GBX_ERR_NOTFOUND:
		return "NOT STARTED, no workers found";
	default:
		return "NOT STARTED";
	}
}

/* For what went wrong before there was anything to try. */
static const char *
help_for(int error)
{
	switch (error) {
	case EAGAIN:
		return "ulimit -u: about 20 processes are needed";
	case EMFILE:
	case ENFILE:
		return "ulimit -n: 64 descriptors or more";
	case EPERM:
		return "the worker directory and the programs in it must belong "
		       "to you or root, and be writable by nobody else";
	default:
		return NULL;
	}
}

static void
print_trial(const struct host *h, const struct trial *t)
{
	printf("\nlockdown %s: %s", t->name, outcome(t));
	if (t->error)
		printf(
		    ": %s (%s)", strerrorname_np(t->error), strerror(t->error));
	printf("\n");
	if (t->err == GBX_ERR_SYSTEM && help_for(t->error))
		printf("  try: %s\n", help_for(t->error));
	if (t->err == GBX_OK) {
		for (size_t i = 0; i < N_ADVICES; i++)
			if (concerns(t, advices[i].bit))
				print_layer(t, &advices[i]);
		return;
	}
	if (h->outer_filters > 0)
		printf("  this process runs under %d seccomp filter%s "
		       "already\n",
		    h->outer_filters, h->outer_filters > 1 ? "s" : "");
	for (size_t i = 0; i < N_ADVICES && t->err == GBX_ERR_POSTURE; i++)
		if (advices[i].bit == (t->lockdown == GBX_LOCKDOWN_STRICT
					      ? GBX_POSTURE_STRICT
					      : GBX_POSTURE_FILTER))
			printf("  try: %s\n", advices[i].help);
}

static void
print_formats(const struct host *h)
{
	struct gbx_format_info f = {.size = sizeof(f)};

	printf("\nformats\n");
	for (size_t i = 0; gbx_format_info(i, &f) == GBX_OK; i++)
		printf("  %-9s glovebox-%s %s\n", f.name, f.worker,
		    worker_there(h, f.worker) ? "found" : "MISSING");
}

static void
print_host(const struct host *h)
{
	const struct gbx_host_posture *p =
	    &h->trial[h->trial[0].err == GBX_OK ? 0 : 1].host;

	printf("glovebox %s on %s %s %s\n", GBX_VERSION, h->uts.sysname,
	    h->uts.release, h->uts.machine);
	printf("workers in ");
	gbx_cmd_print_name(stdout, h->dir);
	printf("%s%s\n", h->dir_error ? ": " : "",
	    h->dir_error ? strerror(h->dir_error) : "");
	if (p->landlock_abi > 0)
		printf("Landlock ABI %d\n", p->landlock_abi);
	if (h->outer_filters >= 0)
		printf(
		    "seccomp filters on this process: %d\n", h->outer_filters);
	for (size_t i = 0; i < 2; i++)
		print_trial(h, &h->trial[i]);
	print_formats(h);
}

static void
json_layer(
    struct gbx_cmd_json *j, const struct trial *t, const struct advice *a)
{
	bool held = t->host.posture & a->bit;
	int error = why_not(t, a->bit);

	gbx_cmd_json_open(j, gbx_posture_name(a->bit), '{');
	gbx_cmd_json_bool(j, "in_force", held);
	if (!held && error)
		gbx_cmd_json_name(j, "errno", strerrorname_np(error));
	if (!held)
		gbx_cmd_json_name(j, "advice", a->help);
	gbx_cmd_json_close(j, '}');
}

static void
json_trial(struct gbx_cmd_json *j, const struct trial *t)
{
	gbx_cmd_json_open(j, t->name, '{');
	gbx_cmd_json_bool(j, "works", t->err == GBX_OK);
	if (t->err != GBX_OK)
		gbx_cmd_json_name(j, "error", gbx_err_name(t->err));
	if (t->error)
		gbx_cmd_json_name(j, "errno", strerrorname_np(t->error));
	gbx_cmd_json_open(j, "layers", '{');
	for (size_t i = 0; i < N_ADVICES && t->err == GBX_OK; i++)
		if (concerns(t, advices[i].bit))
			json_layer(j, t, &advices[i]);
	gbx_cmd_json_close(j, '}');
	if (t->err == GBX_OK)
		gbx_cmd_json_number(
		    j, "seccomp_filters", t->host.seccomp_filters);
	gbx_cmd_json_close(j, '}');
}

static void
json_formats(struct gbx_cmd_json *j, const struct host *h)
{
	struct gbx_format_info f = {.size = sizeof(f)};

	gbx_cmd_json_open(j, "formats", '[');
	for (size_t i = 0; gbx_format_info(i, &f) == GBX_OK; i++) {
		gbx_cmd_json_open(j, NULL, '{');
		gbx_cmd_json_name(j, "format", f.name);
		gbx_cmd_json_name(j, "worker", f.worker);
		gbx_cmd_json_bool(j, "found", worker_there(h, f.worker));
		gbx_cmd_json_close(j, '}');
	}
	gbx_cmd_json_close(j, ']');
}

static void
json_host(const struct host *h, bool good)
{
	const struct gbx_host_posture *p =
	    &h->trial[h->trial[0].err == GBX_OK ? 0 : 1].host;
	struct gbx_cmd_json j = {.f = stdout};

	gbx_cmd_json_open(&j, NULL, '{');
	gbx_cmd_json_bool(&j, "ok", good);
	gbx_cmd_json_name(&j, "version", GBX_VERSION);
	gbx_cmd_json_name(&j, "kernel", h->uts.release);
	gbx_cmd_json_name(&j, "machine", h->uts.machine);
	gbx_cmd_json_name(&j, "worker_dir", h->dir);
	gbx_cmd_json_number(&j, "landlock_abi",
	    p->landlock_abi > 0 ? (uint64_t)p->landlock_abi : 0);
	if (h->outer_filters >= 0)
		gbx_cmd_json_number(
		    &j, "outer_filters", (uint64_t)h->outer_filters);
	gbx_cmd_json_open(&j, "lockdown", '{');
	for (size_t i = 0; i < 2; i++)
		json_trial(&j, &h->trial[i]);
	gbx_cmd_json_close(&j, '}');
	json_formats(&j, h);
	gbx_cmd_json_close(&j, '}');
	fputc('\n', stdout);
}

int
gbx_cmd_doctor(const struct gbx_cmd_options *o)
{
	struct host h = {
	    .trial = {{.name = "filter", .lockdown = GBX_LOCKDOWN_FILTER},
		{.name = "strict", .lockdown = GBX_LOCKDOWN_STRICT}}};
	char *dir = gbx_cmd_worker_dir(o);
	bool good = false;

	h.dir = dir ? dir : GBX_LIBEXEC;
	(void)uname(&h.uts);
	h.outer_filters = count_outer_filters();
	find_workers(&h);
	for (size_t i = 0; i < 2; i++) {
		try(&h.trial[i], o, dir, h.preload);
		if (h.trial[i].lockdown == o->lockdown)
			good = h.trial[i].err == GBX_OK;
	}
	if (o->json)
		json_host(&h, good);
	else
		print_host(&h);
	free(dir);
	return good ? EX_OK : EX_UNAVAILABLE;
}
