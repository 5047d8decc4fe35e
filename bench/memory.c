/* SPDX-License-Identifier: ISC */
/*
 * Memory of the zygote and of idle workers, as the kernel shares it out:
 * Pss in /proc/PID/smaps_rollup (proc_pid_smaps(5)). Side: caller, as root:
 * zygotes are not dumpable, so nobody else may look.
 */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bench/bench.h"

static long
number_in(const char *pid, const char *file, const char *key)
{
	char path[300], line[256];
	long value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, file);
	f = fopen(path, "re");
	while (f != NULL && value < 0 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtol(line + strlen(key), NULL, 10);
	if (f != NULL)
		fclose(f);
	return value;
}

static bool
runs(const char *pid, const struct stat *program)
{
	char path[300];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	return stat(path, &st) == 0 && st.st_dev == program->st_dev &&
	       st.st_ino == program->st_ino;
}

struct found {
	long pid, ppid, pss;
};

static int
find(const struct stat *program, struct found *ret, int room)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	int n = 0;

	while (dir != NULL && n < room && (e = readdir(dir)) != NULL) {
		if (e->d_name[0] < '1' || e->d_name[0] > '9' ||
		    !runs(e->d_name, program))
			continue;
		ret[n].pid = strtol(e->d_name, NULL, 10);
		ret[n].ppid = number_in(e->d_name, "status", "PPid:");
		ret[n].pss = number_in(e->d_name, "smaps_rollup", "Pss:");
		n++;
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

static bool
has_parent_in(const struct found *f, const struct found *all, int n)
{
	while (n-- > 0)
		if (all[n].pid == f->ppid)
			return true;
	return false;
}

/* A pool that has seen load, so that it holds more than one. */
static struct gbx_broker *
busy_pool(const struct bench *b)
{
	struct gbx_broker *broker = bench_open(b, GBX_LOCKDOWN_FILTER);
	struct gbx_input input;
	struct gbx_result *r;
	struct gbx_job job;
	int i;

	bench_job(&b->small, &input, &job);
	for (i = 0; i < 200; i++)
		if (gbx_submit(broker, &input, &job, NULL) != GBX_OK)
			exit(1);
	for (i = 0; i < 200; i++) {
		if (gbx_collect(broker, 10000, &r) != GBX_OK)
			exit(1);
		bench_accept(r, &b->small, true);
	}
	return broker;
}

static void
show(const struct found *all, int n)
{
	static const char *const columns[] = {"PSS MB", "processes", NULL};
	static const struct target zygote = {0, AT_MOST, 1.0},
				   worker = {0, AT_MOST, 0.4};
	double z = 0, w = 0, zn = 0, wn = 0;
	int i;

	for (i = 0; i < n; i++) {
		if (all[i].pss < 0)
			continue;
		if (has_parent_in(&all[i], all, n)) {
			w += (double)all[i].pss;
			wn++;
		} else {
			z += (double)all[i].pss;
			zn++;
		}
	}
	report_section("memory, while idle", columns);
	if (zn == 0 || wn == 0) {
		report_note("not measured: %s",
		    n == 0 ? "no worker found in /proc"
			   : "smaps_rollup of a worker is only shown to root");
		return;
	}
	report_row("zygote (png)", (double[]){z / zn / 1024, zn}, &zygote);
	report_row("idle worker", (double[]){w / wn / 1024, wn}, &worker);
}

void
bench_memory(const struct bench *b)
{
	struct gbx_broker *broker = busy_pool(b);
	struct found all[64];
	struct stat program;
	char path[4096];
	int i, n;

	for (i = 0; i < 20; i++)
		bench_settle(broker);
	snprintf(path, sizeof(path), "%s/glovebox-png", b->worker_dir);
	if (stat(path, &program) != 0) {
		perror(path);
		exit(1);
	}
	n = find(&program, all, 64);
	show(all, n);
	gbx_broker_close(broker);
}
