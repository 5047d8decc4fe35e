# SPDX-License-Identifier: ISC
# Fault injection on the trusted side (tests/faults/inject.h): the library again,
# each of its calls into libc renamed, so that the test decides which one fails.
#   make faults           the short form, as in `make check`; GBX_SOAK=1: all

FAULT_DIR   := tests/faults
FAULTY_LIB  := $(B)/$(FAULT_DIR)/libfaulty.a
FAULT_PROGS := $(patsubst %.c,$(B)/%,$(wildcard $(FAULT_DIR)/test_*.c))
FAULT_OBJS  := $(call pic,$(filter-out $(FAULT_DIR)/test_%,\
               $(call srcs,$(FAULT_DIR))))

# These run between clone and exec, on a stack that is unmapped soon: a sanitizer
# would leave its marks there (broker/spawn.c).
$(call pic,$(FAULT_DIR)/calls.c $(FAULT_DIR)/calls_process.c $(FAULT_DIR)/inject.c): \
    private override CFLAGS += -fno-sanitize=all

# One section for all of its code: so a return address is known to be its own.
$(FAULTY_LIB): $(B)/libglovebox.a $(FAULT_DIR)/wrapped.syms
	@mkdir -p $(@D)
	$(call say,AR)objcopy --redefine-syms=$(FAULT_DIR)/wrapped.syms \
	    --rename-section .text=gbx_text \
	    --rename-section .text.unlikely=gbx_text \
	    --rename-section .text.startup=gbx_text $< $@
$(FAULT_PROGS): $(B)/%: $(B)/pic/%.o $(FAULT_OBJS) $(FAULTY_LIB) $(AR.support)
	@mkdir -p $(@D)
	$(link_test) $(TEST_LIBS)
$(FAULT_PROGS): TEST_LIBS += -lz

check-programs: $(FAULT_PROGS)
WHOLE += $(FAULT_PROGS) $(FAULT_DIR)/symbols.sh
faults: all hostile-kit $(FAULT_PROGS)
	@$(RUN) $(FAULT_DIR)/symbols.sh $(FAULT_PROGS)

.PHONY: faults
