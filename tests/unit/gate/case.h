/* SPDX-License-Identifier: ISC */
/*
 * Replies made out of a stream of bytes, for tests and fuzzing: mostly what an
 * honest worker would send, bent where the stream says so.
 *
 * The stream: which job (a table), how to read the rest, and then either
 *   the reply's length (u16 little-endian), the reply, the data; or
 *   choices for a builder that packs a reply and its data.
 */
#ifndef GBX_TESTS_GATE_CASE_H
#define GBX_TESTS_GATE_CASE_H

#include "broker/validate/gate.h"

#define CASE_WIRE 8192
#define CASE_DATA 65536 /* data areas larger than this are not looked at */

struct gbx_case {
	struct gbx_gate_job job;
	size_t length, size;
	uint8_t wire[CASE_WIRE];
	uint8_t data[CASE_DATA];
};

enum case_end {
	CASE_REFUSED,  /* by gate and oracle alike */
	CASE_OPENED,   /* the envelope by both, the data by neither */
	CASE_ACCEPTED, /* by both */
	CASE_DISAGREE, /* *ret_why says over what */
};

/* The jobs that streams choose from. */
size_t case_jobs(void);
void case_job(size_t i, struct gbx_gate_job *ret_job);

/* Any stream makes a case. */
void case_make(const uint8_t *stream, size_t n, struct gbx_case *ret_case);

/* Put a case to gate and oracle (judge.c). ret_field (may be NULL): the gate's
 * word. */
enum case_end case_try(
    const struct gbx_case *c, const char **ret_field, const char **ret_why);

enum case_fault {
	FAULT_NONE,
	FAULT_ACCEPTED, /* what the oracle would refuse */
	FAULT_REFUSED,	/* what the oracle would accept */
	FAULT_FIELD,	/* refused by both, and the gate's word is not true */
	FAULT_READ	/* accepted by both, and read differently or written */
};

struct case_judgement {
	enum case_end end;
	enum case_fault fault;
	const char *field, *why;
	bool named; /* refused, and the oracle can tell which words are true */
};
void case_judge(const struct gbx_case *c, struct case_judgement *ret);

#endif
