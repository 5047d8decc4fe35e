/* SPDX-License-Identifier: ISC */
/* What only root can try; see root.h. Side: tests. */
#include "tests/support/root.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/cmocka.h"

void
need_root(void)
{
	if (geteuid() == 0)
		return;
	print_message("# needs root\n");
	skip();
}

bool
write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good;

	if (fd < 0)
		return false;
	good = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return good;
}
