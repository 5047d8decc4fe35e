# SPDX-License-Identifier: ISC
# Which defence would nobody miss? Each is taken out in a copy of the source,
# one at a time, and a test must turn red (tests/mutants/mutants.py). For hours.
#   make mutants               all
#   make mutants M='--gate'    the gate's checks alone; M='--defences' the rest
#   make mutants M='-k word'   those with the word in their name
#   make mutants-rows          each row of the tables of codes, constructs and
#                              names; ten minutes (tests/mutants/rows.py)

mutants:
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory mutants-installed
mutants-installed:
	@$(TEST_ENV) python3 tests/mutants/mutants.py $(M)

ROW_TESTS := $(foreach f,$(filter avif gif heif jp2 jpeg png tiff webp,$(FORMATS)),\
    $(f)/test_codes) ooxml/test_constructs broker/test_tables
mutants-rows: $(ROW_TESTS:%=$(B)/tests/unit/%)
	@$(TEST_ENV) python3 tests/mutants/rows.py $(M)

.PHONY: mutants mutants-installed mutants-rows
