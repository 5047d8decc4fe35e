/* SPDX-License-Identifier: ISC */
/*
 * The two filters that the runtime builds, instruction by instruction: taken as
 * they are loaded, run here on millions of calls, and held against what they
 * are meant to be, written down once more in plain C. And against the kernel:
 * the same program with other words at its ends, so that it can be asked
 * without dying.
 * Side: tests. The linker hands us what lockdown.c loads (ld(1), --wrap).
 *
 * Fails if taken out: SCMP_FLTATR_ACT_BADARCH in build() of lockdown.c; any row
 * of schemas/calls.def or its argument; or if there is one more.
 */
#include "tests/support/cmocka.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandboxed_parsers/runtime/lockdown.h"
#include "schemas/limits.h"
#include "tests/support/bpf.h"
#include "tests/support/calls.h"
#include "tests/support/score.h"

#define ALLOW  SECCOMP_RET_ALLOW
#define KILL   SECCOMP_RET_KILL_PROCESS
#define RANDOM 1000000
#define LONG   100000000

/* What the rewritten filter answers, as an errno that no call has. */
#define SAYS_ALLOW 3001
#define SAYS_KILL  3002

/* ---- what the filters are meant to be ------------------------------------ */

static uint32_t
worker_rule(const struct seccomp_data *c)
{
	return c->arch == AUDIT_ARCH_X86_64 && c->nr == 231 ? ALLOW : KILL;
}

static bool
zygote_allows(const struct seccomp_data *c)
{
	switch (c->nr) {
	case SYS_close:
	case SYS_close_range:
	case SYS_exit_group:
	case SYS_getrandom:
	case SYS_munmap:
	case SYS_recvmsg:
	case SYS_restart_syscall:
	case SYS_sendmsg:
	case SYS_setitimer:
	case SYS_socketpair:
	case SYS_timer_create:
	case SYS_timer_settime:
	case SYS_waitid:
		return true;
	case SYS_clone:
		return c->args[0] == CLONE_PIDFD;
	case SYS_mmap:
		return (c->args[2] & PROT_EXEC) == 0;
	case SYS_prctl:
		return c->args[0] == PR_SET_PDEATHSIG;
	case SYS_seccomp:
		return c->args[0] == SECCOMP_SET_MODE_FILTER;
	default:
		return false;
	}
}

static uint32_t
zygote_rule(const struct seccomp_data *c)
{
	return c->arch == AUDIT_ARCH_X86_64 && zygote_allows(c) ? ALLOW : KILL;
}

/* ---- the programs -------------------------------------------------------- */

static struct subject {
	const char *name;
	int (*load)(void);
	uint32_t (*rule)(const struct seccomp_data *);
	struct bpf bpf;
	size_t tried, different;
} subjects[] = {
    {.name = "worker", .load = gbx_lockdown_worker, .rule = worker_rule},
    {.name = "zygote", .load = gbx_lockdown_zygote, .rule = zygote_rule},
};

static struct bpf *catching;
static bool caught;

long __wrap_syscall(long nr, long a, long b, long c, long d, long e, long f);
long __real_syscall(long nr, ...);

long
__wrap_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	if (catching == NULL || nr != SYS_seccomp)
		return __real_syscall(nr, a, b, c, d, e, f);
	caught = a == SECCOMP_SET_MODE_FILTER && b == 0 &&
		 bpf_init(catching, (const struct sock_fprog *)c);
	return 0;
}

static int
take_programs(void **state)
{
	size_t i;

	(void)state;
	if (gbx_lockdown_prepare(GBX_WIRE_LOCK_FILTER) != 0)
		return -1;
	for (i = 0; i < 2; i++) {
		caught = false;
		catching = &subjects[i].bpf;
		if (subjects[i].load() != 0 || !caught)
			return -1;
		catching = NULL;
	}
	return 0;
}

/* ---- inputs -------------------------------------------------------------- */

static uint64_t seed = 0x9e3779b97f4a7c15;

static uint64_t
any(void)
{
	/* xorshift64*: the same inputs in every run */
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 0x2545f4914f6cdd1d;
}

/* Every constant of a program and its neighbours, and what bits do. */
#define VALUES_MAX 2048
static uint32_t values[VALUES_MAX];
static size_t n_values;

