/* SPDX-License-Identifier: ISC */
/*
 * What the liar does: crash, spin, eat, and call what it may not.
 * Side: hostile. x86-64 only, as the sweep of its three ABIs is.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "sandboxed_parsers/runtime/lockdown.h"
#include "tests/hostile/liar/liar.h"

/* ---- system calls, without libc between ---------------------------------- */

static long
raw_call(long nr, const long a[6])
{
	register long r10 __asm__("r10") = a[3];
	register long r8 __asm__("r8") = a[4];
	register long r9 __asm__("r9") = a[5];
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10),
			 "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

static long
raw_int80(long nr, const long a[6])
{
	long ret;

	__asm__ volatile(
	    "int $0x80"
	    : "=a"(ret)
	    : "a"(nr), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
	    : "r8", "r9", "r10", "r11", "memory");
	return ret;
}

static void
call(struct liar *l, long (*how)(long, const long[6]))
{
	long a[6] = {0, 0, 0, 0, 0, 0};
	long nr = (long)liar_value(l);
	uint64_t value;
	int i;

	for (i = 0; i < 6 && liar_number(l, liar_peek(l), &value); i++)
		a[i] = (long)liar_value(l);
	l->last = (uint64_t)how(nr, a);
}

/* The old page of three calls at a fixed address (x86 vsyscall). */
static void
vsyscall(struct liar *l)
{
	long (*time_at)(long *) = (long (*)(long *))0xffffffffff600400;

	l->last = (uint64_t)time_at(NULL);
}

/* ---- crashes ------------------------------------------------------------- */

static void
write_null(void)
{
	__asm__ volatile("movb $1, 8");
}

/* Code of our own making, in the one place that is shared. */
static void
jump_to_data(struct liar *l)
{
	void (*code)(void);

	l->sink->out[0] = 0xc3; /* ret */
	memcpy(&code, &l->sink->out, sizeof(code));
	code();
}

static void
write_input(struct liar *l)
{
	*(volatile uint8_t *)(uintptr_t)l->task->data = 0;
}

static void
divide(void)
{
	__asm__ volatile("xorl %%ecx, %%ecx; movl $1, %%eax; cltd; idivl %%ecx"
			 :
			 :
			 : "eax", "ecx", "edx");
}

static __attribute__((noinline)) unsigned int
eat_stack(unsigned int depth)
{
	volatile char page[4096];

	page[0] = (char)depth;
	page[4095] = page[0];
	if (depth == 0)
		return 0;
	return eat_stack(depth - 1) + (unsigned int)page[4095];
}

static void
read_clock(void)
{
	__asm__ volatile("rdtsc" : : : "eax", "edx");
}

/* ---- time and space ------------------------------------------------------ */

static void
spin(uint64_t n)
{
	for (; n > 0; n--)
		__asm__ volatile("" : : : "memory");
}

/* Nothing to hear from it and little to see: the nearest thing to sleep that
 * needs no system call. */
static _Noreturn void
idle(void)
{
	for (;;)
		__asm__ volatile("pause");
}

/* All that malloc gives, each page written. */
static void
eat_memory(void)
{
	const size_t size = 65536;
	char *p;

	while ((p = malloc(size)) != NULL)
		memset(p, 1, size);
}

/* ---- what strict mode leaves --------------------------------------------- */

/* What a signal's handler returns to, as on the stack (struct rt_sigframe,
 * arch/x86/include/asm/sigframe.h); the kernel's struct ucontext ends with the
 * first word of libc's uc_sigmask. */
struct frame {
	uint64_t returns_to;
	ucontext_t context;
};

/* rt_sigreturn(2) sets the signal mask to whatever the frame says: all that can
 * be blocked is blocked from now on. */
static void
block_signals(void)
{
	static struct frame frame;
	greg_t *at = frame.context.uc_mcontext.gregs;
	uint64_t flags;

	memset(&frame, 0, sizeof(frame));
	memset(&frame.context.uc_sigmask, 0xff, 8);
	frame.context.uc_flags = 6; /* UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS */
	frame.context.uc_stack.ss_flags = SS_DISABLE;
	__asm__ volatile("pushfq; popq %0" : "=r"(flags));
	at[REG_EFL] = (greg_t)flags;
	at[REG_CSGSFS] = 0x33 | (greg_t)0x2b << 48;
	__asm__ volatile("leaq 1f(%%rip), %%rax; movq %%rax, %c1(%0);"
			 "movq %%rsp, %c2(%0); movq %%rbp, %c3(%0);"
			 "movq %%rbx, %c4(%0);"
			 "movq %5, %%rsp; movl $15, %%eax; syscall; 1:"
			 :
			 : "D"(at), "i"(8 * REG_RIP), "i"(8 * REG_RSP),
			 "i"(8 * REG_RBP), "i"(8 * REG_RBX), "S"(&frame.context)
			 : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12",
			 "r13", "r14", "r15", "memory", "cc");
}

