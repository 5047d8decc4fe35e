/* SPDX-License-Identifier: ISC */
/*
 * Writes the seeds of the targets gate and jobmsg; `make fuzz-seeds` runs it.
 * The same every time: random streams from fixed numbers, kept where the gate
 * says something that no seed before made it say.
 *
 * usage: make-seeds GATE_DIR JOBMSG_DIR
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/validate/check.h"
#include "tests/unit/gate/case.h"

#define TRIES	   300000
#define STREAM_MAX 400

static uint64_t
draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void
save(const char *dir, const char *name, const uint8_t *p, size_t n)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(p, 1, n, file) != n || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

/* Few choices that bend: a byte below 240 leaves things honest. */
static size_t
make_stream(uint64_t *state, uint8_t *stream, size_t i)
{
	size_t n = 2 + draw(state) % STREAM_MAX, k;

	for (k = 0; k < n; k++) {
		stream[k] = (uint8_t)draw(state);
		if (draw(state) % 64 != 0)
			stream[k] = (uint8_t)(stream[k] % 224);
	}
	stream[0] = (uint8_t)(i % case_jobs());
	stream[1] = 0;
	return n;
}

/* The same case as raw bytes: job, form, length, reply, data. */
static void
save_raw(const char *dir, const char *name, const uint8_t *stream,
    const struct gbx_case *c)
{
	static uint8_t raw[4 + CASE_WIRE + CASE_DATA];
	char raw_name[80];

	if (c->length + c->size > 3000)
		return;
	raw[0] = stream[0];
	raw[1] = 1;
	raw[2] = (uint8_t)c->length;
	raw[3] = (uint8_t)(c->length >> 8);
	memcpy(raw + 4, c->wire, c->length);
	memcpy(raw + 4 + c->length, c->data, c->size);
	snprintf(raw_name, sizeof(raw_name), "raw-%s", name);
	save(dir, raw_name, raw, 4 + c->length + c->size);
}

static size_t
word_number(const char *word)
{
	size_t i;

	for (i = 1; word != NULL && i < GBX_FIELD_COUNT; i++)
		if (strcmp(word, gbx_gate_field_name((enum gbx_gate_field)i)) ==
		    0)
			return i;
	return 0;
}

/* One accepted case a job, and one case a word. */
static void
gate_seeds(const char *dir)
{
	static bool job_seen[256], word_seen[GBX_FIELD_COUNT];
	static struct gbx_case c;
	uint8_t stream[2 + STREAM_MAX];
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
	const char *field, *why;
	enum case_end end;
	char name[64];
	bool *seen;
	size_t i, n;

	for (i = 0; i < TRIES; i++) {
		n = make_stream(&state, stream, i);
		case_make(stream, n, &c);
		end = case_try(&c, &field, &why);
		if (end == CASE_DISAGREE) {
			fprintf(stderr, "gate and oracle disagree: %s\n", why);
			exit(1);
		}
		seen = end == CASE_ACCEPTED ? &job_seen[stream[0]]
					    : &word_seen[word_number(field)];
		if (*seen)
			continue;
		*seen = true;
		snprintf(name, sizeof(name), "job%02u-%s", stream[0],
		    end == CASE_ACCEPTED ? "ok" : field);
		save(dir, name, stream, n);
		save_raw(dir, name, stream, &c);
	}
}

static void
jobmsg_seeds(const char *dir)
{
	uint8_t wire[GBX_JOB_MAX];
	struct gbx_gate_job job;
	char name[64];
	size_t i, n;

	for (i = 0; i < case_jobs(); i++) {
		case_job(i, &job);
		n = gbx_gate_pack_job(&job, wire);
		snprintf(name, sizeof(name), "job%02zu", i);
		save(dir, name, wire, n);
	}
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: make-seeds GATE_DIR JOBMSG_DIR\n");
		return 64;
	}
	gate_seeds(argv[1]);
	jobmsg_seeds(argv[2]);
	return 0;
}
