/* SPDX-License-Identifier: ISC */
/*
 * Places that a process enters for good to be poorer than its host: call these
 * in a child. Side: tests.
 */
#ifndef GBX_TESTS_SUPPORT_NARROW_H
#define GBX_TESTS_SUPPORT_NARROW_H

#include <stdbool.h>
#include <stdint.h>

/* The root of a user namespace that may have no others in it
 * (user_namespaces(7), /proc/sys/user). map: for uid_map and gid_map. */
bool narrow_barren_ns(const char *map);
/* Run fn as the init of a pid namespace of its own, with a /proc that shows
 * it; its exit status. */
int narrow_pid_ns(int (*fn)(void));
/* Of its capabilities root keeps these (bits by number) and no others, in none
 * of its sets, as after `docker run --cap-drop`. */
bool narrow_capabilities(uint64_t kept);

#endif
