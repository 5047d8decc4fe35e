/* SPDX-License-Identifier: ISC */
/*
 * doctor looks at the host: kernel settings, limits, the worker directory.
 * Side: caller. Reads only; what can't be read is unknown, never an error.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "cmd/doctor.h"
#include "cmd/print.h"

/* What the kernel shows where an id has no meaning: user_namespaces(7). */
#define OVERFLOW_ID 65534

/* The first line; false, and "", if it can't be had. */
static bool
read_line(const char *path, char *ret, size_t room)
{
	FILE *f = fopen(path, "re");
	bool good = f && fgets(ret, (int)room, f);

	if (f)
		fclose(f);
	if (!good)
		*ret = '\0';
	ret[strcspn(ret, "\n")] = '\0';
	return good;
}

static long
read_number(const char *path)
{
	char line[64];

	return read_line(path, line, sizeof(line)) ? strtol(line, NULL, 10)
						   : GBX_DOCTOR_UNKNOWN;
}

/* "Seccomp_filters:" of this process: proc(5), since Linux 5.9. */
static long
count_outer_filters(void)
{
	char line[256];
	long n = GBX_DOCTOR_UNKNOWN;
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Seccomp_filters: %ld", &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

/* "CapEff:" of this process, if it is root. */
static bool
is_root_without_setuid(void)
{
	char line[256];
	unsigned long long caps = ~0ULL;
	FILE *f = geteuid() == 0 ? fopen("/proc/self/status", "re") : NULL;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "CapEff: %llx", &caps) == 1)
			break;
	if (f)
		fclose(f);
	return (caps >> CAP_SETUID & 1) == 0;
}

static long
cgroup_limit(enum gbx_cgroup_kind kind)
{
	uint64_t n = gbx_cgroup_limit(kind);

	return n == GBX_CGROUP_NONE ? GBX_DOCTOR_UNKNOWN : (long)n;
}

/* Below the headings. */
static long
count_swap(void)
{
	char line[512];
	long n = GBX_DOCTOR_UNKNOWN;
	FILE *f = fopen("/proc/swaps", "re");

	while (f && fgets(line, sizeof(line), f))
		n++;
	if (f)
		fclose(f);
	return n;
}

/* clone(2): EPERM for user namespaces if the root directory is not the mount
 * namespace's. Then either no mount is seen at "/" (proc(5), mountinfo), or
 * init's root is another one; that one only root may look at. */
static bool
is_in_chroot(void)
{
	char line[4096], at[1024];
	struct stat own, first;
	bool found = false;
	FILE *f = fopen("/proc/self/mountinfo", "re");

	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%*s %*s %*s %*s %1023s", at) == 1 &&
			strcmp(at, "/") == 0;
	if (f)
		fclose(f);
	if (f && !found)
		return true;
	return stat("/", &own) == 0 && stat("/proc/1/root/", &first) == 0 &&
	       (own.st_dev != first.st_dev || own.st_ino != first.st_ino);
}

/* user_namespaces(7): who is not mapped can make no user namespace. */
static bool
is_id_mapped(unsigned long uid)
{
	unsigned long first, outside, count;
	bool found = false;
	FILE *f = fopen("/proc/self/uid_map", "re");

	if (!f)
		return true; /* unknown */
	while (
	    !found && fscanf(f, "%lu %lu %lu", &first, &outside, &count) == 3)
		found = uid >= first && uid - first < count;
	fclose(f);
	return found;
}

/* ---- the worker directory ------------------------------------------------ */

static bool
is_readonly(const char *path)
{
	struct statvfs fs;

	return statvfs(path, &fs) == 0 && (fs.f_flag & ST_RDONLY) != 0;
}

static bool
is_missing(const char *dir, const char *worker)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/glovebox-%s", dir, worker);
	return lstat(path, &st) != 0 && errno == ENOENT;
}

/* As gbx_broker_open judges it: broker/owner.c. */
static bool
is_ours(const char *what, const char *path, const struct stat *st, char *ret,
    size_t room)
{
	bool mapped = st->st_uid != OVERFLOW_ID || is_id_mapped(OVERFLOW_ID);

	if (st->st_mode & (S_IWGRP | S_IWOTH))
		snprintf(ret, room,
		    "others may write to %s (mode %04o): chmod go-w", what,
		    (unsigned int)st->st_mode & 07777);
	else if (!mapped && !is_readonly(path))
		snprintf(ret, room,
		    "the owner of %s has no id in this user namespace (root's "
		    "files look so in there): mount it read-only, map root, or "
		    "use a copy that is yours",
		    what);
	else if (mapped && st->st_uid != 0 && st->st_uid != geteuid())
		snprintf(ret, room,
		    "%s belongs to uid %u: it must be root's or yours (chown)",
		    what, (unsigned int)st->st_uid);
	else
		return true;
	return false;
}

