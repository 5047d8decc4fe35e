/* SPDX-License-Identifier: ISC */
/* The host of the wall tests; see host.h. Side: tests. */
#include "tests/sandbox/walls/host.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <mqueue.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sandbox/walls/host_state.h"
#include "tests/sandbox/walls/program.h"
#include "tests/support/root.h"

struct walls_host walls_host;

/* ---- the victim ---------------------------------------------------------- */

static int victim_says = -1;
static volatile uint8_t victim_secret[WALLS_LOOT];

static void
on_signal(int sig)
{
	(void)sig;
	(void)!write(victim_says, "!", 1);
}

/* argv: program --victim mark=SECRET FD. Exec'd, so that its command line and
 * environment hold the mark. */
bool
walls_host_victim(int argc, char **argv)
{
	uint64_t address = (uint64_t)(uintptr_t)victim_secret;
	int fd;

	if (argc != 4 || strcmp(argv[1], "--victim") != 0)
		return false;
	victim_says = (int)strtol(argv[3], NULL, 10);
	memcpy((void *)(uintptr_t)address, argv[2] + 5, WALLS_LOOT);
	fd = open("secret", O_RDONLY);
	if (fd < 0 || dup2(fd, WALLS_VICTIM_FD) < 0)
		_exit(1);
	signal(SIGUSR1, on_signal);
	(void)!write(victim_says, &address, sizeof(address));
	for (;;)
		pause();
}

static bool
start_victim(void)
{
	char mark[64], fd_text[16], verb[] = "--victim", self[] = "victim";
	char *argv[] = {self, verb, mark, fd_text, NULL};
	char *envp[] = {mark, NULL};
	int fds[2];

	if (pipe(fds) != 0)
		return false;
	snprintf(
	    mark, sizeof(mark), "mark=%s", (const char *)walls_host.secret);
	snprintf(fd_text, sizeof(fd_text), "%d", fds[1]);
	walls_host.victim = fork();
	if (walls_host.victim == 0) {
		execve("/proc/self/exe", argv, envp);
		_exit(127);
	}
	close(fds[1]);
	walls_host.victim_pipe = fds[0];
	(void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	return walls_host.victim > 0 &&
	       read(fds[0], &walls_host.address, sizeof(walls_host.address)) ==
		   sizeof(walls_host.address);
}

/* ---- what is planted ----------------------------------------------------- */

bool
walls_plant(const char *name, const void *data, size_t length, mode_t mode)
{
	int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	bool good;

	if (fd < 0)
		return false;
	good =
	    write(fd, data, length) == (ssize_t)length && fchmod(fd, mode) == 0;
	close(fd);
	return good;
}

bool
walls_plant_mount(void)
{
	return mount("none", "mnt", "tmpfs", 0, "size=4k") == 0;
}

static bool
plant_files(void)
{
	const size_t n = WALLS_LOOT, m = sizeof(walls_program);

	snprintf(
	    walls_host.dir, sizeof(walls_host.dir), "/tmp/gbx-walls-XXXXXX");
	if (mkdtemp(walls_host.dir) == NULL)
		return false;
	walls_host.planted = true;
	if (mount("none", walls_host.dir, "tmpfs", 0, "size=64m,mode=777") !=
		0 ||
	    chdir(walls_host.dir) != 0)
		return false;
	return walls_plant("secret", walls_host.secret, n, 0644) &&
	       walls_plant("private", walls_host.secret, n, 0600) &&
	       walls_plant("writable", "as it was", 9, 0666) &&
	       walls_plant("mode", "", 0, 0600) &&
	       walls_plant("program", walls_program, m, 0755) &&
	       walls_plant("setuid", walls_program, m, 04755) &&
	       mkdir("mnt", 0777) == 0 && walls_plant_mount();
}

static bool
bound(int fd, const void *to, size_t length, bool listens)
{
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd >= 0 &&
	       bind(fd, (const struct sockaddr *)to, (socklen_t)length) == 0 &&
	       (!listens || listen(fd, 16) == 0);
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_in at;
	socklen_t n = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		return 0;
	return ntohs(at.sin_port);
}

static bool
plant_inet(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	struct ifreq r = {.ifr_name = "lo"};
	int other;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	walls_host.tcp = socket(AF_INET, SOCK_STREAM, 0);
	walls_host.udp = socket(AF_INET, SOCK_DGRAM, 0);
	other = socket(AF_INET, SOCK_STREAM, 0);
	if (ioctl(walls_host.tcp, SIOCGIFFLAGS, &r) != 0)
		return false;
	r.ifr_flags = (short)(r.ifr_flags | IFF_UP);
	if (ioctl(walls_host.tcp, SIOCSIFFLAGS, &r) != 0 ||
	    !bound(walls_host.tcp, &at, sizeof(at), true) ||
	    !bound(walls_host.udp, &at, sizeof(at), false) ||
	    !bound(other, &at, sizeof(at), false))
		return false;
	walls_host.tcp_port = port_of(walls_host.tcp);
	walls_host.udp_port = port_of(walls_host.udp);
	walls_host.free_port = port_of(other);
	close(other); /* never listened, never used: free again */
	return true;
}

static bool
plant_unix(void)
{
	const size_t head = offsetof(struct sockaddr_un, sun_path);
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	size_t n;

	snprintf(walls_host.abstract_name, sizeof(walls_host.abstract_name),
	    "gbx-walls-%d", (int)getpid());
	n = strlen(walls_host.abstract_name);
	memcpy(at.sun_path + 1, walls_host.abstract_name, n);
	walls_host.abstract = socket(AF_UNIX, SOCK_STREAM, 0);
	if (!bound(walls_host.abstract, &at, head + 1 + n, true))
		return false;
	strcpy(at.sun_path, "socket");
	walls_host.path = socket(AF_UNIX, SOCK_STREAM, 0);
	return bound(walls_host.path, &at, sizeof(at), true) &&
	       chmod("socket", 0777) == 0;
}

static bool
plant_ipc(void)
{
	struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 64};
	void *p;
	mqd_t q;

	walls_host.shm = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666);
	p = walls_host.shm < 0 ? (void *)-1 : shmat(walls_host.shm, NULL, 0);
	if (p == (void *)-1)
		return false;
	memcpy(p, walls_host.secret, WALLS_LOOT);
	q = mq_open(
	    WALLS_HOST_QUEUE, O_CREAT | O_RDWR | O_CLOEXEC, 0666, &attr);
	return q >= 0 &&
	       mq_send(q, (char *)walls_host.secret, WALLS_LOOT, 0) == 0;
}

