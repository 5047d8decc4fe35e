/* SPDX-License-Identifier: ISC */
/*
 * The orders that the broker gives to init and to zygotes, and their answers:
 * one datagram each, a letter and little-endian numbers. Side: both ends are
 * trusted; no hostile byte ever travels here.
 *
 *   init     <- 'Z'                  {program, control socket}
 *            -> 'Z'                  {pidfd of the zygote}   or 'E' u32 errno
 *            -> 'I' posture, errnos  {pidfd of init}         once, first
 *   zygote   <- 'C' config           once, first
 *            -> 'R' posture, errnos  {pidfd of the canary, its socket}
 *                                                          once; or 'E'
 *            <- 'W' u32 n (and GBX_CTL_COLD), u32 reap[]
 *            -> 'W' u32 pid          {socket, pidfd}         n times, or 'E'
 *            <- 'S' u32 pid
 *            -> 'S' u32 pid, u32 status (as in waitid: code << 16 | status)
 *
 *   canary   <- GBX_CTL_SHOWN, or the end of its socket: it may die now
 *
 * Pids are those of the zygote's own namespace; they only ever go back to it.
 */
#ifndef GBX_IPC_CONTROL_H
#define GBX_IPC_CONTROL_H

#include <stdint.h>

#define GBX_CTL_INIT   'I'
#define GBX_CTL_ZYGOTE 'Z'
#define GBX_CTL_CONFIG 'C'
#define GBX_CTL_READY  'R'
#define GBX_CTL_WORKER 'W'
#define GBX_CTL_STATUS 'S'
#define GBX_CTL_ERROR  'E'

/* The control socket of init and of every zygote, after exec. */
#define GBX_CTL_FD 3
/* init alone: a pidfd of the broker's process. */
#define GBX_CTL_HOST_FD 4

/* argv[1] of init and of a copier: so many numbers, with commas between; -1 for
 * none. The descriptors with these numbers are to become 0, 1, 2, ... */
#define GBX_INHERIT_FDS 5

/* Layers as bits and, for each that failed, an errno. The bits are those of
 * enum gbx_posture (glovebox.h); broker/tables.c asserts that. */
enum gbx_layer {
	GBX_LAYER_FILTER = 0,
	GBX_LAYER_STRICT = 1,
	GBX_LAYER_PROVEN = 2,
	GBX_LAYER_NNP = 3,
	GBX_LAYER_USERNS = 4,
	GBX_LAYER_NETNS = 5,
	GBX_LAYER_PIDNS = 6,
	GBX_LAYER_ROOT = 7,
	GBX_LAYER_LANDLOCK = 8,
	GBX_LAYER_TSC = 9,
	GBX_LAYER_BATCH = 10,
	GBX_LAYER_NONROOT = 11,
	GBX_LAYER_GUARD = 12,
	GBX_LAYER_COUNT = 13
};

/* 'I' and 'R': letter, u32 bits, u32 extra, u32 why[GBX_LAYER_COUNT].
 * extra of 'R' is the Landlock ABI; a u32 pid of the canary follows, and a u32
 * of the MiB that its workers can have. */
#define GBX_CTL_REPORT_LEN (1 + 4 + 4 + 4 * GBX_LAYER_COUNT)
#define GBX_CTL_READY_LEN  (GBX_CTL_REPORT_LEN + 4 + 4)
/* 'C': letter, u32 lockdown, u64 arena bytes, u32 cpu ceiling in seconds. */
#define GBX_CTL_CONFIG_LEN (1 + 4 + 8 + 4)
/* To a canary: /proc shows it, so that under `strict` it need not try a
 * forbidden call. */
#define GBX_CTL_SHOWN 'P'
/* How one ends that was refused what it must be refused. */
#define GBX_CANARY_PROVED 42
/* Jobs are waiting: no warm-up. */
#define GBX_CTL_COLD 0x80000000U
/* 'W' order: letter, u32 n, then at most this many pids to reap. */
#define GBX_CTL_REAP_MAX 128
#define GBX_CTL_MAX	 (1 + 4 + 4 * GBX_CTL_REAP_MAX)

static inline uint8_t *
gbx_put_u32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
	return p + 4;
}

static inline uint32_t
gbx_get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static inline uint8_t *
gbx_put_u64(uint8_t *p, uint64_t v)
{
	return gbx_put_u32(gbx_put_u32(p, (uint32_t)v), (uint32_t)(v >> 32));
}

static inline uint64_t
gbx_get_u64(const uint8_t *p)
{
	return gbx_get_u32(p) | (uint64_t)gbx_get_u32(p + 4) << 32;
}

/* What a process found about its layers, on its way to the broker. */
struct gbx_report {
	uint32_t bits, extra;
	uint32_t why[GBX_LAYER_COUNT];
};

static inline void
gbx_report_pack(uint8_t *p, uint8_t letter, const struct gbx_report *r)
{
	int i;

	*p++ = letter;
	p = gbx_put_u32(p, r->bits);
	p = gbx_put_u32(p, r->extra);
	for (i = 0; i < GBX_LAYER_COUNT; i++)
		p = gbx_put_u32(p, r->why[i]);
}

static inline void
gbx_report_unpack(const uint8_t *p, struct gbx_report *ret)
{
	int i;

	ret->bits = gbx_get_u32(p + 1);
	ret->extra = gbx_get_u32(p + 5);
	for (i = 0; i < GBX_LAYER_COUNT; i++)
		ret->why[i] = gbx_get_u32(p + 9 + 4 * i);
}

#endif
