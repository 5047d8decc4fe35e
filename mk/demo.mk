# SPDX-License-Identifier: ISC
# make demo: real and hostile files through the glovebox, told in a table.

# As many compilers as processors, where the caller did not say how many.
parallel = $(if $(findstring -j,$(MAKEFLAGS)),,-j$$(nproc 2>/dev/null || echo 1))

demo:
	@$(MAKE) --no-print-directory deps-demo
	@$(MAKE) --no-print-directory $(parallel) all
	@python3 -B examples/demo.py $(B)/glovebox build/demo
demo-samples:
	python3 -B examples/samples.py build/demo/samples

EXAMPLES := $(patsubst examples/%.c,$(B)/examples/%,$(wildcard examples/*.c))
$(B)/examples/%: $(B)/pic/examples/%.o $(B)/libglovebox.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lprotobuf-c -lpthread
examples: $(EXAMPLES)
check-built check-project: $(EXAMPLES)

.PHONY: demo demo-samples examples
