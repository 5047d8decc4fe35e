/* SPDX-License-Identifier: ISC */
/*
 * doctor's advice for hosts that a test can't be run on: what the kernel said
 * and what the host looks like in, one remedy out.
 * Side: tests. Fails if taken out: the branch that a row names.
 */
#include "tests/support/cmocka.h"

#include <errno.h>
#include <string.h>

#include "cmd/doctor.h"

#define HELD (GBX_POSTURE_USERNS | GBX_POSTURE_PIDNS)

/* A host on which all is well. */
static struct gbx_doctor_host
good_host(void)
{
	return (struct gbx_doctor_host){
	    .proc = true,
	    .is_mapped = true,
	    .max_user_ns = 15000,
	    .userns_clone = GBX_DOCTOR_UNKNOWN,
	    .apparmor_userns = GBX_DOCTOR_UNKNOWN,
	    .seccomp_actions = "kill_process kill_thread allow",
	};
}

static void
expect(const struct gbx_doctor_host *h, uint32_t posture, uint32_t bit,
    int error, const char *word)
{
	struct gbx_doctor_trial t = {.lockdown = GBX_LOCKDOWN_FILTER};
	char said[512];

	t.host.posture = posture;
	t.host.why[__builtin_ctz(bit)] = error;
	gbx_doctor_advise(h, &t, bit, said, sizeof(said));
	if (strstr(said, word) == NULL)
		print_error("# no \"%s\" in \"%s\"\n", word, said);
	assert_non_null(strstr(said, word));
}

static void
test_userns(void **state)
{
	struct gbx_doctor_host h = good_host();
	const uint32_t bit = GBX_POSTURE_USERNS;

	(void)state;
	expect(&h, 0, bit, EPERM, "a security module or a container");
	expect(&h, 0, bit, EINVAL, "CONFIG_USER_NS");
	expect(&h, 0, bit, ENOSPC, "a limit on namespaces is reached");
	h.outer_filters = 1;
	expect(&h, 0, bit, EPERM, "seccomp filter");
	h.outer_filters = 0;
	h.apparmor_userns = 1;
	expect(&h, 0, bit, EPERM, "apparmor_restrict_unprivileged_userns=0");
	expect(&h, 0, bit, EACCES, "apparmor_restrict_unprivileged_userns=0");
	h.apparmor_userns = 0;
	h.proc = false;
	expect(&h, 0, bit, ENOENT, "mount proc");
	h.proc = true;
	h.is_mapped = false;
	expect(&h, 0, bit, EPERM, "uid_map");
	h.in_chroot = true;
	expect(&h, 0, bit, EPERM, "chroot");
	h.userns_clone = 0;
	expect(&h, 0, bit, EPERM, "unprivileged_userns_clone=1");
	h.max_user_ns = 0;
	expect(&h, 0, bit, ENOSPC, "max_user_namespaces=15000");
}

static void
test_namespaces(void **state)
{
	struct gbx_doctor_host h = good_host();

	(void)state;
	expect(&h, 0, GBX_POSTURE_NETNS, EPERM, "comes with userns");
	expect(&h, HELD, GBX_POSTURE_NETNS, ENOSPC, "max_net_namespaces");
	expect(&h, HELD, GBX_POSTURE_PIDNS, ENOSPC, "max_pid_namespaces");
	expect(&h, HELD, GBX_POSTURE_NETNS, EINVAL, "CONFIG_NET_NS");
	expect(&h, HELD, GBX_POSTURE_PIDNS, EINVAL, "CONFIG_PID_NS");
	h.outer_filters = 2;
	expect(&h, HELD, GBX_POSTURE_NETNS, EPERM, "CLONE_NEWNET");
}

static void
test_root(void **state)
{
	struct gbx_doctor_host h = good_host();

	(void)state;
	expect(&h, 0, GBX_POSTURE_ROOT, EPERM, "comes with userns");
	expect(&h, HELD, GBX_POSTURE_ROOT, EPERM, "a security module");
	h.in_chroot = true;
	expect(&h, HELD, GBX_POSTURE_ROOT, EINVAL, "in a chroot");
	h.outer_filters = 1;
	expect(&h, HELD, GBX_POSTURE_ROOT, EPERM, "pivot_root(2)");
}

static void
test_others(void **state)
{
	struct gbx_doctor_host h = good_host();

	(void)state;
	expect(&h, 0, GBX_POSTURE_LANDLOCK, EOPNOTSUPP, "lsm=");
	expect(&h, 0, GBX_POSTURE_LANDLOCK, ENOSYS, "CONFIG_SECURITY_LANDLOCK");
	expect(&h, 0, GBX_POSTURE_PROVEN, 0, "hidepid");
	h.proc = false;
	expect(&h, 0, GBX_POSTURE_PROVEN, 0, "mount proc");
	expect(&h, 0, GBX_POSTURE_TSC, ENOSYS, "x86");
	expect(&h, 0, GBX_POSTURE_FILTER, 0, "CONFIG_SECCOMP_FILTER");
	strcpy(h.seccomp_actions, "kill trap errno trace allow");
	expect(&h, 0, GBX_POSTURE_FILTER, 0, "4.14");
}

static void
starts(const struct gbx_doctor_host *h, enum gbx_err err, int error,
    const char *word)
{
	struct gbx_doctor_trial t = {.err = err, .error = error};
	char said[512];

	t.lockdown = GBX_LOCKDOWN_FILTER;
	gbx_doctor_advise_start(h, &t, said, sizeof(said));
	if (strstr(said, word) == NULL)
		print_error("# no \"%s\" in \"%s\"\n", word, said);
	assert_non_null(strstr(said, word));
	if (*word == '\0')
		assert_string_equal(said, "");
}

static void
test_start(void **state)
{
	struct gbx_doctor_host h = good_host();

	(void)state;
	starts(&h, GBX_OK, 0, "");
	starts(&h, GBX_ERR_SYSTEM, EIO, "");
	starts(&h, GBX_ERR_SYSTEM, EAGAIN, "ulimit -u");
	starts(&h, GBX_ERR_SYSTEM, EMFILE, "ulimit -n");
	starts(&h, GBX_ERR_SYSTEM, ENFILE, "ulimit -n");
	starts(&h, GBX_ERR_SYSTEM, ENOMEM, "memory.max");
	starts(&h, GBX_ERR_SYSTEM, EACCES, "worker directory");
	strcpy(h.problem, "others may write to it");
	starts(&h, GBX_ERR_SYSTEM, EPERM, "others may write");
	h.outer_filters = 1;
	starts(&h, GBX_ERR_POSTURE, EPERM, "seccomp filter");
}

/* Every layer has its words, and advice even for the unknown. */
static void
test_all_layers(void **state)
{
	struct gbx_doctor_host h = good_host();
	size_t i, n;
	const struct gbx_doctor_layer *l = gbx_doctor_layers(&n);
	uint32_t all = 0;

	(void)state;
	for (i = 0; i < n; i++) {
		assert_non_null(gbx_posture_name(l[i].bit));
		assert_true(strlen(l[i].what) > 0);
		expect(&h, 0, l[i].bit, 0, " ");
		all |= l[i].bit;
	}
	assert_int_equal(all,
	    (GBX_POSTURE_BATCH - 1) | GBX_POSTURE_NONROOT | GBX_POSTURE_GUARD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_userns),
	    cmocka_unit_test(test_namespaces),
	    cmocka_unit_test(test_root),
	    cmocka_unit_test(test_others),
	    cmocka_unit_test(test_start),
	    cmocka_unit_test(test_all_layers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
