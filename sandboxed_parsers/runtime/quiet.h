/* SPDX-License-Identifier: ISC */
/*
 * For libraries that print: their messages go nowhere, without a system call.
 * Side: setup; a parser's `prepare`.
 */
#ifndef GBX_RUNTIME_QUIET_H
#define GBX_RUNTIME_QUIET_H

/* From here on stdout and stderr swallow what is written to them. */
void gbx_quiet_stdio(void);

#endif
