/* SPDX-License-Identifier: ISC */
/*
 * Every system call number by every ABI, tried from inside a locked worker,
 * one worker each: which ones does the kernel let act?
 * Side: tests; public header only. GBX_SOAK=1 sweeps 4096 numbers, not 512.
 *
 * A call acted if its worker did not die of seccomp. What may act is listed
 * here by name and nothing else does:
 *   filter   exit_group, and 335/336 (uretprobe, uprobe), which kernels from
 *            6.14 exempt from seccomp by design (kernel/seccomp.c)
 *   strict   read, write, exit, rt_sigreturn, and their i386 forms
 *            (kernel/seccomp.c, mode1_syscalls)
 *
 * Fails if taken out: the filter's only row, or if there is one more in `last`
 * of runtime/lockdown.c (one that setup_table has too: filters stack, so any
 * other is still forbidden by the zygote's); its SCMP_FLTATR_ACT_BADARCH.
 */
#include "tests/support/cmocka.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/liar.h"
#include "tests/support/proc.h"

/* So many at once die in one zygote's life; one after the other each would
 * cost a new zygote. */
#define WIDTH 48

#define AFTER \
	" fill 0 256 1 nonce 2{ 1=1 2=1 5=1 6{ 1=1 3=256 " \
	"5{ 1=8 2=8 3=32 4=1 } } } commit exit 0"

enum abi {
	NATIVE,
	X32,
	I386,
	N_ABIS
};
static const char *const abi_names[N_ABIS] = {"x86-64", "x32", "i386"};

struct act {
	enum abi abi;
	int nr;
	const char *name;
};

