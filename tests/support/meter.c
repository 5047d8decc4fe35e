/* SPDX-License-Identifier: ISC */
/* What one deed costs this process. Side: tests. */
#include "tests/support/cmocka.h"

#include <fcntl.h>
#include <unistd.h>

#include "tests/support/meter.h"
#include "tests/support/proc.h"

/* proc_pid_clear_refs(5): 5 sets the peak back to what is resident now. */
void
meter_start(struct meter *m)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "5", 1), 1);
	close(fd);
	m->rss_kib = proc_own_rss_kib();
	m->began_ms = now_ms();
}

void
meter_stop(const struct meter *m, unsigned long *ret_kib, unsigned long *ret_ms)
{
	long peak = proc_status(getpid(), "VmHWM", 10);

	*ret_ms = (unsigned long)(now_ms() - m->began_ms);
	assert_true(peak > 0);
	*ret_kib = peak > m->rss_kib ? (unsigned long)(peak - m->rss_kib) : 0;
}
