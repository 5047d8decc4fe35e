/* SPDX-License-Identifier: ISC */
/* Places that are poorer than the host; see narrow.h. Side: tests. */
#include "tests/support/narrow.h"

#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/host.h"
#include "tests/support/root.h"

/* The maps have to be written from outside. */
bool
narrow_barren_ns(const char *map)
{
	char byte, path[64];
	int ready[2], status;
	pid_t parent = getpid(), pid;

	if (pipe(ready) != 0)
		return false;
	pid = fork();
	if (pid == 0) {
		close(ready[1]);
		status = read(ready[0], &byte, 1) == 1;
		snprintf(path, sizeof(path), "/proc/%d/uid_map", parent);
		status = status && write_text(path, map);
		snprintf(path, sizeof(path), "/proc/%d/gid_map", parent);
		_exit(status && write_text(path, map) ? 0 : 1);
	}
	if (unshare(CLONE_NEWUSER) != 0 || write(ready[1], "", 1) != 1)
		return false;
	close(ready[0]);
	close(ready[1]);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		return false;
	return setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0 &&
	       write_text("/proc/sys/user/max_user_namespaces", "0") &&
	       unshare(CLONE_NEWUSER) != 0;
}

static int (*in_pid_ns)(void);

static int
mount_and_run(void)
{
	CHECK(getpid() == 1);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("proc", "/proc", "proc", 0, NULL) == 0);
	return in_pid_ns();
}

int
narrow_pid_ns(int (*fn)(void))
{
	CHECK(unshare(CLONE_NEWPID | CLONE_NEWNS) == 0);
	in_pid_ns = fn;
	return host_in_child(mount_and_run, 60);
}

bool
narrow_capabilities(uint64_t kept)
{
	struct __user_cap_header_struct header = {
	    .version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct set[2];
	unsigned long cap;

	if (syscall(SYS_capget, &header, set) != 0)
		return false;
	set[0].permitted &= (uint32_t)kept;
	set[1].permitted &= (uint32_t)(kept >> 32);
	set[0].effective = set[0].permitted;
	set[1].effective = set[1].permitted;
	set[0].inheritable = set[1].inheritable = 0;
	for (cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if ((kept >> cap & 1) == 0 && prctl(PR_CAPBSET_READ, cap) > 0 &&
		    prctl(PR_CAPBSET_DROP, cap) != 0)
			return false;
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0 &&
	       syscall(SYS_capset, &header, set) == 0;
}
