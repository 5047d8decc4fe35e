/* SPDX-License-Identifier: ISC */
/* Classic BPF for seccomp, interpreted; see bpf.h. Side: tests. */
#include <string.h>

#include "tests/support/bpf.h"

static bool
is_jump(uint16_t code)
{
	switch (code) {
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_K:
		return true;
	default:
		return false;
	}
}

/* kernel/seccomp.c, seccomp_check_filter, for those that occur. */
static bool
is_good(const struct bpf *b, size_t at)
{
	const struct sock_filter *f = &b->insn[at];
	size_t left = b->length - at - 1;

	if (is_jump(f->code))
		return f->jt < left && f->jf < left;
	switch (f->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return f->k < sizeof(struct seccomp_data) && f->k % 4 == 0;
	case BPF_ALU | BPF_AND | BPF_K:
		return left > 0;
	case BPF_JMP | BPF_JA:
		return f->k < left;
	case BPF_RET | BPF_K:
		return true;
	default:
		return false;
	}
}

bool
bpf_init(struct bpf *b, const struct sock_fprog *program)
{
	size_t i;

	memset(b, 0, sizeof(*b));
	if (program->len == 0 || program->len > BPF_MAX)
		return false;
	b->length = program->len;
	memcpy(b->insn, program->filter, b->length * sizeof(b->insn[0]));
	for (i = 0; i < b->length; i++)
		if (!is_good(b, i))
			return false;
	return b->insn[b->length - 1].code == (BPF_RET | BPF_K);
}

static bool
compare(const struct sock_filter *f, uint32_t a)
{
	switch (BPF_OP(f->code)) {
	case BPF_JEQ:
		return a == f->k;
	case BPF_JGT:
		return a > f->k;
	case BPF_JGE:
		return a >= f->k;
	default: /* BPF_JSET */
		return (a & f->k) != 0;
	}
}

uint32_t
bpf_run(struct bpf *b, const struct seccomp_data *call)
{
	uint32_t a = 0;
	size_t pc = 0;

	for (;;) {
		const struct sock_filter *f = &b->insn[pc];
		bool side;

		b->reached[pc]++;
		pc++;
		if (is_jump(f->code)) {
			side = compare(f, a);
			b->taken[pc - 1][side]++;
			pc += side ? f->jt : f->jf;
		} else if (f->code == (BPF_LD | BPF_W | BPF_ABS)) {
			memcpy(&a, (const char *)call + f->k, sizeof(a));
		} else if (f->code == (BPF_ALU | BPF_AND | BPF_K)) {
			a &= f->k;
		} else if (f->code == (BPF_JMP | BPF_JA)) {
			pc += f->k;
		} else {
			return f->k;
		}
	}
}

static bool
is_jumped_to(const struct bpf *b, size_t at)
{
	size_t i;

	for (i = 0; i < at; i++) {
		const struct sock_filter *f = &b->insn[i];

		if (is_jump(f->code) &&
		    (i + 1 + f->jt == at || i + 1 + f->jf == at))
			return true;
		if (f->code == (BPF_JMP | BPF_JA) && i + 1 + f->k == at)
			return true;
	}
	return false;
}

bool
bpf_is_dead(const struct bpf *b, size_t at, bool side)
{
	const struct sock_filter *before;

	if (at == 0)
		return false;
	before = &b->insn[at - 1];
	if (before->code != (BPF_ALU | BPF_AND | BPF_K) || before->k != 0 ||
	    is_jumped_to(b, at))
		return false;
	return compare(&b->insn[at], 0) != side;
}

size_t
bpf_sides(const struct bpf *b)
{
	size_t i, n = 0;
	int side;

	for (i = 0; i < b->length; i++)
		for (side = 0; side < 2; side++)
			n += is_jump(b->insn[i].code) &&
			     !bpf_is_dead(b, i, side);
	return n;
}

size_t
bpf_missed(const struct bpf *b)
{
	size_t i, n = 0;
	int side;

	for (i = 0; i < b->length; i++) {
		n += b->reached[i] == 0;
		if (!is_jump(b->insn[i].code))
			continue;
		for (side = 0; side < 2; side++)
			n += b->taken[i][side] == 0 && !bpf_is_dead(b, i, side);
	}
	return n;
}
