/* SPDX-License-Identifier: ISC */
/*
 * The lies of the hostile kit as a table, and the pieces that their scripts are
 * put together of (tests/hostile/README.md has the words).
 * Side: tests; uses the public header alone.
 */
#ifndef GBX_TESTS_SUPPORT_LIES_H
#define GBX_TESTS_SUPPORT_LIES_H

#include <stddef.h>
#include <stdint.h>

#include <glovebox.h>

#include "tests/support/liar.h"

/* How the job differs from liar_job's. */
enum lie_setup {
	USUAL,
	PROBE,
	THUMB,
	FRAMES, /* decode, LIE_FRAMES of them */
	META,	/* probe, with metadata */
	DOCX,
	SHORT_WALL,
	SHORT_CPU,
	SMALL_ARENA,
	FEW_PIXELS,
	FEW_RECORDS,
	SHORT_TEXT,
	ROOM, /* output for a million records, which the limit forbids */
	MANY, /* the same, and it allows them */
};

struct lie_want {
	enum gbx_verdict verdict;
	enum gbx_limit limit;
	int signal; /* -1: that of a forbidden call, which lockdowns differ in
		     */
	const char *field;
};

struct lie {
	enum liar_kind kind;
	enum lie_setup setup;
	const char *name, *script;
	struct lie_want filter, strict;
};

/* tests/hostile/lies.def. */
extern const struct lie lies[];
extern const size_t n_lies;

#define LIE_SHORT_MS   150
#define LIE_BOX	       16
#define LIE_FRAMES     4
#define LIE_ROOM_BYTES (8 << 20)

void lie_job(const struct lie *lie, struct gbx_job *ret_job);
const struct lie_want *lie_want(const struct lie *lie, uint32_t lockdown);
int lie_signal(const struct lie_want *want, uint32_t lockdown);

/* ---- pieces of scripts --------------------------------------------------- */

/* clang-format off */
#define RASTER "5{ 1=8 2=8 3=32 4=1 }"
#define BLOCK  "6{ 1=1 3=256 " RASTER " }"
#define ITEM   "2{ 1=1 2=1 5=1 " BLOCK " }"
#define DATA   "fill 0 256 0x7f "
#define SEND   " commit exit 0"
#define GOOD   DATA "nonce " ITEM SEND
/* A good reply, and then something else. */
#define GOOD_THEN(deed)	 DATA "nonce " ITEM " commit " deed " exit 0"
/* GOOD with another block, another geometry. */
#define PIXELS(block)	 DATA "nonce 2{ 1=1 2=1 5=1 6{ " block " } }" SEND
#define GEOMETRY(raster) PIXELS("1=1 3=256 5{ " raster " }")
/* Three frames of 8 x 8 in a block of FRAMES' job, and 12 bytes behind it. */
#define STRIP(total, raster, n, blocks) \
	"fill 0 768 0x7f poke 768 " n " nonce 2{ 1=1 2=1 5=" total " 6{ 1=1 " \
	raster " } " blocks " }" SEND
#define THREE "3=768 5{ 1=8 2=8 3=32 4=1 8=3 }"
#define TIMES "6{ 1=5 2=768 3=12 }"
/* A probe of 8 x 8 and records behind it. */
#define TAGGED(record, blocks) \
	record " data 0 nonce 2{ 1=1 2=1 5=1 " blocks " }" SEND
#define PROBED "6{ 1=1 5{ 1=8 2=8 4=1 } }"
/* A text of n bytes and records behind it. */
#define DOCUMENT(hex, n, records, count) \
	"poke 0 " hex " " records " data 64 nonce 2{ 1=1 2=2 5=1 6{ 1=2 3=" n \
	" } 6{ 1=3 2=64 3=$ 6=" count " } }" SEND
/* Honest but for where the records are. */
#define BEHIND(place) \
	"poke 0 68656c6c6f " PROPERTY " data 64 nonce 2{ 1=1 2=2 5=1 " \
	"6{ 1=2 3=5 } 6{ 1=3 " place " 6=1 } }" SEND
#define TEXT(hex, n, records)	DOCUMENT(hex, #n, records, "1")
#define PROPERTY		"rec{ 1=1 3/title 8/x }"
#define RECORD(record)		TEXT("68656c6c6f", 5, record)
#define RECORDS(records, count) DOCUMENT("68656c6c6f", "5", records, count)

/* ---- verdicts ------------------------------------------------------------ */

#define OK		{GBX_VERDICT_OK, GBX_LIMIT_NONE, 0, NULL}
#define VERDICT(v)	{GBX_VERDICT_##v, GBX_LIMIT_NONE, 0, NULL}
#define LIMIT(l)	{GBX_VERDICT_LIMIT, GBX_LIMIT_##l, 0, NULL}
#define LATE		{GBX_VERDICT_DEADLINE, GBX_LIMIT_WALL, 0, NULL}
#define CRASH(sig)	{GBX_VERDICT_CRASHED, GBX_LIMIT_NONE, sig, NULL}
#define BAD(field)	{GBX_VERDICT_BAD_REPLY, GBX_LIMIT_NONE, 0, field}
/* The signal differs: strict mode kills with SIGKILL (seccomp(2)). */
#define FORBIDDEN	{GBX_VERDICT_VIOLATION, GBX_LIMIT_NONE, -1, NULL}
/* clang-format on */

#endif
