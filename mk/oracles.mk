# SPDX-License-Identifier: ISC
# The images of other projects' test folders, against other readers, outside CI:
# downloads, and half an hour. tests/oracles/oracles.py says what is compared
# and within what tolerance; tests/oracles/known.def, why some differ.
#   make oracles [WORDS=tiff]   all, or the paths that hold these words
# ORACLES_DIR keeps the packages' sources.

ORACLES_DIR   ?= build/oracles
ORACLES_SOURCE := pillow tiff libavif giflib libwebp openjpeg2 libheif libpng1.6 \
                  netpbm-free libjpeg-turbo
oracles:
	@$(MAKE) --no-print-directory deps-oracles
	@$(MAKE) --no-print-directory all
	@tests/oracles/fetch.sh $(ORACLES_DIR) $(ORACLES_SOURCE)
	@GLOVEBOX=$(abspath $(B))/glovebox $(DEBIAN_PYTHON) \
	    tests/oracles/oracles.py $(ORACLES_DIR) $(WORDS)

.PHONY: oracles
