/* SPDX-License-Identifier: ISC */
/*
 * The kernel's classic BPF as seccomp(2) allows it, run here, with a record of
 * every branch taken. Side: tests. Holds no rule of ours.
 */
#ifndef GBX_TESTS_SUPPORT_BPF_H
#define GBX_TESTS_SUPPORT_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BPF_MAX 512

struct bpf {
	struct sock_filter insn[BPF_MAX];
	size_t length;
	uint64_t taken[BPF_MAX][2]; /* of a jump: false, true */
	uint64_t reached[BPF_MAX];
};

/* false: an instruction or a jump that seccomp(2) would refuse, or that
 * libseccomp does not make and this does not know. */
bool bpf_init(struct bpf *b, const struct sock_fprog *program);

/* The program's return value for this call. */
uint32_t bpf_run(struct bpf *b, const struct seccomp_data *call);

/* A jump's side that no call can take: behind "A &= 0" A is 0. */
bool bpf_is_dead(const struct bpf *b, size_t at, bool side);

/* Sides of conditional jumps that can be taken, and those of them, and of all
 * other instructions, that no call so far did. */
size_t bpf_sides(const struct bpf *b);
size_t bpf_missed(const struct bpf *b);

#endif
