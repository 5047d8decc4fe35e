/* SPDX-License-Identifier: ISC */
/*
 * doctor: what this host can enforce, and why not the rest. Side: caller.
 * Believes the library's proof, not the kernel's version: it opens a broker
 * with each lockdown and tells what its workers had.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "cmd/commands.h"
#include "cmd/doctor.h"
#include "cmd/options.h"
#include "cmd/print.h"
#include "cmd/session.h"

#ifndef GBX_LIBEXEC
#define GBX_LIBEXEC "the directory of the installation"
#endif

#define ADVICE_MAX 512
#define PATIENCE   10
#define JOB_ADVICE \
	"compare its libraries with those that are known to work, below; a " \
	"newer one may need a newer glovebox"

/* What is required is looked at afterwards: so that what is missing can be
 * told. */
static void
try_once(struct gbx_doctor_trial *t, const char *dir, const char *preload)
{
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;

	gbx_broker_opts_init(&opts);
	opts.lockdown = t->lockdown;
	opts.worker_dir = dir;
	opts.preload = *preload ? preload : NULL;
	opts.max_in_flight = 1;
	opts.max_idle = 1;
	errno = 0;
	t->err = gbx_broker_open(&opts, &broker);
	t->error = t->err == GBX_OK ? 0 : errno;
	t->host = (struct gbx_host_posture){.size = sizeof(t->host)};
	if (broker)
		(void)gbx_host_posture(broker, &t->host);
	gbx_broker_close(broker);
}

/* The processes of the trial before may not all be gone yet, and count. */
static void
try(struct gbx_doctor_trial *t, const char *dir, const char *preload)
{
	const struct timespec pause = {.tv_nsec = 200000000};

	try_once(t, dir, preload);
	for (int i = 0; i < PATIENCE && t->error == EAGAIN; i++) {
		(void)nanosleep(&pause, NULL);
		try_once(t, dir, preload);
	}
}

static void
try_all(struct gbx_doctor_host *h, const char *dir)
{
	for (size_t i = 0; i < GBX_DOCTOR_TRIALS; i++)
		try(&h->trial[i], dir, h->preload);
}

/* Of the host, whichever worker it is. */
static bool
is_shortage(int error)
{
	return error == EAGAIN || error == EMFILE || error == ENFILE;
}

/* If together they can't be started: which of them can't, each alone? The rest
 * is tried again. A host on which none can has another trouble. */
static void
find_broken(struct gbx_doctor_host *h, const struct gbx_doctor_trial *asked,
    const char *dir)
{
	struct gbx_format_info f = {.size = sizeof(f)};
	size_t i, broken = 0, good = 0;

	if (asked->err != GBX_ERR_SYSTEM && asked->err != GBX_ERR_MEMORY)
		return;
	for (i = 0;
	     i < GBX_DOCTOR_FORMATS_MAX && gbx_format_info(i, &f) == GBX_OK;
	     i++) {
		struct gbx_doctor_trial t = {.lockdown = asked->lockdown};

		if (!gbx_doctor_has_worker(h, f.worker))
			continue;
		try(&t, dir, f.name);
		good += t.err == GBX_OK;
		if (t.err == GBX_OK || is_shortage(t.error))
			continue;
		h->broken[i] = t.error ? t.error : EIO;
		broken++;
	}
	if (good == 0) {
		memset(h->broken, 0, sizeof(h->broken));
		return;
	}
	gbx_doctor_choose_preload(h);
	if (broken > 0)
		try_all(h, dir);
	if (broken > 0 && asked->err == GBX_OK)
		return;
	/* Each can, and not all at once: a job needs but one. */
	h->crowded = true;
	h->preload[strcspn(h->preload, ",")] = '\0';
	try_all(h, dir);
}

static size_t
count_broken(const struct gbx_doctor_host *h)
{
	size_t n = 0;

	for (size_t i = 0; i < GBX_DOCTOR_FORMATS_MAX; i++)
		n += h->broken[i] != 0;
	return n;
}

static size_t
count_failed(const struct gbx_doctor_host *h)
{
	size_t n = 0;

	for (size_t i = 0; i < GBX_DOCTOR_FORMATS_MAX; i++)
		n += h->failed[i] != NULL;
	return n;
}

/* What was required of this lockdown, and is not there. */
static uint32_t
missing(const struct gbx_cmd_options *o, const struct gbx_doctor_trial *t)
{
	if (t->lockdown != o->lockdown || t->err != GBX_OK)
		return 0;
	return o->require & ~t->host.posture;
}

