/* SPDX-License-Identifier: ISC */
/*
 * The death of a worker that has a job: how it ended is read from /proc, or
 * asked of its zygote where /proc does not show it. Then its run waits for its
 * verdict. Side: trusted.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "broker/autopsy.h"
#include "broker/broker.h"
#include "broker/death.h"
#include "broker/list.h"
#include "broker/run.h"
#include "broker/watch.h"
#include "broker/worker.h"
#include "broker/zygote.h"
#include "ipc/control.h"
#include "ipc/datagram.h"

static void
ended(struct gbx_run *run)
{
	run->waiting_status = false;
	gbx_list_append(&run->broker->ended, &run->ended);
}

void
gbx_death_seen(struct gbx_worker *w)
{
	struct gbx_zygote *z = w->zygote;
	struct gbx_run *run = w->run;
	uint8_t msg[1 + 4] = {GBX_CTL_STATUS};
	struct gbx_reader reader;

	w->watch.kind = GBX_WATCH_NONE; /* EPOLLONESHOT */
	/* To others than those that the canary's was shown to, and perhaps to
	 * those, the kernel shows a 0 for an exit status. */
	gbx_autopsy_reader(&reader);
	gbx_autopsy(run->broker, z->filters, &w->corpse,
	    z->proc_exit && memcmp(&reader, &z->reader, sizeof(reader)) == 0,
	    &run->death);
	if (run->death.by_seccomp && run->death.code == CLD_EXITED)
		run->death.known = false;
	if (!run->death.known && z->state != GBX_ZYGOTE_DEAD) {
		gbx_put_u32(msg + 1, w->zpid);
		if (gbx_ipc_send(z->sock, msg, sizeof(msg), NULL, 0) == 0) {
			run->waiting_status = true;
			return;
		}
	}
	ended(run);
}

void
gbx_death_told(struct gbx_zygote *z, uint32_t zpid, uint32_t status)
{
	struct gbx_broker *b = z->broker;
	struct gbx_link *l;
	struct gbx_run *run;

	for (l = b->runs.next; l != &b->runs; l = l->next) {
		run = gbx_list_item(l, struct gbx_run, link);
		if (run->worker->zygote != z || run->worker->zpid != zpid ||
		    !run->waiting_status)
			continue;
		run->death.known = true;
		run->death.code = (int)(status >> 16);
		run->death.status = (int)(status & 0xffff);
		ended(run);
		return;
	}
}

void
gbx_death_untold(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;
	struct gbx_run *run;
	struct gbx_link *l;

	for (l = b->runs.next; l != &b->runs; l = l->next) {
		run = gbx_list_item(l, struct gbx_run, link);
		if (run->worker->zygote == z && run->waiting_status)
			ended(run);
	}
}
