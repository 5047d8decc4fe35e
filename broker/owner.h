/* SPDX-License-Identifier: ISC */
/* Who may change a file that is going to be executed. Side: trusted. */
#ifndef GBX_BROKER_OWNER_H
#define GBX_BROKER_OWNER_H

#include <stdbool.h>

/* Is it writable by, or owned by, anyone but root and us? */
bool gbx_others_may_write(int proc_fd, int fd);

#endif
