/* SPDX-License-Identifier: ISC */
/*
 * A locked worker as others see it: a worker of the hostile kit that spins
 * after its lock, read through /proc while it lives.
 * Side: tests; public header only. As root everything is looked at; as another
 * user what the kernel hides from that user is skipped by name.
 *
 * Each test fails if its defence is taken out:
 *   no descriptor       runtime/worker.c: close_range before the lock
 *   lock                runtime/lockdown.c: gbx_lockdown_worker
 *   no new privileges   runtime/layers.c: PR_SET_NO_NEW_PRIVS
 *   namespaces          init/init.c: a CLONE_NEW* of the first wish
 *   empty root          init/root.c: the pivot
 *   no capability       base/capabilities.c, in layers.c
 *   not root            init/init.c: become()
 *   not dumpable        runtime/layers.c: PR_SET_DUMPABLE
 *   memory              runtime/lockdown.c: PROT_EXEC in the mmap rule
 *   environment         init/init.c: exec_zygote's envp
 *   oom_score_adj       init/init.c: the write to it
 *   limits              runtime/layers.c: enter_rlimits
 */
#include "tests/support/cmocka.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/liar.h"
#include "tests/support/proc.h"
#include "tests/support/root.h"

static struct locked {
	struct gbx_broker *broker;
	uint32_t lockdown;
	pid_t worker, zygote;
	uint32_t posture;
} it;

/* Only what runs behind the lock can spin: the script does. */
static int
begin(void **state)
{
	struct gbx_host_posture host = {.size = sizeof(host)};
	struct proc_list zygotes;
	struct gbx_result *r = NULL;
	struct gbx_job job;
	int i;

	(void)state;
	it.broker = liar_open(it.lockdown);
	assert_int_equal(gbx_host_posture(it.broker, &host), GBX_OK);
	it.posture = host.posture;
	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = 60000;
	job.limit[GBX_LIMIT_CPU] = 60000;
	liar_submit(it.broker, LIAR_PNG, "spin", &job);
	it.worker = 0;
	for (i = 0; i < 200 && it.worker == 0; i++) {
		assert_int_equal(gbx_collect(it.broker, 20, &r), GBX_ERR_AGAIN);
		proc_zygotes(&zygotes);
		assert_int_equal(zygotes.n, 1);
		it.zygote = zygotes.pid[0];
		it.worker = proc_spinning(it.zygote, 2);
	}
	return it.worker > 0 ? 0 : -1;
}

static int
finish(void **state)
{
	(void)state;
	gbx_broker_close(it.broker);
	return 0;
}

/* ---- small readers ------------------------------------------------------- */

static void
need(uint32_t layer)
{
	if ((it.posture & layer) == 0) {
		print_message(
		    "# SKIP this host gives no %s\n", gbx_posture_name(layer));
		skip();
	}
}

static char *
worker_path(const char *name)
{
	static char path[96];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)it.worker, name);
	return path;
}

static size_t
entries(const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	size_t n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			n++;
	closedir(dir);
	return n;
}

/* ---- what must hold ------------------------------------------------------ */

static void
test_no_descriptor(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(entries(worker_path("fd")), 0);
	/* This way of looking does see descriptors. */
	assert_in_range(entries("/proc/self/fd"), 3, 4096);
}

static void
test_lock(void **state)
{
	long own = proc_status(getpid(), "Seccomp_filters", 10);

	(void)state;
	if (it.lockdown == GBX_LOCKDOWN_STRICT) {
		assert_int_equal(proc_status(it.worker, "Seccomp", 10), 1);
		assert_int_equal(
		    proc_status(it.worker, "Seccomp_filters", 10), 0);
		assert_int_equal(proc_status(it.zygote, "Seccomp", 10), 0);
		return;
	}
	assert_int_equal(proc_status(it.worker, "Seccomp", 10), 2);
	/* The zygote's one for set-up, and the worker's own. */
	assert_int_equal(
	    proc_status(it.zygote, "Seccomp_filters", 10), own + 1);
	assert_int_equal(
	    proc_status(it.worker, "Seccomp_filters", 10), own + 2);
}

static void
test_no_new_privileges(void **state)
{
	(void)state;
	assert_int_equal(proc_status(it.worker, "NoNewPrivs", 10), 1);
	assert_int_equal(proc_status(it.zygote, "NoNewPrivs", 10), 1);
	assert_int_equal(proc_status(proc_init(), "NoNewPrivs", 10), 1);
}

