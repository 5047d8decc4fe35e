/* SPDX-License-Identifier: ISC */
/* What a broker tells of itself: its host's posture, and numbers.
 * Side: trusted. */
#include <glovebox.h>
#include <pthread.h>

#include "broker/broker.h"
#include "broker/forked.h"
#include "broker/pool.h"
#include "broker/store.h"
#include "broker/validate/gate.h"
#include "broker/versioned.h"
#include "broker/zygote.h"

enum gbx_err
gbx_host_posture(
    const struct gbx_broker *broker, struct gbx_host_posture *ret_posture)
{
	struct gbx_broker *b = (struct gbx_broker *)broker;

	if (b == NULL || !gbx_struct_fits(ret_posture,
			     GBX_SIZE_0_1(struct gbx_host_posture, memory)))
		return GBX_ERR_ARG;
	if (gbx_is_forked(b))
		return GBX_ERR_FORKED;
	pthread_mutex_lock(&b->lock);
	gbx_struct_out(ret_posture, &b->host, sizeof(b->host));
	pthread_mutex_unlock(&b->lock);
	return GBX_OK;
}

enum gbx_err
gbx_broker_stats(const struct gbx_broker *broker, struct gbx_stats *ret_stats)
{
	struct gbx_broker *b = (struct gbx_broker *)broker;
	struct gbx_stats stats;
	uint32_t kind;

	if (b == NULL || !gbx_struct_fits(ret_stats,
			     GBX_SIZE_0_1(struct gbx_stats, shared_bytes)))
		return GBX_ERR_ARG;
	if (gbx_is_forked(b))
		return GBX_ERR_FORKED;
	pthread_mutex_lock(&b->lock);
	stats = b->stats;
	stats.queued = b->n_queued;
	stats.in_flight = b->n_running;
	stats.idle = 0;
	for (kind = 1; kind < GBX_WORKER_COUNT; kind++)
		if (b->pool[kind].live != NULL)
			stats.idle += b->pool[kind].live->n_idle;
	stats.shared_bytes = atomic_load(&b->budget->used);
	pthread_mutex_unlock(&b->lock);
	gbx_struct_out(ret_stats, &stats, sizeof(stats));
	return GBX_OK;
}
