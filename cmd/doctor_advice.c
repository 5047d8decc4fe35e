/* SPDX-License-Identifier: ISC */
/*
 * doctor's advice: from the kernel's answer and what the host looks like to the
 * one thing to change. Side: caller.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/doctor.h"

static const struct gbx_doctor_layer layers[] = {
    {GBX_POSTURE_FILTER, "one system call, by a seccomp filter"},
    {GBX_POSTURE_STRICT, "the kernel's own short list, SECCOMP_MODE_STRICT"},
    {GBX_POSTURE_PROVEN, "each worker's lock is read from the kernel"},
    {GBX_POSTURE_NNP, "no program can give privilege back"},
    {GBX_POSTURE_USERNS, "a user namespace"},
    {GBX_POSTURE_NETNS, "no network"},
    {GBX_POSTURE_PIDNS, "no other processes"},
    {GBX_POSTURE_ROOT, "an empty read-only root"},
    {GBX_POSTURE_LANDLOCK, "Landlock denies files, network and signals again"},
    {GBX_POSTURE_TSC, "no time stamp counter"},
    {GBX_POSTURE_NONROOT, "the workers' user is not root"},
    {GBX_POSTURE_GUARD, "a stack canary of its own for each worker"},
};

const struct gbx_doctor_layer *
gbx_doctor_layers(size_t *ret_n)
{
	*ret_n = sizeof(layers) / sizeof(layers[0]);
	return layers;
}

static int
error_of(const struct gbx_doctor_trial *t, uint32_t bit)
{
	return t->host.why[__builtin_ctz(bit)];
}

static bool
held(const struct gbx_doctor_trial *t, uint32_t bit)
{
	return (t->host.posture & bit) != 0;
}

/* What the outer filter is, in the words of those who can change it. */
#define OUTER \
	"(docker: --security-opt seccomp=PROFILE; systemd: SystemCallFilter=)"

/* user_namespaces(7), clone(2): which of the many refusals it was. */
static void
advise_userns(
    const struct gbx_doctor_host *h, int error, char *ret, size_t room)
{
	if (h->max_user_ns == 0)
		snprintf(ret, room,
		    "sysctl -w user.max_user_namespaces=15000 (it is 0)");
	else if (error == ENOSPC || error == EUSERS)
		snprintf(ret, room,
		    "a limit on namespaces is reached, here or in a namespace "
		    "around this one: raise user.max_user_namespaces there");
	else if (error == EINVAL || error == ENOSYS)
		snprintf(ret, room, "a kernel with CONFIG_USER_NS");
	else if (error == EPERM && h->userns_clone == 0)
		snprintf(ret, room,
		    "sysctl -w kernel.unprivileged_userns_clone=1 (it is 0)");
	else if (error == EPERM && h->in_chroot)
		snprintf(ret, room,
		    "this process is in a chroot, where the kernel refuses "
		    "them: a mount namespace with pivot_root(2) instead");
	else if (error == EPERM && !h->is_mapped)
		snprintf(ret, room,
		    "this process's uid is not mapped in its user namespace: "
		    "write its /proc/PID/uid_map");
	else if (error == EROFS)
		snprintf(ret, room,
		    "mount /proc so that it can be written: a read-only one "
		    "takes no /proc/PID/uid_map");
	else if (h->outer_filters > 0)
		snprintf(ret, room,
		    "the seccomp filter on this process must allow clone(2) "
		    "with CLONE_NEWUSER " OUTER);
	else if (error == EPERM && h->is_bound_root)
		snprintf(ret, room,
		    "this is root without CAP_SETUID, whose id a user "
		    "namespace does not take: start as an ordinary user, or "
		    "leave it that capability");
	else if (h->apparmor_userns == 1)
		snprintf(ret, room,
		    "sysctl -w "
		    "kernel.apparmor_restrict_unprivileged_userns=0 (it is 1), "
		    "or an AppArmor profile with `userns,'");
	else if (!h->proc)
		snprintf(ret, room, "mount proc at /proc");
	else
		snprintf(ret, room,
		    "a security module or a container around this process "
		    "forbids clone(2) with CLONE_NEWUSER: allow it there");
}

