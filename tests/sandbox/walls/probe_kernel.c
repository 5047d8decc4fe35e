/* SPDX-License-Identifier: ISC */
/* Probes: the kernel's own services, and what all of the host shares. Side:
 * hostile. Where one works it changes nothing, or only its own namespace. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

#include "tests/sandbox/walls/prober.h"

#define IO_URING_SETUP 425
#define KEY_NAME       "gbx-walls"

static int
io_uring(const struct walls_order *o, struct walls_answer *answer)
{
	uint32_t params[30] = {0};

	(void)o;
	(void)answer;
	return walls_result(syscall(IO_URING_SETUP, 4, params));
}

/* A key in the session that the host's process has (session-keyring(7)). */
static int
session_key(const struct walls_order *o, struct walls_answer *answer)
{
	long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING,
	    "user", KEY_NAME, 0);

	(void)o;
	if (key < 0)
		return walls_failed();
	return walls_result(
	    syscall(SYS_keyctl, KEYCTL_READ, key, answer->loot, WALLS_LOOT));
}

static int
user_key(const struct walls_order *o, struct walls_answer *answer)
{
	long key;

	(void)o;
	/* keyrings(7): who is to read it must possess it. */
	if (syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING,
		KEY_SPEC_PROCESS_KEYRING) < 0)
		return walls_failed();
	key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user",
	    KEY_NAME "-user", 0);
	if (key < 0)
		return walls_failed();
	return walls_result(
	    syscall(SYS_keyctl, KEYCTL_READ, key, answer->loot, WALLS_LOOT));
}

static int
new_key(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	(void)answer;
	return walls_result(syscall(SYS_add_key, "user", "gbx-walls-new", "x",
	    1, KEY_SPEC_PROCESS_KEYRING));
}

static int
faults(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	(void)answer;
	return walls_result(syscall(SYS_userfaultfd, 0));
}

/* UFFD_USER_MODE_ONLY: what everybody may. */
static int
user_faults(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	(void)answer;
	return walls_result(syscall(SYS_userfaultfd, 1));
}

/* Ids of the host's programs: CAP_SYS_ADMIN, whatever the sysctl says. */
static int
bpf(const struct walls_order *o, struct walls_answer *answer)
{
	union bpf_attr attr;
	int err;

	(void)o;
	(void)answer;
	memset(&attr, 0, sizeof(attr));
	err = walls_result(
	    syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof(attr)));
	return err == ENOENT ? 0 : err; /* there are none */
}

/* All processes of a processor (perf_event_open(2)). */
static int
perf(const struct walls_order *o, struct walls_answer *answer)
{
	struct perf_event_attr attr = {
	    .type = PERF_TYPE_SOFTWARE,
	    .size = sizeof(attr),
	    .config = PERF_COUNT_SW_CPU_CLOCK,
	};

	(void)o;
	(void)answer;
	return walls_result(syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0));
}

static int
perf_victim(const struct walls_order *o, struct walls_answer *answer)
{
	struct perf_event_attr attr = {
	    .type = PERF_TYPE_SOFTWARE,
	    .size = sizeof(attr),
	    .config = PERF_COUNT_SW_CPU_CLOCK,
	    .exclude_kernel = 1,
	};

	(void)answer;
	return walls_result(
	    syscall(SYS_perf_event_open, &attr, o->victim, -1, -1, 0));
}

static int
shared_segment(const struct walls_order *o, struct walls_answer *answer)
{
	void *p = shmat(o->shm, NULL, SHM_RDONLY);

	if (p == (void *)-1)
		return walls_failed();
	memcpy(answer->loot, p, WALLS_LOOT);
	return 0;
}

static int
queue(const struct walls_order *o, struct walls_answer *answer)
{
	static char message[8192];
	mqd_t q = mq_open(o->queue, O_RDWR | O_NONBLOCK);
	ssize_t n;

	if (q < 0)
		return walls_failed();
	n = mq_receive(q, message, sizeof(message), NULL);
	if (n < WALLS_LOOT)
		return walls_failed();
	memcpy(answer->loot, message, WALLS_LOOT);
	/* Back, for the next who tries. */
	return walls_result(mq_send(q, message, (size_t)n, 0));
}