static void
expect_namespace(const char *name, uint32_t layer)
{
	char ours[64], theirs[64], path[32];
	ssize_t n;

	need(layer);
	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	n = readlink(path, ours, sizeof(ours));
	assert_in_range(n, 5, sizeof(ours) - 1);
	ours[n] = '\0';
	snprintf(path, sizeof(path), "ns/%.8s", name);
	n = readlink(worker_path(path), theirs, sizeof(theirs));
	assert_in_range(n, 5, sizeof(theirs) - 1);
	theirs[n] = '\0';
	if (strcmp(ours, theirs) == 0)
		print_error("# shares %s with us\n", ours);
	assert_string_not_equal(ours, theirs);
}

static void
test_namespaces(void **state)
{
	(void)state;
	need_root();
	expect_namespace("user", GBX_POSTURE_USERNS);
	expect_namespace("mnt", GBX_POSTURE_ROOT);
	expect_namespace("pid", GBX_POSTURE_PIDNS);
	expect_namespace("net", GBX_POSTURE_NETNS);
	expect_namespace("ipc", GBX_POSTURE_PIDNS);
	expect_namespace("uts", GBX_POSTURE_PIDNS);
	expect_namespace("cgroup", GBX_POSTURE_NETNS);
}

static void
test_empty_root(void **state)
{
	char *path;
	int fd;

	(void)state;
	need_root();
	need(GBX_POSTURE_ROOT);
	assert_int_equal(entries(worker_path("root")), 0);
	assert_int_equal(entries(worker_path("cwd")), 0);
	/* Read-only, even for root that comes from outside. */
	path = worker_path("root/x");
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(fd, -1);
	assert_true(errno == EROFS || errno == EACCES);
}

/* Its network has no route and no address. */
static void
test_no_network(void **state)
{
	char text[4096];
	const char *line;

	(void)state;
	need(GBX_POSTURE_NETNS);
	assert_true(proc_read(it.worker, "net/dev", text, sizeof(text)));
	assert_non_null(strstr(text, "lo:"));
	assert_true(proc_read(it.worker, "net/route", text, sizeof(text)));
	line = strchr(text, '\n'); /* behind the heading, if there is one */
	assert_true(line == NULL || line[1] == '\0');
	assert_true(proc_read(it.worker, "net/if_inet6", text, sizeof(text)));
	assert_string_equal(text, "");
}

static void
test_no_capability(void **state)
{
	static const char *const sets[] = {
	    "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		assert_int_equal(proc_status(it.worker, sets[i], 16), 0);
		assert_int_equal(proc_status(it.zygote, sets[i], 16), 0);
		assert_int_equal(proc_status(proc_init(), sets[i], 16), 0);
	}
}

/* All four of "Uid:" (real, effective, saved, filesystem) are the same. */
static long
the_id(pid_t pid, const char *key)
{
	char text[8192], *line;
	long id[4];

	assert_true(proc_read(pid, "status", text, sizeof(text)));
	line = strstr(text, key);
	assert_non_null(line);
	assert_int_equal(sscanf(line + strlen(key), "%ld %ld %ld %ld", &id[0],
			     &id[1], &id[2], &id[3]),
	    4);
	assert_true(id[0] == id[1] && id[1] == id[2] && id[2] == id[3]);
	return id[0];
}

/* Of root's: an id of its own, or nobody's where there is none. */
static void
test_not_root(void **state)
{
	char text[8192], *groups;
	long uid = the_id(it.worker, "Uid:"), gid = the_id(it.worker, "Gid:");

	(void)state;
	if (geteuid() != 0) {
		assert_int_equal(uid, geteuid());
		assert_int_equal(gid, getegid());
		return;
	}
	assert_true(uid >= 65534);
	assert_int_equal(gid, uid);
	assert_true(proc_read(it.worker, "status", text, sizeof(text)));
	groups = strstr(text, "\nGroups:\t");
	assert_non_null(groups);
	groups += strlen("\nGroups:\t");
	assert_int_equal(groups[strspn(groups, " ")], '\n');
}

/* proc(5): the files of a process that is not dumpable belong to root. */
static void
test_not_dumpable(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(worker_path("environ"), &st), 0);
	assert_int_not_equal(st.st_uid, proc_status(it.worker, "Uid", 10));
	assert_int_equal(stat(worker_path("mem"), &st), 0);
	assert_int_not_equal(st.st_uid, proc_status(it.worker, "Uid", 10));
	/* This way of looking does see the owner. */
	assert_int_equal(stat("/proc/self/environ", &st), 0);
	assert_int_equal(st.st_uid, geteuid());
}

