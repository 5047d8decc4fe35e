/* SPDX-License-Identifier: ISC */
/*
 * lies.def as data, for programs in other languages: a JSON object a line, with
 * the input in hexadecimal, what to ask for, and the answer that is due under
 * each lockdown. Side: tests; no broker, only the table.
 */
#include "tests/support/cmocka.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/lies.h"

static const char *const op_name[] = {
    [GBX_OP_PROBE] = "probe",
    [GBX_OP_DECODE] = "decode",
    [GBX_OP_THUMBNAIL] = "thumbnail",
    [GBX_OP_TEXT] = "text",
};

/* The names in the table are plain ASCII. */
static void
print_string(const char *key, const char *text)
{
	printf("\"%s\": \"", key);
	for (; *text != '\0'; text++)
		printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	printf("\"");
}

static void
print_limits(const struct gbx_job *job)
{
	const char *comma = "";
	int i;

	printf(", \"limits\": {");
	for (i = 1; i < GBX_LIMIT_ROOM; i++) {
		if (job->limit[i] == 0)
			continue;
		printf("%s\"%s\": %llu", comma,
		    gbx_limit_name((enum gbx_limit)i),
		    (unsigned long long)job->limit[i]);
		comma = ", ";
	}
	printf("}");
}

static void
print_want(const struct lie_want *want, uint32_t lockdown)
{
	int signal = lie_signal(want, lockdown);

	printf(", \"%s\": {",
	    lockdown == GBX_LOCKDOWN_STRICT ? "strict" : "filter");
	print_string("verdict", gbx_verdict_name(want->verdict));
	if (want->field != NULL) {
		printf(", ");
		print_string("field", want->field);
	}
	if (want->limit != GBX_LIMIT_NONE && want->limit != GBX_LIMIT_WALL) {
		printf(", ");
		print_string("limit", gbx_limit_name(want->limit));
	}
	if (signal != 0)
		printf(", \"signal\": \"SIG%s\"", sigabbrev_np(signal));
	printf("}");
}

static void
print_lie(const struct lie *lie)
{
	struct gbx_job job;
	size_t i, length;
	char *input = liar_input(lie->kind, lie->script, &length);

	lie_job(lie, &job);
	printf("{");
	print_string("name", lie->name);
	printf(", \"op\": \"%s\"", lie->setup == FRAMES ? "frames"
				   : lie->setup == META ? "metadata"
							: op_name[job.op]);
	if (lie->setup == FRAMES)
		printf(", \"frames\": %d", LIE_FRAMES);
	if (lie->setup == DOCX)
		printf(", \"type\": \"docx\"");
	if (lie->setup == THUMB)
		printf(", \"box\": %d", LIE_BOX);
	print_limits(&job);
	print_want(lie_want(lie, GBX_LOCKDOWN_FILTER), GBX_LOCKDOWN_FILTER);
	print_want(lie_want(lie, GBX_LOCKDOWN_STRICT), GBX_LOCKDOWN_STRICT);
	printf(", \"input\": \"");
	for (i = 0; i < length; i++)
		printf("%02x", (unsigned int)(uint8_t)input[i]);
	printf("\"}\n");
	free(input);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < n_lies; i++)
		print_lie(&lies[i]);
	return ferror(stdout) != 0;
}
