/* SPDX-License-Identifier: ISC */
/*
 * A format's parser and its library without the glovebox: in this process,
 * with libc's malloc, nothing locked, nothing checked. What
 * bench/formats/table.py holds the sandbox against. Never for a file that one
 * does not know. Side: bench; the runtime's sink and one parser are linked in.
 *
 * usage: alone N FILE      decodes it N times, prints the milliseconds of each
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sandboxed_parsers/runtime/arena.h"
#include "sandboxed_parsers/runtime/sink.h"

static const uint64_t limits[GBX_LIMIT_COUNT] = {
#define GBX_LIMIT(num, ID, name, unit, def, ceil, text) [num] = (def),
#include "schemas/limits.def"
};

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Fresh memory for the pixels each time, as a caller would have it. */
static double
decode(const void *data, size_t size, size_t room)
{
	struct gbx_task task = {
	    .op = GBX_WIRE_OP_DECODE, .count = 1, .data = data, .size = size};
	struct gbx_sink sink;
	double began = now_ms();
	size_t i;
	void *out = mmap(NULL, room, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (out == MAP_FAILED)
		return -1;
	for (i = 0; i < GBX_LIMIT_COUNT; i++)
		task.limit[i] = limits[i];
	gbx_arena_forget_exhausted();
	gbx_sink_open(&sink, &task, out, room, 0);
	gbx_sink_close(&sink, gbx_parser.run(&task, &sink));
	munmap(out, room);
	return sink.status == GBX_WIRE_OK ? now_ms() - began : -1;
}

int
main(int argc, char **argv)
{
	char line[32];
	struct stat st;
	double ms = 0;
	void *data;
	int fd, n;

	if (argc != 3 || (fd = open(argv[2], O_RDONLY | O_CLOEXEC)) < 0 ||
	    fstat(fd, &st) != 0) {
		fputs("usage: alone N FILE\n", stderr);
		return 64;
	}
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return 71;
	if (gbx_parser.prepare != NULL)
		gbx_parser.prepare();
	for (n = atoi(argv[1]); n > 0 && ms >= 0; n--) {
		ms = decode(
		    data, (size_t)st.st_size, limits[GBX_WIRE_LIMIT_OUTPUT]);
		/* Not by stdio: runtime/quiet.c has swallowed it. */
		(void)!write(1, line,
		    (size_t)snprintf(line, sizeof(line), "%.3f\n", ms));
	}
	return ms >= 0 ? 0 : 65;
}
