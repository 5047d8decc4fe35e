/* SPDX-License-Identifier: ISC */
/*
 * init: makes the namespaces, is pid 1 of them, starts zygotes when the broker
 * says so, and ends when the broker does; then everything inside ends.
 * Side: setup. It reads orders from the broker alone and never a hostile byte.
 *
 * Two stages. The first, exec'd by the broker, takes another id if it is root
 * and clones the second into new namespaces, then exits; the second stays.
 * Where the host refuses namespaces it stays in those it has, as a subreaper,
 * and says so: a broker that requires them fails closed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/capabilities.h"
#include "ipc/control.h"
#include "ipc/datagram.h"
#include "sandboxed_parsers/init/inherit.h"
#include "sandboxed_parsers/init/root.h"

/* Inside the namespace everything is nobody. Outside, where we are root, it is
 * an id of a range that systemd.io/UIDS-GIDS lists as unused, so that no other
 * daemon's nobody can signal or trace it. Each broker takes one at random: two
 * brokers, in one container or in two, have the same by chance alone. */
#define NOBODY	    65534
#define PRIVATE_ID  2147418112U
#define PRIVATE_IDS 65536U

/* What to ask for, best first; what a host refuses, the next one leaves out.
 * Without a user namespace only a privileged caller gets any. */
#define NS_USER ((uint64_t)CLONE_NEWUSER)
#define NS_BASE ((uint64_t)(CLONE_NEWNS | CLONE_NEWPID))
#define NS_MORE ((uint64_t)(CLONE_NEWIPC | CLONE_NEWUTS))
static const uint64_t wishes[] = {
    NS_USER | NS_BASE | NS_MORE | CLONE_NEWNET | CLONE_NEWCGROUP,
    NS_USER | NS_BASE | NS_MORE | CLONE_NEWNET,
    NS_USER | NS_BASE | NS_MORE,
    NS_USER | NS_BASE,
    NS_USER | CLONE_NEWNET,
    NS_BASE | NS_MORE | CLONE_NEWNET | CLONE_NEWCGROUP,
    NS_BASE | NS_MORE | CLONE_NEWNET,
    NS_BASE,
    0,
};
#define N_WISHES (sizeof(wishes) / sizeof(wishes[0]))

static void
note(struct gbx_report *report, enum gbx_layer layer, bool got, int err)
{
	if (got) {
		report->bits |= 1U << layer;
		report->why[layer] = 0;
	} else if (report->why[layer] == 0) {
		report->why[layer] = (uint32_t)err;
	}
}

static int
write_file(const char *path, const char *text)
{
	int err, fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	err = n < 0 ? -errno : 0;
	close(fd);
	return err;
}

/* Our own id alone, as nobody inside. user_namespaces(7): without privilege
 * over the parent namespace that is all one may map. */
static int
map_ids(uid_t uid, gid_t gid)
{
	char line[64];
	int err;

	snprintf(line, sizeof(line), "%d %u 1\n", NOBODY, (unsigned int)uid);
	err = write_file("/proc/self/uid_map", line);
	if (err == 0)
		err = write_file("/proc/self/setgroups", "deny");
	snprintf(line, sizeof(line), "%d %u 1\n", NOBODY, (unsigned int)gid);
	if (err == 0)
		err = write_file("/proc/self/gid_map", line);
	return err;
}

/* The ids of this thread of control alone: the process has but one. The user
 * is changed even where the group can't be. */
static int
become(uid_t uid, gid_t gid)
{
	int err = syscall(SYS_setresgid, gid, gid, gid) == 0 ? 0 : -errno;

	if (syscall(SYS_setresuid, uid, uid, uid) != 0)
		err = -errno;
	return err;
}

/* An id for this broker: PRIVATE_ID above. */
static uid_t
private_id(void)
{
	uint16_t n;

	if (getrandom(&n, sizeof(n), GRND_NONBLOCK) != sizeof(n))
		n = (uint16_t)syscall(SYS_getpid);
	return PRIVATE_ID + n % PRIVATE_IDS;
}

/* ---- the second stage ---------------------------------------------------- */

/* Runs between clone and exec: async-signal-safe calls only.
 * A program with shared libraries finds its loader and them by relative names,
 * in the folder that it starts in, which is outside of the root; it leaves
 * that folder as soon as it is loaded (runtime/zygote.c). Its own RPATH is not
 * asked for what a library with a RUNPATH of its own needs (ld.so(8); libabsl
 * on Debian 13): LD_LIBRARY_PATH is. */
