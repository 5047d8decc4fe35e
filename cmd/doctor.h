/* SPDX-License-Identifier: ISC */
/*
 * What doctor finds out about a host, and what it advises. Side: caller.
 */
#ifndef GBX_CMD_DOCTOR_H
#define GBX_CMD_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/utsname.h>

#include <glovebox.h>

/* What one lockdown gave. */
struct gbx_doctor_trial {
	const char *name;
	uint32_t lockdown;
	enum gbx_err err;
	int error; /* errno of err */
	struct gbx_host_posture host;
};

#define GBX_DOCTOR_TRIALS      2
#define GBX_DOCTOR_FORMATS_MAX 64

/* Settings of the kernel that matter here; GBX_DOCTOR_UNKNOWN where there is no
 * such setting, or no /proc to read it from. */
#define GBX_DOCTOR_UNKNOWN (-1)
struct gbx_doctor_host {
	struct utsname uts;
	const char *dir;   /* of the workers */
	char problem[512]; /* what is wrong with it, and the remedy; or "" */
	bool no_helper;	   /* init or copy is not there, or refused */
	char preload[256]; /* formats whose worker is there */

	bool proc;	    /* a real one */
	bool crowded;	    /* not all workers can be started at once */
	bool is_bound_root; /* root without CAP_SETUID */
	long overcommit;    /* vm.overcommit_memory */
	long cgroup_memory; /* bytes */
	long cgroup_pids;
	bool in_chroot;	      /* as far as can be seen */
	bool is_mapped;	      /* our uid has a meaning in our user namespace */
	long outer_filters;   /* seccomp filters on ourselves */
	long max_user_ns;     /* user.max_user_namespaces */
	long userns_clone;    /* kernel.unprivileged_userns_clone: Debian */
	long apparmor_userns; /* kernel.apparmor_restrict_...: Ubuntu */
	long ptrace_scope;    /* kernel.yama.ptrace_scope */
	long smt;	      /* threads share a core */
	long swap;	      /* areas */
	long nofile, nproc;   /* soft limits; UNKNOWN: none */
	char core_pattern[256]; /* "" unknown */
	char seccomp_actions[256];

	struct gbx_doctor_trial trial[GBX_DOCTOR_TRIALS];

	/* errno of each format's worker that is there and can't be started, by
	 * the index of gbx_format_info */
	int broken[GBX_DOCTOR_FORMATS_MAX];
	/* the bad verdict of a job in a worker that starts, or NULL */
	const char *failed[GBX_DOCTOR_FORMATS_MAX];
};

/* All but the trials; needs dir. Opens files, changes nothing. */
void gbx_doctor_look(struct gbx_doctor_host *h);
/* preload anew, without those that are broken. */
void gbx_doctor_choose_preload(struct gbx_doctor_host *h);
/* Is this format's worker there, and ours to run? */
bool gbx_doctor_has_worker(const struct gbx_doctor_host *h, const char *name);

/* A job in each worker that is there and starts, as asked for: fills failed. */
void gbx_doctor_try_jobs(struct gbx_doctor_host *h, const char *dir,
    const struct gbx_doctor_trial *asked);

/* A library that workers share with the host, by its file: "libheif.so.". */
struct gbx_doctor_library {
	const char *name, *tested[2];
	char found[64]; /* "" if it is not there */
	bool known;	/* one of those that the tests were run with */
};
/* False past the last. */
bool gbx_doctor_library(size_t index, struct gbx_doctor_library *ret);

/* The layers that doctor tells, in their order, and what each is. */
struct gbx_doctor_layer {
	uint32_t bit;
	const char *what;
};
const struct gbx_doctor_layer *gbx_doctor_layers(size_t *ret_n);

/* What to change on this very host to get a layer that this trial did not
 * have. Writes at most room bytes. */
void gbx_doctor_advise(const struct gbx_doctor_host *h,
    const struct gbx_doctor_trial *t, uint32_t bit, char *ret, size_t room);
/* The same for a trial that did not start at all; "" if there is nothing to
 * say. */
void gbx_doctor_advise_start(const struct gbx_doctor_host *h,
    const struct gbx_doctor_trial *t, char *ret, size_t room);
/* What to do about a worker that is there and can't be started. */
const char *gbx_doctor_advise_worker(int error);

#endif
