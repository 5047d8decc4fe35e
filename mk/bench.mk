# SPDX-License-Identifier: ISC
# Benches, on the build as it is and on this machine.
#   make bench [JSON=file]     all, in less than three minutes
#   make bench QUICK=1         a tenth of the samples
#   make bench ONLY=latency    or rate, memory, start, queue
# Times are told in F too: see bench/floor.c.

BENCH_SRCS := $(filter-out bench/floor.c,$(call srcs,bench))
BENCH_PROG := $(B)/bench/glovebox-bench
FLOOR_PROG := $(B)/bench/bench-floor

$(BENCH_PROG): $(call pic,$(BENCH_SRCS)) $(B)/libglovebox.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lprotobuf-c -lpng16 -lz \
	    -lpthread -lm
# Position-dependent and static: the cheapest process to fork that there is.
$(FLOOR_PROG): bench/floor.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(WARN) -std=gnu17 -D_GNU_SOURCE -O2 -static -o $@ $<

bench: all $(BENCH_PROG) $(FLOOR_PROG)
	@$(BENCH_PROG) $(if $(QUICK),-q) $(if $(JSON),-j '$(JSON)') \
	    $(if $(ONLY),-o '$(ONLY)') '$(abspath $(B))/libexec' $(FLOOR_PROG)
bench-programs: $(BENCH_PROG) $(FLOOR_PROG)

.PHONY: bench bench-programs
