/* SPDX-License-Identifier: ISC */
/*
 * Options by a table: one row says an option's name, which commands take it,
 * and its line of help. Side: caller.
 * Never guesses: what is not understood ends with 64 and one line on stderr.
 */
#include <getopt.h>
#include <string.h>
#include <sysexits.h>

#include "cmd/options.h"
#include "cmd/print.h"
#include "cmd/usage.h"
#include "cmd/values.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static bool
take_json(const char *arg, struct gbx_cmd_options *o)
{
	(void)arg;
	o->json = true;
	return true;
}

static bool
take_sha256(const char *arg, struct gbx_cmd_options *o)
{
	(void)arg;
	o->sha256 = true;
	return true;
}

static bool
take_whole(const char *arg, struct gbx_cmd_options *o)
{
	(void)arg;
	o->whole = true;
	return true;
}

static bool
take_out(const char *arg, const char *name, const char **ret_out)
{
	if (*arg == '\0') {
		gbx_cmd_complain(NULL, "--%s: the name of OUT is empty", name);
		return false;
	}
	*ret_out = arg;
	return true;
}

static bool
take_rgba(const char *arg, struct gbx_cmd_options *o)
{
	return take_out(arg, "rgba", &o->rgba);
}

static bool
take_png(const char *arg, struct gbx_cmd_options *o)
{
	return take_out(arg, "png", &o->png);
}

static bool
take_all(const char *arg, struct gbx_cmd_options *o)
{
	return take_out(arg, "all", &o->all);
}

static bool
take_side(const char *arg, struct gbx_cmd_options *o)
{
	uint64_t n;

	if (!gbx_cmd_parse_number(arg, 1, &n) || n < 1 ||
	    n > GBX_CMD_SIDE_MAX) {
		gbx_cmd_complain(arg, "-s takes a number of pixels, 1 to %d",
		    GBX_CMD_SIDE_MAX);
		return false;
	}
	o->side = (uint32_t)n;
	return true;
}

static bool
take_quality(const char *arg, struct gbx_cmd_options *o)
{
	uint64_t n;

	if (!gbx_cmd_parse_number(arg, 1, &n) || n < 1 || n > 100) {
		gbx_cmd_complain(arg, "--quality takes a number, 1 to 100");
		return false;
	}
	o->quality = (uint32_t)n;
	return true;
}

static bool
take_frame(const char *arg, struct gbx_cmd_options *o)
{
	uint64_t n;

	if (!gbx_cmd_parse_number(arg, 1, &n) || n > 999999) {
		gbx_cmd_complain(arg, "--frame takes a number, from 0 on");
		return false;
	}
	o->first = (uint32_t)n;
	o->count = 1;
	o->frames = false;
	return true;
}

static bool
take_frames(const char *arg, struct gbx_cmd_options *o)
{
	o->frames = true;
	return gbx_cmd_parse_frames(arg, &o->first, &o->count);
}

static bool
take_metadata(const char *arg, struct gbx_cmd_options *o)
{
	(void)arg;
	o->want |= GBX_WANT_METADATA;
	return true;
}

static bool
take_keep(const char *arg, struct gbx_cmd_options *o)
{
	return gbx_cmd_parse_keep(arg, &o->want);
}

static bool
take_format(const char *arg, struct gbx_cmd_options *o)
{
	o->format = gbx_type_format(arg);
	return o->format || gbx_cmd_unknown_type(arg);
}

static bool
take_limit(const char *arg, struct gbx_cmd_options *o)
{
	return gbx_cmd_parse_limit(arg, o->limit);
}

static bool
take_require(const char *arg, struct gbx_cmd_options *o)
{
	return gbx_cmd_parse_require(arg, &o->require);
}

static bool
take_lockdown(const char *arg, struct gbx_cmd_options *o)
{
	return gbx_cmd_parse_lockdown(arg, &o->lockdown);
}

static bool
take_domain(const char *arg, struct gbx_cmd_options *o)
{
	if (*arg == '\0') {
		gbx_cmd_complain(NULL, "--domain: the label is empty");
		return false;
	}
	o->domain = arg;
	return true;
}

