/* SPDX-License-Identifier: ISC */
/* How a run ended. Side: trusted. */
#ifndef GBX_BROKER_VERDICT_H
#define GBX_BROKER_VERDICT_H

struct gbx_run;

/* Its worker is dead and it is on no list but broker->runs: give its jobs their
 * verdicts, free it and its worker. Lets go of the lock for a while. */
void gbx_run_conclude(struct gbx_run *run);

#endif