static void
advise_namespace(const struct gbx_doctor_host *h,
    const struct gbx_doctor_trial *t, uint32_t bit, char *ret, size_t room)
{
	const char *kind = bit == GBX_POSTURE_NETNS ? "net" : "pid";

	if (!held(t, GBX_POSTURE_USERNS))
		snprintf(ret, room, "comes with userns, or start as root");
	else if (error_of(t, bit) == ENOSPC)
		snprintf(
		    ret, room, "raise sysctl user.max_%s_namespaces", kind);
	else if (h->outer_filters > 0)
		snprintf(ret, room,
		    "the seccomp filter on this process must allow clone(2) "
		    "with CLONE_NEW%s " OUTER,
		    bit == GBX_POSTURE_NETNS ? "NET" : "PID");
	else
		snprintf(ret, room, "a kernel with CONFIG_%s_NS",
		    bit == GBX_POSTURE_NETNS ? "NET" : "PID");
}

static void
advise_root(const struct gbx_doctor_host *h, const struct gbx_doctor_trial *t,
    char *ret, size_t room)
{
	if (!held(t, GBX_POSTURE_USERNS) && !held(t, GBX_POSTURE_PIDNS))
		snprintf(ret, room, "comes with userns, or start as root");
	else if (h->outer_filters > 0)
		snprintf(ret, room,
		    "the seccomp filter on this process must allow mount(2), "
		    "umount2(2) and pivot_root(2) " OUTER);
	else if (h->in_chroot)
		snprintf(ret, room,
		    "pivot_root(2) does not work in a chroot: a mount "
		    "namespace of its own instead");
	else
		snprintf(ret, room,
		    "a security module or a container around this process "
		    "forbids mount(2) or pivot_root(2): allow them there");
}

/* landlock(7): ENOSYS not built, EOPNOTSUPP built and not switched on. */
static void
advise_landlock(
    const struct gbx_doctor_host *h, int error, char *ret, size_t room)
{
	if (error == EOPNOTSUPP)
		snprintf(ret, room,
		    "add landlock to the boot parameter lsm= (the kernel has "
		    "it, switched off)");
	else if (h->outer_filters > 0)
		snprintf(ret, room,
		    "Linux 5.13 or later; the seccomp filter on this process "
		    "must allow landlock_create_ruleset(2) and "
		    "landlock_restrict_self(2) " OUTER);
	else
		snprintf(ret, room,
		    "Linux 5.13 or later with CONFIG_SECURITY_LANDLOCK");
}

static void
advise_proven(const struct gbx_doctor_host *h, char *ret, size_t room)
{
	if (!h->proc)
		snprintf(ret, room, "mount proc at /proc: there is none");
	else
		snprintf(ret, room,
		    "/proc must be proc(5), show the processes of this user "
		    "(hidepid=), and be of Linux 5.9 or later");
}

static void
advise_lock(const struct gbx_doctor_host *h, const struct gbx_doctor_trial *t,
    char *ret, size_t room)
{
	if (t->lockdown == GBX_LOCKDOWN_STRICT && h->outer_filters != 0)
		snprintf(ret, room,
		    "strict can't be entered once a filter is on "
		    "(seccomp(2); a container, SystemCallFilter=): use "
		    "--lockdown filter");
	else if (t->lockdown == GBX_LOCKDOWN_STRICT)
		snprintf(ret, room, "a kernel with CONFIG_SECCOMP");
	else if (*h->seccomp_actions &&
		 !strstr(h->seccomp_actions, "kill_process"))
		snprintf(ret, room,
		    "Linux 4.14 or later: this one has no kill_process");
	else if (h->outer_filters != 0)
		snprintf(ret, room,
		    "the seccomp filter on this process must allow seccomp(2) "
		    "and prctl(2), and not fake them " OUTER);
	else
		snprintf(ret, room, "a kernel with CONFIG_SECCOMP_FILTER");
}

