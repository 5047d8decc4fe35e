/* SPDX-License-Identifier: ISC */
/* How the host of the wall tests sees that a probe got through; see host.h.
 * Side: tests. */
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sandbox/walls/host_state.h"

static bool
secret_handle(uint8_t *ret, size_t room)
{
	struct file_handle *h = (struct file_handle *)(void *)ret;
	int mount_id;

	memset(ret, 0, room);
	h->handle_bytes = (unsigned int)(room - sizeof(*h));
	return name_to_handle_at(AT_FDCWD, "secret", h, &mount_id, 0) == 0;
}

void
walls_host_order(struct walls_order *ret)
{
	_Alignas(8) uint8_t handle[sizeof(ret->handle)];
	struct stat st = {0};

	memset(ret, 0, sizeof(*ret));
	memcpy(ret->dir, walls_host.dir, sizeof(ret->dir));
	memcpy(ret->abstract, walls_host.abstract_name, sizeof(ret->abstract));
	memcpy(ret->queue, WALLS_HOST_QUEUE, sizeof(WALLS_HOST_QUEUE));
	ret->victim = walls_host.victim;
	ret->shm = walls_host.shm;
	ret->address = walls_host.address;
	ret->tcp = walls_host.tcp_port;
	ret->udp = walls_host.udp_port;
	ret->free_port = walls_host.free_port;
	(void)stat("secret", &st);
	ret->inode = st.st_ino;
	if (secret_handle(handle, sizeof(handle)))
		memcpy(ret->handle, handle, sizeof(handle));
}

void
walls_host_meet(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_port = htons(walls_host.free_port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	walls_host.reached =
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0;
	close(fd);
}

/* Somebody knocked at a listener within a moment. */
static bool
visited(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int visitor;

	if (poll(&p, 1, 100) != 1)
		return false;
	visitor = accept(fd, NULL, NULL);
	if (visitor >= 0)
		close(visitor);
	return visitor >= 0;
}

static bool
has_byte(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char buf[64];

	return poll(&p, 1, 100) == 1 && read(fd, buf, sizeof(buf)) > 0;
}

static bool
created(void)
{
	return unlink("created") == 0 || rmdir("created") == 0;
}

static bool
changed(void)
{
	char text[16] = {0};
	int fd = open("writable", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text));

	close(fd);
	if (n == 9 && memcmp(text, "as it was", 9) == 0)
		return false;
	walls_plant("writable", "as it was", 9, 0666);
	return true;
}

static bool
has_other_mode(void)
{
	struct stat st;

	if (stat("mode", &st) == 0 && (st.st_mode & 07777) == 0600)
		return false;
	(void)chmod("mode", 0600);
	return true;
}

static bool
renamed(void)
{
	char name[64] = {0};

	(void)gethostname(name, sizeof(name) - 1);
	(void)!sethostname(WALLS_HOST_NAME, strlen(WALLS_HOST_NAME));
	return strcmp(name, WALLS_HOST_NAME) != 0;
}

static bool
has_other_mtu(void)
{
	struct ifreq r = {.ifr_name = "lo"};

	if (ioctl(walls_host.udp, SIOCGIFMTU, &r) != 0 || r.ifr_mtu == 65536)
		return false;
	r.ifr_mtu = 65536;
	(void)ioctl(walls_host.udp, SIOCSIFMTU, &r);
	return true;
}

bool
walls_host_plain_cores(void)
{
	char first = '|';
	int fd = open("/proc/sys/kernel/core_pattern", O_RDONLY | O_CLOEXEC);

	(void)!read(fd, &first, 1);
	close(fd);
	return first != '|' && first != '/';
}

/* The folder has no other file that begins so. */
static bool
left_core(void)
{
	struct dirent *entry;
	DIR *folder = opendir(".");
	bool found = false;

	while (folder != NULL && (entry = readdir(folder)) != NULL)
		if (strncmp(entry->d_name, "core", 4) == 0)
			found = unlink(entry->d_name) == 0;
	if (folder != NULL)
		closedir(folder);
	return found;
}

static bool
sees(enum walls_sign sign, struct walls_world *w, const struct walls_end *end)
{
	static const char inside[WALLS_LOOT] = "of-a-sibling-15";

	switch (sign) {
	case WALLS_LOOT_OURS:
		return memcmp(end->loot, walls_host.secret, WALLS_LOOT) == 0;
	case WALLS_LOOT_INSIDE:
		return memcmp(end->loot, inside, WALLS_LOOT) == 0;
	case WALLS_VICTIM_HIT:
		return has_byte(walls_host.victim_pipe);
	case WALLS_TCP:
		return visited(walls_host.tcp);
	case WALLS_UDP:
		return has_byte(walls_host.udp);
	case WALLS_ABSTRACT:
		return visited(walls_host.abstract);
	case WALLS_PATH:
		return visited(walls_host.path);
	case WALLS_REACHED:
		return walls_host.reached;
	case WALLS_CREATED:
		return created();
	case WALLS_CHANGED:
		return changed();
	case WALLS_MODE:
		return has_other_mode();
	case WALLS_NAME:
		return renamed();
	case WALLS_MTU:
		return has_other_mtu();
	case WALLS_SIBLING_DEAD:
		return walls_is_gone(w->sibling.pidfd, 100);
	case WALLS_ZYGOTE_DEAD:
		return walls_is_gone(w->zygote_pidfd, 100);
	case WALLS_INIT_DEAD:
		return walls_is_gone(w->init_pidfd, 100);
	default:
		return true;
	}
}

/* The mount point as it was, whatever was done to it. */
static void
put_back(void)
{
	while (umount2("mnt", MNT_DETACH) == 0)
		continue;
	(void)walls_plant_mount();
	(void)left_core();
	walls_host.reached = false;
}

static bool
saw(enum walls_sign sign, struct walls_world *w, const struct walls_end *end)
{
	bool ran = end->code == CLD_EXITED && !end->done;

	switch (sign) {
	case WALLS_EXECUTED:
		return ran && (end->status == WALLS_RAN ||
				  end->status == WALLS_RAN_AS_ROOT);
	case WALLS_AS_ROOT:
		return ran && end->status == WALLS_RAN_AS_ROOT;
	case WALLS_CORE:
		return !end->done && end->status == SIGILL && left_core();
	case WALLS_ZYGOTE_DEAD:
	case WALLS_INIT_DEAD:
		/* The prober dies with it, before it can say so. */
		return end->err == 0 && sees(sign, w, end);
	default:
		return end->done && end->err == 0 && sees(sign, w, end);
	}
}

bool
walls_host_saw(
    enum walls_sign sign, struct walls_world *w, const struct walls_end *end)
{
	bool through = saw(sign, w, end);

	put_back();
	return through;
}