/* The layers that a trial was about: not the other lockdown. */
static bool
concerns(const struct gbx_doctor_trial *t, uint32_t bit)
{
	uint32_t other = t->lockdown == GBX_LOCKDOWN_FILTER
			     ? GBX_POSTURE_STRICT
			     : GBX_POSTURE_FILTER;

	return bit != other;
}

static size_t
count_missing_layers(const struct gbx_doctor_trial *t)
{
	size_t n, missed = 0;
	const struct gbx_doctor_layer *l = gbx_doctor_layers(&n);

	for (size_t i = 0; i < n; i++)
		missed +=
		    concerns(t, l[i].bit) && !(t->host.posture & l[i].bit);
	return missed;
}

static const char *
why(int error)
{
	const char *words = gbx_start_error(error);

	return words ? words : strerror(error);
}

/* ---- for people ---------------------------------------------------------- */

static void
print_layer(const struct gbx_doctor_host *h, const struct gbx_doctor_trial *t,
    const struct gbx_doctor_layer *l)
{
	bool held = t->host.posture & l->bit;
	int error = t->host.why[__builtin_ctz(l->bit)];
	char advice[ADVICE_MAX];

	printf("  %-9s %-4s %s\n", gbx_posture_name(l->bit),
	    held ? "yes" : "no", l->what);
	if (held)
		return;
	if (error)
		printf("%17s why: %s (%s)\n", "", strerrorname_np(error),
		    strerror(error));
	gbx_doctor_advise(h, t, l->bit, advice, sizeof(advice));
	printf("%17s try: %s\n", "", advice);
}

static const char *
outcome(const struct gbx_doctor_trial *t, uint32_t lacking)
{
	switch (t->err) {
	case GBX_OK:
		return lacking ? "UNAVAILABLE, a layer that is required can't "
				 "be had; nothing will be parsed"
			       : "works";
	case GBX_ERR_POSTURE:
		return "UNAVAILABLE, a layer that is required can't be had; "
		       "nothing will be parsed";
	case GBX_ERR_NOTFOUND:
		return "NOT STARTED, no workers found";
	default:
		return "NOT STARTED";
	}
}

static void
print_trial(const struct gbx_doctor_host *h, const struct gbx_doctor_trial *t,
    uint32_t lacking)
{
	char advice[ADVICE_MAX];
	size_t n;
	const struct gbx_doctor_layer *l = gbx_doctor_layers(&n);

	printf("\nlockdown %s: %s", t->name, outcome(t, lacking));
	if (t->error)
		printf(": %s (%s)", strerrorname_np(t->error), why(t->error));
	for (size_t i = 0; i < n; i++)
		if (lacking & l[i].bit)
			printf(": %s", gbx_posture_name(l[i].bit));
	printf("\n");
	for (size_t i = 0; i < n && t->err == GBX_OK; i++)
		if (concerns(t, l[i].bit))
			print_layer(h, t, &l[i]);
	gbx_doctor_advise_start(h, t, advice, sizeof(advice));
	if (*advice)
		printf("  try: %s\n", advice);
	if (t->err == GBX_ERR_POSTURE && h->outer_filters > 0)
		printf("  this process runs under %ld seccomp filter%s "
		       "already\n",
		    h->outer_filters, h->outer_filters > 1 ? "s" : "");
}

/* Settings beside the layers, where they are worth a word. */
static void
print_notes(const struct gbx_doctor_host *h)
{
	const struct {
		bool told;
		const char *text;
	} notes[] = {
	    {*h->core_pattern == '|',
		"core_pattern is a pipe: workers don't call it, they are not "
		"dumpable"},
	    {h->ptrace_scope == 0,
		"kernel.yama.ptrace_scope is 0: this user's other programs may "
		"trace glovebox itself; 1 is safer"},
	    {h->smt == 1,
		"threads share a core, and may spy on each other through it: "
		"boot parameter nosmt"},
	    {h->swap > 0,
		"there is swap, where inputs and results may end up: encrypt "
		"it"},
	    {h->crowded,
		"each worker can be started, but not one of every kind at "
		"once: more descriptors (ulimit -n) or processes (ulimit -u, "
		"pids.max) let more jobs run beside each other"},
	    {h->overcommit == 2,
		"vm.overcommit_memory is 2: each worker's memory is reserved "
		"in full; --limit memory=VALUE reserves less"},
	};
	bool any = false;

	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		if (!notes[i].told)
			continue;
		printf("%s  %s\n", any ? "" : "\nbeside the layers\n",
		    notes[i].text);
		any = true;
	}
}

