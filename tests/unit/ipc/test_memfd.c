/* SPDX-License-Identifier: ISC */
/*
 * Memory files: what a seal forbids, and what counts as immutable.
 * Fails if taken out: any seal of gbx_memfd_seal_all, gbx_memfd_seal_grow or
 * gbx_memfd_is_immutable, or the look at RLIMIT_FSIZE (`make mutants`).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ipc/memfd.h"
#include "tests/support/cmocka.h"

static int
filled(void)
{
	int fd = gbx_memfd_new("test");

	assert_true(fd >= 0);
	assert_int_equal(gbx_memfd_write(fd, "0123456789", 10, 0), 0);
	return fd;
}

static void
test_new(void **state)
{
	char buf[4];
	int fd = filled();

	(void)state;
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(gbx_memfd_read(fd, buf, 4, 3), 0);
	assert_memory_equal(buf, "3456", 4);
	assert_int_equal(gbx_memfd_read(fd, buf, 4, 8), -EPROTO);
	assert_int_equal(gbx_memfd_resize(fd, 20), 0);
	assert_int_equal(gbx_memfd_read(fd, buf, 4, 16), 0);
	assert_memory_equal(buf, "\0\0\0", 4);
	close(fd);
	assert_int_equal(gbx_memfd_read(-1, buf, 4, 0), -EBADF);
	assert_int_equal(gbx_memfd_write(-1, buf, 4, 0), -EBADF);
	assert_int_equal(gbx_memfd_resize(-1, 4), -EBADF);
	assert_int_equal(gbx_memfd_seal_all(-1), -EBADF);
	assert_int_equal(gbx_memfd_seal_grow(-1), -EBADF);
	assert_false(gbx_memfd_is_immutable(-1));
}

static void
test_sealed(void **state)
{
	int fd = filled();

	(void)state;
	assert_int_equal(gbx_memfd_seal_all(fd), 0);
	assert_int_equal(gbx_memfd_write(fd, "x", 1, 0), -EPERM);
	assert_int_equal(gbx_memfd_resize(fd, 5), -EPERM);
	assert_int_equal(gbx_memfd_resize(fd, 50), -EPERM);
	assert_int_equal(gbx_memfd_seal_grow(fd), -EPERM); /* F_SEAL_SEAL */
	assert_true(mmap(NULL, 10, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) ==
		    MAP_FAILED);
	assert_true(gbx_memfd_is_immutable(fd));
	close(fd);
}

/* The kernel's own proof: not while somebody could still write. */
static void
test_held(void **state)
{
	int fd = filled();
	void *p;

	(void)state;
	p = mmap(NULL, 10, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(p != MAP_FAILED);
	assert_int_equal(gbx_memfd_seal_all(fd), -EBUSY);
	munmap(p, 10);
	assert_int_equal(gbx_memfd_seal_all(fd), 0);
	close(fd);
}

static void
test_no_growth(void **state)
{
	int fd = filled();

	(void)state;
	assert_int_equal(gbx_memfd_seal_grow(fd), 0);
	assert_int_equal(gbx_memfd_resize(fd, 50), -EPERM);
	assert_int_equal(gbx_memfd_write(fd, "x", 1, 10), -EPERM);
	assert_int_equal(gbx_memfd_write(fd, "x", 1, 9), 0);
	assert_int_equal(gbx_memfd_resize(fd, 5), 0);
	close(fd);
}

/* One seal missing, or another one in its place: it could still change. */
static void
test_immutable(void **state)
{
	static const int need[] = {F_SEAL_WRITE, F_SEAL_SHRINK, F_SEAL_GROW};
	unsigned i, k;
	int fd, seals;

	(void)state;
	for (i = 0; i < 3; i++) {
		seals = F_SEAL_SEAL | F_SEAL_FUTURE_WRITE;
		for (k = 0; k < 3; k++)
			seals |= k == i ? 0 : need[k];
		fd = filled();
		assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
		assert_false(gbx_memfd_is_immutable(fd));
		close(fd);
	}
	fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	assert_false(gbx_memfd_is_immutable(fd));
	close(fd);
}

/* Huge pages are another file system, in which reading may fail (SIGBUS). Where
 * the kernel reserves none, memfd_create or the seal still works: no page is
 * touched. */
static void
test_huge(void **state)
{
	int fd =
	    memfd_create("huge", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB);

	(void)state;
	if (fd < 0) /* a kernel without CONFIG_HUGETLBFS has none to take */
		return;
	assert_int_equal(gbx_memfd_seal_all(fd), 0);
	assert_false(gbx_memfd_is_immutable(fd));
	close(fd);
}

static void
test_limit(void **state)
{
	struct rlimit old, small;
	int fd = filled();

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 4096;
	assert_true(gbx_memfd_most() >= 4096);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(gbx_memfd_most(), 4096);
	assert_int_equal(gbx_memfd_may_hold(4096), 0);
	assert_int_equal(gbx_memfd_may_hold(4097), -EFBIG);
	/* Without the look, SIGXFSZ would end the host. */
	assert_int_equal(gbx_memfd_resize(fd, 4097), -EFBIG);
	assert_int_equal(gbx_memfd_write(fd, "xy", 2, 4095), -EFBIG);
	assert_int_equal(gbx_memfd_write(fd, "x", 1, 4095), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_new),
	    cmocka_unit_test(test_sealed),
	    cmocka_unit_test(test_held),
	    cmocka_unit_test(test_no_growth),
	    cmocka_unit_test(test_immutable),
	    cmocka_unit_test(test_huge),
	    cmocka_unit_test(test_limit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
