/* SPDX-License-Identifier: ISC */
/*
 * A place where system calls may act without harm: new user, mount, pid,
 * network, ipc, uts and cgroup namespaces, an empty read-only root, no
 * capability, nobody's uid. Side: tests.
 */
#ifndef GBX_TESTS_SUPPORT_CAGE_H
#define GBX_TESTS_SUPPORT_CAGE_H

/* Run fn as pid 1 in there; what it leaves behind ends with it. What it prints
 * is printed; it shares only memory mapped MAP_SHARED. *ret_status: wait(2)'s.
 * 0; or -errno of what this host refused: then fn did not run. */
int cage_run(int (*fn)(void *arg), void *arg, int *ret_status);

#endif
