/* SPDX-License-Identifier: ISC */
/* What a process has and what runs in its name. Side: none, see census.h. */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/slow.h"

#define PROGRAMS_MAX 64
#define FOUND_MAX    4096

/* ---- this process -------------------------------------------------------- */

int
census_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir != NULL && readdir(dir) != NULL)
		n++;
	if (dir != NULL)
		closedir(dir);
	return n - 3; /* ".", ".." and the directory itself */
}

static int
memfd_links(void)
{
	DIR *dir = opendir("/proc/self/fd");
	char target[256];
	struct dirent *e;
	int n = 0;
	ssize_t length;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		length = readlinkat(
		    dirfd(dir), e->d_name, target, sizeof(target) - 1);
		if (length <= 0)
			continue;
		target[length] = '\0';
		n += strncmp(target, "/memfd:gbx-", 11) == 0;
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

int
census_memfds(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	int n = memfd_links();
	char line[512];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		n += strstr(line, "/memfd:gbx-") != NULL;
	if (f != NULL)
		fclose(f);
	return n;
}

static long
number_in(const char *path, const char *key)
{
	FILE *f = fopen(path, "re");
	size_t n = strlen(key);
	char line[256];
	long value = -1;

	while (f != NULL && value < 0 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, n) == 0 && line[n] == ':')
			value = strtol(line + n + 1, NULL, 10);
	if (f != NULL)
		fclose(f);
	return value;
}

long
census_status_kb(const char *key)
{
	return number_in("/proc/self/status", key);
}

long
census_meminfo_kb(const char *key)
{
	return number_in("/proc/meminfo", key);
}

/* ---- a worker directory -------------------------------------------------- */

static char dir_path[64], liar_path[64 + sizeof("/liar")];
static struct {
	dev_t dev;
	ino_t ino;
} program[PROGRAMS_MAX];
static size_t n_programs;
static pid_t owner;

static void
remove_one(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		(void)unlinkat(dirfd(dir), e->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	(void)rmdir(path);
}

static void
remove_dir(void)
{
	if (getpid() != owner)
		return;
	remove_one(liar_path);
	remove_one(dir_path);
}

static bool
copy_program(const char *from, const char *to, const char *name)
{
	char source[4096], copy[512];
	struct stat st;
	bool good;
	int in, out;

	snprintf(source, sizeof(source), "%s/%s", from, name);
	snprintf(copy, sizeof(copy), "%s/%s", to, name);
	in = open(source, O_RDONLY | O_CLOEXEC);
	out = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	good = in >= 0 && out >= 0 && fstat(in, &st) == 0 &&
	       sendfile(out, in, NULL, (size_t)st.st_size) == st.st_size &&
	       fstat(out, &st) == 0 && n_programs < PROGRAMS_MAX;
	if (good) {
		program[n_programs].dev = st.st_dev;
		program[n_programs++].ino = st.st_ino;
	}
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return good;
}

static bool
copy_programs(const char *from, const char *to)
{
	DIR *dir = opendir(from);
	struct dirent *e;
	bool good = dir != NULL;

	while (good && (e = readdir(dir)) != NULL)
		if (strncmp(e->d_name, "glovebox-", 9) == 0)
			good = copy_program(from, to, e->d_name);
	if (dir != NULL)
		closedir(dir);
	return good && n_programs > 0;
}

const char *
census_worker_dir(void)
{
	const char *from = getenv("GLOVEBOX_LIBEXEC");

	if (dir_path[0] != '\0')
		return dir_path;
	snprintf(dir_path, sizeof(dir_path), "/tmp/glovebox-test-XXXXXX");
	liar_path[0] = '\0';
	owner = getpid();
	if (from == NULL || mkdtemp(dir_path) == NULL) {
		fprintf(stderr, "# GLOVEBOX_LIBEXEC is not set, or no /tmp\n");
		dir_path[0] = '\0';
		return NULL;
	}
	atexit(remove_dir);
	if (chmod(dir_path, 0755) != 0 || !copy_programs(from, dir_path)) {
		remove_dir();
		dir_path[0] = '\0';
		return NULL;
	}
	return dir_path;
}

/* The kit lies beside the real workers: mk/hostile.mk. */
const char *
census_liar_dir(void)
{
	const char *dir = census_worker_dir();
	char kit[4096];

	if (dir == NULL || liar_path[0] != '\0')
		return dir == NULL ? NULL : liar_path;
	/* That may be such a directory itself, of the test that started us. */
	snprintf(kit, sizeof(kit), "%s/liar", getenv("GLOVEBOX_LIBEXEC"));
	if (access(kit, X_OK) != 0)
		snprintf(kit, sizeof(kit), "%s/../hostile/libexec",
		    getenv("GLOVEBOX_LIBEXEC"));
	snprintf(liar_path, sizeof(liar_path), "%s/liar", dir);
	if (mkdir(liar_path, 0755) != 0 || chmod(liar_path, 0755) != 0 ||
	    !copy_programs(kit, liar_path)) {
		fprintf(stderr, "# no hostile kit in %s\n", kit);
		remove_one(liar_path);
		liar_path[0] = '\0';
		return NULL;
	}
	return liar_path;
}

/* ---- processes ----------------------------------------------------------- */

static bool
runs_program(int proc, const char *pid)
{
	char path[300];
	struct stat st;
	size_t i;

	snprintf(path, sizeof(path), "%s/exe", pid);
	if (fstatat(proc, path, &st, 0) != 0)
		return false;
	for (i = 0; i < n_programs; i++)
		if (st.st_dev == program[i].dev && st.st_ino == program[i].ino)
			return true;
	return false;
}

static bool
read_text(
    int proc, const char *pid, const char *name, char *ret_text, size_t room)
{
	char path[300];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", pid, name);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, ret_text, room - 1);
		close(fd);
	}
	if (n <= 0)
		return false;
	ret_text[n] = '\0';
	return true;
}

