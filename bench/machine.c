/* SPDX-License-Identifier: ISC */
/* The machine: its name, its load, its cores, its F. Side: none. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/bench.h"

static void
print_model(void)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[256];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "model name", 10) != 0)
			continue;
		printf("cpu      %s", strchr(line, ':') + 2);
		break;
	}
	if (f != NULL)
		fclose(f);
}

void
machine_print(void)
{
	struct utsname u;
	double load[3] = {0};

	uname(&u);
	if (getloadavg(load, 3) < 0)
		load[0] = -1;
	printf("machine  %s, %s %s, %ld cores\n", u.nodename, u.sysname,
	    u.release, sysconf(_SC_NPROCESSORS_ONLN));
	print_model();
	printf("load     %.2f %.2f %.2f before the bench\n", load[0], load[1],
	    load[2]);
}

/* ---- cores --------------------------------------------------------------- */

static cpu_set_t all, used;
static bool known;

int
machine_cores(int n)
{
	size_t cpu;
	int taken = 0;

	if (!known && sched_getaffinity(0, sizeof(all), &all) != 0)
		exit(1);
	known = true;
	CPU_ZERO(&used);
	for (cpu = 0; cpu < CPU_SETSIZE && (n == 0 || taken < n); cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_SET(cpu, &used);
		taken++;
	}
	if (sched_setaffinity(0, sizeof(used), &used) != 0)
		exit(1);
	return taken;
}

/* proc_stat(5): user nice system idle iowait irq softirq ..., in ticks. */
double
machine_busy_us(void)
{
	FILE *f = fopen("/proc/stat", "re");
	char line[512];
	double t[7], ticks = 0;
	size_t cpu;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "cpu%zu %lf %lf %lf %lf %lf %lf %lf", &cpu,
			&t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6]) != 8 ||
		    cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, &used))
			continue;
		ticks += t[0] + t[1] + t[2] + t[5] + t[6];
	}
	if (f != NULL)
		fclose(f);
	return ticks * 1e6 / (double)sysconf(_SC_CLK_TCK);
}

/* ---- F ------------------------------------------------------------------- */

static FILE *ask, *answer;
static pid_t floor_pid;

static double
read_floor(void)
{
	double us;

	if (fscanf(answer, "%lf", &us) != 1) {
		fprintf(stderr, "bench: bench-floor says nothing\n");
		exit(1);
	}
	return us;
}

static void
exec_floor(const char *program, const int to[2], const int from[2])
{
	char core[16];
	size_t cpu = 0;

	while (cpu < CPU_SETSIZE - 1 && !CPU_ISSET(cpu, &used))
		cpu++;
	snprintf(core, sizeof(core), "%zu", cpu);
	dup2(to[0], 0);
	dup2(from[1], 1);
	execl(program, program, core, (char *)NULL);
	perror(program);
	_exit(1);
}

void
floor_start(const char *program)
{
	int to[2], from[2];

	machine_cores(0);
	if (pipe2(to, 0) != 0 || pipe2(from, 0) != 0)
		exit(1);
	floor_pid = fork();
	if (floor_pid == 0) {
		close(to[1]);
		close(from[0]);
		exec_floor(program, to, from);
	}
	close(to[0]);
	close(from[1]);
	ask = fdopen(to[1], "w");
	answer = fdopen(from[0], "r");
	if (floor_pid < 0 || ask == NULL || answer == NULL)
		exit(1);
	(void)read_floor();
}

double
floor_measure(int forks)
{
	fprintf(ask, "%d\n", forks);
	fflush(ask);
	return read_floor();
}

void
floor_stop(void)
{
	fclose(ask);
	fclose(answer);
	waitpid(floor_pid, NULL, 0);
}
