/* SPDX-License-Identifier: ISC */
/*
 * What tests of hard hosts share: brokers on a worker directory of their own
 * (census.h), jobs whose answer is known, and child processes to spoil.
 * Side: caller; uses the public header alone.
 */
#ifndef GBX_TESTS_SUPPORT_HOST_H
#define GBX_TESTS_SUPPORT_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <glovebox.h>

/* For functions that run in a child and return 0 when all is well: cmocka's
 * asserts would jump back into the test. */
#define CHECK(what) \
	do { \
		if (!(what)) { \
			fprintf(stderr, "# %s:%d: not true: %s\n", __FILE__, \
			    __LINE__, #what); \
			return 1; \
		} \
	} while (0)

/* Make the fixtures; false: no worker directory, or no memory. Before any
 * other call, and before any thread or child. */
bool host_prepare(void);
/* The same without HOST_HUGE, which takes a second to make. */
bool host_prepare_quick(void);
/* Free them. */
void host_done(void);

/* The same as a set-up of cmocka's, and a teardown: no process, corpse or memfd
 * of ours is left a second later. */
int host_set_up(void **state);
int host_nothing_left(void **state);

void host_opts(struct gbx_broker_opts *opts);
/* NULL, and a line on stderr, when there is none. */
struct gbx_broker *host_open(void);
/* The same error as gbx_broker_open. */
enum gbx_err host_open_with(
    const struct gbx_broker_opts *opts, struct gbx_broker **ret_broker);

/* A decode of a picture: 48 x 40, or one whose result is mapped, not copied
 * (300 x 200), or one that takes long (4000 x 3000). */
enum host_size {
	HOST_SMALL,
	HOST_LARGE,
	HOST_HUGE
};
void host_job(
    enum host_size size, struct gbx_input *input, struct gbx_job *job);
/* OK, and every pixel as it was written. Says what is wrong on stderr. */
bool host_right(enum host_size size, const struct gbx_result *r);
/* One job by gbx_run, checked and freed. */
bool host_run(struct gbx_broker *broker, enum host_size size);
bool host_submit(
    struct gbx_broker *broker, enum host_size size, uint64_t *ret_id);
/* n jobs by gbx_submit and gbx_collect, checked. Not beside other threads. */
bool host_many(struct gbx_broker *broker, int n);

/* Run fn in a fork of this process, which SIGALRM ends after those seconds
 * (0: never). Its pid. */
pid_t host_start_child(int (*fn)(void), unsigned int seconds);
/* Its exit status, or 128 + signal; -1: not ended after ms (-1: no end). */
int host_end_of(pid_t pid, int ms);
/* Both in one. */
/* From root to this user and group for good, dumpable still. */
bool host_become(uid_t id);
int host_in_child(int (*fn)(void), unsigned int seconds);

void host_sleep_ms(unsigned int ms);
uint64_t host_now_ms(void);

#endif
