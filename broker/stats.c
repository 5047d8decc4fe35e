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
#include "broker/zygote.h"

enum gbx_err
gbx_host_posture(
    const struct gbx_broker *broker, struct gbx_host_posture *ret_posture)
{
	struct gbx_broker *b = (struct gbx_broker *)broker;

	if (b == NULL || ret_posture == NULL ||
	    ret_posture->size != sizeof(*ret_posture))
		return GBX_ERR_ARG;
	if (gbx_is_forked(b))
		return GBX_ERR_FORKED;
	pthread_mutex_lock(&b->lock);
	*ret_posture = b->host;
	pthread_mutex_unlock(&b->lock);
	ret_posture->size = sizeof(*ret_posture);
	return GBX_OK;
}

enum gbx_err
gbx_broker_stats(const struct gbx_broker *broker, struct gbx_stats *ret_stats)
{
	struct gbx_broker *b = (struct gbx_broker *)broker;
	uint32_t kind;

	if (b == NULL || ret_stats == NULL ||
	    ret_stats->size != sizeof(*ret_stats))
		return GBX_ERR_ARG;
	if (gbx_is_forked(b))
		return GBX_ERR_FORKED;
	pthread_mutex_lock(&b->lock);
	*ret_stats = b->stats;
	ret_stats->size = sizeof(*ret_stats);
	ret_stats->queued = b->n_queued;
	ret_stats->in_flight = b->n_running;
	ret_stats->idle = 0;
	for (kind = 1; kind < GBX_WORKER_COUNT; kind++)
		if (b->pool[kind].live != NULL)
			ret_stats->idle += b->pool[kind].live->n_idle;
	ret_stats->shared_bytes = atomic_load(&b->budget->used);
	pthread_mutex_unlock(&b->lock);
	return GBX_OK;
}