struct stat_line {
	char state;
	long ppid, session;
};

/* proc_pid_stat(5): pid (name) state ppid pgrp session */
static bool
read_stat(int proc, const char *pid, struct stat_line *ret)
{
	char text[512], *p;

	if (!read_text(proc, pid, "stat", text, sizeof(text)))
		return false;
	p = strrchr(text, ')');
	return p != NULL && sscanf(p, ") %c %ld %*d %ld", &ret->state,
				&ret->ppid, &ret->session) == 3;
}

static bool
runs_ours(int proc, const char *pid, const struct stat_line *line)
{
	char name[64];

	if (geteuid() == 0)
		return runs_program(proc, pid);
	return line->session == getsid(0) &&
	       read_text(proc, pid, "cmdline", name, sizeof(name)) &&
	       strncmp(name, "glovebox-", 9) == 0;
}

struct people {
	long alive[FOUND_MAX], parent_of_zombie[FOUND_MAX];
	int n_alive, n_zombies;
};

static void
look_at(int proc, const char *pid, struct people *ret)
{
	struct stat_line line;

	if (ret->n_alive == FOUND_MAX || ret->n_zombies == FOUND_MAX ||
	    !read_stat(proc, pid, &line))
		return;
	if (line.state == 'Z')
		ret->parent_of_zombie[ret->n_zombies++] = line.ppid;
	else if (runs_ours(proc, pid, &line))
		ret->alive[ret->n_alive++] = strtol(pid, NULL, 10);
}

/* A zombie has no exe any more: it is ours if its parent is, or if it is a
 * child of this very process. */
static struct census
count(const struct people *all)
{
	struct census c = {all->n_alive, 0};
	int i, j;

	for (i = 0; i < all->n_zombies; i++) {
		bool ours = all->parent_of_zombie[i] == getpid();

		for (j = 0; !ours && j < all->n_alive; j++)
			ours = all->alive[j] == all->parent_of_zombie[i];
		c.zombies += ours;
	}
	return c;
}

static const struct people *
look(void)
{
	static struct people all;
	DIR *dir = opendir("/proc");
	struct dirent *e;

	all.n_alive = all.n_zombies = 0;
	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			look_at(dirfd(dir), e->d_name, &all);
	if (dir != NULL)
		closedir(dir);
	return &all;
}

struct census
census_processes(void)
{
	return count(look());
}

int
census_pids(long *ret_pids, int room)
{
	const struct people *all = look();
	int n = all->n_alive < room ? all->n_alive : room;

	memcpy(ret_pids, all->alive, (size_t)n * sizeof(*ret_pids));
	return n;
}

static int
patience(int ms)
{
	return ms < 6000 ? (int)in_time((unsigned int)ms) : 60000;
}

bool
census_some_within(int alive, int ms)
{
	static const struct timespec nap = {0, 1000000};

	for (ms = patience(ms); ms > 0; ms--) {
		if (census_processes().alive >= alive)
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

bool
census_none_after(int ms)
{
	static const struct timespec nap = {0, 10000000};
	struct census c = census_processes();

	for (ms = patience(ms); ms > 0 && c.alive + c.zombies > 0; ms -= 10) {
		nanosleep(&nap, NULL);
		c = census_processes();
	}
	if (c.alive + c.zombies > 0)
		fprintf(stderr, "# left: %d processes, %d zombies\n", c.alive,
		    c.zombies);
	return c.alive + c.zombies == 0;
}
