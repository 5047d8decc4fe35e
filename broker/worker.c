/* SPDX-License-Identifier: ISC */
/* A worker process as the broker holds it: two descriptors and two numbers.
 * Side: trusted. Nothing is ever read from a worker's socket. */
#include "broker/worker.h"
#include "base/cleanup.h"
#include "broker/autopsy.h"
#include "broker/list.h"
#include "broker/watch.h"
#include "broker/zygote.h"

void
gbx_free_worker(struct gbx_worker *w)
{
	struct gbx_broker *b;

	if (w == NULL)
		return;
	b = w->zygote->broker;
	gbx_list_remove(&w->link);
	gbx_watch_remove(b, &w->watch);
	gbx_close_fd(&w->sock);
	gbx_close_fd(&w->pidfd);
	gbx_corpse_close(&w->corpse);
	gbx_free_watched(b, &w->link);
}
