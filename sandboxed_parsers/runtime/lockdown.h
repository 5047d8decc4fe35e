/* SPDX-License-Identifier: ISC */
/*
 * The last door: from here on a worker may only exit.
 * Side: setup code, run in the zygote and in each worker before its first
 * hostile byte.
 */
#ifndef GBX_RUNTIME_LOCKDOWN_H
#define GBX_RUNTIME_LOCKDOWN_H

#include <stdbool.h>
#include <stdint.h>

/* Build the filters with libseccomp and keep them as BPF. Once, in the zygote
 * (libseccomp allocates and needs system calls). 0 or -errno. */
int gbx_lockdown_prepare(uint32_t lockdown);

/* Put the zygote itself under its setup filter (a no-op under `strict`, which
 * no process can enter once it has a filter: seccomp(2), EINVAL). */
int gbx_lockdown_zygote(void);

/* Is it the kernel's own strict mode that workers enter? */
bool gbx_lockdown_is_strict(void);

/* Lock this worker. Returns only if it could not be done. */
int gbx_lockdown_worker(void);

/* The one system call that is left: exit_group, or exit under `strict`, where
 * exit_group is forbidden. */
_Noreturn void gbx_lockdown_exit(int status);

#endif
