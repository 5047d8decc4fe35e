/* SPDX-License-Identifier: ISC */
/* exec of a program of the worker directory. Side: trusted. */
#ifndef GBX_BROKER_SPAWN_H
#define GBX_BROKER_SPAWN_H

struct gbx_broker;

struct gbx_spawn {
	int program; /* its executable, opened */
	int proc_fd; /* the host's /proc, or -1 */
	const char *name;
	const char *arg; /* one argument behind gbx_inherit's, or NULL */
	int fd[3];	 /* become 0, 1, 2; -1: /dev/null */
	int extra[2];	 /* become 3, 4; -1: none */
};

/* Not a child of the host's by the time it returns: adopted by its reaper
 * (or by the host where that is the reaper). *ret_pidfd is the caller's.
 * 0 or -errno. */
int gbx_spawn(const struct gbx_spawn *what, int *ret_pidfd);
/* Reap it if it is our child after all, and close. */
void gbx_spawn_forget(int *pidfd);
/* Open "glovebox-NAME" in the worker directory. fd or -errno. */
int gbx_open_program(struct gbx_broker *b, const char *name);

#endif