/* Somebody else's process, without privilege. */
static void
try_as_stranger(void)
{
	static const char *const names[] = {"environ", "maps", "mem", "fd"};
	size_t i;

	if (setgid(12345) != 0 || setuid(12345) != 0)
		_exit(100);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (open(worker_path(names[i]), O_RDONLY | O_CLOEXEC) >= 0)
			_exit(1 + (int)i);
	_exit(kill(it.worker, 0) == 0 ? 50 : 0);
}

static void
test_closed_to_strangers(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	need_root();
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		try_as_stranger();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* No memory that is writable and executable, none that is shared but the
 * output, and the input can't be written. */
static void
test_memory(void **state)
{
	static char text[65536];
	char *line, *save = NULL, perms[8];
	int inputs = 0, outputs = 0, shared = 0, code = 0;

	(void)state;
	need_root();
	assert_true(proc_read(it.worker, "maps", text, sizeof(text)));
	for (line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		assert_int_equal(sscanf(line, "%*s %7s", perms), 1);
		assert_false(perms[1] == 'w' && perms[2] == 'x');
		shared += perms[3] == 's';
		code += perms[2] == 'x';
		if (strstr(line, "gbx-input") != NULL) {
			assert_string_equal(perms, "r--p");
			inputs++;
		}
		outputs += strstr(line, "gbx-output") != NULL;
	}
	assert_int_equal(inputs, 1);
	assert_int_equal(outputs, 1);
	assert_int_equal(shared, 1);
	assert_in_range(code, 1, 3); /* its program, the vDSO, vsyscall */
}

static void
test_environment(void **state)
{
	static const char want[] = "TZ=UTC0\0LC_ALL=C\0LD_LIBRARY_PATH=.";
	char text[4096];
	int fd;

	(void)state;
	need_root();
	fd = open(worker_path("environ"), O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(read(fd, text, sizeof(text)), sizeof(want));
	close(fd);
	assert_memory_equal(text, want, sizeof(want));
}

static void
test_oom_score(void **state)
{
	char text[64];

	(void)state;
	assert_true(proc_read(it.worker, "oom_score_adj", text, sizeof(text)));
	assert_string_equal(text, "1000\n");
}

static void
expect_limit(char *text, const char *name, const char *value)
{
	char *line = strstr(text, name), soft[32], hard[32];

	assert_non_null(line);
	assert_int_equal(
	    sscanf(line + strlen(name), "%31s %31s", soft, hard), 2);
	assert_string_equal(soft, value);
	assert_string_equal(hard, value);
}

static void
test_limits(void **state)
{
	char text[4096];

	(void)state;
	assert_true(proc_read(it.worker, "limits", text, sizeof(text)));
	expect_limit(text, "Max core file size", "0");
	expect_limit(text, "Max locked memory", "0");
	expect_limit(text, "Max msgqueue size", "0");
	expect_limit(text, "Max stack size", "1048576");
	expect_limit(text, "Max open files", "256");
	/* The ceiling of all jobs, where a job's own limit is a timer. Under
	 * strict the job's, too: its 60 s and one (runtime/worker.c). */
	expect_limit(text, "Max cpu time",
	    it.lockdown == GBX_LOCKDOWN_STRICT ? "61" : "601");
}

/* One thread, no child, and only ended from outside. */
static void
test_alone(void **state)
{
	struct proc_list children;

	(void)state;
	assert_int_equal(proc_status(it.worker, "Threads", 10), 1);
	proc_children(it.worker, NULL, &children);
	assert_int_equal(children.n, 0);
	assert_int_equal(proc_state(it.worker), 'R');
}

static int
run_all(uint32_t mode)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_descriptor),
	    cmocka_unit_test(test_lock),
	    cmocka_unit_test(test_no_new_privileges),
	    cmocka_unit_test(test_namespaces),
	    cmocka_unit_test(test_empty_root),
	    cmocka_unit_test(test_no_network),
	    cmocka_unit_test(test_no_capability),
	    cmocka_unit_test(test_not_root),
	    cmocka_unit_test(test_not_dumpable),
	    cmocka_unit_test(test_closed_to_strangers),
	    cmocka_unit_test(test_memory),
	    cmocka_unit_test(test_environment),
	    cmocka_unit_test(test_oom_score),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_alone),
	};

	it.lockdown = mode;
	return cmocka_run_group_tests_name(
	    mode == GBX_LOCKDOWN_STRICT ? "strict" : "filter", tests, begin,
	    finish);
}

int
main(void)
{
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	proc_adopt();
	failed = run_all(GBX_LOCKDOWN_FILTER);
	failed += run_all(GBX_LOCKDOWN_STRICT);
	return failed > 0 ? 1 : 0;
}
