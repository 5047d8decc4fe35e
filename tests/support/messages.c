/* SPDX-License-Identifier: ISC */
/* See messages.h. Side: tests. */
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/messages.h"

#define SHORTEST 8

struct search {
	const struct messages *m;
	const char *text; /* looked for, or NULL */
	size_t found, missing;
};

/* ---- the memory that a library is loaded to, which holds its texts ------- */

static bool
is_wanted(const struct messages *m, const char *name)
{
	size_t i;

	for (i = 0; m->libraries[i] != NULL; i++)
		if (strstr(name, m->libraries[i]) != NULL)
			return true;
	return false;
}

static bool
is_text(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((s[i] < ' ' || s[i] > '~') && s[i] != '\n' && s[i] != '\t')
			return false;
	return n >= SHORTEST && memchr(s, ' ', n) != NULL;
}

/* As the library would say it first of all: what it fills in stands behind. An
 * expression of an assertion is none. */
static bool
needs_row(const struct messages *m, const char *text)
{
	size_t i;

	if (strstr(text, " == ") != NULL || strstr(text, " != ") != NULL)
		return false;
	for (i = 0; m->words[i] != NULL; i++)
		if (strstr(text, m->words[i]) != NULL)
			return true;
	return false;
}

static void
judge(struct search *s, const char *text)
{
	if (!needs_row(s->m, text))
		return;
	s->found++;
	if (gbx_means_of_text(s->m->table, s->m->rows, text) !=
	    GBX_MEANS_NOTHING)
		return;
	s->missing++;
	print_message("# in no row: %s\n", text);
}

static void
read_texts(struct search *s, const char *at, const char *end)
{
	const char *stop;

	for (; at < end; at = stop + 1) {
		stop = memchr(at, '\0', (size_t)(end - at));
		if (stop == NULL)
			return;
		if (is_text(at, (size_t)(stop - at)))
			judge(s, at);
	}
}

static int
look(struct dl_phdr_info *info, size_t size, void *user)
{
	struct search *s = user;
	int i;

	(void)size;
	if (!is_wanted(s->m, info->dlpi_name))
		return 0;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		const char *at = (const char *)(info->dlpi_addr + p->p_vaddr);

		if (p->p_type != PT_LOAD || p->p_flags != PF_R)
			continue;
		if (s->text == NULL)
			read_texts(s, at, at + p->p_memsz);
		else if (memmem(at, p->p_memsz, s->text, strlen(s->text)))
			s->found++;
	}
	return 0;
}

void
messages_are_said(const struct messages *m)
{
	struct search s = {.m = m};
	size_t i;

	for (i = 0; i < m->rows; i++) {
		s.found = 0;
		s.text = m->table[i].text + (m->table[i].text[0] == '*');
		dl_iterate_phdr(look, &s);
		if (s.found == 0)
			fail_msg("no library says %s", s.text);
	}
}

void
messages_are_told(const struct messages *m, size_t least)
{
	struct search s = {.m = m};

	dl_iterate_phdr(look, &s);
	assert_true(s.found >= least);
	assert_int_equal(s.missing, 0);
}
