/* SPDX-License-Identifier: ISC */
/* What the control group of this process may use; see cgroup.h. Side: both. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/cleanup.h"

#define PATH_ROOM 1024
/* Version 1 has no word for "no limit": the highest whole page. */
#define HUGE_LIMIT (1ULL << 60)

static const struct {
	const char *controller, *file_v2, *file_v1;
} kinds[] = {
    [GBX_CGROUP_MEMORY] = {"memory", "memory.max", "memory.limit_in_bytes"},
    [GBX_CGROUP_PIDS] = {"pids", "pids.max", "pids.max"},
};

/* At most room - 1 bytes, as text; false if there are none. */
static bool
read_text(const char *path, char *ret_text, size_t room)
{
	gbx_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, ret_text, room - 1);

	if (n <= 0)
		return false;
	ret_text[n] = '\0';
	return true;
}

static uint64_t
limit_of(const char *dir, const char *file)
{
	char path[PATH_ROOM + 64], text[64];
	unsigned long long n;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	if (!read_text(path, text, sizeof(text)) || text[0] < '0' ||
	    text[0] > '9')
		return GBX_CGROUP_NONE;
	n = strtoull(text, NULL, 10);
	return n >= HUGE_LIMIT ? GBX_CGROUP_NONE : n;
}

/* Of the group and those around it, up to the mount. In a container the path
 * may be the host's, and nothing there: the mount itself is its group then. */
static uint64_t
least_of(const char *mount, const char *group, const char *file)
{
	uint64_t least = GBX_CGROUP_NONE, one;
	char dir[PATH_ROOM], *end;
	size_t top = strlen(mount);

	if (strstr(group, "..") != NULL)
		group = "";
	if ((size_t)snprintf(dir, sizeof(dir), "%s%s", mount, group) >=
	    sizeof(dir))
		return GBX_CGROUP_NONE;
	for (;;) {
		one = limit_of(dir, file);
		if (one < least)
			least = one;
		end = strrchr(dir, '/');
		if (end == NULL || (size_t)(end - dir) < top)
			return least;
		*end = '\0';
	}
}

static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	const char *p = list;

	while ((p = strstr(p, word)) != NULL) {
		if ((p == list || p[-1] == ',') &&
		    (p[n] == '\0' || p[n] == ','))
			return true;
		p += n;
	}
	return false;
}

/* "4:memory:/group" of version 1, "0::/group" of version 2: cgroups(7). */
static uint64_t
limit_of_line(char *line, const char *mount, enum gbx_cgroup_kind kind)
{
	char *controllers = strchr(line, ':'), *group, dir[PATH_ROOM];
	const char *file;

	group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
	if (group == NULL)
		return GBX_CGROUP_NONE;
	*group++ = '\0';
	controllers++;
	if (*controllers == '\0') {
		file = kinds[kind].file_v2;
		snprintf(dir, sizeof(dir), "%s", mount);
	} else if (has_word(controllers, kinds[kind].controller)) {
		file = kinds[kind].file_v1;
		snprintf(
		    dir, sizeof(dir), "%s/%s", mount, kinds[kind].controller);
	} else {
		return GBX_CGROUP_NONE;
	}
	return least_of(dir, strcmp(group, "/") == 0 ? "" : group, file);
}

uint64_t
gbx_cgroup_limit_in(
    const char *list, const char *mount, enum gbx_cgroup_kind kind)
{
	uint64_t least = GBX_CGROUP_NONE, one;
	char text[8192], *line, *save = NULL;

	if (!read_text(list, text, sizeof(text)))
		return GBX_CGROUP_NONE;
	for (line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		one = limit_of_line(line, mount, kind);
		if (one < least)
			least = one;
	}
	return least;
}

uint64_t
gbx_cgroup_limit(enum gbx_cgroup_kind kind)
{
	return gbx_cgroup_limit_in("/proc/self/cgroup", "/sys/fs/cgroup", kind);
}