static bool
check_program(const char *dir, const char *name, char *ret, size_t room)
{
	char path[4096], file[64];
	struct stat st;

	snprintf(file, sizeof(file), "glovebox-%s", name);
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	if (lstat(path, &st) != 0)
		snprintf(
		    ret, room, "%s: %s: install it", file, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		snprintf(
		    ret, room, "%s is not a regular file: install it", file);
	else if (!is_ours(file, path, &st, ret, room))
		return false;
	else if (access(path, X_OK) != 0)
		snprintf(ret, room,
		    "%s can't be executed (%s): chmod a+x it, and no noexec on "
		    "its mount",
		    file, strerror(errno));
	else
		return true;
	return false;
}

static void
look_at_dir(struct gbx_doctor_host *h)
{
	static const char *const helpers[] = {"init", "copy"};
	struct gbx_format_info f = {.size = sizeof(f)};
	const size_t room = sizeof(h->problem);
	struct stat st;
	bool good = true;

	if (stat(h->dir, &st) != 0)
		snprintf(h->problem, room,
		    "%s: install the workers (make install), or tell where "
		    "they are with --worker-dir",
		    strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		snprintf(h->problem, room, "it is not a directory");
	else if (is_ours("it", h->dir, &st, h->problem, room)) {
		for (size_t i = 0; good && i < 2; i++)
			good =
			    check_program(h->dir, helpers[i], h->problem, room);
		h->no_helper = !good;
		/* A format may be left out of a build. */
		for (size_t i = 0; good && gbx_format_info(i, &f) == GBX_OK;
		     i++)
			good =
			    is_missing(h->dir, f.worker) ||
			    check_program(h->dir, f.worker, h->problem, room);
	}
}

bool
gbx_doctor_has_worker(const struct gbx_doctor_host *h, const char *name)
{
	char why[512];

	return check_program(h->dir, name, why, sizeof(why));
}

void
gbx_doctor_choose_preload(struct gbx_doctor_host *h)
{
	struct gbx_format_info f = {.size = sizeof(f)};
	size_t used = 0;

	*h->preload = '\0';
	for (size_t i = 0; gbx_format_info(i, &f) == GBX_OK; i++)
		if (gbx_doctor_has_worker(h, f.worker) &&
		    (i >= GBX_DOCTOR_FORMATS_MAX || h->broken[i] == 0) &&
		    used < sizeof(h->preload))
			used += (size_t)snprintf(h->preload + used,
			    sizeof(h->preload) - used, "%s%s", used ? "," : "",
			    f.name);
}

static long
soft_limit(__rlimit_resource_t resource)
{
	struct rlimit r;

	if (getrlimit(resource, &r) != 0 || r.rlim_cur == RLIM_INFINITY)
		return GBX_DOCTOR_UNKNOWN;
	return (long)r.rlim_cur;
}

void
gbx_doctor_look(struct gbx_doctor_host *h)
{
	(void)uname(&h->uts);
	h->outer_filters = count_outer_filters();
	h->proc = access("/proc/self/status", R_OK) == 0;
	h->in_chroot = h->proc && is_in_chroot();
	h->is_mapped = is_id_mapped(geteuid());
	h->max_user_ns = read_number("/proc/sys/user/max_user_namespaces");
	h->userns_clone =
	    read_number("/proc/sys/kernel/unprivileged_userns_clone");
	h->apparmor_userns = read_number(
	    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
	h->ptrace_scope = read_number("/proc/sys/kernel/yama/ptrace_scope");
	h->smt = read_number("/sys/devices/system/cpu/smt/active");
	h->swap = count_swap();
	h->is_bound_root = is_root_without_setuid();
	h->overcommit = read_number("/proc/sys/vm/overcommit_memory");
	h->cgroup_memory = cgroup_limit(GBX_CGROUP_MEMORY);
	h->cgroup_pids = cgroup_limit(GBX_CGROUP_PIDS);
	h->nofile = soft_limit(RLIMIT_NOFILE);
	h->nproc = soft_limit(RLIMIT_NPROC);
	(void)read_line("/proc/sys/kernel/core_pattern", h->core_pattern,
	    sizeof(h->core_pattern));
	(void)read_line("/proc/sys/kernel/seccomp/actions_avail",
	    h->seccomp_actions, sizeof(h->seccomp_actions));
	look_at_dir(h);
	gbx_doctor_choose_preload(h);
}
