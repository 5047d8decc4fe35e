/* SPDX-License-Identifier: ISC */
/*
 * Limits of control groups, from trees as version 2, version 1 and containers
 * show them. Side: tests; links base/ alone.
 */
#include "tests/support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cgroup.h"

static char dir[64];

static void
put(const char *name, const char *text)
{
	char path[256], *slash;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	for (slash = strchr(path + strlen(dir) + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
	f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static uint64_t
limit(const char *list, enum gbx_cgroup_kind kind)
{
	char file[128], mount[128];

	put("list", list);
	snprintf(file, sizeof(file), "%s/list", dir);
	snprintf(mount, sizeof(mount), "%s/fs", dir);
	return gbx_cgroup_limit_in(file, mount, kind);
}

static int
begin(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/gbx-cgroup-XXXXXX");
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
finish(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static void
test_version_2(void **state)
{
	(void)state;
	put("fs/a/memory.max", "62914560\n");
	put("fs/a/b/memory.max", "max\n");
	put("fs/a/b/pids.max", "30\n");
	put("fs/a/pids.max", "40\n");
	assert_int_equal(limit("0::/a/b\n", GBX_CGROUP_MEMORY), 62914560);
	assert_int_equal(limit("0::/a/b\n", GBX_CGROUP_PIDS), 30);
	assert_int_equal(limit("0::/a\n", GBX_CGROUP_PIDS), 40);
	assert_true(limit("0::/\n", GBX_CGROUP_PIDS) == GBX_CGROUP_NONE);
	/* Its own group is the mount, and the path the host's. */
	put("fs/memory.max", "1000000\n");
	assert_int_equal(limit("0::/\n", GBX_CGROUP_MEMORY), 1000000);
	assert_int_equal(
	    limit("0::/docker/0123\n", GBX_CGROUP_MEMORY), 1000000);
	assert_int_equal(limit("0::/../..\n", GBX_CGROUP_MEMORY), 1000000);
}

static void
test_version_1(void **state)
{
	static const char list[] = "9:name=systemd:/\n8:cpu,pids:/p\n"
				   "4:memory:/m/n\n3:memoryless:/x\n0::/\n";

	(void)state;
	put("fs/memory/m/n/memory.limit_in_bytes", "9223372036854771712\n");
	put("fs/memory/m/memory.limit_in_bytes", "33554432\n");
	put("fs/pids/p/pids.max", "max\n");
	assert_int_equal(limit(list, GBX_CGROUP_MEMORY), 33554432);
	assert_true(limit(list, GBX_CGROUP_PIDS) == GBX_CGROUP_NONE);
	put("fs/pids/p/pids.max", "12\n");
	assert_int_equal(limit(list, GBX_CGROUP_PIDS), 12);
}

static void
test_nothing_there(void **state)
{
	char path[1500];

	(void)state;
	assert_true(gbx_cgroup_limit_in("/nowhere", "/nowhere",
			GBX_CGROUP_MEMORY) == GBX_CGROUP_NONE);
	assert_true(
	    limit("nonsense\n\n:\n::\n", GBX_CGROUP_MEMORY) == GBX_CGROUP_NONE);
	memset(path, 'a', sizeof(path) - 1);
	memcpy(path, "0::/", 4);
	path[sizeof(path) - 1] = '\0';
	assert_true(limit(path, GBX_CGROUP_MEMORY) == GBX_CGROUP_NONE);
	put("fs/memory.max", "word\n");
	assert_true(limit("0::/\n", GBX_CGROUP_MEMORY) == GBX_CGROUP_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_version_2, begin, finish),
	    cmocka_unit_test_setup_teardown(test_version_1, begin, finish),
	    cmocka_unit_test_setup_teardown(test_nothing_there, begin, finish),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cgroup", tests, NULL, NULL);
}
