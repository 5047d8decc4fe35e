/* SPDX-License-Identifier: ISC */
/* A process behind a pidfd. Side: trusted. */
#ifndef GBX_BROKER_PROCESS_H
#define GBX_BROKER_PROCESS_H

#include <stdbool.h>

/* SIGKILL; pidfd -1 is nobody. */
void gbx_kill(int pidfd);
/* Wait until a killed process is gone, at most `ms` (-1: no end); pidfd -1 is
 * gone. */
void gbx_wait_gone(int pidfd, int ms);
bool gbx_is_gone(int pidfd);

#endif
