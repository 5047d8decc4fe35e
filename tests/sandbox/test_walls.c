/* SPDX-License-Identifier: ISC */
/*
 * Every wall and every layer before it, one at a time: a prober, locked by
 * nothing, tries to get through with that layer alone in force. With none it
 * must get through (so that it can), with one that is said to hold it must not,
 * with any other it must, so that walls/table.c says no more and no less than
 * what is so. With all outer layers and no lock every wall that has a holder
 * stands; and the lock alone holds what is a system call.
 * Side: tests, in the broker's place: a broker takes no such worker, which is
 * tried too. walls/: host.c what is planted, world.c the driving, probe_*.c
 * the tries, *_layers.c what leaves a layer out.
 *
 * Fails if taken out, by the walls of that layer: a CLONE_NEW* of the first
 * wish (but CGROUP: test_locked.c), try_effective's calls, let_go's two
 * (init/init.c); the pivot (init/root.c); gbx_drop_capabilities; no_new_privs
 * in init and layers.c; Landlock, its net, scoped or truncate rights, DUMPABLE
 * (runtime/layers.c); CORE, NOFILE, MEMLOCK or MSGQUEUE (schemas/rlimits.def);
 * PR_SET_TSC (runtime/zygote.c); close_range, gbx_lockdown_worker
 * (runtime/worker.c); the comparison in broker/canary.c, gbx_canary_status.
 */
#include "tests/support/cmocka.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glovebox.h>

#include "tests/sandbox/walls/table.h"
#include "tests/support/liar.h"
#include "tests/support/proc.h"
#include "tests/support/score.h"
#include "tests/support/tsc.h"

static const char *const layer_names[WALLS_NR_COUNT] = {
#define X(id, name) [WALLS_NR_##id] = name,
    WALLS_LAYERS(X)
#undef X
};

#define WORLDS 64
static struct {
	struct walls_world *world[WORLDS];
	struct walls_order order;
	uint32_t abi; /* of Landlock */
	bool root;    /* truly, not in a user namespace of the test's */
	bool tsc;     /* the machine can take the time stamp counter away */
	unsigned int tried, held;
} it;

static struct walls_world **
world_of(uint32_t layers)
{
	struct walls_world **room = NULL;
	size_t i;

	for (i = 0; i < WORLDS; i++) {
		if (it.world[i] == NULL)
			room = &it.world[i];
		else if (it.world[i]->layers == layers)
			return &it.world[i];
	}
	if (room == NULL)
		abort(); /* a longer table needs more WORLDS */
	*room = walls_world_open(layers);
	return room;
}

/* A world in which somebody was killed is not used again. */
static void
forget_broken(struct walls_world **w)
{
	if (!walls_is_gone((*w)->sibling.pidfd, 0) &&
	    !walls_is_gone((*w)->zygote_pidfd, 0) &&
	    !walls_is_gone((*w)->init_pidfd, 0))
		return;
	walls_world_close(*w);
	*w = NULL;
}

static bool
gets_through(
    const struct walls_wall *wall, uint32_t layers, struct walls_end *ret)
{
	struct walls_world **w = world_of(layers);
	bool saw;

	snprintf(it.order.probe, sizeof(it.order.probe), "%.31s", wall->probe);
	walls_world_try(*w, &it.order, walls_host_meet, ret);
	saw = walls_host_saw(wall->sign, *w, ret);
	forget_broken(w);
	return saw;
}

static void
tell(const struct walls_wall *wall, const char *what, const char *layer,
    const struct walls_end *end)
{
	print_error("# %s: %s with %s: %s, error %d, ended %d/%d\n",
	    wall->probe, what, layer, end->done ? "tried" : "not tried",
	    end->err, end->code, end->status);
}

/* ---- one wall ------------------------------------------------------------ */

/* A layer alone; two need no_new_privs beside them where there is no
 * CAP_SYS_ADMIN (landlock(7), seccomp(2)). */
static uint32_t
alone(uint32_t layer)
{
	return (layer & (WALLS_LANDLOCK | WALLS_SECCOMP)) ? layer | WALLS_NNP
							  : layer;
}

/* What the table expects of this host's kernel. */
static uint32_t
holders(const struct walls_wall *wall)
{
	uint32_t h = wall->held_by;

	/* An ordinary caller's workers keep its id: SECURITY.md. */
	if (!it.root)
		h &= ~(uint32_t)WALLS_IDS;
	/* A virtual machine that lets the instruction through. */
	if (!it.tsc)
		h &= ~(uint32_t)WALLS_TSC;
	return it.abi < wall->abi ? h & ~(uint32_t)WALLS_LANDLOCK : h;
}

/* Two are not: an instruction, and a crash. The lock has no say there. */
static bool
is_call(const struct walls_wall *wall)
{
	return wall->sign != WALLS_CORE && (wall->held_by & WALLS_TSC) == 0;
}

/* A prober that died on its way was not held by a wall. */
static bool
was_tried(const struct walls_wall *wall, const struct walls_end *end)
{
	if (end->done)
		return true;
	if (!is_call(wall))
		return end->code != CLD_EXITED &&
		       end->status ==
			   (wall->sign == WALLS_CORE ? SIGILL : SIGSEGV);
	/* It runs, but not as root. */
	return wall->sign == WALLS_AS_ROOT && end->code == CLD_EXITED &&
	       end->status == WALLS_RAN;
}

/* Counts for the scoreboard. */
static bool
must_hold(const struct walls_wall *wall, uint32_t layers, const char *name)
{
	struct walls_end end;
	bool held = !gets_through(wall, layers, &end) && was_tried(wall, &end);

	it.tried++;
	it.held += held;
	if (!held)
		tell(wall, "not held", name, &end);
	return held;
}

