/* SPDX-License-Identifier: ISC */
/*
 * One system call in one sacrificed process: locked first, then tried, and what
 * came of it. Side: tests. x86-64 only; see calls.h.
 */
#ifndef GBX_TESTS_SUPPORT_ATTEMPT_H
#define GBX_TESTS_SUPPORT_ATTEMPT_H

#include "tests/support/calls.h"

struct attempt {
	int (*lock)(void); /* 0, or the process ends */
	int (*end)(void);  /* the exit that this lock leaves; does not return */
	int killer;	   /* the signal that a refused call dies of */
	enum calls_abi abi;
	uint64_t nr; /* rax as a whole, but for x32's bit */
	uint64_t arg[6];
	/* A process of its own, with a time limit: for locks that let calls
	 * through. Otherwise it shares our memory (vfork(2)), which is five
	 * times cheaper, and what acts may spoil us. */
	bool apart;
};

enum attempt_end {
	ATTEMPT_REFUSED, /* died of `killer` in the call */
	ATTEMPT_LIVED,	 /* the call came back, with `value` */
	ATTEMPT_DIED,	 /* it ended the process in its own way: `status` */
	ATTEMPT_BLOCKED, /* it had not come back when we killed it */
	ATTEMPT_NO_LOCK, /* the lock could not be had: nothing was tried */
};

struct attempt_result {
	enum attempt_end end;
	long value;
	int status; /* wait(2) */
};

/* Once, in the process that tries: memory for what follows. No core is dumped
 * from here on (core dumps end all who share the memory: fs/coredump.c before
 * 5.16). false: no memory. */
bool attempt_init(void);
void attempt_run(const struct attempt *a, struct attempt_result *ret);

/* Six arguments of one kind, and what rax holds above the number. */
#define ATTEMPT_PATTERNS 6
const char *attempt_pattern(int pattern, struct attempt *ret);

#endif