static bool
take_worker_dir(const char *arg, struct gbx_cmd_options *o)
{
	o->worker_dir = arg;
	return true;
}

static const struct row {
	struct gbx_cmd_option shown;
	bool (*take)(const char *arg, struct gbx_cmd_options *o);
} rows[] = {
    {{"json", 0, NULL, CMD_FILES | CMD_DOCTOR, "one JSON object a line"},
	take_json},
    {{"rgba", 0, "OUT", CMD_DECODE, "write raw RGBA to OUT (- is stdout)"},
	take_rgba},
    {{"png", 0, "OUT", CMD_DECODE, "write a PNG to OUT (- is stdout)"},
	take_png},
    {{"all", 0, "DIR", CMD_EXTRACT, "every member to a number in DIR"},
	take_all},
    {{"sha256", 0, NULL, CMD_DECODE, "print the SHA-256 of the RGBA bytes"},
	take_sha256},
    {{"size", 's', "N", CMD_THUMBNAIL, "fit in N x N pixels (256)"}, take_side},
    {{"frame", 0, "N", CMD_DECODE | CMD_THUMBNAIL | CMD_DISARM,
	 "number of the frame or page (0, the first)"},
	take_frame},
    {{"frames", 0, "A-B|all", CMD_DECODE,
	 "several frames; OUT has a %d, or gets all RGBA"},
	take_frames},
    {{"metadata", 0, NULL, CMD_PROBE, "list EXIF, comments, profile names"},
	take_metadata},
    {{"keep", 0, "WHAT", CMD_DISARM,
	 "icc, orientation or both, comma-separated"},
	take_keep},
    {{"whole", 0, NULL, CMD_DECODE | CMD_THUMBNAIL | CMD_DISARM,
	 "refuse damaged input (else: degraded)"},
	take_whole},
    {{"quality", 0, "N", CMD_THUMBNAIL | CMD_DISARM,
	 "1 to 100, for JPEG and WebP"},
	take_quality},
    {{"format", 0, "F", CMD_FILES,
	 "declared type: png, image/png, jpg, docx, ..."},
	take_format},
    {{"limit", 0, "NAME=VALUE", CMD_FILES, "a limit, see 'glovebox policy'"},
	take_limit},
    {{"require", 0, "LAYERS", CMD_FILES | CMD_DOCTOR,
	 "layers that must be in force, comma-separated"},
	take_require},
    {{"lockdown", 0, "KIND", CMD_FILES | CMD_DOCTOR,
	 "filter (the default) or strict"},
	take_lockdown},
    {{"domain", 0, "LABEL", CMD_FILES, "the inputs may share a worker"},
	take_domain},
    {{"worker-dir", 0, "DIR", CMD_FILES | CMD_DOCTOR, "where the workers are"},
	take_worker_dir},
    {{"help", 'h', NULL, CMD_ALL, "print this and exit"}, NULL},
    {{"version", 'V', NULL, CMD_ALL, "print the version and exit"}, NULL},
};

const struct gbx_cmd_option *
gbx_cmd_option(size_t i)
{
	return i < ARRAY_SIZE(rows) ? &rows[i].shown : NULL;
}

/* getopt's two tables for one command, made from ours. Long options return
 * 256 + row, so that no short one can be mistaken for them. */
struct tables {
	struct option longs[ARRAY_SIZE(rows) + 1];
	char shorts[2 * ARRAY_SIZE(rows) + 2];
};

static void
make_tables(uint32_t command, struct tables *ret)
{
	struct option *l = ret->longs;
	char *s = ret->shorts;

	*s++ = ':'; /* tell a missing argument apart: getopt(3) */
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct gbx_cmd_option *shown = &rows[i].shown;

		if (!(shown->commands & command))
			continue;
		*l++ = (struct option){.name = shown->name,
		    .has_arg = shown->arg ? required_argument : no_argument,
		    .val = 256 + (int)i};
		if (!shown->letter)
			continue;
		*s++ = shown->letter;
		if (shown->arg)
			*s++ = ':';
	}
	*l = (struct option){0};
	*s = '\0';
}

