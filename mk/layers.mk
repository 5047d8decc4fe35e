# SPDX-License-Identifier: ISC
# Who may include and link what, proven; and how much must be trusted.

layers: all
	@CC='$(CC)' python3 mk/layers.py $(B) $(FORMATS)

# Each rule is broken once in a copy of the tree, and must be seen to fail.
layers-selftest: all
	@$(RUN) tests/project/layers_selftest.py

# Lines of code that must be right for the boundary to hold, and those of what the
# library is linked with (mk/tcb.py).
tcb:
	@python3 mk/tcb.py $(LIBRARY_SRCS) -- sandboxed_parsers/init \
	    sandboxed_parsers/copier sandboxed_parsers/runtime \
	    $(PARTS:%=sandboxed_parsers/runtime/%) \
	    $(ALL_FORMATS:%=sandboxed_parsers/%)

# How long functions are, by room; fails above the limits at its head.
functions:
	@python3 mk/functions.py -n 5

.PHONY: functions layers layers-selftest tcb
