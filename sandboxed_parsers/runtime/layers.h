/* SPDX-License-Identifier: ISC */
/*
 * What a zygote takes away from itself, once, for all its workers.
 * Side: setup.
 */
#ifndef GBX_RUNTIME_LAYERS_H
#define GBX_RUNTIME_LAYERS_H

#include <stdint.h>

#include "ipc/control.h"

/* no_new_privs, Landlock, TSC, rlimits: each that holds sets its bit in
 * *report, each that fails leaves its errno. Returns -errno when one that is
 * always required failed. cpu_s is the RLIMIT_CPU of every worker. */
int gbx_layers_enter(uint32_t cpu_s, struct gbx_report *report);

/* The last step: no traces, no core, not even to a piped core_pattern (core(5),
 * prctl(2) PR_SET_DUMPABLE); exec and set-id would undo it. 0 or -errno. */
int gbx_layers_seal(void);

#endif