static const struct gbx_doctor_trial *
opened(const struct gbx_doctor_host *h)
{
	return &h->trial[h->trial[0].err == GBX_OK ? 0 : 1];
}

/* What a job gets by default, where the host leaves it less than usual. */
static void
print_memory(const struct gbx_doctor_host *h)
{
	struct gbx_limit_info usual = {.size = sizeof(usual)};
	uint64_t given = opened(h)->host.memory;

	if (h->cgroup_memory >= 0)
		printf("\nmemory of its control group: %ld MiB\n",
		    h->cgroup_memory >> 20);
	if (h->cgroup_pids >= 0)
		printf("processes of its control group: %ld\n", h->cgroup_pids);
	if (opened(h)->err == GBX_OK &&
	    gbx_limit_info(GBX_LIMIT_MEMORY, &usual) == GBX_OK &&
	    given < usual.standard)
		printf("limit memory is at most %llu MiB here, instead of %llu "
		       "MiB\n",
		    (unsigned long long)(given >> 20),
		    (unsigned long long)(usual.standard >> 20));
}

static int
broken_of(const struct gbx_doctor_host *h, size_t i)
{
	return i < GBX_DOCTOR_FORMATS_MAX ? h->broken[i] : 0;
}

static const char *
failed_of(const struct gbx_doctor_host *h, size_t i)
{
	return i < GBX_DOCTOR_FORMATS_MAX ? h->failed[i] : NULL;
}

static void
print_libraries(void)
{
	struct gbx_doctor_library l;

	printf("\nshared libraries of workers\n");
	for (size_t i = 0; gbx_doctor_library(i, &l); i++)
		if (*l.found)
			printf("  %s%s%s%s%s%s%s\n", l.name, l.found,
			    l.known ? "" : ": not tested, known to work are ",
			    l.known ? "" : l.tested[0], l.known ? "" : " and ",
			    l.known ? "" : l.tested[1],
			    l.known ? ": known to work" : "");
}

static void
print_formats(const struct gbx_doctor_host *h)
{
	struct gbx_format_info f = {.size = sizeof(f)};

	printf("\nformats\n");
	for (size_t i = 0; gbx_format_info(i, &f) == GBX_OK; i++) {
		int error = broken_of(h, i);

		printf("  %-9s glovebox-%s %s\n", f.name, f.worker,
		    !gbx_doctor_has_worker(h, f.worker) ? "MISSING"
		    : error				? "CAN'T BE STARTED"
		    : failed_of(h, i)			? "FAILS AT ITS JOBS"
							: "found");
		if (failed_of(h, i))
			printf("%17s why: a job that is to be refused ended as "
			       "%s\n%17s try: %s\n",
			    "", failed_of(h, i), "", JOB_ADVICE);
		if (error)
			printf("%17s why: %s (%s)\n%17s try: %s\n", "",
			    strerrorname_np(error), why(error), "",
			    gbx_doctor_advise_worker(error));
	}
}

static void
print_host(const struct gbx_doctor_host *h, const struct gbx_cmd_options *o)
{
	int abi = opened(h)->host.landlock_abi;

	printf("glovebox %s on %s %s %s\n", GBX_VERSION, h->uts.sysname,
	    h->uts.release, h->uts.machine);
	printf("workers in ");
	gbx_cmd_print_name(stdout, h->dir);
	printf("\n");
	if (*h->problem) {
		printf("  but: ");
		gbx_cmd_print_name(stdout, h->problem);
		printf("\n");
	}
	if (abi > 0)
		printf("Landlock ABI %d\n", abi);
	if (h->outer_filters >= 0)
		printf(
		    "seccomp filters on this process: %ld\n", h->outer_filters);
	for (size_t i = 0; i < GBX_DOCTOR_TRIALS; i++)
		print_trial(h, &h->trial[i], missing(o, &h->trial[i]));
	print_memory(h);
	print_notes(h);
	print_formats(h);
	print_libraries();
}

/* The last line is the one to read. */
static void
print_result(const struct gbx_doctor_host *h, const struct gbx_doctor_trial *t,
    bool good, size_t broken)
{
	size_t missed = count_missing_layers(t);

	printf("\nresult: lockdown %s ", t->name);
	if (!good)
		printf("can't be had as asked for: nothing will be parsed");
	else if (missed == 0)
		printf("with all its layers");
	else
		printf("works, without %zu of its layers", missed);
	if (broken > 0)
		printf("; workers of %zu format%s can't be started", broken,
		    broken > 1 ? "s" : "");
	if (count_failed(h) > 0)
		printf("; jobs of %zu format%s fail", count_failed(h),
		    count_failed(h) > 1 ? "s" : "");
	if (h->no_helper)
		printf("; %s", h->problem);
	printf("\n");
}

