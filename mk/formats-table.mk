# SPDX-License-Identifier: ISC
# Figures of all formats, and of thumbnails, against others.
#   make formats-table                  writes docs/FORMATS.md
#   make bench-thumbnails [FOLDERS=..]  against libvips

# What each format costs, as docs/FORMATS.md: its library in a plain process
# against the same behind the glass. Five minutes.
DEBIAN_PYTHON ?= /usr/bin/python3
FORMAT_SAMPLES := $(B)/bench/samples
ALONE       := $(foreach f,$(FORMATS),$(if $(filter no,$(BENCH.$(f))),,$(f)))
ALONE_PROGS := $(ALONE:%=$(B)/bench/formats/alone-%)
$(ALONE_PROGS): $(B)/bench/formats/alone-%: $(B)/pic/bench/formats/alone.o $(AR.runtime)
	@mkdir -p $(@D)
	$(link_test) $(call format_libs,$*) $(TEST_LIBS)
$(foreach f,$(ALONE),$(eval \
    $(B)/bench/formats/alone-$(f): $(call pic,$(call room_srcs,$(f)))))
formats-table:
	@$(MAKE) --no-print-directory deps-bench
	@$(MAKE) --no-print-directory all $(ALONE_PROGS) $(B)/tests/e2e/measure
	@[ $(FORMAT_SAMPLES) -nt bench/formats/samples.py ] || \
	    { rm -rf $(FORMAT_SAMPLES); \
	    $(DEBIAN_PYTHON) bench/formats/samples.py $(FORMAT_SAMPLES); }
	@FORMATS='$(FORMATS)' $(DEBIAN_PYTHON) bench/formats/table.py $(B) \
	    $(FORMAT_SAMPLES) docs/FORMATS.md

# PSNR and SSIM of thumbnails; FOLDERS: where the pictures are.
FOLDERS ?= $(wildcard ../shared/corpus/*/valid ../shared/corpus/*/ref)
bench-thumbnails:
	@$(MAKE) --no-print-directory deps-bench all
	@GLOVEBOX_LIBEXEC=$(abspath $(B))/libexec $(DEBIAN_PYTHON) \
	    bench/thumbnails.py $(B)/glovebox $(FOLDERS)

.PHONY: formats-table bench-thumbnails