static int
new_queue(const struct walls_order *o, struct walls_answer *answer)
{
	mqd_t q = mq_open("/gbx-walls-new", O_CREAT | O_RDWR, 0600, NULL);

	int err = walls_failed();

	(void)o;
	(void)answer;
	/* Landlock refuses the descriptor, when the queue is there already. */
	if (mq_unlink("/gbx-walls-new") == 0 || q >= 0)
		return 0;
	return err;
}

static int
host_name(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	(void)answer;
	return walls_result(sethostname("changed", 7));
}

/* No module at all: the kernel says so only to who may load one. */
static int
module(const struct walls_order *o, struct walls_answer *answer)
{
	int err = walls_result(syscall(SYS_init_module, "", 0, ""));

	(void)o;
	(void)answer;
	return err == ENOEXEC ? 0 : err;
}

/* The tick as it is. */
static int
set_clock(const struct walls_order *o, struct walls_answer *answer)
{
	struct timex t = {0};

	(void)o;
	(void)answer;
	if (adjtimex(&t) < 0)
		return walls_failed();
	t.modes = ADJ_TICK;
	return adjtimex(&t) < 0 ? walls_failed() : 0;
}

static int
swap(const struct walls_order *o, struct walls_answer *answer)
{
	int err = walls_result(swapoff("/nowhere"));

	(void)o;
	(void)answer;
	return err == ENOENT ? 0 : err;
}

static int
kernel_log(const struct walls_order *o, struct walls_answer *answer)
{
	static char text[4096];

	(void)o;
	(void)answer;
	/* SYSLOG_ACTION_CONSOLE_LEVEL with a level that there is not: refused
	 * only behind the capability (kernel/printk/printk.c). */
	if (syscall(SYS_syslog, 8, text, 99) == 0)
		return 0;
	return errno == EINVAL ? 0 : walls_failed();
}

static int
lock_memory(const struct walls_order *o, struct walls_answer *answer)
{
	void *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)o;
	(void)answer;
	if (p == MAP_FAILED)
		return walls_failed();
	return walls_result(mlock(p, 8192));
}

static int
many_descriptors(const struct walls_order *o, struct walls_answer *answer)
{
	int i;

	(void)o;
	(void)answer;
	for (i = 0; i < 300; i++)
		if (memfd_create("x", MFD_CLOEXEC) < 0)
			return walls_failed();
	return 0;
}

static int
raise_limit(const struct walls_order *o, struct walls_answer *answer)
{
	struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};

	(void)o;
	(void)answer;
	/* Not by libc's function: zygote_layers.c stands in front of it. */
	return walls_result(syscall(SYS_setrlimit, RLIMIT_CORE, &r));
}

static int
time_stamp(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	(void)answer;
	__asm__ volatile("rdtsc" : : : "eax", "edx");
	return 0;
}

/* core(5): where it stands, or nowhere. */
static int
dump_core(const struct walls_order *o, struct walls_answer *answer)
{
	(void)o;
	(void)answer;
	__builtin_trap();
}

const struct walls_probe walls_kernel_probes[] = {
    {"io-uring", io_uring},
    {"key-session", session_key},
    {"key-user", user_key},
    {"key-new", new_key},
    {"userfaultfd", faults},
    {"userfaultfd-user", user_faults},
    {"bpf", bpf},
    {"perf-system", perf},
    {"perf-host", perf_victim},
    {"shm-host", shared_segment},
    {"mq-host", queue},
    {"mq-new", new_queue},
    {"hostname", host_name},
    {"module", module},
    {"clock", set_clock},
    {"swap", swap},
    {"kernel-log", kernel_log},
    {"mlock", lock_memory},
    {"many-fds", many_descriptors},
    {"core-limit", raise_limit},
    {"core-file", dump_core},
    {"time-stamp", time_stamp},
    {NULL, NULL},
};
