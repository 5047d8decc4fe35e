/* SPDX-License-Identifier: ISC */
/*
 * F: fork + _exit + waitpid of an empty static process, the unit that the
 * bench tells times in. Side: none; linked static, so that it maps about 1 MB.
 * Alone it prints F; for each line on stdin it prints F once more.
 *     bench-floor [CORE]
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FORKS 101

static double
one_fork(void)
{
	struct timespec a, b;
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &a);
	pid = fork();
	if (pid == 0)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid) {
		perror("fork");
		exit(1);
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (double)(b.tv_sec - a.tv_sec) * 1e6 +
	       (double)(b.tv_nsec - a.tv_nsec) / 1e3;
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
measure(void)
{
	double us[FORKS];
	int i;

	for (i = 0; i < FORKS; i++)
		us[i] = one_fork();
	qsort(us, FORKS, sizeof(*us), compare);
	printf("%.1f\n", us[FORKS / 2]);
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	cpu_set_t set;
	char line[16];

	CPU_ZERO(&set);
	CPU_SET((size_t)(argc > 1 ? atoi(argv[1]) : sched_getcpu()), &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0) {
		perror("sched_setaffinity");
		return 1;
	}
	measure();
	while (fgets(line, sizeof(line), stdin) != NULL)
		measure();
	return 0;
}
