/* SPDX-License-Identifier: ISC */
/*
 * One line of the scoreboard that `make check` prints at its end.
 * Side: tests.
 */
#ifndef GBX_TESTS_SCORE_H
#define GBX_TESTS_SCORE_H

/* Says `# score NAME VALUE TARGET`, on a line of its own. tests/run adds up
 * what programs say under one name and counts a missed target as a failure.
 * name: no spaces, the thing first ("calls-tried"). target: "==N", "<=N",
 * ">=N", which must then be the same wherever the name is used, or "-" for a
 * figure that is told, not judged. */
void score(const char *name, unsigned long long value, const char *target);

/* true: the long form was asked for (GBX_SOAK=1; `make soak`). */
_Bool score_long_form(void);

#endif
