# SPDX-License-Identifier: ISC
# The formats: a folder in sandboxed_parsers/ and one worker each. One whose
# library is not installed is left out, and a line says so; PNG, OOXML and the
# command are the core: without their libraries nothing is built.

ALL_FORMATS := png ooxml jpeg webp gif jxl avif heif tiff bmp qoi pnm tga jp2 ico encode

# These goals parse on a machine that has only make: they compile nothing, or
# install packages and then run make anew.
NO_COMPILER := help clean uninstall tcb format format-check man deps deps-% \
               demo demo-samples check check-6.1 fuzz fuzz-smoke coverage \
               mutants formats-table bench-thumbnails oracles bare bare-%
COMPILES    := $(filter-out $(NO_COMPILER),$(or $(MAKECMDGOALS),all))

# ---- what is installed -----------------------------------------------------
# The headers that tell whether libraries are there; those of the core with
# Debian's package.
CORE := stdio.h=libc6-dev png.h=libpng-dev zlib.h=zlib1g-dev \
        protobuf-c/protobuf-c.h=libprotobuf-c-dev seccomp.h=libseccomp-dev \
        minizip/unzip.h=libminizip-dev expat.h=libexpat1-dev \
        libdeflate.h=libdeflate-dev
HEADER.exif := libexif/exif-data.h
HEADER.jpeg := jpeglib.h
HEADER.jxl  := jxl/decode.h
HEADER.webp := webp/demux.h
HEADER.gif  := gif_lib.h
HEADER.avif := avif/avif.h
HEADER.tiff := tiffio.h
HEADER.jp2  := openjpeg-2.5/openjpeg.h
HEADER.heif := libheif/heif.h libde265/de265.h
HEADER.encode := webp/encode.h webp/mux.h jpeglib.h
# With shared libraries: what hands profiles to Little CMS, of which Debian has
# no archive.
SHARED  := jpeg webp jxl avif heif tiff jp2 encode
$(foreach f,$(SHARED),$(eval HEADER.$(f) += lcms2.h))

ifneq ($(COMPILES),)
# One run of the preprocessor (cpp(1), __has_include) asks for all. A last line
# that does not come back means that nothing was asked.
unless_has = \n\043if !__has_include(<$(1)>)\nNO:$(2):$(1)\n\043endif
ASK_ALL := $(foreach c,$(CORE),$(call unless_has,$(firstword $(subst =, ,$(c))),core)) \
    $(foreach f,exif $(ALL_FORMATS),$(foreach h,$(HEADER.$(f)),\
    $(call unless_has,$(h),$(f))))
ANSWER  := $(shell printf '$(ASK_ALL)\nASKED\n' \
           | $(CC) $(CPPFLAGS) -E -P -x c - 2>/dev/null)
