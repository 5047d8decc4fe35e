/* SPDX-License-Identifier: ISC */
/*
 * Help and version. Side: caller.
 */
#include <stdio.h>

#include "cmd/options.h"
#include "cmd/usage.h"

static void
print_option(const struct gbx_cmd_option *option)
{
	char left[64], letter[8] = "";

	if (option->letter)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, option->name,
	    option->arg ? " " : "", option->arg ? option->arg : "");
	printf("  %-24s %s\n", left, option->help);
}

static void
print_options(uint32_t commands)
{
	const struct gbx_cmd_option *option;

	for (size_t i = 0; (option = gbx_cmd_option(i)); i++)
		if (option->commands & commands)
			print_option(option);
}

void
gbx_cmd_help(const struct gbx_cmd_command *command)
{
	if (command) {
		printf("usage: glovebox %s %s\n%s\n\n", command->name,
		    command->usage, command->purpose);
		print_options(command->bit);
		return;
	}
	printf("glovebox reads files that may be hostile in processes that "
	       "can do nothing.\n\n");
	for (command = gbx_cmd_commands; command->name; command++)
		printf("  glovebox %s %s\n      %s\n", command->name,
		    command->usage, command->purpose);
	printf("\nOptions (each command takes those that concern it):\n");
	print_options(CMD_ALL);
	printf("\nExit: 0 ok, 65 the input, 64 usage, 66 no such file, "
	       "69 unavailable, 71 system.\n");
}

void
gbx_cmd_version(void)
{
	printf("glovebox %s\n", GBX_VERSION);
}
