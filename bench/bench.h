/* SPDX-License-Identifier: ISC */
/*
 * What the parts of `make bench` share. Side: none; a program of its own on
 * the public header. Must never touch what it measures: the library and the
 * workers are those of the build.
 */
#ifndef GBX_BENCH_H
#define GBX_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glovebox.h>

/* ---- stats.c: times in microseconds -------------------------------------- */

struct series {
	double *us;
	size_t n, room;
};

double now_us(void);
void series_add(struct series *s, double us);
/* The q-th quantile, q in 0..1, nearest rank. Sorts. 0 when empty. */
double series_at(struct series *s, double q);
void series_free(struct series *s);

/* ---- machine.c ----------------------------------------------------------- */

/* Print the machine's name, model, kernel and load. */
void machine_print(void);
/* Keep this process and all it starts on the first n cores it may use; 0: on
 * all of them. How many they are. */
int machine_cores(int n);
/* Busy time of the cores in use since boot, us, and the share of it that the
 * hypervisor gave to others. */
double machine_busy_us(void);

/* F, by bench-floor on the first core: the median of some forks, in us. One
 * fork after a nap costs more than one of many in a row, as everything does. */
void floor_start(const char *program);
double floor_measure(int forks);
void floor_stop(void);

/* ---- picture.c ----------------------------------------------------------- */

struct picture {
	const char *name;
	uint32_t width, height;
	uint8_t *png;
	size_t size;
	uint64_t sum; /* of the pixels that it must decode to */
};

/* A photo-like PNG, RGB, made here. */
void picture_make(
    struct picture *p, const char *name, uint32_t width, uint32_t height);
void picture_free(struct picture *p);
/* In this process, with the transforms of the PNG worker, into `out`. */
void picture_decode(const struct picture *p, uint8_t *out);
uint64_t picture_sum(const uint8_t *pixels, size_t size);

/* ---- report.c: a table for people, JSON for machines --------------------- */

#define COLUMNS_MAX 8

enum bound {
	NO_BOUND,
	AT_MOST,
	AT_LEAST
};

struct target {
	int column;
	enum bound bound;
	double value;
};

/* json: a path or NULL. */
void report_open(const char *json);
/* The columns' names, with NULL at the end. */
void report_section(const char *title, const char *const *columns);
/* One value a column; NAN is shown as nothing. target may be NULL. */
void report_row(
    const char *name, const double *values, const struct target *target);
void report_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* How many targets were missed. */
int report_close(void);

/* ---- what is measured ---------------------------------------------------- */

struct bench {
	const char *worker_dir;
	bool quick;
	struct picture small, medium, large;
};

/* On failure they say why and exit: a bench has nothing to save. */
struct gbx_broker *bench_open(const struct bench *b, uint32_t lockdown);
/* A wrong verdict or wrong pixels end the bench too. Frees the result. */
void bench_accept(struct gbx_result *r, const struct picture *p, bool look);
void bench_job(
    const struct picture *p, struct gbx_input *input, struct gbx_job *job);
/* Until a worker is idle and warm. */
void bench_settle(struct gbx_broker *broker);

void bench_latency(const struct bench *b);
void bench_rates(const struct bench *b);
void bench_memory(const struct bench *b);
void bench_start(const struct bench *b);
void bench_queue(const struct bench *b);

#endif