$(if $(filter ASKED,$(ANSWER)),,$(error no working C compiler: `$(CC)' is \
    missing or fails; `make deps-build' installs gcc, CC=... names another))
MISSING := $(patsubst NO:%,%,$(filter NO:%,$(ANSWER)))
CORE_MISSING := $(strip $(foreach m,$(filter core:%,$(MISSING)),\
    $(patsubst $(m:core:%=%)=%,$(m:core:%=%) (package %),\
    $(filter $(m:core:%=%)=%,$(CORE)))))
$(if $(CORE_MISSING),$(error missing for the build: $(CORE_MISSING); \
    `make deps-build' installs them))
NO_EXIF := $(or $(filter exif:%,$(MISSING)),$(if $(filter /%,\
    $(shell $(CC) -print-file-name=libexif.a)),,exif:libexif.a))
endif
ABSENT  := $(sort $(foreach m,$(MISSING),$(firstword $(subst :, ,$(m)))))
FORMATS := $(filter-out $(ABSENT),$(ALL_FORMATS))

# Told once, not by each make that make starts; V=1 names the headers.
LEFT_OUT := $(strip $(filter-out $(FORMATS),$(ALL_FORMATS)) \
            $(if $(NO_EXIF),(list of EXIF tags)))
ifeq ($(GBX_LEFT_OUT_TOLD),)
export GBX_LEFT_OUT_TOLD := $(if $(COMPILES),yes)
$(if $(LEFT_OUT),$(info left out, not installed: $(LEFT_OUT); `make \
    deps-build' installs what they need))
$(if $(V),$(foreach m,$(MISSING) $(NO_EXIF),$(info \
    $(subst :, is left out: there is no ,$(m)))))
endif

# ---- what each worker is made of -------------------------------------------
# Archives, but for shared ones. A shared one takes libexif's archive, too: each
# library more is dear at fork.
EXIF       := $(if $(NO_EXIF),,-l:libexif.a)
LIBS.png   := -lpng16 -lz $(EXIF) -lm
LIBS.jpeg  := -ljpeg $(EXIF)
LIBS.jxl   := -ljxl $(EXIF)
LIBS.webp  := -lwebpdemux -lwebp $(EXIF)
LIBS.gif   := -lgif
LIBS.avif  := -lavif $(EXIF)
LIBS.tiff  := -ltiff
LIBS.jp2   := -lopenjp2
LIBS.heif  := -lheif -lde265 $(EXIF)
LIBS.encode := -l:libwebpmux.a -lwebp -ljpeg -lpng16 -lz
LIBS.zip   := -lminizip -ldeflate -lz
LIBS.xml   := -lexpat
LIBS.ooxml := $(LIBS.zip) $(LIBS.xml)
LIBS.ico   := -lpng16 -lz $(EXIF) -lm
# An icon holds bitmaps and PNGs; some pictures hold EXIF.
$(foreach f,png jpeg webp jxl avif heif ico,\
    $(eval MORE.$(f) := sandboxed_parsers/runtime/exif/$(if \
    $(NO_EXIF),none,list).c))
# Containers and languages that several formats are written in, in folders of
# sandboxed_parsers/runtime.
PARTS      := zip xml
USES.ooxml := zip xml
$(foreach f,ooxml,$(eval MORE.$(f) += $(call srcs,\
    $(USES.$(f):%=sandboxed_parsers/runtime/%))))
# Compiled where nothing links it, too: `make layers' looks at every file.
all: $(call pie,sandboxed_parsers/runtime/exif/none.c)
MORE.ico   += $(addprefix sandboxed_parsers/,bmp/dib.c bmp/rows.c \
    $(addprefix png/,png.c decoder.c chunks.c walk.c))

# Loader and libraries of shared ones by relative names, found in the folder
# that the zygote starts in (docs/PROCESSES.md).
ifneq ($(COMPILES),)
SYSLIBS := $(patsubst %/,%,$(dir $(realpath $(shell $(CC) -print-file-name=libc.so.6))))
LOADER  := $(notdir $(firstword $(wildcard $(SYSLIBS)/ld-linux*.so.*)))
$(if $(LOADER),,$(error `$(CC)' names no folder that holds libc.so.6 and its \
    loader, ld-linux*.so (SYSLIBS is "$(SYSLIBS)")))
endif
SHARED_LDFLAGS = $(OPT.release) -pie -Wl,-z,relro,-z,now,--as-needed \
                 -Wl,--dynamic-linker=$(LOADER) \
                 -Wl,--disable-new-dtags,-rpath,. $(LDFLAGS)

WORKERS := $(FORMATS:%=$(B)/libexec/glovebox-%)
worker_ldflags = $(if $(filter $(1),$(SHARED)),$(SHARED_LDFLAGS),$(WORKER_LDFLAGS))
define worker
$(B)/libexec/glovebox-$(1): $(call pie,$(call srcs,sandboxed_parsers/$(1) \
    $(if $(filter $(1),$(SHARED)),sandboxed_parsers/runtime/shared)) $(MORE.$(1))) \
    $(B)/pie/libruntime.a $(B)/pie/gen.o $(B)/pie/libbase.a
	$$(exec_dir)
	$$(call say_exec,LD)$$(CC) $$(call worker_ldflags,$(1)) -o $$@ $$^ $$(LIBS.$(1)) \
	    $(if $(filter $(1),$(SHARED)),-llcms2) -lprotobuf-c -lseccomp -lm
endef
$(foreach f,$(FORMATS),$(eval $(call worker,$(f))))

# A worker of a format that is no longer built would still be found and run.
STALE = $(filter-out $(WORKERS) $(HELPERS),$(wildcard $(B)/libexec/*))
no-stale-workers:
	$(if $(STALE),rm -f $(STALE))

.PHONY: no-stale-workers
