/* SPDX-License-Identifier: ISC */
/*
 * Starting a zygote: init execs it from a descriptor that the broker passes.
 * Side: trusted.
 */
#include <errno.h>
#include <glovebox.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "broker/broker.h"
#include "broker/list.h"
#include "broker/pool.h"
#include "broker/sandbox.h"
#include "broker/spawn.h"
#include "broker/start.h"
#include "broker/tables.h"
#include "broker/zygote.h"
#include "ipc/control.h"
#include "ipc/datagram.h"

static int
send_config(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;
	uint8_t msg[GBX_CTL_CONFIG_LEN] = {GBX_CTL_CONFIG};
	uint64_t cpu_s = b->ceiling[GBX_LIMIT_CPU] / 1000 + 1;

	gbx_put_u32(msg + 1, b->lockdown);
	gbx_put_u64(msg + 5, b->ceiling[GBX_LIMIT_MEMORY]);
	gbx_put_u32(msg + 13, (uint32_t)cpu_s);
	return gbx_ipc_send(z->sock, msg, sizeof(msg), NULL, 0);
}

/* Ask init for it. The configuration waits in the socket until it is there. */
static int
order(struct gbx_zygote *z)
{
	gbx_autoclose int program = -1, theirs = -1;
	static const uint8_t msg[1] = {GBX_CTL_ZYGOTE};
	struct gbx_broker *b = z->broker;
	bool shared = gbx_table_is_shared(z->kind);
	int err, pair[2], fds[3];

	if (shared && b->libs_fd < 0)
		return -ELIBACC;
	program = gbx_open_program(b, gbx_table_worker_name(z->kind));
	if (program < 0)
		return program;
	err = gbx_ipc_pair(pair);
	if (err != 0)
		return err;
	z->sock = pair[0];
	theirs = pair[1];
	fds[0] = program;
	fds[1] = theirs;
	fds[2] = b->libs_fd;
	err = send_config(z);
	if (err == 0)
		err = gbx_ipc_send(
		    b->sandbox.sock, msg, sizeof(msg), fds, shared ? 3 : 2);
	return err;
}

int
gbx_zygote_start(struct gbx_broker *b, uint32_t kind)
{
	struct gbx_zygote *z;
	int err;

	err = gbx_sandbox_restart(b);
	if (err != 0)
		return err;
	z = gbx_zygote_new(b, kind);
	if (z == NULL)
		return -ENOMEM;
	err = order(z);
	if (err != 0) {
		gbx_close_fd(&z->sock);
		free(z);
		return err;
	}
	gbx_list_append(&b->starting, &z->link);
	b->pool[kind].live = z;
	b->stats.zygotes_started++;
	return 0;
}
