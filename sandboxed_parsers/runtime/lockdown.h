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

/*
 * A proof that leaves no record in the kernel's audit log, as a death by
 * seccomp would, for it is no attack.
 * Lock this canary, once in its life: by the very program of a worker, in which
 * each "kill" is now an errno that nobody else can know. Under `strict` there
 * is nothing to change. Returns as gbx_lockdown_worker.
 */
int gbx_lockdown_canary(void);
/* Does that lock act? Calls that the zygote may make and a worker may not are
 * tried, which do nothing where they are let through. Under `strict` each would
 * be deadly: where its mode is shown (in /proc, to who looks from outside) that
 * is believed, else one is tried, and only a canary without a lock returns. */
bool gbx_lockdown_acts(bool shown);

/* The one system call that is left: exit_group, or exit under `strict`, where
 * exit_group is forbidden. */
_Noreturn void gbx_lockdown_exit(int status);

#endif
