/* SPDX-License-Identifier: ISC */
/*
 * What the wall tests and their prober share: the layers by number, an order
 * for one probe, its answer. Side: tests. Both ends come out of one build, so
 * plain structs travel in the input and output memfds.
 *
 * The prober is a worker directory whose programs are the product's own
 * objects; the linker puts the functions of init_layers.c and zygote_layers.c
 * in front of the calls that make a layer (ld(1), --wrap), and those let
 * through what the first argument names, by bits.
 */
#ifndef GBX_TESTS_WALLS_H
#define GBX_TESTS_WALLS_H

#include <stdint.h>

#define WALLS_LAYERS(X) \
	X(USERNS, "userns") \
	X(ROOT, "root") \
	X(NETNS, "netns") \
	X(PIDNS, "pidns") \
	X(IPCNS, "ipcns") \
	X(UTSNS, "utsns") \
	X(CGROUPNS, "cgroupns") \
	X(IDS, "ids") \
	X(CAPS, "caps") \
	X(NNP, "nnp") \
	X(LANDLOCK, "landlock") \
	X(RLIMITS, "rlimits") \
	X(DUMPABLE, "dumpable") \
	X(TSC, "tsc") \
	X(FDS, "fds") \
	X(KEYRING, "keyring") \
	X(SECCOMP, "seccomp")

enum walls_number {
#define X(id, name) WALLS_NR_##id,
	WALLS_LAYERS(X)
#undef X
	WALLS_NR_COUNT
};
enum walls_layer {
#define X(id, name) WALLS_##id = 1 << WALLS_NR_##id,
	WALLS_LAYERS(X)
#undef X
};
/* All but the lock: also what a prober has that is told nothing. */
#define WALLS_OUTER ((uint32_t)WALLS_SECCOMP - 1)

/* How long a planted secret is. */
#define WALLS_LOOT 16
/* The planted programs exit so when run, with and without an effective 0. */
#define WALLS_RAN_AS_ROOT 42
#define WALLS_RAN	  43
/* The victim's descriptor of the secret file. */
#define WALLS_VICTIM_FD 40

/* In the input memfd. */
struct walls_order {
	char probe[32];
	char dir[64];	   /* where things are planted */
	char abstract[32]; /* the host's abstract socket, without its NUL */
	char queue[32];	   /* the host's POSIX queue */
	int32_t victim;	   /* a process of the host's, by its pid there */
	int32_t sibling;   /* another worker, by its pid inside */
	int32_t init;	   /* init: by the pid that may be seen inside */
	int32_t shm;	   /* the host's System V segment */
	uint64_t address;  /* of the secret in the victim */
	uint64_t inode;	   /* of the secret file */
	uint16_t tcp, udp, free_port;
	uint8_t handle[128]; /* struct file_handle of the secret file */
};

/* In the output memfd. Written by the prober, but for go. */
struct walls_answer {
	volatile uint32_t done;
	volatile int32_t err; /* 0: got through, as far as it can tell */
	volatile uint32_t stage, go;
	uint8_t loot[WALLS_LOOT];
};

#endif
