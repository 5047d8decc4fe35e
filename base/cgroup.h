/* SPDX-License-Identifier: ISC */
/*
 * What the control group of this process may use: cgroups(7). Side: both; used
 * by the trusted side and the command. Reads files of the kernel only.
 */
#ifndef GBX_BASE_CGROUP_H
#define GBX_BASE_CGROUP_H

#include <stdint.h>

#define GBX_CGROUP_NONE UINT64_MAX

enum gbx_cgroup_kind {
	GBX_CGROUP_MEMORY, /* bytes: memory.max, memory.limit_in_bytes */
	GBX_CGROUP_PIDS	   /* processes and threads: pids.max */
};

/* The least limit of its own group and of all that can be seen around it, in
 * version 2 or 1; GBX_CGROUP_NONE if there is none, or none can be read. */
uint64_t gbx_cgroup_limit(enum gbx_cgroup_kind kind);

/* The same from these files in place of /proc/self/cgroup, /sys/fs/cgroup. */
uint64_t gbx_cgroup_limit_in(
    const char *list, const char *mount, enum gbx_cgroup_kind kind);

#endif
