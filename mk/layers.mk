# SPDX-License-Identifier: ISC
# Who may include and link what, proven; and how much must be trusted.

layers: all
	@CC='$(CC)' python3 mk/layers.py $(B) $(FORMATS)

# Each rule is broken once in a copy of the tree, and must be seen to fail.
layers-selftest: all
	@$(RUN) tests/project/layers_selftest.py

# Lines of code that must be right for the boundary to hold: no blank lines,
# no comments, no lone braces. What is not here may be wrong at no cost to the
# caller, save a wrong answer about a hostile file.
TCB_LINES = awk '{ gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "") } \
    c { if (!sub(/.*\*\//, "")) next; c = 0 } \
    /\/\*/ { sub(/\/\*.*/, ""); c = 1 } \
    { sub(/\/\/.*/, "") } !/^[ \t{};]*$$/ { n++ } END { print n + 0 }'
tcb:
	@total=0; \
	for room in include schemas base ipc broker/validate broker; do \
		n=`find $$room -maxdepth 1 -name '*.[ch]' -o -maxdepth 1 \
		    -name '*.def' | sort | xargs -r cat | $(TCB_LINES)`; \
		printf '%6d  %s\n' $$n $$room; \
		total=`expr $$total + $$n`; \
	done; \
	printf '%6d  lines of trusted code, and libprotobuf-c\n' $$total
	@for room in sandboxed_parsers/init sandboxed_parsers/copier \
	    sandboxed_parsers/runtime $(FORMATS:%=sandboxed_parsers/%); do \
		n=`find $$room -maxdepth 1 -name '*.[ch]' 2>/dev/null | sort \
		    | xargs -r cat | $(TCB_LINES)`; \
		printf '%6d  %s\n' $$n $$room; \
	done
	@echo "        init and runtime are trusted until the lock is on: they build it"

# How long functions are, by room; fails above the limits at its head.
functions:
	@python3 mk/functions.py -n 5

.PHONY: functions layers layers-selftest tcb
