/* SPDX-License-Identifier: ISC */
/*
 * What the gate ought to say, worked out a second time and in another way, for
 * tests and fuzzing. Shares no code with broker/validate: it unpacks with
 * protobuf-c as it comes, counts in 128 bits and decodes UTF-8 by encoding it
 * again. Slow, recursive where protobuf-c is, and free to allocate.
 */
#ifndef GBX_TESTS_GATE_ORACLE_H
#define GBX_TESTS_GATE_ORACLE_H

#include "broker/validate/gate.h"

/* May this envelope be accepted? If so fills *ret_reply as the gate must. */
bool oracle_open(const struct gbx_gate_job *job, const uint8_t *wire,
    size_t length, struct gbx_gate_reply *ret_reply);

/* May the data of an accepted envelope be? */
bool oracle_data(
    const struct gbx_gate_reply *reply, const uint8_t *data, size_t size);

/* Is this record of an accepted block what the wire says? */
bool oracle_records(const struct gbx_gate_block *block, const uint8_t *data,
    const struct gbx_gate_record *records);

#endif
