/* SPDX-License-Identifier: ISC */
/* Which call fails; see inject.h. Side: tests. */
#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/faults/inject.h"

#define FAULT(id, name, lasting, ...) \
	static const int how_##id[] = {__VA_ARGS__};
#include "tests/faults/calls.def"
#undef FAULT
static const struct fault_kind kinds[FAULT_CALLS] = {
#define FAULT(id, name, lasting, ...) \
	[FAULT_##id] = { \
	    name, lasting, how_##id, sizeof(how_##id) / sizeof(how_##id[0])},
#include "tests/faults/calls.def"
#undef FAULT
};

/* The library's code, by the name that mk/faults.mk gives to its section; the
 * linker adds the two ends. */
extern const char __start_gbx_text[], __stop_gbx_text[];
extern const char __executable_start[];

static struct {
	struct fault_view *view;
	struct fault_plan plan;
	uint32_t depth;
	uint64_t random;
	int lasting; /* of the calls like the first that failed, or -1 */
	atomic_bool armed;
	/* A process that shares our memory (CLONE_VM) locks it as a thread
	 * does. */
	pthread_mutex_t lock;
} engine = {.lock = PTHREAD_MUTEX_INITIALIZER};

const struct fault_kind *
fault_kind(enum fault_call call)
{
	return &kinds[call];
}

void
fault_begin(
    struct fault_view *view, const struct fault_plan *plan, uint32_t depth)
{
	void *frame[1];

	memset(view, 0, sizeof(*view));
	engine.view = view;
	engine.plan = *plan;
	engine.depth = depth;
	engine.random = plan->seed * 2654435761U + 88172645463325252U;
	engine.lasting = -1;
	(void)backtrace(frame, 1); /* loads its library now */
}

void
fault_arm(bool armed)
{
	atomic_store(&engine.armed, armed);
}

static uint32_t
random_below(uint32_t n)
{
	engine.random ^= engine.random << 13;
	engine.random ^= engine.random >> 7;
	engine.random ^= engine.random << 17;
	return (uint32_t)(engine.random >> 32) % n;
}

/* ---- sites --------------------------------------------------------------- */

static bool
in_library(const void *p)
{
	return (const char *)p > __start_gbx_text &&
	       (const char *)p <= __stop_gbx_text;
}

static void
look(struct fault_site *ret, enum fault_call call)
{
	void *all[FAULT_FRAMES + 8];
	int i, n = backtrace(all, FAULT_FRAMES + 8);
	uint64_t key = 14695981039346656037U ^ (uint64_t)call;

	ret->call = (uint32_t)call;
	ret->n_frames = 0;
	ret->seen = 0;
	for (i = 0; i < n && ret->n_frames < engine.depth; i++) {
		if (!in_library(all[i]))
			continue;
		ret->frame[ret->n_frames++] = all[i];
		key = (key * 1099511628211U) ^
		      (uint64_t)((const char *)all[i] - __executable_start);
		key ^= key >> 29;
	}
	ret->key = key | 1;
}

static struct fault_site *
find(const struct fault_site *here)
{
	size_t i = (size_t)(here->key >> 1) % FAULT_SITES;
	struct fault_site *s;

	for (;; i = (i + 1) % FAULT_SITES) {
		s = &engine.view->site[i];
		if (s->key == here->key)
			return s;
		if (s->key == 0)
			break;
	}
	*s = *here;
	return s;
}

static int
decide(const struct fault_site *s)
{
	const struct fault_kind *k = &kinds[s->call];

	switch (engine.plan.mode) {
	case FAULT_ONCE:
		if (s->key == engine.plan.key && s->seen == engine.plan.nth)
			return engine.plan.how;
		break;
	case FAULT_ONWARD:
		if (s->key == engine.plan.key && s->seen == engine.plan.nth)
			engine.lasting = (int)s->call;
		if (engine.lasting == (int)s->call)
			return engine.plan.how;
		break;
	case FAULT_RANDOM:
		if (random_below(engine.plan.rate) == 0)
			return k->how[random_below((uint32_t)k->n_how)];
		break;
	case FAULT_NEVER:
		break;
	}
	return 0;
}

int
fault_how(enum fault_call call)
{
	struct fault_site here, *s;
	int how, saved = errno;

	if (!atomic_load(&engine.armed))
		return 0;
	look(&here, call);
	pthread_mutex_lock(&engine.lock);
	s = find(&here);
	s->seen++;
	how = decide(s);
	if (how != 0) {
		if (engine.view->fired++ == 0)
			engine.view->first_key = s->key;
	}
	pthread_mutex_unlock(&engine.lock);
	errno = saved;
	return how;
}

bool
fault_fails(enum fault_call call)
{
	int how = fault_how(call);

	if (how > 0)
		errno = how;
	return how != 0;
}

void
fault_count_block(int n)
{
	if (engine.view != NULL)
		__atomic_fetch_add(&engine.view->blocks, n, __ATOMIC_RELAXED);
}

void
fault_count_map(int n)
{
	if (engine.view != NULL)
		__atomic_fetch_add(&engine.view->maps, n, __ATOMIC_RELAXED);
}

void
fault_unknown(long nr)
{
	if (engine.view != NULL)
		engine.view->unknown = nr;
}

/* ---- names --------------------------------------------------------------- */

/* addr2line -i says the function and then the place, for each function that
 * was inlined, the innermost first. */
static void
name_frame(const void *frame, char *ret_text, size_t room)
{
	char command[400], line[256], self[256];
	size_t used = strlen(ret_text);
	bool name = true;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	FILE *f;

	self[n > 0 ? n : 0] = '\0';
	/* The call ends where the frame says that it returns. */
	snprintf(command, sizeof(command), "addr2line -f -i -e '%s' %#lx", self,
	    (unsigned long)((const char *)frame - __executable_start - 1));
	f = popen(command, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (name && used + 3 < room)
			used += (size_t)snprintf(ret_text + used, room - used,
			    "%s%s", used > 0 ? " < " : "", line);
		if (used >= room)
			used = room - 1;
		name = !name;
	}
	if (f != NULL)
		pclose(f);
}

void
fault_where(const struct fault_site *site, char *ret_text, size_t room)
{
	uint32_t i;

	ret_text[0] = '\0';
	for (i = 0; i < site->n_frames; i++)
		name_frame(site->frame[i], ret_text, room);
}

const char *
fault_how_name(int how)
{
	if (how == SHORT)
		return "half of it";
	if (how == FDS_LOST)
		return "without its descriptors";
	return strerrorname_np(how >= DONE(0) ? how - DONE(0) : how);
}
