/* SPDX-License-Identifier: ISC */
/*
 * The commands. Each returns what to exit with. Side: caller.
 */
#ifndef GBX_CMD_COMMANDS_H
#define GBX_CMD_COMMANDS_H

struct gbx_cmd_options;

int gbx_cmd_probe(const struct gbx_cmd_options *o);
int gbx_cmd_decode(const struct gbx_cmd_options *o);
int gbx_cmd_thumbnail(const struct gbx_cmd_options *o);
int gbx_cmd_disarm(const struct gbx_cmd_options *o);
int gbx_cmd_text(const struct gbx_cmd_options *o);
int gbx_cmd_list(const struct gbx_cmd_options *o);
int gbx_cmd_extract(const struct gbx_cmd_options *o);
int gbx_cmd_policy(const struct gbx_cmd_options *o);
int gbx_cmd_doctor(const struct gbx_cmd_options *o);

#endif
