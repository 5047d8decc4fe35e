/* SPDX-License-Identifier: ISC */
/*
 * One main for every fuzz target. Compiled by afl-clang-fast it is AFL++'s
 * persistent loop; by any other compiler it replays files: every file of the
 * directories (or files) named, the target's seeds/ and found/ by default, one
 * line of TAP for each. A file that kills the target, or keeps it longer than
 * REPLAY_SECONDS, is "not ok" and the next one still gets its turn.
 */
#include <stddef.h>
#include <stdint.h>

#include "fuzz/fuzz.h"

#ifdef __AFL_COMPILER

#include <unistd.h>

/* AFL++'s own macros do not count in our warnings. */
#pragma clang diagnostic ignored "-Wconversion"

__AFL_FUZZ_INIT();

int
main(void)
{
	const unsigned char *buf;
	size_t n;

	__AFL_INIT();
	buf = __AFL_FUZZ_TESTCASE_BUF;
	while (__AFL_LOOP(20000)) {
		n = (size_t)__AFL_FUZZ_TESTCASE_LEN;
		gbx_fuzz_one(buf, n);
	}
	return 0;
}

#else

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define REPLAY_SECONDS 30
#define INPUT_MAX      (64u << 20)

struct list {
	char **path;
	size_t n, room;
};

static void
die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
add(struct list *list, const char *path)
{
	if (list->n == list->room) {
		list->room = list->room * 2 + 64;
		list->path =
		    realloc(list->path, list->room * sizeof(*list->path));
		if (list->path == NULL)
			die("realloc");
	}
	list->path[list->n] = strdup(path);
	if (list->path[list->n++] == NULL)
		die("strdup");
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
drop(struct list *list)
{
	while (list->n > 0)
		free(list->path[--list->n]);
	free(list->path);
}

/* A file, or every regular file of a directory; dot files are not cases. */
static void
gather(struct list *list, const char *path)
{
	struct dirent *entry;
	size_t first = list->n;
	struct stat st;
	char *name;
	DIR *dir;

	if (stat(path, &st) < 0)
		die(path);
	if (!S_ISDIR(st.st_mode)) {
		add(list, path);
		return;
	}
	dir = opendir(path);
	if (dir == NULL)
		die(path);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&name, "%s/%s", path, entry->d_name) < 0)
			die("asprintf");
		if (stat(name, &st) == 0 && S_ISREG(st.st_mode))
			add(list, name);
		free(name);
	}
	closedir(dir);
	if (list->n > first)
		qsort(list->path + first, list->n - first, sizeof(*list->path),
		    by_name);
}

/* An exact allocation, so that a sanitizer sees one byte too far. */
static void
replay_one(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	uint8_t *data;
	size_t n;

	if (file == NULL || fstat(fileno(file), &st) < 0 ||
	    st.st_size > INPUT_MAX)
		die(path);
	n = (size_t)st.st_size;
	data = malloc(n > 0 ? n : 1);
	if (data == NULL || fread(data, 1, n, file) != n)
		die(path);
	fclose(file);
	alarm(REPLAY_SECONDS);
	gbx_fuzz_one(data, n);
	alarm(0);
	free(data);
}

/* In a child, from *done on; *done is shared and counts what went well. */
static int
replay_from(const struct list *list, volatile size_t *done)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		for (; *done < list->n; ++*done)
			replay_one(list->path[*done]);
		exit(0); /* not _exit: LeakSanitizer looks at exit */
	}
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	return status;
}

static size_t
replay(const struct list *list)
{
	volatile size_t *done;
	size_t said = 0, bad = 0;
	int status;

	done = mmap(NULL, sizeof(*done), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (done == MAP_FAILED)
		die("mmap");
	printf("1..%zu\n", list->n + 1);
	do {
		status = replay_from(list, done);
		for (; said < *done; said++)
			printf("ok %zu - %s\n", said + 1, list->path[said]);
		if (status == 0 || *done == list->n)
			break;
		printf("not ok %zu - %s\n# status %#x\n", said + 1,
		    list->path[said], (unsigned)status);
		bad++;
		said++;
		++*done;
	} while (*done < list->n);
	printf("%sok %zu - the replay ended cleanly\n", status ? "not " : "",
	    list->n + 1);
	return bad + (status != 0);
}

int
main(int argc, char **argv)
{
	struct list list = {0};
	size_t bad;
	int i;

	for (i = 1; i < argc; i++)
		gather(&list, argv[i]);
	if (argc == 1) {
		gather(&list, "fuzz/" GBX_FUZZ_TARGET "/seeds");
		if (access("fuzz/" GBX_FUZZ_TARGET "/found", F_OK) == 0)
			gather(&list, "fuzz/" GBX_FUZZ_TARGET "/found");
	}
	if (list.n == 0) {
		printf("1..1\nnot ok 1 - no files to replay\n");
		return 1;
	}
	bad = replay(&list);
	drop(&list);
	return bad > 0;
}

#endif