static void
add_value(uint32_t v)
{
	assert_true(n_values + 3 <= VALUES_MAX);
	values[n_values++] = v - 1;
	values[n_values++] = v;
	values[n_values++] = v + 1;
}

static void
collect_values(const struct bpf *b)
{
	static const uint32_t edges[] = {0, 0x7fffffff, CALLS_X32_BIT,
	    AUDIT_ARCH_I386, AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64, 335};
	size_t i;

	n_values = 0;
	for (i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
		add_value(edges[i]);
	for (i = 0; i < b->length; i++)
		if (BPF_CLASS(b->insn[i].code) != BPF_LD) {
			add_value(b->insn[i].k);
			add_value(b->insn[i].k | CALLS_X32_BIT);
		}
}

static uint32_t
some_value(void)
{
	uint64_t r = any();

	return r & 0x700000000 ? values[(uint32_t)r % n_values] : (uint32_t)r;
}

static uint64_t
some_argument(void)
{
	uint64_t r = any();
	uint64_t low = some_value();

	/* Mostly with nothing above, or no argument rule is ever met. */
	return r & 3 ? low : low | (uint64_t)some_value() << 32;
}

static void
fill(struct seccomp_data *c)
{
	int i;

	c->instruction_pointer = any();
	for (i = 0; i < 6; i++)
		c->args[i] = some_argument();
}

static void
check(struct subject *s, const struct seccomp_data *c)
{
	uint32_t got = bpf_run(&s->bpf, c), want = s->rule(c);

	s->tried++;
	if (got == want)
		return;
	if (s->different++ < 10)
		printf("# %s: arch 0x%x call %d (0x%llx 0x%llx 0x%llx): "
		       "0x%x, not 0x%x\n",
		    s->name, c->arch, c->nr, (unsigned long long)c->args[0],
		    (unsigned long long)c->args[1],
		    (unsigned long long)c->args[2], got, want);
}

/* Every constant as a number, under every constant as an ABI; then every
 * constant as each half of each argument of every call by its own ABI. */
static void
check_interesting(struct subject *s)
{
	struct seccomp_data c;
	size_t i, j;
	int a;

	for (i = 0; i < n_values; i++)
		for (j = 0; j < n_values; j++) {
			fill(&c);
			c.nr = (int)values[i];
			c.arch = values[j];
			check(s, &c);
			c.arch = AUDIT_ARCH_X86_64;
			for (a = 0; a < 6; a++) {
				memset(c.args, 0, sizeof(c.args));
				c.args[a] = values[j];
				check(s, &c);
				c.args[a] = (uint64_t)values[j] << 32;
				check(s, &c);
				c.args[a] |= 1;
				check(s, &c);
			}
		}
}

/* Every number there is: a row that is missing leaves no constant behind. */
static void
check_all_numbers(struct subject *s)
{
	struct seccomp_data c;
	int nr, i;

	for (nr = 0; nr < 4096; nr++)
		for (i = 0; i < 64; i++) {
			fill(&c);
			c.nr = i % 4 == 3 ? nr | (int)CALLS_X32_BIT : nr;
			c.arch =
			    i % 4 == 2 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64;
			check(s, &c);
		}
}

static void
check_random(struct subject *s)
{
	size_t i, n = score_long_form() ? LONG : RANDOM;
	struct seccomp_data c;

	for (i = 0; i < n; i++) {
		fill(&c);
		c.nr = (int)some_value();
		c.arch = i % 8 ? AUDIT_ARCH_X86_64 : some_value();
		check(s, &c);
	}
}

static void
test_rules(void **state)
{
	size_t i, missed;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct subject *s = &subjects[i];

		collect_values(&s->bpf);
		check_interesting(s);
		check_all_numbers(s);
		check_random(s);
		missed = bpf_missed(&s->bpf);
		printf("# %s: %zu instructions, %zu sides of branches, %zu "
		       "missed; %zu calls, %zu different\n",
		    s->name, s->bpf.length, bpf_sides(&s->bpf), missed,
		    s->tried, s->different);
		score("filter-branches-missed", missed, "==0");
		score("filter-differences", s->different, "==0");
		assert_int_equal(missed, 0);
		assert_int_equal(s->different, 0);
	}
}