/* ---- where things are ---------------------------------------------------- */

/* The psABI of x86-64 and glibc's tcbhead_t. */
static uint64_t
of_thread(unsigned int offset)
{
	uint64_t value;

	__asm__ volatile("movq %%fs:(%1), %0"
			 : "=r"(value)
			 : "r"((uint64_t)offset));
	return value;
}

/* Code, data, stack, heap, output, thread; then the stack's guard. */
static void
where(struct liar *l, uint8_t *at)
{
	uint64_t told[7] = {(uintptr_t)&liar_deed, (uintptr_t)&gbx_parser,
	    (uintptr_t)__builtin_frame_address(0), (uintptr_t)malloc(64),
	    (uintptr_t)l->sink->out, of_thread(0x10), of_thread(0x28)};

	memcpy(at, told, sizeof(told));
}

/* ---- the honest way ------------------------------------------------------ */

static void
image(struct liar *l)
{
	uint32_t w = (uint32_t)liar_value(l), h = (uint32_t)liar_value(l), y;
	int byte = (int)liar_value(l);
	uint8_t *row;

	gbx_sink_format(l->sink, GBX_FORMAT_PNG);
	if (!gbx_sink_total(l->sink, 1) ||
	    !gbx_sink_image_begin(l->sink, w, h, 0) ||
	    !gbx_sink_wants_pixels(l->sink))
		return;
	for (y = 0; y < h; y++) {
		row = gbx_sink_row(l->sink, y);
		if (row == NULL)
			return;
		memset(row, byte, 4 * (size_t)w);
		if (!gbx_sink_row_done(l->sink, y))
			return;
	}
	gbx_sink_image_end(l->sink);
}

static void
text(struct liar *l)
{
	struct liar_word word = liar_word(l);

	gbx_sink_format(l->sink, GBX_FORMAT_DOCX);
	gbx_sink_total(l->sink, 1);
	gbx_sink_text(l->sink, word.p, word.length);
}

/* ---- words --------------------------------------------------------------- */

static bool
crash(struct liar *l, struct liar_word word)
{
	if (liar_is(word, "segv"))
		write_null();
	else if (liar_is(word, "jump"))
		jump_to_data(l);
	else if (liar_is(word, "scribble"))
		write_input(l);
	else if (liar_is(word, "fpe"))
		divide();
	else if (liar_is(word, "ill"))
		__builtin_trap();
	else if (liar_is(word, "trap"))
		__asm__ volatile("int3");
	else if (liar_is(word, "abort"))
		abort();
	else if (liar_is(word, "rdtsc"))
		read_clock();
	else if (liar_is(word, "stack"))
		l->last = eat_stack(~0U);
	else
		return false;
	return true;
}

enum liar_next
liar_deed(struct liar *l, struct liar_word word)
{
	if (crash(l, word))
		return LIAR_GO_ON;
	if (liar_is(word, "call")) {
		call(l, raw_call);
	} else if (liar_is(word, "int80")) {
		call(l, raw_int80);
	} else if (liar_is(word, "vsyscall")) {
		vsyscall(l);
	} else if (liar_is(word, "spin")) {
		spin(~(uint64_t)0);
	} else if (liar_is(word, "idle")) {
		idle();
	} else if (liar_is(word, "delay")) {
		spin(liar_value(l));
	} else if (liar_is(word, "salt")) {
		memcpy(l->sink->out + liar_value(l), l->task->salt,
		    sizeof(l->task->salt));
	} else if (liar_is(word, "block")) {
		block_signals();
	} else if (liar_is(word, "memory")) {
		eat_memory();
	} else if (liar_is(word, "where")) {
		where(l, l->sink->out + liar_value(l));
	} else if (liar_is(word, "image")) {
		image(l);
	} else if (liar_is(word, "text")) {
		text(l);
	} else if (liar_is(word, "exit")) {
		gbx_lockdown_exit((int)liar_value(l));
	} else if (liar_is(word, "return")) {
		l->answer = (enum gbx_wire_status)liar_value(l);
		return LIAR_RETURN;
	} else {
		return LIAR_UNKNOWN;
	}
	return LIAR_GO_ON;
}
