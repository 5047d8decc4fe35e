/* SPDX-License-Identifier: ISC */
/*
 * Scripts for the hostile kit (tests/hostile/README.md), sent through a real
 * broker. Side: tests; uses the public header alone.
 */
#ifndef GBX_TESTS_SUPPORT_LIAR_H
#define GBX_TESTS_SUPPORT_LIAR_H

#include "tests/support/cmocka.h"

#include <glovebox.h>

/* Scripts of images and of documents begin with another magic. */
enum liar_kind {
	LIAR_PNG,
	LIAR_OOXML
};

/* A path beside the build that this program belongs to: its own is
 * BUILD/tests/ROOM/NAME. The caller frees it. */
char *build_path(const char *name);

/* Options for a broker on the hostile kit; worker_dir is the caller's to
 * free. */
void liar_opts(struct gbx_broker_opts *opts, uint32_t lockdown);
/* Open one with them; fails the cmocka test if that fails. */
struct gbx_broker *liar_open(uint32_t lockdown);

/* Run a group of cmocka tests under `filter` and again under `strict`, which
 * are also the names of the groups. Returns how many failed, in TAP. */
int liar_run_both(const struct CMUnitTest *tests, size_t n,
    CMFixtureFunction set_up, CMFixtureFunction tear_down);
/* Which of the two runs just now. */
uint32_t liar_lockdown(void);
/* Set-up and teardown with a broker on the kit as the state. */
int liar_set_up(void **state);
int liar_tear_down(void **state);

/* A job whose limits are small enough for thousands of them. */
void liar_job(struct gbx_job *job, enum gbx_op op);

/* Magic and script in malloc'd memory. */
char *liar_input(enum liar_kind kind, const char *script, size_t *ret_length);
/* NULL job: liar_job's. Both fail the test if the call fails. */
struct gbx_result *liar_run(struct gbx_broker *broker, enum liar_kind kind,
    const char *script, const struct gbx_job *job);
void liar_submit(struct gbx_broker *broker, enum liar_kind kind,
    const char *script, const struct gbx_job *job);
/* The nonce of a job that is over, in hexadecimal. */
void liar_learn_nonce(struct gbx_broker *broker, char ret_hex[33]);
/* An honest job must be OK, and its content right. */
void liar_expect_fine(struct gbx_broker *broker, enum liar_kind kind);
/* How many zygotes this broker has started so far. */
uint64_t liar_zygotes_started(const struct gbx_broker *broker);

#endif