/* ---- for programs: glovebox(1), DOCTOR ----------------------------------- */

static void
json_layer(struct gbx_cmd_json *j, const struct gbx_doctor_host *h,
    const struct gbx_doctor_trial *t, const struct gbx_doctor_layer *l)
{
	bool held = t->host.posture & l->bit;
	int error = t->host.why[__builtin_ctz(l->bit)];
	char advice[ADVICE_MAX];

	gbx_cmd_json_open(j, gbx_posture_name(l->bit), '{');
	gbx_cmd_json_bool(j, "in_force", held);
	if (!held && error)
		gbx_cmd_json_name(j, "errno", strerrorname_np(error));
	if (!held) {
		gbx_doctor_advise(h, t, l->bit, advice, sizeof(advice));
		gbx_cmd_json_name(j, "advice", advice);
	}
	gbx_cmd_json_close(j, '}');
}

static void
json_trial(struct gbx_cmd_json *j, const struct gbx_doctor_host *h,
    const struct gbx_doctor_trial *t)
{
	char advice[ADVICE_MAX];
	size_t n;
	const struct gbx_doctor_layer *l = gbx_doctor_layers(&n);

	gbx_cmd_json_open(j, t->name, '{');
	gbx_cmd_json_bool(j, "works", t->err == GBX_OK);
	if (t->err != GBX_OK)
		gbx_cmd_json_name(j, "error", gbx_err_name(t->err));
	if (t->error)
		gbx_cmd_json_name(j, "errno", strerrorname_np(t->error));
	gbx_doctor_advise_start(h, t, advice, sizeof(advice));
	if (*advice)
		gbx_cmd_json_name(j, "advice", advice);
	gbx_cmd_json_open(j, "layers", '{');
	for (size_t i = 0; i < n && t->err == GBX_OK; i++)
		if (concerns(t, l[i].bit))
			json_layer(j, h, t, &l[i]);
	gbx_cmd_json_close(j, '}');
	if (t->err == GBX_OK) {
		gbx_cmd_json_number(
		    j, "seccomp_filters", t->host.seccomp_filters);
		gbx_cmd_json_number(j, "memory", t->host.memory);
	}
	gbx_cmd_json_close(j, '}');
}

static void
json_formats(struct gbx_cmd_json *j, const struct gbx_doctor_host *h)
{
	struct gbx_format_info f = {.size = sizeof(f)};

	gbx_cmd_json_open(j, "formats", '[');
	for (size_t i = 0; gbx_format_info(i, &f) == GBX_OK; i++) {
		gbx_cmd_json_open(j, NULL, '{');
		gbx_cmd_json_name(j, "format", f.name);
		gbx_cmd_json_name(j, "worker", f.worker);
		gbx_cmd_json_bool(
		    j, "found", gbx_doctor_has_worker(h, f.worker));
		if (broken_of(h, i)) {
			gbx_cmd_json_name(
			    j, "errno", strerrorname_np(broken_of(h, i)));
			gbx_cmd_json_name(j, "why", why(broken_of(h, i)));
			gbx_cmd_json_name(j, "advice",
			    gbx_doctor_advise_worker(broken_of(h, i)));
		}
		if (failed_of(h, i)) {
			gbx_cmd_json_name(j, "verdict", failed_of(h, i));
			gbx_cmd_json_name(j, "advice", JOB_ADVICE);
		}
		gbx_cmd_json_close(j, '}');
	}
	gbx_cmd_json_close(j, ']');
}

static void
json_libraries(struct gbx_cmd_json *j)
{
	struct gbx_doctor_library l;

	gbx_cmd_json_open(j, "libraries", '[');
	for (size_t i = 0; gbx_doctor_library(i, &l); i++) {
		if (*l.found == '\0')
			continue;
		gbx_cmd_json_open(j, NULL, '{');
		gbx_cmd_json_name(j, "library", l.name);
		gbx_cmd_json_name(j, "found", l.found);
		gbx_cmd_json_bool(j, "known", l.known);
		gbx_cmd_json_close(j, '}');
	}
	gbx_cmd_json_close(j, ']');
}

