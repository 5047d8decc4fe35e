/* SPDX-License-Identifier: ISC */
/* The lies of the hostile kit as a table. Side: tests. */
#include "tests/support/cmocka.h"

#include <signal.h>

#include <string.h>

#include "tests/support/lies.h"
#include "tests/support/tsc.h"

/* clang-format off */
const struct lie lies[] = {
#define LIE(kind, setup, name, script, want) \
	{LIAR_##kind, setup, #kind ": " name, script, want, want},
#define LIE2(kind, setup, name, script, filter, strict) \
	{LIAR_##kind, setup, #kind ": " name, script, filter, strict},
#include "tests/hostile/lies.def"
};
/* clang-format on */
const size_t n_lies = sizeof(lies) / sizeof(lies[0]);

void
lie_job(const struct lie *lie, struct gbx_job *job)
{
	enum gbx_op op = lie->kind == LIAR_PNG ? GBX_OP_DECODE : GBX_OP_TEXT;

	if (lie->setup == PROBE || lie->setup == META)
		op = GBX_OP_PROBE;
	else if (lie->setup == THUMB)
		op = GBX_OP_THUMBNAIL;
	liar_job(job, op);
	if (lie->setup == THUMB)
		job->box_w = job->box_h = LIE_BOX;
	if (lie->setup == FRAMES)
		job->count = LIE_FRAMES;
	if (lie->setup == META)
		job->want = GBX_WANT_METADATA;
	if (lie->setup == SHORT_WALL)
		job->limit[GBX_LIMIT_WALL] = LIE_SHORT_MS;
	if (lie->setup == SHORT_CPU)
		job->limit[GBX_LIMIT_CPU] = LIE_SHORT_MS;
	if (lie->setup == SMALL_ARENA)
		job->limit[GBX_LIMIT_MEMORY] = 8 << 20;
	if (lie->setup == FEW_PIXELS)
		job->limit[GBX_LIMIT_PIXELS] = 64;
	if (lie->setup == FEW_RECORDS)
		job->limit[GBX_LIMIT_RECORDS] = 2;
	if (lie->setup == SHORT_TEXT)
		job->limit[GBX_LIMIT_TEXT] = 4;
	if (lie->setup == ROOM || lie->setup == MANY) {
		job->limit[GBX_LIMIT_OUTPUT] = LIE_ROOM_BYTES;
		job->limit[GBX_LIMIT_TEXT] = LIE_ROOM_BYTES;
	}
	if (lie->setup == MANY)
		job->limit[GBX_LIMIT_RECORDS] = 1000000;
}

/* Where a virtual machine lets rdtsc through, it is a lie without a reply. */
static const struct lie_want no_reply = {
    .verdict = GBX_VERDICT_BAD_REPLY, .field = "item.format"};

const struct lie_want *
lie_want(const struct lie *lie, uint32_t lockdown)
{
	if (strcmp(lie->script, "rdtsc") == 0 && !tsc_is_held())
		return &no_reply;
	return lockdown == GBX_LOCKDOWN_STRICT ? &lie->strict : &lie->filter;
}

/* seccomp(2): strict mode kills with SIGKILL. */
int
lie_signal(const struct lie_want *want, uint32_t lockdown)
{
	if (want->signal >= 0)
		return want->signal;
	return lockdown == GBX_LOCKDOWN_STRICT ? SIGKILL : SIGSYS;
}
