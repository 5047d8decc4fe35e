/* SPDX-License-Identifier: ISC */
/* Temporary names beside an output, see temp.h. Side: caller. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#include "cmd/temp.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define TRIES	      100

/* ---- signals that end the process ---------------------------------------- */

static const int enders[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU};
static const char *volatile doomed;
static volatile int doomed_dir;

static void
remove_and_die(int number)
{
	const char *name = doomed;

	if (name)
		unlinkat(doomed_dir, name, 0);
	raise(number); /* SA_RESETHAND: this time it ends the process */
}

/* From the moment that there is a name until it is known here. */
static void
hold_signals(sigset_t *ret_old)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(enders); i++)
		sigaddset(&set, enders[i]);
	sigprocmask(SIG_BLOCK, &set, ret_old);
}

static void
guard(int dir, const char *name)
{
	struct sigaction old,
	    act = {.sa_handler = remove_and_die, .sa_flags = (int)SA_RESETHAND};

	doomed_dir = dir;
	doomed = name;
	for (size_t i = 0; i < ARRAY_SIZE(enders); i++)
		if (sigaction(enders[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			sigaction(enders[i], &act, NULL);
}

void
gbx_cmd_temp_forget(void)
{
	struct sigaction old, act = {.sa_handler = SIG_DFL};

	for (size_t i = 0; i < ARRAY_SIZE(enders); i++)
		if (sigaction(enders[i], NULL, &old) == 0 &&
		    old.sa_handler == remove_and_die)
			sigaction(enders[i], &act, NULL);
	doomed = NULL;
}

/* ---- names --------------------------------------------------------------- */

static void
random_name(char ret_name[GBX_CMD_TEMP_LEN])
{
	uint64_t n = 0;

	/* Where it fails, O_EXCL and linkat(2) still tell names apart. */
	if (getrandom(&n, sizeof(n), GRND_NONBLOCK) != sizeof(n))
		n = (uint64_t)getpid() + n + 1;
	snprintf(ret_name, GBX_CMD_TEMP_LEN, ".glovebox-%016llx",
	    (unsigned long long)n);
}

int
gbx_cmd_temp_nameless(int dir, mode_t mode)
{
	/* No name needs a /proc to be given one later: linkat(2). */
	if (access("/proc/self/fd", X_OK) != 0)
		return -1;
	return openat(dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}

int
gbx_cmd_temp_named(int dir, mode_t mode, char ret_name[GBX_CMD_TEMP_LEN])
{
	sigset_t old;
	int fd = -1, error = EEXIST;

	hold_signals(&old);
	for (int i = 0; fd < 0 && error == EEXIST && i < TRIES; i++) {
		random_name(ret_name);
		fd = openat(dir, ret_name,
		    O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);
		error = errno;
	}
	if (fd >= 0)
		guard(dir, ret_name);
	sigprocmask(SIG_SETMASK, &old, NULL);
	errno = error;
	return fd;
}

int
gbx_cmd_temp_link(int fd, int dir, const char *name)
{
	char from[64];

	snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, from, dir, name, AT_SYMLINK_FOLLOW) == 0
		   ? 0
		   : errno;
}

int
gbx_cmd_temp_name(int fd, int dir, char ret_name[GBX_CMD_TEMP_LEN])
{
	int error = EEXIST;
	sigset_t old;

	hold_signals(&old);
	for (int i = 0; error == EEXIST && i < TRIES; i++) {
		random_name(ret_name);
		error = gbx_cmd_temp_link(fd, dir, ret_name);
	}
	if (!error)
		guard(dir, ret_name);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return error;
}
