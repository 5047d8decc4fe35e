# SPDX-License-Identifier: ISC
# The formats: a folder of sandboxed_parsers/ with a format.mk each, which says,
# of a format called F,
#   NEEDS.F   its headers, each with its Debian package: HEADER=PACKAGE ...;
#             without one F is left out, and a line says so
#   LIBS.F    what its worker is linked with
#   USES.F    folders of sandboxed_parsers/runtime, each with a part.mk, that it
#             is made of besides: zip, xml, exif
#   SHARED.F  yes: linked with shared libraries, if Debian has no archive of one,
#             or if it hands ICC profiles to gbx_sink_icc
#   MORE.F    sources of other formats that it takes
#   CORE.F    yes: never left out; without its headers nothing is built
#   BENCH.F   no: not in docs/FORMATS.md
# Each may be missing. Found by themselves: fuzz/FORMAT/target.c,
# tests/unit/FORMAT, tests/samples/FORMAT.c. This file needs only make.

FORMAT_MKS  := $(sort $(wildcard sandboxed_parsers/*/format.mk))
PART_MKS    := $(sort $(wildcard sandboxed_parsers/runtime/*/part.mk))
ALL_FORMATS := $(FORMAT_MKS:sandboxed_parsers/%/format.mk=%)
PARTS       := $(PART_MKS:sandboxed_parsers/runtime/%/part.mk=%)
include $(PART_MKS) $(FORMAT_MKS)

# A misspelt name would mean that nothing is needed.
SAID     := NEEDS LIBS USES SHARED MORE CORE BENCH
MISSPELT := $(foreach f,$(ALL_FORMATS),$(filter-out $(SAID:%=%.$(f)),\
            $(filter %.$(f),$(.VARIABLES))))
MISSPELT += $(foreach p,$(PARTS),$(filter-out NEEDS.$(p) LIBS.$(p) OPTIONAL.$(p),\
            $(filter %.$(p),$(.VARIABLES))))
$(if $(strip $(MISSPELT)),$(error mk/formats.mk knows no $(strip $(MISSPELT))))
NO_PART  := $(filter-out $(PARTS),$(foreach f,$(ALL_FORMATS),$(USES.$(f))))
$(if $(NO_PART),$(error no sandboxed_parsers/runtime/$(firstword $(NO_PART))/part.mk))

SHARED   := $(foreach f,$(ALL_FORMATS),$(if $(SHARED.$(f)),$(f)))
CORE_FORMATS := $(foreach f,$(ALL_FORMATS),$(if $(CORE.$(f)),$(f)))
# The parts of a format, and all that it needs: HEADER=PACKAGE.
parts     = $(USES.$(1)) $(if $(SHARED.$(1)),shared)
needs     = $(NEEDS.$(1)) $(foreach p,$(call parts,$(1)),$(if \
            $(OPTIONAL.$(p)),,$(NEEDS.$(p))))
# The core: the library, the command, and the formats that are never left out.
CORE     := stdio.h=libc6-dev protobuf-c/protobuf-c.h=libprotobuf-c-dev \
            seccomp.h=libseccomp-dev png.h=libpng-dev zlib.h=zlib1g-dev
CORE     += $(filter-out $(CORE),$(foreach f,$(CORE_FORMATS),$(call needs,$(f))))
# NAME:HEADER of all that may be left out.
MAY_LACK := $(foreach f,$(filter-out $(CORE_FORMATS),$(ALL_FORMATS)),$(foreach \
            n,$(filter-out $(CORE),$(call needs,$(f))),$(f):$(firstword $(subst \
            =, ,$(n)))))
MAY_LACK += $(foreach p,$(PARTS),$(if $(OPTIONAL.$(p)),$(foreach \
            n,$(NEEDS.$(p)),$(p):$(firstword $(subst =, ,$(n))))))
# Debian's packages of them.
FORMAT_PKGS := $(sort $(foreach n,$(CORE) $(foreach x,$(ALL_FORMATS) $(PARTS),\
            $(NEEDS.$(x))),$(lastword $(subst =, ,$(n)))))
