/* SPDX-License-Identifier: ISC */
/* Why a program is not executed, in words. Side: trusted. */
#ifndef GBX_BROKER_REFUSAL_H
#define GBX_BROKER_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

#define GBX_REFUSAL_MAX 512

/* Is "glovebox-NAME" refused because others may change it? Why, with its mode
 * or owner; dir is for the words, and may be empty. */
bool gbx_program_refused(int proc_fd, int dir_fd, const char *dir,
    const char *name, char *ret_why, size_t room);

#endif
