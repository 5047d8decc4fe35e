/* SPDX-License-Identifier: ISC */
/* The processor's time stamp counter, out of reach. Side: setup. */
#ifndef GBX_RUNTIME_TSC_H
#define GBX_RUNTIME_TSC_H

/* Forbid rdtsc to this process and its forks, and try it. 0 or -errno:
 * -EOPNOTSUPP where the kernel agrees and the instruction works all the same.
 */
int gbx_tsc_forbid(void);

#endif
