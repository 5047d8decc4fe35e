# SPDX-License-Identifier: ISC
# Programs of tests/sandbox that have more of the product in them than the
# library: the runtime's own lock, and init's empty root for their cage.
#   make blocklist         docs/BLOCKLIST.md, anew

LOCK_PROGS := $(addprefix $(B)/tests/sandbox/,test_calls test_bpf blocklist)
$(LOCK_PROGS): $(B)/tests/libruntime.a $(B)/pic/sandboxed_parsers/init/root.o
# test_bpf catches the programs that lockdown.c loads.
$(B)/tests/sandbox/test_bpf: TEST_LIBS += -Wl,--wrap=syscall

BLOCKLIST := $(B)/tests/sandbox/blocklist
blocklist: $(BLOCKLIST)
	@$(BLOCKLIST) >$(B)/BLOCKLIST.md && cp $(B)/BLOCKLIST.md docs/BLOCKLIST.md
	@sed -n '/^<!-- counts/,/^<!-- end/p' docs/BLOCKLIST.md | grep '^|'

.PHONY: blocklist