static const struct act filter_acts[] = {
    {NATIVE, 231, "exit_group"},
    {NATIVE, 335, "uretprobe"},
    {NATIVE, 336, "uprobe"},
};
static const struct act strict_acts[] = {
    {NATIVE, 0, "read"},
    {NATIVE, 1, "write"},
    {NATIVE, 15, "rt_sigreturn"},
    {NATIVE, 60, "exit"},
    {NATIVE, 335, "uretprobe"},
    {NATIVE, 336, "uprobe"},
    {I386, 1, "exit"},
    {I386, 3, "read"},
    {I386, 4, "write"},
    {I386, 119, "sigreturn"},
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct sweep {
	struct gbx_broker *broker;
	uint32_t lockdown;
	int numbers;
	bool is_i386; /* this kernel has that ABI */
	size_t tried, acted, surprises;
};

static int
open_broker(void **state)
{
	struct sweep *s = *state;
	struct gbx_broker_opts opts;
	int i;

	liar_opts(&opts, s->lockdown);
	opts.max_in_flight = opts.max_idle = WIDTH;
	assert_int_equal(gbx_broker_open(&opts, &s->broker), GBX_OK);
	free((char *)opts.worker_dir);
	/* Let the pool grow to what the waves below want. */
	for (i = 0; i < 2 * WIDTH; i++)
		liar_expect_fine(s->broker, LIAR_PNG);
	return 0;
}

static int
close_broker(void **state)
{
	struct sweep *s = *state;

	gbx_broker_close(s->broker);
	return 0;
}

static void
script_of(enum abi abi, int nr, char *ret, size_t room)
{
	if (abi == I386)
		snprintf(ret, room, "int80 %d 0 0 0 0 0" AFTER, nr);
	else
		snprintf(ret, room, "call %d 0 0 0 0 0 0" AFTER,
		    abi == X32 ? nr | 0x40000000 : nr);
}

static const struct act *
expected(const struct sweep *s, enum abi abi, int nr)
{
	bool strict = s->lockdown == GBX_LOCKDOWN_STRICT;
	const struct act *a = strict ? strict_acts : filter_acts;
	size_t n = strict ? COUNT(strict_acts) : COUNT(filter_acts);

	for (; n > 0; n--, a++)
		if (a->abi == abi && a->nr == nr)
			return a;
	return NULL;
}

static void
tell(const struct sweep *s, enum abi abi, int nr, const struct gbx_result *r)
{
	const struct act *a = expected(s, abi, nr);

	printf("# %s %d (%s) acts: %s, signal %d\n", abi_names[abi], nr,
	    a != NULL ? a->name : "not expected",
	    gbx_verdict_name(gbx_result_verdict(r)), gbx_result_signal(r));
	fflush(stdout);
}

/* The cookie says which call it was. */
static void
judge(struct sweep *s, struct gbx_result *r)
{
	uintptr_t cookie = (uintptr_t)gbx_result_cookie(r);
	enum abi abi = (enum abi)(cookie >> 16);
	int nr = (int)(cookie & 0xffff);
	enum gbx_verdict verdict = gbx_result_verdict(r);

	s->tried++;
	/* Without that ABI the instruction itself faults. */
	if (abi == I386 && !s->is_i386)
		assert_int_equal(verdict, GBX_VERDICT_CRASHED);
	else if (verdict != GBX_VERDICT_VIOLATION) {
		s->acted++;
		s->surprises += expected(s, abi, nr) == NULL;
		tell(s, abi, nr, r);
	}
	gbx_result_free(r);
}

static void
wave(struct sweep *s, enum abi abi, int from, int to)
{
	struct gbx_result *r;
	struct gbx_job job;
	char script[512];
	int nr;

	for (nr = from; nr < to; nr++) {
		liar_job(&job, GBX_OP_DECODE);
		job.limit[GBX_LIMIT_OUTPUT] = 4096;
		job.cookie = (void *)((uintptr_t)abi << 16 | (uintptr_t)nr);
		script_of(abi, nr, script, sizeof(script));
		liar_submit(s->broker, LIAR_PNG, script, &job);
	}
	for (nr = from; nr < to; nr++) {
		assert_int_equal(gbx_collect(s->broker, 10000, &r), GBX_OK);
		judge(s, r);
	}
}

/* Does int 0x80 enter this kernel at all? Asked outside of any sandbox. */
static bool
has_i386(void)
{
	int status = 0;
	pid_t pid = fork();
	long ret;

	if (pid == 0) {
		__asm__ volatile("int $0x80"
				 : "=a"(ret)
				 : "a"(20) /* getpid */
				 : "r8", "r9", "r10", "r11", "memory");
		_exit(ret == getpid() ? 0 : 1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid &&
	       WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
test_sweep(void **state)
{
	struct sweep *s = *state;
	uint64_t began = now_ms();
	enum abi abi;
	int nr, to;

	for (abi = NATIVE; abi < N_ABIS; abi++)
		for (nr = 0; nr < s->numbers; nr = to) {
			to = nr + WIDTH < s->numbers ? nr + WIDTH : s->numbers;
			wave(s, abi, nr, to);
		}
	printf("# sweep %s: %zu calls tried, %zu acted, %zu not expected, "
	       "%llu ms%s\n",
	    s->lockdown == GBX_LOCKDOWN_STRICT ? "strict" : "filter", s->tried,
	    s->acted, s->surprises, (unsigned long long)(now_ms() - began),
	    s->is_i386 ? "" : "; no i386 ABI here");
	fflush(stdout);
	assert_int_equal(s->tried, 3 * (size_t)s->numbers);
	assert_int_equal(s->surprises, 0);
	assert_in_range(s->acted, 1, COUNT(strict_acts));
	liar_expect_fine(s->broker, LIAR_PNG);
}

/* The four that strict mode leaves find nothing to act on: no descriptor, of
 * all that a process may have. */
static void
test_no_descriptor_inside(void **state)
{
	struct sweep *s = *state;
	struct gbx_block block = {.size = sizeof(block)};
	struct gbx_result *r;
	char script[16384];
	int64_t answer;
	size_t at = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		at += (size_t)snprintf(script + at, sizeof(script) - at,
		    "call %d %d 0 0 note %d ", fd % 2, fd, fd * 8);
	snprintf(script + at, sizeof(script) - at,
	    "nonce 2{ 1=1 2=1 5=1 6{ 1=1 3=2048 5{ 1=512 2=1 3=2048 4=1 } } } "
	    "commit exit 0");
	r = liar_run(s->broker, LIAR_PNG, script, NULL);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
	assert_int_equal(gbx_result_block(r, 0, &block), GBX_OK);
	assert_int_equal(block.length, 2048);
	for (fd = 0; fd < 256; fd++) {
		memcpy(&answer, (const char *)block.data + fd * 8, 8);
		assert_int_equal(answer, -9); /* EBADF */
	}
	gbx_result_free(r);
}

static int
run_all(uint32_t lockdown)
{
	const char *soak = getenv("GBX_SOAK");
	struct sweep sweep = {
	    .lockdown = lockdown,
	    .numbers = soak != NULL && strcmp(soak, "1") == 0 ? 4096 : 512,
	    .is_i386 = has_i386(),
	};
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_prestate_setup_teardown(
		test_sweep, open_broker, close_broker, &sweep),
	    cmocka_unit_test_prestate_setup_teardown(
		test_no_descriptor_inside, open_broker, close_broker, &sweep),
	};

	/* Under filter nobody inside can ask for descriptors. */
	return _cmocka_run_group_tests(
	    lockdown == GBX_LOCKDOWN_STRICT ? "strict" : "filter", tests,
	    lockdown == GBX_LOCKDOWN_STRICT ? 2 : 1, NULL, NULL);
}

int
main(void)
{
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = run_all(GBX_LOCKDOWN_FILTER);
	failed += run_all(GBX_LOCKDOWN_STRICT);
	return failed > 0 ? 1 : 0;
}
