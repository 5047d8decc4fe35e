/* SPDX-License-Identifier: ISC */
/* A header with samples in it; see print.h. Side: tests. */
#include "tests/samples/print.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
print_upper(const char *s)
{
	for (; *s != '\0'; s++)
		putchar(toupper((unsigned char)*s));
}

static void
print_head(const char *format)
{
	printf("/* SPDX-License-Identifier: ISC */\n"
	       "/*\n"
	       " * Pictures that warm a worker up, one for each path through\n"
	       " * the decoder. Made by tests/samples/%s.c (`make samples`);\n"
	       " * don't edit.\n"
	       " * Side: setup. Included by %s.c alone.\n"
	       " */\n"
	       "#ifndef GBX_",
	    format, format);
	print_upper(format);
	printf("_SAMPLES_H\n#define GBX_");
	print_upper(format);
	printf("_SAMPLES_H\n\n"
	       "#include \"sandboxed_parsers/runtime/parser.h\"\n\n"
	       "/* clang-format off */\n");
}

static void
print_array(const struct sample *s)
{
	size_t i;

	printf("static const uint8_t sample_%s[] = {", s->name);
	for (i = 0; i < s->size; i++)
		printf("%s0x%02x,", i % 12 == 0 ? "\n    " : " ", s->data[i]);
	printf("\n};\n\n");
}

static int
is_new(const struct sample *samples, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (strcmp(samples[k].name, samples[i].name) == 0)
			return 0;
	return 1;
}

/* The operation, and a box of 64. */
static uint8_t
mode_of(const char *op)
{
	if (strcmp(op, "PROBE") == 0)
		return 0x8;
	return strcmp(op, "DECODE") == 0 ? 0x9 : 0xa;
}

static void
write_seed(const char *dir, const struct sample *s)
{
	uint8_t mode = mode_of(s->op);
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s-%s", dir, s->name, s->op);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(s->data, 1, s->size, f) != s->size ||
	    fwrite(&mode, 1, 1, f) != 1 || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

void
print_samples(const char *format, const char *seeds,
    const struct sample *samples, size_t n)
{
	size_t i;

	for (i = 0; seeds != NULL && i < n; i++)
		write_seed(seeds, &samples[i]);

	print_head(format);
	for (i = 0; i < n; i++)
		if (is_new(samples, i))
			print_array(&samples[i]);
	printf("static const struct gbx_sample samples[] = {\n");
	for (i = 0; i < n; i++) {
		printf("    {\"%s\", sample_%s, sizeof(sample_%s), "
		       "GBX_WIRE_OP_%s},\n",
		    samples[i].name, samples[i].name, samples[i].name,
		    samples[i].op);
		free(samples[i].data);
	}
	printf("};\n/* clang-format on */\n\n#endif\n");
}