static size_t
row_of(int code)
{
	if (code >= 256)
		return (size_t)code - 256;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].shown.letter == code)
			return i;
	return ARRAY_SIZE(rows);
}

static void
complain_option(int code, const char *word, const char *command)
{
	size_t row = row_of(optopt);

	if (code == ':')
		gbx_cmd_complain(word, "needs an argument");
	else if (optopt >= 256 && row < ARRAY_SIZE(rows))
		gbx_cmd_complain(word, "takes no argument");
	else
		gbx_cmd_complain(word,
		    "no such option of '%s'; try 'glovebox %s --help'", command,
		    command);
}

/* Returns false when all is said. */
static bool
read_options(int argc, char **argv, struct gbx_cmd_options *o, int *ret_status)
{
	const struct gbx_cmd_command *command = o->command;
	struct tables t;
	int code;

	make_tables(command->bit, &t);
	opterr = 0;
	optind = 0; /* glibc: start anew, also in a test that parses twice */
	*ret_status = EX_USAGE;
	while ((code = getopt_long(argc, argv, t.shorts, t.longs, NULL)) >= 0) {
		size_t row = row_of(code);

		if (code == '?' || code == ':') {
			complain_option(code, argv[optind - 1], command->name);
			return false;
		}
		if (rows[row].take) {
			if (!rows[row].take(optarg, o))
				return false;
			continue;
		}
		*ret_status = EX_OK;
		if (rows[row].shown.letter == 'h')
			gbx_cmd_help(command);
		else
			gbx_cmd_version();
		return false;
	}
	return true;
}

static bool
check_operands(const struct gbx_cmd_options *o)
{
	const struct gbx_cmd_command *c = o->command;

	if (o->n_operands >= c->min && o->n_operands <= c->max)
		return true;
	gbx_cmd_complain(NULL, "usage: glovebox %s %s", c->name, c->usage);
	return false;
}

/* A worker has one of the two. */
static bool
check_lockdown(const struct gbx_cmd_options *o)
{
	bool strict = o->lockdown == GBX_LOCKDOWN_STRICT;
	uint32_t other = strict ? GBX_POSTURE_FILTER : GBX_POSTURE_STRICT;

	if (!(o->require & other))
		return true;
	gbx_cmd_complain(NULL, "--require %s needs --lockdown %s",
	    gbx_posture_name(other), gbx_posture_name(other));
	return false;
}

static const struct gbx_cmd_command *
find_command(const char *name)
{
	const struct gbx_cmd_command *c = gbx_cmd_commands;

	while (c->name && strcmp(c->name, name) != 0)
		c++;
	return c->name ? c : NULL;
}

static bool
no_command(const char *word, int *ret_status)
{
	bool help = word && (!strcmp(word, "--help") || !strcmp(word, "-h"));
	bool version =
	    word && (!strcmp(word, "--version") || !strcmp(word, "-V"));

	*ret_status = help || version ? EX_OK : EX_USAGE;
	if (help)
		gbx_cmd_help(NULL);
	else if (version)
		gbx_cmd_version();
	else if (!word)
		gbx_cmd_complain(NULL, "no command; try 'glovebox --help'");
	else
		gbx_cmd_complain(word, "no such %s; try 'glovebox --help'",
		    *word == '-' ? "option before a command" : "command");
	return false;
}

bool
gbx_cmd_parse(
    int argc, char **argv, struct gbx_cmd_options *ret_options, int *ret_status)
{
	struct gbx_cmd_options o = {
	    .side = 256, .count = 1, .lockdown = GBX_LOCKDOWN_FILTER};

	o.command = argc > 1 ? find_command(argv[1]) : NULL;
	if (!o.command)
		return no_command(argc > 1 ? argv[1] : NULL, ret_status);
	if (!read_options(argc - 1, argv + 1, &o, ret_status))
		return false;
	o.operand = argv + 1 + optind;
	o.n_operands = (size_t)(argc - 1 - optind);
	*ret_status = EX_USAGE;
	if (!check_operands(&o) || !check_lockdown(&o))
		return false;
	*ret_options = o;
	return true;
}
