/* SPDX-License-Identifier: ISC */
/*
 * The ooxml/ and zip/ files of the corpus, in-process and only under a
 * sanitizer: no file of a stranger is opened without one outside of a sandbox.
 * Honest documents give text, bombs and broken ones end in a word, archives of
 * other kinds are not guessed at, and all of it at once.
 * Side: tests.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/unit/ooxml/docs.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define SLOW_MS 3000

static const char *const words[] = {
    "?", "ok", "malformed", "unsupported", "limit"};

static int tests, failures;
static const char *corpus;

static void
say(bool good, const char *file, const struct run *run, long ms)
{
	tests++;
	if (!good)
		failures++;
	printf("%sok %d - %s: %s, limit %u, flags %#x, %ld ms\n",
	    good ? "" : "not ", tests, file, words[run->sink.status],
	    run->sink.limit, run->flags, ms);
}

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
slurp(const char *path, struct mkzip_bytes *ret)
{
	char buf[65536];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return false;
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		mkzip_put(ret, buf, n);
	fclose(f);
	return true;
}

/* What may come of the files of a folder. A `valid` document that is no ZIP at
 * all (one is an OLE file by another name) is malformed. */
static bool
fits(const char *folder, const struct mkzip_bytes *in, uint32_t status)
{
	if (strcmp(folder, "ooxml/valid") == 0)
		return status == (in->n >= 4 && memcmp(in->p, "PK", 2) == 0
					 ? GBX_WIRE_OK
					 : GBX_WIRE_MALFORMED);
	if (strncmp(folder, "zip/", 4) == 0)
		return status != GBX_WIRE_OK;
	if (strcmp(folder, "ooxml/bomb") == 0)
		return status == GBX_WIRE_LIMIT ||
		       status == GBX_WIRE_UNSUPPORTED;
	return true;
}

static void
check_file(const char *folder, const char *name)
{
	struct mkzip_bytes in = {0};
	char path[4096];
	struct run run;
	long ms;

	snprintf(path, sizeof(path), "%s/%s/%s", corpus, folder, name);
	run_init(&run);
	if (slurp(path, &in)) {
		ms = now_ms();
		run_bytes(&run, in.p, in.n);
		ms = now_ms() - ms;
		say(fits(folder, &in, run.sink.status) && ms < SLOW_MS,
		    strrchr(path, '/') + 1, &run, ms);
	} else {
		say(false, name, &run, 0);
	}
	run_free(&run);
	free(in.p);
}

/* Returns false if there is no such folder. */
static bool
check_folder(const char *folder)
{
	struct dirent *entry;
	char path[4096];
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", corpus, folder);
	dir = opendir(path);
	if (dir == NULL)
		return false;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			check_file(folder, entry->d_name);
	closedir(dir);
	return true;
}

int
main(void)
{
	static const char *const folders[] = {"ooxml/valid", "ooxml/hostile",
	    "ooxml/bomb", "zip/valid", "zip/corrupt", "zip/hostile",
	    "zip/bomb"};
	size_t i, missing = 0;

	corpus = getenv("GBX_CORPUS");
	if (corpus == NULL || corpus[0] == '\0')
		corpus = "../shared/corpus";
	if (!SANITIZED) {
		printf("1..1\nok 1 - the corpus is opened in the asan build "
		       "only\n");
		return 0;
	}
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		missing += !check_folder(folders[i]);
	if (missing > 0) {
		printf("ok %d - OOXML files # SKIP no corpus, or not all of "
		       "it\n",
		    ++tests);
	}
	printf("1..%d\n", tests);
	return failures != 0;
}