/* null: no such setting here, no limit, or it can't be read. */
static void
json_setting(struct gbx_cmd_json *j, const char *key, long n)
{
	if (n >= 0)
		gbx_cmd_json_number(j, key, (uint64_t)n);
	else
		gbx_cmd_json_name(j, key, NULL);
}

static void
json_settings(struct gbx_cmd_json *j, const struct gbx_doctor_host *h)
{
	gbx_cmd_json_open(j, "host", '{');
	gbx_cmd_json_bool(j, "proc", h->proc);
	gbx_cmd_json_bool(j, "chroot", h->in_chroot);
	gbx_cmd_json_bool(j, "uid_mapped", h->is_mapped);
	json_setting(j, "max_user_namespaces", h->max_user_ns);
	json_setting(j, "unprivileged_userns_clone", h->userns_clone);
	json_setting(
	    j, "apparmor_restrict_unprivileged_userns", h->apparmor_userns);
	json_setting(j, "ptrace_scope", h->ptrace_scope);
	json_setting(j, "smt", h->smt);
	json_setting(j, "swap_areas", h->swap);
	json_setting(j, "nofile", h->nofile);
	json_setting(j, "nproc", h->nproc);
	json_setting(j, "overcommit_memory", h->overcommit);
	json_setting(j, "cgroup_memory", h->cgroup_memory);
	json_setting(j, "cgroup_pids", h->cgroup_pids);
	gbx_cmd_json_name(
	    j, "core_pattern", *h->core_pattern ? h->core_pattern : NULL);
	gbx_cmd_json_name(j, "seccomp_actions",
	    *h->seccomp_actions ? h->seccomp_actions : NULL);
	gbx_cmd_json_close(j, '}');
}

static void
json_host(const struct gbx_doctor_host *h, bool good)
{
	int abi = opened(h)->host.landlock_abi;
	struct gbx_cmd_json j = {.f = stdout};

	gbx_cmd_json_open(&j, NULL, '{');
	gbx_cmd_json_bool(&j, "ok", good);
	gbx_cmd_json_name(&j, "version", GBX_VERSION);
	gbx_cmd_json_name(&j, "kernel", h->uts.release);
	gbx_cmd_json_name(&j, "machine", h->uts.machine);
	gbx_cmd_json_name(&j, "worker_dir", h->dir);
	if (*h->problem)
		gbx_cmd_json_name(&j, "worker_dir_problem", h->problem);
	if (opened(h)->err == GBX_OK)
		gbx_cmd_json_number(
		    &j, "landlock_abi", abi > 0 ? (uint64_t)abi : 0);
	else
		gbx_cmd_json_name(&j, "landlock_abi", NULL);
	if (h->outer_filters >= 0)
		gbx_cmd_json_number(
		    &j, "outer_filters", (uint64_t)h->outer_filters);
	gbx_cmd_json_open(&j, "lockdown", '{');
	for (size_t i = 0; i < GBX_DOCTOR_TRIALS; i++)
		json_trial(&j, h, &h->trial[i]);
	gbx_cmd_json_close(&j, '}');
	json_settings(&j, h);
	json_formats(&j, h);
	json_libraries(&j);
	gbx_cmd_json_close(&j, '}');
	fputc('\n', stdout);
}

int
gbx_cmd_doctor(const struct gbx_cmd_options *o)
{
	struct gbx_doctor_host h = {
	    .trial = {{.name = "filter", .lockdown = GBX_LOCKDOWN_FILTER},
		{.name = "strict", .lockdown = GBX_LOCKDOWN_STRICT}}};
	const struct gbx_doctor_trial *asked =
	    &h.trial[o->lockdown == GBX_LOCKDOWN_STRICT ? 1 : 0];
	char *dir = gbx_cmd_worker_dir(o);
	size_t broken;
	bool good, all;

	h.dir = dir ? dir : GBX_LIBEXEC;
	gbx_doctor_look(&h);
	try_all(&h, dir);
	find_broken(&h, asked, dir);
	gbx_doctor_try_jobs(&h, dir, asked);
	broken = count_broken(&h);
	good = asked->err == GBX_OK && missing(o, asked) == 0;
	all = good && broken == 0 && count_failed(&h) == 0 && !h.no_helper;
	if (o->json) {
		json_host(&h, all);
	} else {
		print_host(&h, o);
		print_result(&h, asked, good, broken);
	}
	free(dir);
	return all ? EX_OK : EX_UNAVAILABLE;
}
