/* SPDX-License-Identifier: ISC */
/* What host.c planted, for host_signs.c. Side: tests. */
#ifndef GBX_TESTS_WALLS_HOST_STATE_H
#define GBX_TESTS_WALLS_HOST_STATE_H

#include <stddef.h>
#include <sys/types.h>

#include "tests/sandbox/walls/host.h"

/* The working directory is dir. */
extern struct walls_host {
	bool planted;
	char dir[64], abstract_name[32];
	uint8_t secret[WALLS_LOOT + 1]; /* and a NUL: text */
	pid_t victim;
	int victim_pipe;
	uint64_t address;
	int tcp, udp, abstract, path;
	uint16_t tcp_port, udp_port, free_port;
	int shm;
	long user_key;
	bool reached;
	char cwd[4096];
} walls_host;

#define WALLS_HOST_NAME	 "walls-host"
#define WALLS_HOST_QUEUE "/gbx-walls-queue"

/* Write a file there; a folder to mount on. */
bool walls_plant(
    const char *name, const void *data, size_t length, mode_t mode);
bool walls_plant_mount(void);

#endif
