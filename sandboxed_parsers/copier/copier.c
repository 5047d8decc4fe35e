/* SPDX-License-Identifier: ISC */
/*
 * Copies one open file into one memfd and exits. The broker starts it for
 * input that may hang (pipes, FUSE, NFS), so that a slow file can be given up
 * by a kill.
 * Side: setup. It looks at no byte that it moves, and touches nothing but its
 * two descriptors.
 *
 * fd 0: the source; fd 1: the memfd; fd 3: a pidfd of the host; argv[1] tells
 * which descriptors these were (init/inherit.h); argv[2]: the bytes it may copy
 * at first, the most bytes, and the milliseconds it may take, decimal, with
 * commas between. fd 2 is a datagram socket to the broker, which is not its
 * parent. Before it copies more than it may, it asks there by a datagram of one
 * byte and waits for the answer, 8 bytes: so many in all. How it went it says
 * in one of two bytes: 0 all copied, 1 the source has more, 2 reading failed, 3
 * writing failed; and the errno of 2 and 3. Saying nothing is a failure too.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "sandboxed_parsers/init/inherit.h"

#define CHUNK 65536

enum {
	ALL = 0,
	MORE = 1,
	UNREADABLE = 2,
	UNWRITABLE = 3
};

static int
report(int code)
{
	uint8_t word[2] = {(uint8_t)code, (uint8_t)(code >= 2 ? errno : 0)};

	return write(2, word, sizeof(word)) == sizeof(word) ? 0 : 1;
}

/* Wait for something to read. A FIFO that nobody has opened for writing yet
 * reads as ended; poll tells the two apart (fifo(7), poll(2) POLLHUP). It also
 * tells when nobody reads fd 2 any more (POLLERR), or that the host is gone:
 * with it went whoever would have killed us. */
static void
wait_readable(void)
{
	struct pollfd p[3] = {{.fd = 0, .events = POLLIN}, {.fd = 2},
	    {.fd = 3, .events = POLLIN}};

	while (poll(p, 3, -1) < 0)
		if (errno != EINTR)
			_exit(1);
	if (p[1].revents != 0 || p[2].revents != 0)
		_exit(1);
}

/* May it be more than before? The broker answers when there is memory for it,
 * or never: then the alarm, or the end of the host, ends this. */
static uint64_t
ask_for_more(void)
{
	struct pollfd p[2] = {
	    {.fd = 2, .events = POLLIN}, {.fd = 3, .events = POLLIN}};
	uint64_t most;

	if (write(2, "", 1) != 1)
		_exit(1);
	while (poll(p, 2, -1) < 0)
		if (errno != EINTR)
			_exit(1);
	if (p[1].revents != 0 || read(2, &most, sizeof(most)) != sizeof(most))
		_exit(1);
	return most;
}

/* A regular file is read from its start without moving the offset that it
 * shares with the caller; what can't seek is read as it comes. */
static ssize_t
read_some(char *buf, size_t room, uint64_t at, bool *seekable)
{
	ssize_t n;

	for (;;) {
		if (!*seekable)
			wait_readable();
		n = *seekable ? pread(0, buf, room, (off_t)at)
			      : read(0, buf, room);
		if (n >= 0)
			return n;
		if (errno == ESPIPE && *seekable)
			*seekable = false;
		else if (errno != EAGAIN && errno != EINTR)
			return -1;
	}
}

static bool
write_all(const char *buf, size_t length)
{
	ssize_t n;

	while (length > 0) {
		n = write(1, buf, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		buf += n;
		length -= (size_t)n;
	}
	return true;
}

/* A read that hangs (FUSE, NFS) ends by this, even when nobody is left to kill
 * us: the default action of SIGALRM. */
static void
end_after(unsigned long ms)
{
	struct itimerval it = {{0, 0}, {0, 0}};

	it.it_value.tv_sec = (time_t)(ms / 1000);
	it.it_value.tv_usec = (suseconds_t)(ms % 1000 * 1000);
	(void)setitimer(ITIMER_REAL, &it, NULL);
}

int
main(int argc, char **argv)
{
	static char buf[CHUNK];
	uint64_t may, most, done = 0;
	bool seekable = true;
	ssize_t n;
	char *end;

	if (argc != 3 || gbx_inherit(argv[1]) != 0)
		return 1;
	may = strtoull(argv[2], &end, 10);
	if (*end != ',')
		return 1;
	most = strtoull(end + 1, &end, 10);
	if (*end != ',')
		return 1;
	end_after(strtoul(end + 1, NULL, 10));
	/* A memfd counts as a file for RLIMIT_FSIZE: EFBIG tells it as well. */
	(void)signal(SIGXFSZ, SIG_IGN);
	for (;;) {
		n = read_some(buf, sizeof(buf), done, &seekable);
		if (n < 0)
			return report(UNREADABLE);
		if (n == 0)
			return report(ALL);
		if ((uint64_t)n > most - done)
			return report(MORE);
		while ((uint64_t)n > may - done)
			may = ask_for_more();
		if (!write_all(buf, (size_t)n))
			return report(UNWRITABLE);
		done += (uint64_t)n;
	}
}
