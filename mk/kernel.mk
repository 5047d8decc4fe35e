# SPDX-License-Identifier: ISC
# make check-6.1: Debian 12's own kernel, out of its package, in qemu without
# KVM, with a small initrd; the tests of the walls and of hard hosts run there.
# Not in `make check`: it fetches a package of 70 MB. tests/kernel/ holds the
# parts; tests/run judges what came out, and what did not come out has failed.

KERNEL_DIR := $(B)/kernel
# An emulated processor is slow. The whole machine gets this many seconds, and
# one program so many.
KERNEL_SECONDS ?= 1800
KERNEL_LIMIT   ?= 600
# What says nothing about a kernel, or takes too long there.
KERNEL_SKIP := tests/host/test_waiting
KERNEL_PROGS = tests/kernel/decode.sh $(filter-out $(KERNEL_SKIP),\
    $(patsubst $(B)/%,%,$(foreach p,$(filter $(B)/tests/sandbox/% \
    $(B)/tests/hostile/% $(B)/tests/host/%,$(LIB_PROGS)),\
    $(if $(filter test_%,$(notdir $(p))),$(p)))))

KERNEL_BUILT = $(addprefix $(B)/,$(filter-out %.sh,$(KERNEL_PROGS)))
KERNEL_BOOT  = python3 -B tests/kernel/boot.py $(KERNEL_DIR) \
               $(KERNEL_SECONDS) $(KERNEL_LIMIT) $(KERNEL_PROGS)

check-6.1:
	@$(MAKE) --no-print-directory deps-6.1
	@$(MAKE) --no-print-directory check-6.1-built
$(KERNEL_DIR)/vmlinuz: tests/kernel/fetch.sh
	$(call say,GET)bash $< $(@D)
check-6.1-built: all hostile-kit check-programs $(KERNEL_BUILT) $(KERNEL_DIR)/vmlinuz
	@bash tests/kernel/initrd.sh $(KERNEL_DIR)/initrd $(B) \
	    $(KERNEL_DIR)/fuse.ko $(KERNEL_PROGS)
	@tests/run -l $(B)/test-logs-6.1 -t $$(($(KERNEL_SECONDS) + 60)) \
	    -n 'kernel-6.1=$(KERNEL_BOOT)' $(foreach p,$(KERNEL_PROGS),-n \
	    '6.1/$(p)=bash tests/kernel/replay.sh $(KERNEL_DIR)/said $(p)')

.PHONY: check-6.1 check-6.1-built