/* A session of our own, so that nothing of the user's is touched; and one key
 * in the user's own keyring, which goes again at the end. */
static bool
plant_keys(void)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
	    syscall(SYS_add_key, "user", "gbx-walls", walls_host.secret,
		WALLS_LOOT, KEY_SPEC_SESSION_KEYRING) < 0)
		return errno == ENOSYS;
	walls_host.user_key = syscall(SYS_add_key, "user", "gbx-walls-user",
	    walls_host.secret, WALLS_LOOT, KEY_SPEC_USER_KEYRING);
	return walls_host.user_key > 0;
}

/* ---- begin and end ------------------------------------------------------- */

static bool
own_namespaces(void)
{
	const int others =
	    CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	char line[64];

	if (uid != 0) {
		if (unshare(CLONE_NEWUSER | others) != 0)
			return false;
		snprintf(line, sizeof(line), "0 %u 1", uid);
		if (!write_text("/proc/self/uid_map", line) ||
		    !write_text("/proc/self/setgroups", "deny"))
			return false;
		snprintf(line, sizeof(line), "0 %u 1", gid);
		if (!write_text("/proc/self/gid_map", line))
			return false;
	} else if (unshare(others) != 0) {
		return false;
	}
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       sethostname(WALLS_HOST_NAME, strlen(WALLS_HOST_NAME)) == 0;
}

static void
make_secret(void)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	(void)!getrandom(walls_host.secret, WALLS_LOOT, 0);
	for (i = 0; i < WALLS_LOOT; i++)
		walls_host.secret[i] =
		    (uint8_t)digits[walls_host.secret[i] & 15];
}

static void
allow_cores(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_CORE, &r) != 0)
		return;
	r.rlim_cur = r.rlim_max;
	(void)setrlimit(RLIMIT_CORE, &r);
}

bool
walls_host_begin(const char **ret_why)
{
	/* Also when the machinery fails (world.c). */
	if (atexit(walls_host_end) != 0)
		return false;
	umask(0);
	allow_cores();
	make_secret();
	*ret_why = "no namespaces of our own here";
	if (getcwd(walls_host.cwd, sizeof(walls_host.cwd)) == NULL ||
	    !own_namespaces())
		return false;
	*ret_why = "nothing can be planted here";
	return plant_files() && plant_inet() && plant_unix() && plant_ipc() &&
	       plant_keys() && start_victim();
}

void
walls_host_end(void)
{
	if (walls_host.victim > 0) {
		(void)kill(walls_host.victim, SIGKILL);
		(void)waitpid(walls_host.victim, NULL, 0);
		walls_host.victim = 0;
	}
	if (walls_host.user_key > 0)
		(void)syscall(SYS_keyctl, KEYCTL_UNLINK, walls_host.user_key,
		    KEY_SPEC_USER_KEYRING);
	if (!walls_host.planted)
		return;
	walls_host.planted = false;
	(void)!chdir("/");
	while (umount2(walls_host.dir, MNT_DETACH) == 0)
		continue;
	(void)rmdir(walls_host.dir);
	(void)!chdir(walls_host.cwd);
}
