/* SPDX-License-Identifier: ISC */
/*
 * glovebox, the command. Side: caller: it sees verdicts and validated blocks,
 * never a byte that a parser has not answered for.
 * Knows no locale, no colour, no configuration and no environment.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd/answer.h"
#include "cmd/commands.h"
#include "cmd/options.h"
#include "cmd/print.h"
#include "cmd/usage.h"

const struct gbx_cmd_command gbx_cmd_commands[] = {
    {"probe", gbx_cmd_probe, "[--json] [--metadata] FILE...",
	"What each FILE is, its size, frames or pages; nothing is decoded.",
	CMD_PROBE, 1, SIZE_MAX},
    {"decode", gbx_cmd_decode,
	"[--json] [--frames A-B] [--rgba OUT | --png OUT] [--sha256] FILE...",
	"The first frame as straight 8-bit RGBA, or others.", CMD_DECODE, 1,
	SIZE_MAX},
    {"thumbnail", gbx_cmd_thumbnail, "[-s N] [--quality N] [--json] IN OUT",
	"A picture that fits in N x N pixels: OUT.png, .jpg or .webp.",
	CMD_THUMBNAIL, 2, 2},
    {"disarm", gbx_cmd_disarm, "[--quality N] [--keep WHAT] [--json] IN OUT",
	"IN as a clean OUT.png, .jpg or .webp that only our encoder wrote.",
	CMD_DISARM, 2, 2},
    {"text", gbx_cmd_text, "[--json] FILE", "The text of a document, UTF-8.",
	CMD_TEXT, 1, 1},
    {"list", gbx_cmd_list, "[--json] FILE",
	"The members of an archive, or the parts of a document.", CMD_LIST, 1,
	1},
    {"extract", gbx_cmd_extract,
	"[--json] FILE MEMBER OUT, or [--json] --all DIR FILE",
	"One member of an archive, by number or name, or all, numbered.",
	CMD_EXTRACT, 1, 3},
    {"policy", gbx_cmd_policy, "[FORMAT]",
	"What a worker may do and why, what it may not, and every limit.",
	CMD_POLICY, 0, 1},
    {"doctor", gbx_cmd_doctor,
	"[--json] [--lockdown KIND] [--require LAYERS] [--worker-dir DIR]",
	"What this host can enforce, and why not the rest.", CMD_DOCTOR, 0, 0},
    {0}};

/* A closed standard stream would lend its number to the next file opened, and
 * what is printed would go there. These fail instead when they are used. */
static void
hold_standard_streams(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", modes[fd]) != fd)
			_exit(EX_OSERR);
}

int
main(int argc, char **argv)
{
	struct gbx_cmd_options options;
	int status;

	hold_standard_streams();
	if (gbx_cmd_parse(argc, argv, &options, &status))
		status = options.command->run(&options);
	return gbx_cmd_worse(status, gbx_cmd_finish());
}
