/* SPDX-License-Identifier: ISC */
/*
 * Hostile replies without end: honest ones of every kind, taken apart field by
 * field, bent and put together again. For tests only.
 *
 * Case n of seed s is always the same, whatever came before it.
 */
#ifndef GBX_TESTS_GATE_MUTATE_H
#define GBX_TESTS_GATE_MUTATE_H

#include "tests/unit/gate/case.h"

/* *c must have been zeroed once; what a case leaves in it the next one clears.
 */
void mutate_case(uint64_t seed, uint64_t n, struct gbx_case *c);

/* ---- between mutate.c and its other files ---------------------------------
 */

struct dice {
	uint64_t s;
};
uint64_t dice_roll(struct dice *d);
/* 0..n-1 */
size_t dice_below(struct dice *d, size_t n);
/* Numbers at which something ends, near honest, or anywhere. */
uint64_t dice_number(struct dice *d, uint64_t honest);

/* A message on the wire, or a record: bend its fields, `times` times. Returns
 * the new length, at most room. donor: another message of that kind. */
size_t mutate_message(struct dice *d, bool record, uint8_t *wire, size_t length,
    size_t room, const uint8_t *donor, size_t donor_length, unsigned times);

#endif
