/* SPDX-License-Identifier: ISC */
/*
 * Under a parent that has filtered itself already: what can't be had is said,
 * and nothing is parsed; what an outer filter only pretends is not believed.
 * Each case is a child of its own, for a filter never comes off again.
 * Side: tests; public header, and the command GLOVEBOX where it is built.
 *
 * Fails if taken out: the canary (runtime/worker.c, gbx_worker_canary: the
 * forbidden call; broker/canary.c, gbx_canary_status: the comparison);
 * b->require in gbx_canary_status; seccomp_api_get in runtime/lockdown.c.
 */
#include "tests/support/cmocka.h"

#include <errno.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/liar.h"

/* ---- outer filters ------------------------------------------------------- */

static void
load(scmp_filter_ctx ctx)
{
	if (seccomp_load(ctx) != 0)
		_exit(90);
	seccomp_release(ctx);
}

/* A rule that never matters: a filter is there, and allows everything. */
static void
filter_allow_all(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

	if (ctx == NULL || seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM),
			       SCMP_SYS(swapon), 0) != 0)
		_exit(91);
	load(ctx);
}

static void
filter_fakes(uint32_t lie)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

	if (ctx == NULL ||
	    seccomp_rule_add(ctx, lie, SCMP_SYS(seccomp), 0) != 0 ||
	    seccomp_rule_add(ctx, lie, SCMP_SYS(prctl), 1,
		SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0)) != 0)
		_exit(92);
	load(ctx);
}

static void
filter_fakes_success(void)
{
	filter_fakes(SCMP_ACT_ERRNO(0));
}

/* Answers truly to who asks what is there, and fakes only the load itself. */
static void
filter_fakes_load(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

	if (ctx == NULL ||
	    seccomp_rule_add(ctx, SCMP_ACT_ERRNO(0), SCMP_SYS(seccomp), 1,
		SCMP_A0(SCMP_CMP_EQ, SECCOMP_SET_MODE_FILTER, 0)) != 0)
		_exit(92);
	load(ctx);
}

/* As a sandbox does that wants no other one inside. */
static void
filter_refuses(void)
{
	filter_fakes(SCMP_ACT_ERRNO(EPERM));
}

/* Only root may filter itself without no_new_privs, and only then can a fake
 * success of it be told from a true one. */
static void
filter_fakes_nnp(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

	if (ctx == NULL || seccomp_attr_set(ctx, SCMP_FLTATR_CTL_NNP, 0) != 0 ||
	    seccomp_rule_add(ctx, SCMP_ACT_ERRNO(0), SCMP_SYS(prctl), 1,
		SCMP_A0(SCMP_CMP_EQ, PR_SET_NO_NEW_PRIVS, 0)) != 0)
		_exit(93);
	load(ctx);
}

static void
filter_no_userns(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

	if (ctx == NULL ||
	    seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
		SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER)) != 0)
		_exit(94);
	load(ctx);
}

/* ---- in the child -------------------------------------------------------- */

/* The exit status of a child tells what came of it. */
enum {
	WORKS = 0,
	POSTURE = 1,	 /* GBX_ERR_POSTURE */
	OTHER = 2,	 /* another error */
	WRONG = 3,	 /* it opened, and a job went wrong */
	UNAVAILABLE = 4, /* it opened; a job needs more than it has */
};

static enum gbx_err
open_broker(uint32_t lockdown, uint32_t require, struct gbx_broker **ret)
{
	struct gbx_broker_opts opts;
	enum gbx_err err;

	liar_opts(&opts, lockdown);
	opts.require = require;
	err = gbx_broker_open(&opts, ret);
	free((char *)opts.worker_dir);
	return err;
}

static struct gbx_result *
decode(struct gbx_broker *broker, const char *script, uint32_t require)
{
	struct gbx_result *r = NULL;
	struct gbx_input input;
	struct gbx_job job;
	char *data;

	liar_job(&job, GBX_OP_DECODE);
	job.require = require;
	gbx_input_init(&input);
	data = liar_input(LIAR_PNG, script, &input.length);
	input.data = data;
	if (gbx_run(broker, &input, &job, &r) != GBX_OK)
		_exit(95);
	free(data);
	return r;
}

static bool
ends_as(struct gbx_broker *broker, const char *script, uint32_t require,
    enum gbx_verdict verdict)
{
	struct gbx_result *r = decode(broker, script, require);
	bool is = gbx_result_verdict(r) == verdict;

	gbx_result_free(r);
	return is;
}

static int
try_broker(uint32_t lockdown, uint32_t require)
{
	struct gbx_broker *broker = NULL;
	enum gbx_err err = open_broker(lockdown, require, &broker);
	bool right;

	if (err != GBX_OK)
		return err == GBX_ERR_POSTURE ? POSTURE : OTHER;
	right = ends_as(broker, "image 2 2 1", GBX_POSTURE_PROVEN,
		    GBX_VERDICT_OK) &&
		ends_as(broker, "call 39", 0, GBX_VERDICT_VIOLATION) &&
		ends_as(broker, "image 2 2 1", 0, GBX_VERDICT_OK);
	if (right && ends_as(broker, "image 2 2 1", GBX_POSTURE_USERNS,
			 GBX_VERDICT_UNAVAILABLE)) {
		gbx_broker_close(broker);
		return UNAVAILABLE;
	}
	gbx_broker_close(broker);
	return right ? WORKS : WRONG;
}

