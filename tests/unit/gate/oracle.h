/* SPDX-License-Identifier: ISC */
/*
 * What the gate ought to say, worked out a second time and in another way, for
 * tests and fuzzing. Shares no code with broker/validate: it unpacks with
 * protobuf-c as it comes, counts in 128 bits and decodes UTF-8 by encoding it
 * again. Slow, recursive where protobuf-c is, and free to allocate.
 *
 * It does not stop at the first thing that is wrong, but gathers all of them:
 * the gate may name any of these, and nothing else.
 */
#ifndef GBX_TESTS_GATE_ORACLE_H
#define GBX_TESTS_GATE_ORACLE_H

#include "broker/validate/gate.h"

struct oracle_faults {
	uint64_t words; /* what is wrong, by place in fields.def */
	bool form; /* not canonical: which field, is the scanner's to say */
};

/* May this envelope be accepted? If so fills *ret_reply as the gate must; if
 * not, *ret_faults says why not. */
bool oracle_open(const struct gbx_gate_job *job, const uint8_t *wire,
    size_t length, struct gbx_gate_reply *ret_reply,
    struct oracle_faults *ret_faults);

/* May the data of an accepted envelope be? */
bool oracle_data(const struct gbx_gate_job *job,
    const struct gbx_gate_reply *reply, const uint8_t *data, size_t size,
    struct oracle_faults *ret_faults);

/* Is this word of the gate's true? So is any, where only the form is bad. */
bool oracle_blames(const struct oracle_faults *faults, const char *word);

/* Is this record of an accepted block what the wire says? */
bool oracle_records(const struct gbx_gate_block *block, const uint8_t *data,
    const struct gbx_gate_record *records);

/* ---- between oracle.c and oracle_data.c --------------------------------- */

enum oracle_word {
#define GBX_FIELD(ID, word, why) WRONG_##ID,
#include "broker/validate/fields.def"
	ORACLE_WORDS
};

/* Note the word if it is true. */
static inline void
oracle_wrong(struct oracle_faults *f, bool it_is, enum oracle_word word)
{
	if (it_is)
		f->words |= UINT64_C(1) << word;
}

struct ProtobufCMessage;
/* Does it pack to these very bytes? */
bool oracle_same_form(
    const struct ProtobufCMessage *m, const uint8_t *wire, size_t length);

#endif
