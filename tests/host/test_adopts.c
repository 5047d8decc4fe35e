/* SPDX-License-Identifier: ISC */
/*
 * A host that adopts orphans, as the first process of a container does: those
 * that close what init and a copier inherited are not left to it as zombies
 * because one of them had to wait, here for a file server that takes its time.
 * Side: caller.
 *
 * Fails if taken out: wait_for_late in sandboxed_parsers/init/inherit.c.
 */
#include "tests/support/cmocka.h"

#include <fcntl.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/fuse.h"
#include "tests/support/host.h"
#include "tests/support/proc.h"

#define TRIES 10 /* on a busy machine even that server may look dead */

static struct fuse fuse;

static bool
run_pipe(struct gbx_broker *broker)
{
	struct gbx_result *r = NULL;
	struct gbx_input input;
	struct gbx_job job;
	bool right;
	int fd[2];

	host_job(HOST_SMALL, &input, &job);
	if (pipe2(fd, O_CLOEXEC) != 0 ||
	    write(fd[1], input.data, input.length) != (ssize_t)input.length)
		return false;
	close(fd[1]);
	input.data = NULL;
	input.length = 0;
	input.fd = fd[0];
	right = gbx_run(broker, &input, &job, &r) == GBX_OK &&
		host_right(HOST_SMALL, r);
	gbx_result_free(r);
	close(fd[0]);
	return right;
}

/* Its exit status: 2 and the number of zombies. */
static int
adopt(void)
{
	struct gbx_broker *broker;
	struct census left;
	int fd;

	proc_adopt();
	fd = open(fuse.file, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	fuse_be_late(&fuse);
	broker = host_open();
	CHECK(broker != NULL);
	CHECK(run_pipe(broker));
	gbx_broker_close(broker);
	(void)census_none_after(500);
	left = census_processes();
	_exit(left.alive == 0 ? 2 + left.zombies : 1);
}

static void
test_late_close(void **state)
{
	struct gbx_input input;
	struct gbx_job job;
	int i, zombies = 1;

	(void)state;
	host_job(HOST_SMALL, &input, &job);
	if (!fuse_mount(&fuse, input.data, input.length)) {
		print_message("# no FUSE here: %s\n", fuse.why);
		skip();
	}
	for (i = 0; i < TRIES && zombies != 0; i++)
		zombies = host_in_child(adopt, 60) - 2;
	fuse_unmount(&fuse);
	print_message("# no zombie at try %d\n", i);
	assert_int_equal(zombies, 0);
}

static int
set_up(void **state)
{
	(void)state;
	return host_prepare_quick() ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_late_close),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
	    "adopts", tests, set_up, host_nothing_left);
}