static _Noreturn void
exec_zygote(int program, int control, int libraries)
{
	static char name[] = "glovebox-zygote", tz[] = "TZ=UTC0",
		    locale[] = "LC_ALL=C", path[] = "LD_LIBRARY_PATH=.";
	char *argv[] = {name, NULL}, *envp[] = {tz, locale, path, NULL};

	signal(SIGCHLD, SIG_DFL);
	/* program and control are both above GBX_CTL_FD, where init has its
	 * own socket. */
	if (dup2(control, GBX_CTL_FD) < 0)
		_exit(125);
	/* A pidfd of the broker's would be a door out of the namespace. */
	if (fcntl(program, F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(control, F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(GBX_CTL_HOST_FD, F_SETFD, FD_CLOEXEC) != 0)
		_exit(125);
	if (libraries >= 0 && fchdir(libraries) != 0)
		_exit(125);
	syscall(SYS_execveat, program, "", argv, envp, AT_EMPTY_PATH);
	_exit(126);
}

static void
order_zygote(const int fds[3])
{
	uint8_t answer[1 + 4] = {GBX_CTL_ZYGOTE};
	int pidfd = -1;
	long pid;

	/* SIGCHLD is ignored here, so that all are reaped by themselves. */
	pid = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, NULL, &pidfd, 0, 0);
	if (pid == 0)
		exec_zygote(fds[0], fds[1], fds[2]);
	if (pid < 0) {
		answer[0] = GBX_CTL_ERROR;
		gbx_put_u32(answer + 1, (uint32_t)errno);
		(void)gbx_ipc_send(GBX_CTL_FD, answer, sizeof(answer), NULL, 0);
		return;
	}
	(void)gbx_ipc_send(GBX_CTL_FD, answer, sizeof(answer), &pidfd, 1);
	close(pidfd);
}

/* The end of the broker's process is the end, even while a child that it
 * forked still holds a copy of the socket. */
static void
wait_for_order(void)
{
	struct pollfd p[2] = {
	    {.fd = GBX_CTL_FD, .events = POLLIN},
	    {.fd = GBX_CTL_HOST_FD, .events = POLLIN},
	};

	while (poll(p, 2, -1) < 0)
		if (errno != EINTR)
			_exit(0);
	if (p[1].revents != 0)
		_exit(0);
}

static _Noreturn void
serve(void)
{
	uint8_t order[GBX_CTL_MAX];
	int fds[3];
	size_t n_fds;
	ssize_t n;

	for (;;) {
		wait_for_order();
		fds[2] = -1;
		n = gbx_ipc_recv_some(
		    GBX_CTL_FD, order, sizeof(order), 0, fds, 3, &n_fds);
		if (n <= 0 || order[0] != GBX_CTL_ZYGOTE || n_fds < 2)
			_exit(0);
		order_zygote(fds);
		while (n_fds > 0)
			close(fds[--n_fds]);
	}
}

/* What no namespace takes away: the session keyring of whoever started us
 * (session-keyring(7): kept over clone and exec), and the right to make another
 * user namespace, with every capability in it (namespaces(7), /proc/sys/user).
 * Best effort, for the lock stands before both. */
static void
let_go(uint64_t got)
{
	(void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	/* Ours alone: without one of our own it would be the host's. */
	if (got & CLONE_NEWUSER)
		(void)write_file("/proc/sys/user/max_user_namespaces", "0");
}

/* Root that no namespace made nobody. EPERM: root without CAP_SETUID or
 * CAP_SETGID, as in a container that drops all capabilities. EINVAL: root of a
 * namespace in which there is no nobody. Both stay root's id without its
 * powers, which the report says: *ret_uid is the id that is left. */
static int
leave_root(uid_t *ret_uid)
{
	uid_t id = private_id();
	int err = become(id, id);

	if (err == -EINVAL)
		err = become(NOBODY, NOBODY);
	*ret_uid = geteuid();
	return err;
}

/* pid 1 may only be killed from outside; nothing inside can be gained from it,
 * but it has no use for any power either. */
static _Noreturn void
second_stage(
    uint64_t got, struct gbx_report *report, int go, uid_t uid, gid_t gid)
{
	uint8_t msg[GBX_CTL_REPORT_LEN];
	int fd = -1, err;

	if (got & CLONE_NEWUSER) {
		/* Let the first stage try less if this can't be had. */
		err = map_ids(uid, gid);
		if (err == 0)
			err = become(NOBODY, NOBODY);
		if (err != 0)
			_exit(-err);
	}
	if (write(go, "", 1) != 1)
		_exit(EIO);
	close(go);
	let_go(got);
	err = got & CLONE_NEWNS ? gbx_root_enter() : -EPERM;
	note(report, GBX_LAYER_ROOT, err == 0, -err);
	/* While CAP_SETPCAP is still there, which goes with root's id. */
	gbx_drop_bounding_set();
	err = 0;
	if (!(got & CLONE_NEWUSER) && uid == 0)
		err = leave_root(&uid);
	note(report, GBX_LAYER_NONROOT, uid != 0, err != 0 ? -err : EPERM);
	if (gbx_drop_capabilities() != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		_exit(EPERM);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGCHLD, SIG_IGN);
	/* The broker takes this answer with a pidfd of ours. */
	fd = (int)syscall(SYS_pidfd_open, syscall(SYS_getpid), 0);
	gbx_report_pack(msg, GBX_CTL_INIT, report);
	err = fd < 0 ? -errno
		     : gbx_ipc_send(GBX_CTL_FD, msg, sizeof(msg), &fd, 1);
	if (err != 0)
		_exit(1);
	close(fd);
	serve();
}

/* ---- the first stage ----------------------------------------------------- */

static const struct {
	enum gbx_layer layer;
	uint64_t flag;
} namespaces[] = {
    {GBX_LAYER_USERNS, CLONE_NEWUSER},
    {GBX_LAYER_PIDNS, CLONE_NEWPID},
    {GBX_LAYER_NETNS, CLONE_NEWNET},
};
#define N_NAMESPACES (sizeof(namespaces) / sizeof(namespaces[0]))

static void
note_got(struct gbx_report *report, uint64_t wish)
{
	size_t i;

	for (i = 0; i < N_NAMESPACES; i++)
		if (wish & namespaces[i].flag)
			note(report, namespaces[i].layer, true, 0);
}

/* The first reason that kept a layer away is the one to tell. */
static void
note_refused(struct gbx_report *report, uint64_t wish, int err)
{
	size_t i;

	for (i = 0; i < N_NAMESPACES; i++)
		if (wish & namespaces[i].flag)
			note(report, namespaces[i].layer, false, err);
}

/* Clone the second stage into these namespaces. 0 when it got through, or
 * errno. */
static int
try_wish(uint64_t wish, struct gbx_report *report)
{
	/* In the new namespace, unmapped yet, these calls would give the
	 * overflow ids: user_namespaces(7). */
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int go[2], status = 0, err;
	char byte;
	long pid;

	if (pipe2(go, O_CLOEXEC) != 0)
		return errno;
	note_got(report, wish);
	pid = syscall(SYS_clone, wish | SIGCHLD, NULL, NULL, 0, 0);
	if (pid == 0) {
		close(go[0]);
		second_stage(wish, report, go[1], uid, gid);
	}
	err = pid < 0 ? errno : 0;
	close(go[1]);
	if (err == 0 && read(go[0], &byte, 1) != 1) {
		waitpid((pid_t)pid, &status, 0);
		err = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
	}
	close(go[0]);
	return err;
}

/* Without CAP_SETGID the group stays; it is the user that matters. */
static bool
try_effective(uid_t id)
{
	(void)syscall(SYS_setresgid, -1, id, -1);
	return syscall(SYS_setresuid, -1, id, -1) == 0;
}

/* As root, ask in the name of somebody else, so that the kernel knows
 * everything inside as that one; come back for wishes that need root itself. In
 * a container the private ids may not exist (EINVAL). */
static void
set_effective(uint64_t wish, bool root)
{
	uid_t id = private_id();

	if (!root)
		return;
	(void)syscall(SYS_setresuid, -1, 0, -1);
	if (!(wish & CLONE_NEWUSER))
		(void)try_effective(0);
	else if (!try_effective(id))
		(void)try_effective(NOBODY);
	/* A change of ids took this away, and with it /proc/self/uid_map. */
	prctl(PR_SET_DUMPABLE, 1);
}

int
main(int argc, char **argv)
{
	struct gbx_report report = {0}, tried;
	bool root = geteuid() == 0;
	int err = 0;
	size_t i;

	if (argc < 2 || gbx_inherit(argv[1]) != 0)
		return EBADF;
	/* Inherited over exec, and would give every zygote the same layout
	 * (ADDR_NO_RANDOMIZE) or an executable heap (READ_IMPLIES_EXEC):
	 * personality(2). */
	(void)personality(PER_LINUX);
	/* Best effort: the first to go when memory is short (proc(5)). */
	(void)write_file("/proc/self/oom_score_adj", "1000");
	if (root)
		(void)syscall(SYS_setgroups, 0, NULL);
	for (i = 0; i < N_WISHES; i++) {
		tried = report;
		set_effective(wishes[i], root);
		err = try_wish(wishes[i], &tried);
		if (err == 0)
			return 0;
		note_refused(&report, wishes[i], err);
	}
	return err;
}
