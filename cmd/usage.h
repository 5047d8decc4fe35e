/* SPDX-License-Identifier: ISC */
/*
 * Help and version, made from the tables of commands and options.
 * Side: caller.
 */
#ifndef GBX_CMD_USAGE_H
#define GBX_CMD_USAGE_H

#include <stddef.h>
#include <stdint.h>

struct gbx_cmd_command;

/* gbx_cmd_command.bit, and sets of them. */
enum {
	CMD_PROBE = 1u << 0,
	CMD_DECODE = 1u << 1,
	CMD_THUMBNAIL = 1u << 2,
	CMD_TEXT = 1u << 3,
	CMD_POLICY = 1u << 4,
	CMD_DOCTOR = 1u << 5,
	CMD_DISARM = 1u << 6,
	CMD_LIST = 1u << 7,
	CMD_EXTRACT = 1u << 8,
	CMD_FILES = CMD_PROBE | CMD_DECODE | CMD_THUMBNAIL | CMD_TEXT |
		    CMD_DISARM | CMD_LIST | CMD_EXTRACT,
	CMD_ALL = CMD_FILES | CMD_POLICY | CMD_DOCTOR
};

struct gbx_cmd_option {
	const char *name;
	char letter;	   /* or 0 */
	const char *arg;   /* name of its argument, NULL if it takes none */
	uint32_t commands; /* which take it */
	const char *help;
};

/* The i-th option, from 0; NULL past the last. */
const struct gbx_cmd_option *gbx_cmd_option(size_t i);

/* On stdout. NULL: of all commands. */
void gbx_cmd_help(const struct gbx_cmd_command *command);
void gbx_cmd_version(void);

#endif
