/* SPDX-License-Identifier: ISC */
/*
 * A user namespace in which root has no id, as thumbnailers make them: root's
 * workers look like a stranger's there. Executed only from a mount that nobody
 * can write through. Side: caller. Needs root, and workers that are root's.
 *
 * Fails if taken out: on_readonly_mount, or is_mapped, in broker/owner.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/cmocka.h"
#include "tests/support/host.h"
#include "tests/support/root.h"

#define USER	 1000
#define READONLY "/mnt"

/* The workers at another place, too, which can't be written. */
static bool
mount_readonly(void)
{
	const unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY;

	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(census_worker_dir(), READONLY, NULL, MS_BIND, NULL) == 0 &&
	       mount(NULL, READONLY, NULL, flags, NULL) == 0;
}

/* Here the user is the only one who has an id. */
static bool
enter_without_root(void)
{
	return host_become(USER) && unshare(CLONE_NEWUSER) == 0 &&
	       write_text("/proc/self/uid_map", "1000 1000 1") &&
	       write_text("/proc/self/setgroups", "deny") &&
	       write_text("/proc/self/gid_map", "1000 1000 1");
}

static int
without_root(void)
{
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;

	CHECK(mount_readonly());
	CHECK(enter_without_root());
	host_opts(&opts);
	CHECK(gbx_broker_open(&opts, &broker) == GBX_ERR_SYSTEM);
	CHECK(errno == EPERM);
	opts.worker_dir = READONLY;
	CHECK(gbx_broker_open(&opts, &broker) == GBX_OK);
	CHECK(host_run(broker, HOST_SMALL));
	gbx_broker_close(broker);
	return 0;
}

static void
test_without_root(void **state)
{
	struct stat st;

	(void)state;
	if (geteuid() != 0 || stat(census_worker_dir(), &st) != 0 ||
	    st.st_uid != 0) {
		print_message("# needs root, and workers of root's\n");
		skip();
	}
	assert_int_equal(host_in_child(without_root, 60), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_without_root, host_nothing_left),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("owner", tests, host_set_up, NULL);
}
