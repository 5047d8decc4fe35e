#!/bin/bash
# SPDX-License-Identifier: ISC
# The tool behind `make mutants`: its tables still fit the source, it sees a
# mutant and lets an equivalent one live. Fails if taken out: a line of
# defences.def's is changed in the source, or a test of the job's packing goes.
cd "$(dirname "$0")/../.." || exit 1
exec python3 tests/mutants/mutants.py --self-test
