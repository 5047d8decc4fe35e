/* SPDX-License-Identifier: ISC */
/*
 * F: fork + _exit + waitpid of an empty static process, the unit that the
 * bench tells times in. Side: none; linked static, so that it maps about 1 MB.
 * Alone it prints F; for each number N on stdin, the median of N forks.
 *     bench-floor [CORE]
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FORKS_MAX 1001

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
measure(int n)
{
	double us[FORKS_MAX] = {0};
	int i;

	for (i = 0; i < n; i++)
		us[i] = one_fork();
	qsort(us, (size_t)n, sizeof(*us), compare);
	printf("%.1f\n", us[n / 2]);
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	cpu_set_t set;
	char line[16];
	int n;

	CPU_ZERO(&set);
	CPU_SET((size_t)(argc > 1 ? atoi(argv[1]) : sched_getcpu()), &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0) {
		perror("sched_setaffinity");
		return 1;
	}
	measure(101);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		n = atoi(line);
		measure(n < 1 ? 1 : n > FORKS_MAX ? FORKS_MAX : n);
	}
	return 0;
}
