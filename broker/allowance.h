/* SPDX-License-Identifier: ISC */
/* How much memory and how many descriptors an input may have.
 * Side: trusted. */
#ifndef GBX_BROKER_ALLOWANCE_H
#define GBX_BROKER_ALLOWANCE_H

#include <glovebox.h>
#include <stdbool.h>
#include <stdint.h>

struct gbx_broker;
struct gbx_request;

/* GBX_ERR_BUSY; errno says what is full. */
enum gbx_err gbx_input_busy(int what);
/* What a failed call (negative errno) means for the caller. */
enum gbx_err gbx_input_error(const struct gbx_request *job, int err);
/* May this job wait with so many descriptors? */
bool gbx_input_fds(const struct gbx_request *job, uint32_t n);
/* What all inputs may have, and what this one. */
uint64_t gbx_input_share(const struct gbx_broker *b);
uint64_t gbx_input_most(const struct gbx_request *job);
/* Charge so many more bytes for as long as the input lives; and give back. */
bool gbx_input_charge(struct gbx_request *job, uint64_t size);
void gbx_input_discharge(struct gbx_request *job);

#endif