static int
under(void (*filter)(void), uint32_t lockdown, uint32_t require)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		filter();
		_exit(try_broker(lockdown, require));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* ---- the library --------------------------------------------------------- */

static void
nothing(void)
{
}

/* The same child without a filter: so what follows is the filter's doing. */
static void
test_without(void **state)
{
	(void)state;
	assert_int_equal(under(nothing, GBX_LOCKDOWN_FILTER, 0), WORKS);
	assert_int_equal(under(nothing, GBX_LOCKDOWN_STRICT, 0), WORKS);
}

/* seccomp(2): strict mode can't be entered once a filter is on. */
static void
test_allow_all(void **state)
{
	(void)state;
	assert_int_equal(
	    under(filter_allow_all, GBX_LOCKDOWN_FILTER, 0), WORKS);
	assert_int_equal(
	    under(filter_allow_all, GBX_LOCKDOWN_STRICT, 0), POSTURE);
}

static void
test_fakes_success(void **state)
{
	(void)state;
	assert_int_equal(
	    under(filter_fakes_success, GBX_LOCKDOWN_FILTER, 0), POSTURE);
	assert_int_equal(
	    under(filter_fakes_success, GBX_LOCKDOWN_STRICT, 0), POSTURE);
	assert_int_equal(
	    under(filter_fakes_load, GBX_LOCKDOWN_FILTER, 0), POSTURE);
}

static void
test_refuses(void **state)
{
	(void)state;
	assert_int_equal(
	    under(filter_refuses, GBX_LOCKDOWN_FILTER, 0), POSTURE);
	assert_int_equal(
	    under(filter_refuses, GBX_LOCKDOWN_STRICT, 0), POSTURE);
}

static void
test_fakes_nnp(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("# SKIP only root can filter itself so\n");
		skip();
	}
	assert_int_equal(
	    under(filter_fakes_nnp, GBX_LOCKDOWN_FILTER, 0), POSTURE);
	assert_int_equal(
	    under(filter_fakes_nnp, GBX_LOCKDOWN_STRICT, 0), POSTURE);
}

/* A layer that is missing is told; who requires it gets no broker, and a job
 * that requires it is not parsed. */
static void
test_no_userns(void **state)
{
	(void)state;
	assert_int_equal(
	    under(filter_no_userns, GBX_LOCKDOWN_FILTER, 0), UNAVAILABLE);
	assert_int_equal(
	    under(filter_no_userns, GBX_LOCKDOWN_FILTER, GBX_POSTURE_USERNS),
	    POSTURE);
}

/* ---- the command --------------------------------------------------------- */

static char script_file[] = "/tmp/gbx-outer-XXXXXX";

static int
make_input(void **state)
{
	char *data;
	size_t length;
	int fd = mkstemp(script_file);

	(void)state;
	data = liar_input(LIAR_PNG, "image 2 2 1", &length);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, length), length);
	close(fd);
	free(data);
	return 0;
}

static int
drop_input(void **state)
{
	(void)state;
	return unlink(script_file);
}

/* What the command says, under a filter. Returns its exit status. */
static int
command_under(
    void (*filter)(void), const char *lockdown, char *ret_said, size_t room)
{
	char *path = build_path("glovebox");
	int status, out[2];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(out), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(out[1], 1);
		close(out[0]);
		close(out[1]);
		filter();
		execl(path, "glovebox", "decode", "--json", "--lockdown",
		    lockdown, script_file, (char *)NULL);
		_exit(96);
	}
	close(out[1]);
	n = read(out[0], ret_said, room - 1);
	close(out[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	ret_said[n > 0 ? n : 0] = '\0';
	free(path);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
expect_unavailable(void (*filter)(void), const char *lockdown)
{
	char said[4096];
	int status = command_under(filter, lockdown, said, sizeof(said));

	if (status != 69 || strstr(said, "\"unavailable\"") == NULL)
		print_error("# exit %d: %s\n", status, said);
	assert_int_equal(status, 69);
	assert_non_null(strstr(said, "\"verdict\":\"unavailable\""));
}

static void
test_command(void **state)
{
	char said[4096];

	(void)state;
	expect_unavailable(filter_allow_all, "strict");
	expect_unavailable(filter_fakes_success, "strict");
	expect_unavailable(filter_fakes_success, "filter");
	expect_unavailable(filter_fakes_load, "filter");
	/* A script is no PNG to the real worker, and it was asked. */
	assert_int_equal(
	    command_under(filter_allow_all, "filter", said, sizeof(said)), 65);
	assert_non_null(strstr(said, "\"verdict\":\"malformed\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_without),
	    cmocka_unit_test(test_allow_all),
	    cmocka_unit_test(test_fakes_success),
	    cmocka_unit_test(test_refuses),
	    cmocka_unit_test(test_fakes_nnp),
	    cmocka_unit_test(test_no_userns),
	    cmocka_unit_test_setup_teardown(
		test_command, make_input, drop_input),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("outer", tests, NULL, NULL);
}
