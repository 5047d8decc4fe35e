/* SPDX-License-Identifier: ISC */
/* A table that people read, and the same as JSON. Side: none. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

#define NAME_WIDTH   34
#define COLUMN_WIDTH 11

static FILE *json;
static const char *const *columns;
static const char *section;
static int missed, targets, rows;

void
report_open(const char *path)
{
	if (path == NULL)
		return;
	json = fopen(path, "we");
	if (json == NULL) {
		perror(path);
		exit(1);
	}
	fputs("{\"rows\": [", json);
}

void
report_section(const char *title, const char *const *names)
{
	section = title;
	columns = names;
	printf("\n%-*s", NAME_WIDTH, title);
	for (; *names != NULL; names++)
		printf("%*s", COLUMN_WIDTH, *names);
	printf("   target\n");
}

static void
print_value(double v)
{
	if (isnan(v))
		printf("%*s", COLUMN_WIDTH, "");
	else
		printf("%*.*f", COLUMN_WIDTH,
		    fabs(v) >= 100  ? 0
		    : fabs(v) >= 10 ? 1
				    : 2,
		    v);
}

static bool
is_met(const double *values, const struct target *t)
{
	double v = values[t->column];

	return t->bound == AT_MOST ? v <= t->value : v >= t->value;
}

static void
write_json(const char *name, const double *values, const struct target *t)
{
	int i;

	if (json == NULL)
		return;
	fprintf(json, "%s\n  {\"section\": \"%s\", \"name\": \"%s\"",
	    rows++ > 0 ? "," : "", section, name);
	for (i = 0; columns[i] != NULL; i++)
		if (!isnan(values[i]))
			fprintf(json, ", \"%s\": %.3f", columns[i], values[i]);
	if (t != NULL)
		fprintf(json,
		    ", \"target\": {\"column\": \"%s\", \"%s\": %.3f, "
		    "\"met\": %s}",
		    columns[t->column],
		    t->bound == AT_MOST ? "at_most" : "at_least", t->value,
		    is_met(values, t) ? "true" : "false");
	fputs("}", json);
}

void
report_row(const char *name, const double *values, const struct target *target)
{
	int i;

	printf("%-*s", NAME_WIDTH, name);
	for (i = 0; columns[i] != NULL; i++)
		print_value(values[i]);
	if (target != NULL) {
		targets++;
		missed += !is_met(values, target);
		printf("   %s %s %.4g: %s", columns[target->column],
		    target->bound == AT_MOST ? "<=" : ">=", target->value,
		    is_met(values, target) ? "met" : "MISSED");
	}
	printf("\n");
	fflush(stdout);
	write_json(name, values, target);
}

void
report_note(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	printf("  ");
	vprintf(format, ap);
	printf("\n");
	va_end(ap);
}

int
report_close(void)
{
	if (json != NULL) {
		fprintf(json, "\n], \"targets\": %d, \"missed\": %d}\n",
		    targets, missed);
		if (fclose(json) != 0)
			perror("bench: writing JSON");
	}
	printf("\n%d of %d targets met\n", targets - missed, targets);
	return missed;
}