/* Returns how many of them are not as the table says. */
static unsigned int
try_each_alone(const struct walls_wall *wall, char *ret_line, size_t room)
{
	unsigned int k, wrong = 0;
	struct walls_end end;
	size_t at = 0;

	for (k = 0; k < WALLS_NR_SECCOMP; k++) {
		const uint32_t layer = 1U << k;

		if ((wall->base | wall->perhaps) & layer ||
		    (layer == WALLS_IDS && !it.root))
			continue;
		if (holders(wall) & layer) {
			wrong += !must_hold(
			    wall, wall->base | alone(layer), layer_names[k]);
			at += (size_t)snprintf(
			    ret_line + at, room - at, " %s", layer_names[k]);
		} else if (!gets_through(
			       wall, wall->base | alone(layer), &end)) {
			tell(wall, "held, not as the table says,",
			    layer_names[k], &end);
			wrong++;
		}
	}
	return wrong;
}

static bool
lock_holds(const struct walls_wall *wall)
{
	struct walls_end end;
	bool through;

	if (!is_call(wall))
		return true;
	through = gets_through(wall, wall->base | alone(WALLS_SECCOMP), &end);
	it.tried++;
	it.held += !through;
	if (!through && end.code != CLD_EXITED && end.status == SIGSYS)
		return true;
	tell(wall, "not killed", "the lock", &end);
	return false;
}

/* The host refuses it to everybody. */
static bool
cannot_be_shown(const struct walls_wall *wall, const struct walls_end *end)
{
	if (wall->sign == WALLS_CORE)
		return !walls_host_plain_cores();
	return end->done && end->err == ENOSYS;
}

static void
test_wall(void **state)
{
	const struct walls_wall *wall = *state;
	struct walls_end end;
	char line[256] = "";
	unsigned int wrong;

	if (!it.root && wall->root) {
		print_message("# SKIP only root has it to lose\n");
		skip();
	}
	if (!gets_through(wall, wall->base, &end)) {
		if (wall->unless != NULL && cannot_be_shown(wall, &end)) {
			printf("# %s: %s\n", wall->probe, wall->unless);
			return;
		}
		tell(wall, "does not get through", "nothing", &end);
		fail();
	}
	wrong = try_each_alone(wall, line, sizeof(line));
	if (holders(wall) != 0)
		wrong += !must_hold(wall, WALLS_OUTER, "all outer layers");
	wrong += !lock_holds(wall);
	printf("# %-18s%s held by%s%s\n", wall->probe,
	    wall->base & WALLS_USERNS ? " (in userns)" : "",
	    line[0] == '\0' ? " no outer layer alone" : line,
	    is_call(wall) ? "; lock" : "");
	assert_int_equal(wrong, 0);
}

/* ---- what a broker says to such workers ---------------------------------- */

/* All outer layers, and no lock: not one job, whatever is asked. */
static void
test_broker_refuses(void **state)
{
	static const uint32_t modes[] = {
	    GBX_LOCKDOWN_FILTER, GBX_LOCKDOWN_STRICT};
	struct gbx_broker_opts opts;
	struct gbx_broker *broker;
	char *dir = build_path("walls/libexec");
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		gbx_broker_opts_init(&opts);
		opts.worker_dir = dir;
		opts.lockdown = modes[i];
		broker = NULL;
		assert_int_equal(
		    gbx_broker_open(&opts, &broker), GBX_ERR_POSTURE);
		assert_null(broker);
	}
	free(dir);
}

/* ---- the frame ----------------------------------------------------------- */

static int
begin(void **state)
{
	struct walls_world **all;
	uint32_t needed = 1U << GBX_LAYER_USERNS | 1U << GBX_LAYER_NETNS |
			  1U << GBX_LAYER_PIDNS | 1U << GBX_LAYER_ROOT;

	(void)state;
	walls_host_order(&it.order);
	it.tsc = tsc_is_held();
	all = world_of(WALLS_OUTER);
	it.abi = (*all)->zygote_says.extra;
	if (((*all)->init_says.bits & needed) == needed)
		return 0;
	print_error("# not all layers can be had here\n");
	return -1;
}

static int
finish(void **state)
{
	const char *enough = it.root ? ">=350" : "-";
	size_t i;

	(void)state;
	for (i = 0; i < WORLDS; i++)
		walls_world_close(it.world[i]);
	score("walls", walls_table_length, ">=80");
	score("walls-tried", it.tried, enough);
	score("walls-held", it.held, enough);
	score("walls-open", it.tried - it.held, "==0");
	return 0;
}

static int
run_walls(void)
{
	struct CMUnitTest *tests = calloc(walls_table_length, sizeof(*tests));
	size_t i;
	int failed;

	if (tests == NULL)
		return 1;
	for (i = 0; i < walls_table_length; i++)
		tests[i] = (struct CMUnitTest){
		    .name = walls_table[i].probe,
		    .test_func = test_wall,
		    .initial_state = (void *)(uintptr_t)&walls_table[i],
		};
	failed = _cmocka_run_group_tests(
	    "walls", tests, walls_table_length, begin, finish);
	free(tests);
	return failed;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest broker[] = {
	    cmocka_unit_test(test_broker_refuses),
	};
	const char *why;
	int failed;

	if (walls_host_victim(argc, argv))
		return 0;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	proc_adopt();
	it.root = geteuid() == 0;
	failed = cmocka_run_group_tests_name("broker", broker, NULL, NULL);
	if (walls_host_begin(&why)) {
		failed += run_walls();
	} else {
		printf("1..1\nok 1 - walls # SKIP %s (%s)\n", why,
		    strerror(errno));
	}
	walls_host_end();
	return failed > 0 ? 1 : 0;
}
