/* SPDX-License-Identifier: ISC */
/* Looking through another process's memory. Side: tests; see look.h. */
#include "tests/sandbox/scanner/look.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/cmocka.h"

#define NEEDLE_MAX 64

struct needle {
	const void *p;
	size_t length;
};

int
look_open(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static size_t
hits_in(const char *p, size_t n, const struct needle *needle)
{
	const char *end = p + n;
	size_t hits = 0;

	while ((p = memmem(p, (size_t)(end - p), needle->p, needle->length)) !=
	       NULL) {
		hits++;
		p++;
	}
	return hits;
}

/* proc_pid_pagemap(5): bit 63 present, 62 swapped. */
static bool
is_there(int pagemap, uint64_t at)
{
	uint64_t entry = 0;

	if (pread(pagemap, &entry, 8, (off_t)(at / 4096 * 8)) != 8)
		return true; /* the kernel does not tell: look */
	return entry >> 62 != 0;
}

static void
look_at_range(int mem, int pagemap, uint64_t from, uint64_t to,
    const struct needle *needle, struct look *ret)
{
	/* The end of the page before: a marker may lie across. */
	static char page[NEEDLE_MAX + 4096];
	uint64_t at;

	memset(page, 0, sizeof(page));
	for (at = from; at < to; at += 4096) {
		if (!is_there(pagemap, at) ||
		    pread(mem, page + NEEDLE_MAX, 4096, (off_t)at) != 4096) {
			memset(page, 0, NEEDLE_MAX);
			continue;
		}
		ret->pages++;
		ret->hits += hits_in(page + NEEDLE_MAX - needle->length + 1,
		    needle->length + 4095, needle);
		memcpy(page, page + 4096, NEEDLE_MAX);
	}
}

/* All pages that this process has. */
void
look_at(pid_t pid, const void *needle, size_t length, struct look *ret)
{
	const struct needle what = {needle, length};
	int mem = look_open(pid, "mem"), pagemap = look_open(pid, "pagemap");
	int fd = look_open(pid, "maps");
	uint64_t from, to;
	char line[512];
	FILE *maps;

	memset(ret, 0, sizeof(*ret));
	assert_in_range(length, 1, NEEDLE_MAX);
	assert_true(mem >= 0 && pagemap >= 0 && fd >= 0);
	maps = fdopen(fd, "r");
	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps) != NULL)
		if (sscanf(line, "%" SCNx64 "-%" SCNx64, &from, &to) == 2 &&
		    from < (uint64_t)1 << 47)
			look_at_range(mem, pagemap, from, to, &what, ret);
	fclose(maps);
	close(mem);
	close(pagemap);
}
