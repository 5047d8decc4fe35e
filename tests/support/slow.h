/* SPDX-License-Identifier: ISC */
/* How slow is this machine? Side: tests. */
#ifndef GBX_TESTS_SUPPORT_SLOW_H
#define GBX_TESTS_SUPPORT_SLOW_H

/* GBX_SLOW, how many times longer things may take here (an emulated processor:
 * tests/kernel/init.sh); 1 if it is not set. For what bounds a time from above.
 */
unsigned int slow_times(void);

/* How long, in ms, to wait for what takes so long on a machine that does
 * nothing else, or to let it take. What comes in time comes no later for it;
 * what never comes is told of later. */
unsigned int in_time(unsigned int ms);

#endif
