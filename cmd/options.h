/* SPDX-License-Identifier: ISC */
/*
 * The command line: which commands and options there are, read once from
 * argv into a plain struct. Side: caller. Opens nothing, starts nothing.
 */
#ifndef GBX_CMD_OPTIONS_H
#define GBX_CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glovebox.h>

#define GBX_CMD_SIDE_MAX 16384 /* of thumbnail -s */

struct gbx_cmd_options;

struct gbx_cmd_command {
	const char *name;
	int (*run)(const struct gbx_cmd_options *o);
	const char *usage;   /* what follows the name */
	const char *purpose; /* one line */
	uint32_t bit;	     /* for the table of options */
	size_t min, max;     /* operands */
};

/* Everything is borrowed from argv. */
struct gbx_cmd_options {
	const struct gbx_cmd_command *command;
	bool json, sha256, whole;
	const char *rgba, *png; /* OUT, or NULL */
	const char *all;	/* DIR of extract, or NULL */
	uint32_t side;		/* -s */
	uint32_t quality;	/* 0: not given */
	uint32_t first, count;	/* frames, from 0 on */
	bool frames;		/* --frames: one or several */
	uint32_t want;		/* enum gbx_want bits */
	const char *format, *domain, *worker_dir;
	uint64_t limit[GBX_LIMIT_ROOM]; /* 0: not given */
	uint32_t require;		/* enum gbx_posture bits */
	uint32_t lockdown;		/* enum gbx_lockdown */
	char **operand;
	size_t n_operands;
};

/* The commands, ended by a name of NULL; main.c has them. */
extern const struct gbx_cmd_command gbx_cmd_commands[];

/*
 * Read the command line. Returns true when *ret_options holds a command to
 * run; false when all is said (help, version, or what is wrong), and
 * *ret_status is then what to exit with.
 */
bool gbx_cmd_parse(int argc, char **argv, struct gbx_cmd_options *ret_options,
    int *ret_status);

#endif
