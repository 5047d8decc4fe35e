# SPDX-License-Identifier: ISC
USES.ooxml  := zip xml
CORE.ooxml  := yes
BENCH.ooxml := no