void
gbx_doctor_advise(const struct gbx_doctor_host *h,
    const struct gbx_doctor_trial *t, uint32_t bit, char *ret, size_t room)
{
	*ret = '\0';
	switch (bit) {
	case GBX_POSTURE_FILTER:
	case GBX_POSTURE_STRICT:
		advise_lock(h, t, ret, room);
		break;
	case GBX_POSTURE_PROVEN:
		advise_proven(h, ret, room);
		break;
	case GBX_POSTURE_USERNS:
		advise_userns(h, error_of(t, bit), ret, room);
		break;
	case GBX_POSTURE_NETNS:
	case GBX_POSTURE_PIDNS:
		advise_namespace(h, t, bit, ret, room);
		break;
	case GBX_POSTURE_ROOT:
		advise_root(h, t, ret, room);
		break;
	case GBX_POSTURE_LANDLOCK:
		advise_landlock(h, error_of(t, bit), ret, room);
		break;
	case GBX_POSTURE_TSC:
		if (error_of(t, bit) == EOPNOTSUPP)
			snprintf(ret, room,
			    "the kernel forbids rdtsc and the processor allows "
			    "it: a virtual machine that ignores CR4.TSD");
		else
			snprintf(ret, room,
			    "x86 only; under lockdown strict the kernel does "
			    "it by itself");
		break;
	case GBX_POSTURE_NONROOT:
		snprintf(ret, room,
		    "start as an ordinary user, or leave CAP_SETUID and "
		    "CAP_SETGID to root (docker: --user, or --cap-add)");
		break;
	case GBX_POSTURE_GUARD:
		snprintf(ret, room,
		    "x86-64 only: elsewhere libc keeps the canary in memory "
		    "that is read-only by then");
		break;
	default:
		snprintf(ret, room, "any Linux has it");
	}
}

void
gbx_doctor_advise_start(const struct gbx_doctor_host *h,
    const struct gbx_doctor_trial *t, char *ret, size_t room)
{
	*ret = '\0';
	if (t->err == GBX_OK)
		return;
	if (t->err == GBX_ERR_POSTURE)
		advise_lock(h, t, ret, room);
	else if (t->error == EAGAIN)
		snprintf(ret, room,
		    "at least 8 processes are needed: ulimit -u, or pids.max "
		    "of its cgroup");
	else if (t->error == EMFILE || t->error == ENFILE)
		snprintf(
		    ret, room, "24 descriptors or more are needed: ulimit -n");
	else if (t->error == ENOMEM)
		snprintf(ret, room,
		    "more memory: ulimit -v, memory.max of its cgroup%s",
		    h->overcommit == 2
			? ", or vm.overcommit_memory, which is 2: --limit "
			  "memory=VALUE needs less"
			: "");
	else if (t->error == ELIBACC)
		snprintf(ret, room, "%s", gbx_doctor_advise_worker(ELIBACC));
	else if (*h->problem)
		snprintf(ret, room, "%s", h->problem);
	else if (t->error == ECHILD || t->error == ECONNRESET ||
		 t->error == EPIPE)
		snprintf(ret, room,
		    "8 processes or more (ulimit -u, or pids.max of its cgroup), "
		    "or else reinstall glovebox");
	else if (t->error == EACCES)
		snprintf(ret, room,
		    "this user must be able to reach the worker directory and "
		    "to execute what is in it");
}

/* What gbx_start_error tells of a worker, and how to mend it. */
const char *
gbx_doctor_advise_worker(int error)
{
	switch (error) {
	case EBADMSG:
		return "reinstall the library's package, or build glovebox "
		       "against it anew";
	case ELIBBAD:
		return "reinstall the library's package";
	case ELIBACC:
		return "the folder of the system's shared libraries must be "
		       "there (in a chroot, too), be root's, and nobody else "
		       "may write to it";
	case ECHILD:
	case ECONNRESET:
	case EPIPE:
		return "reinstall the worker and the library's package";
	case ENOMEM:
		return "more memory: ulimit -v, or memory.max of its cgroup";
	default:
		return "reinstall the worker";
	}
}
