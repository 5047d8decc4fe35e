/* SPDX-License-Identifier: ISC */
/*
 * Processes as /proc shows them: a broker's own family, found from the test's
 * process down, so that no other program's processes are ever touched.
 * Side: tests.
 */
#ifndef GBX_TESTS_SUPPORT_PROC_H
#define GBX_TESTS_SUPPORT_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROC_LIST_MAX 512

struct proc_list {
	size_t n;
	pid_t pid[PROC_LIST_MAX];
};

/* From now on orphans below this process become its children: so a broker's
 * init is found as one (prctl(2), PR_SET_CHILD_SUBREAPER). Call it before the
 * broker is opened. */
void proc_adopt(void);

/* Children of parent that are no zombies; name is argv[0], or NULL for all. */
void proc_children(pid_t parent, const char *name, struct proc_list *ret);
/* Of a broker of this process: its init (the last, or 0), its zygotes and
 * the workers of one zygote. */
pid_t proc_init(void);
void proc_zygotes(struct proc_list *ret);
void proc_workers(pid_t zygote, struct proc_list *ret);
/* The same when the pool is full again, for it is filled behind the answer of
 * a job: one at least, and no change for 50 ms. After five seconds, what there
 * is. */
void proc_workers_settled(pid_t zygote, struct proc_list *ret);
/* The worker that has used so many clock ticks; 0 if none has yet. */
pid_t proc_spinning(pid_t zygote, long ticks);
/* All that live below this process. */
size_t proc_family(void);

/* /proc/PID/NAME as text; false if it can't be read. */
bool proc_read(pid_t pid, const char *name, char *ret_text, size_t room);
/* "\nKey:\t7" of /proc/PID/status in this base; -1 if it is not there. */
long proc_status(pid_t pid, const char *key, int base);
/* The letter of its state; 0 when it is gone. */
char proc_state(pid_t pid);
/* Processor time in clock ticks. */
long proc_ticks(pid_t pid);

/* Of this process. */
size_t proc_own_fds(void);
long proc_own_rss_kib(void);
uint64_t now_ms(void);
void sleep_ms(unsigned int ms);

#endif