/* ---- the kernel's word --------------------------------------------------- */

struct asked {
	size_t tried, different, other;
	bool filtered;
};

/* Ends that say allow and kill; false if there is any other end. */
static bool
rewrite(const struct bpf *from, struct sock_filter *to)
{
	size_t i;

	for (i = 0; i < from->length; i++) {
		to[i] = from->insn[i];
		if (to[i].code != (BPF_RET | BPF_K))
			continue;
		if (to[i].k != ALLOW && to[i].k != KILL)
			return false;
		to[i].k = SECCOMP_RET_ERRNO |
			  (to[i].k == ALLOW ? SAYS_ALLOW : SAYS_KILL);
	}
	return true;
}

/* Also whether the arguments are 32 bits each, as i386 has them. */
static void
describe(enum calls_abi abi, uint64_t nr, const uint64_t arg[6],
    struct seccomp_data *ret)
{
	int i;

	memset(ret, 0, sizeof(*ret));
	ret->nr = (int)(abi == CALLS_X32 ? nr | CALLS_X32_BIT : nr);
	ret->arch = abi == CALLS_I386 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64;
	/* The sixth of i386 is not ours to set (calls.h); no rule reads it. */
	for (i = 0; i < (abi == CALLS_I386 ? 5 : 6); i++)
		ret->args[i] = abi == CALLS_I386 ? (uint32_t)arg[i] : arg[i];
}

static void
ask_one(struct subject *s, struct asked *asked, enum calls_abi abi, uint64_t nr)
{
	struct seccomp_data c;
	uint64_t arg[6];
	uint32_t said;
	int i;

	for (i = 0; i < 6; i++)
		arg[i] = some_argument();
	describe(abi, nr, arg, &c);
	said = (uint32_t)-calls_make(abi, nr, arg);
	asked->tried++;
	asked->other += said != SAYS_ALLOW && said != SAYS_KILL;
	asked->different +=
	    (said == SAYS_ALLOW) != (bpf_run(&s->bpf, &c) == ALLOW);
}

/* Behind the filter no call is real: not even the exit. */
static _Noreturn void
ask_kernel(struct subject *s, struct asked *asked, bool is_i386)
{
	struct sock_filter insn[BPF_MAX];
	struct sock_fprog program = {
	    .len = (unsigned short)s->bpf.length, .filter = insn};
	enum calls_abi abi;
	uint64_t nr;
	int round;

	signal(SIGILL, SIG_DFL);
	if (!rewrite(&s->bpf, insn) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(1);
	asked->filtered = true;
	for (abi = CALLS_NATIVE; abi < CALLS_ABIS; abi++) {
		if (abi == CALLS_I386 && !is_i386)
			continue;
		for (round = 0; round < 64; round++)
			for (nr = 0; nr < 1024; nr++) {
				/* The kernel asks no filter about them. */
				if (abi == CALLS_NATIVE &&
				    (nr == 335 || nr == 336))
					continue;
				ask_one(s, asked, abi,
				    round % 2 ? nr : nr | any() << 32);
			}
	}
	__builtin_trap();
}

static void
test_kernel(void **state)
{
	bool is_i386 = calls_has_i386();
	struct asked *asked = mmap(NULL, sizeof(*asked), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	size_t i;
	pid_t pid;

	(void)state;
	assert_ptr_not_equal(asked, MAP_FAILED);
	for (i = 0; i < 2; i++) {
		*asked = (struct asked){0};
		collect_values(&subjects[i].bpf);
		pid = fork();
		if (pid == 0)
			ask_kernel(&subjects[i], asked, is_i386);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		printf("# %s: the kernel was asked %zu times, %zu different, "
		       "%zu not by the filter%s\n",
		    subjects[i].name, asked->tried, asked->different,
		    asked->other, is_i386 ? "" : "; no i386 ABI here");
		score("filter-differences", asked->different, "==0");
		assert_true(asked->filtered);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGILL);
		assert_int_equal(asked->different, 0);
		assert_int_equal(asked->other, 0);
		assert_in_range(asked->tried, 64 * 1022, 64 * 3 * 1024);
	}
	munmap(asked, sizeof(*asked));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_kernel),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("bpf", tests, take_programs, NULL);
}
