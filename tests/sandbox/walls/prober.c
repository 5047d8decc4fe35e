/* SPDX-License-Identifier: ISC */
/* The prober's frame: finds the probe that the input names. Side: hostile. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sandboxed_parsers/runtime/sink.h"
#include "tests/sandbox/walls/prober.h"

/* All workers of a zygote have it at one address. */
const volatile char walls_own_secret[WALLS_LOOT] = "of-a-sibling-15";

static const struct walls_probe *const rooms[] = {
    walls_file_probes,
    walls_mount_probes,
    walls_net_probes,
    walls_process_probes,
    walls_kernel_probes,
};

int
walls_failed(void)
{
	return errno != 0 ? errno : EIO;
}

int
walls_result(long r)
{
	return r == -1 ? walls_failed() : 0;
}

const char *
walls_planted(const struct walls_order *o, const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", o->dir, name);
	return path;
}

int
walls_take(int fd, struct walls_answer *answer)
{
	ssize_t n;

	if (fd < 0)
		return walls_failed();
	n = read(fd, answer->loot, WALLS_LOOT);
	if (n < 0) {
		n = -walls_failed();
		close(fd);
		return (int)-n;
	}
	close(fd);
	return 0;
}

void
walls_meet(struct walls_answer *answer)
{
	struct timespec ms = {0, 1000000};
	int i;

	answer->stage = 1;
	for (i = 0; i < 2000 && answer->go == 0; i++)
		nanosleep(&ms, NULL);
}

static const struct walls_probe *
find(const char *name)
{
	const struct walls_probe *p;
	size_t i;

	for (i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++)
		for (p = rooms[i]; p->name != NULL; p++)
			if (strcmp(p->name, name) == 0)
				return p;
	return NULL;
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	struct walls_answer *answer;
	const struct walls_probe *probe;
	struct walls_order order;

	/* A broker's input, perhaps: nothing of ours. */
	if (task->size != sizeof(order) || sink->out_size < sizeof(*answer))
		return GBX_WIRE_UNSUPPORTED;
	memcpy(&order, task->data, sizeof(order));
	answer = (struct walls_answer *)(void *)sink->out;
	probe = find(order.probe);
	if (probe == NULL)
		return GBX_WIRE_UNSUPPORTED;
	errno = 0;
	answer->err = probe->run(&order, answer);
	answer->done = 1;
	return GBX_WIRE_MALFORMED;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_PNG,
    .run = run,
};
