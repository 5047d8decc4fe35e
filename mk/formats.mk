# SPDX-License-Identifier: ISC
# The formats: a folder in sandboxed_parsers/ and one worker each. One whose
# library is not installed is left out, in a plain line.

ALL_FORMATS := png ooxml jpeg webp gif jxl avif heif tiff bmp qoi pnm tga jp2 ico encode

# What each worker links: archives, but for shared ones.
# A shared one takes libexif's archive, too: each library more is dear at fork.
EXIF       := -l:libexif.a
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
LIBS.ooxml := -lminizip -lz -lexpat
LIBS.ico   := -lpng16 -lz $(EXIF) -lm
# An icon holds bitmaps and PNGs; some pictures hold EXIF.
$(foreach f,png jpeg webp jxl avif heif ico,\
    $(eval MORE.$(f) := sandboxed_parsers/runtime/exif/list.c))
MORE.ico   += $(addprefix sandboxed_parsers/,bmp/dib.c bmp/rows.c \
    $(addprefix png/,png.c decoder.c chunks.c walk.c))

# With shared libraries: what hands profiles to Little CMS, of which Debian has
# no archive.
SHARED  := jpeg webp jxl avif heif tiff jp2 encode

# The headers that tell whether libraries are there. Without png.h and zlib.h
# there is no command at all.
HEADER.jpeg := jpeglib.h
HEADER.jxl  := jxl/decode.h
HEADER.webp := webp/demux.h
HEADER.gif  := gif_lib.h
HEADER.avif := avif/avif.h
HEADER.tiff := tiffio.h
HEADER.jp2  := openjpeg-2.5/openjpeg.h
HEADER.heif := libheif/heif.h libde265/de265.h
HEADER.encode := webp/encode.h webp/mux.h jpeglib.h
HEADER.ooxml := minizip/unzip.h
$(foreach f,$(SHARED),$(eval HEADER.$(f) += lcms2.h))
$(foreach f,$(ALL_FORMATS),$(if $(filter $(EXIF),$(LIBS.$(f))),\
    $(eval HEADER.$(f) += libexif/exif-data.h)))
# One run of the preprocessor (cpp(1), __has_include) asks for all.
HAS_ALL := $(foreach f,$(ALL_FORMATS),$(foreach h,$(HEADER.$(f)),\
    \n\043if !__has_include(<$(h)>)\nNO:$(f):$(h)\n\043endif))
MISSING := $(patsubst NO:%,%,$(filter NO:%,$(shell printf '$(HAS_ALL)\n' \
    | $(CC) $(CPPFLAGS) -E -P -x c - 2>/dev/null)))
ABSENT  := $(sort $(foreach m,$(MISSING),$(firstword $(subst :, ,$(m)))))
FORMATS := $(filter-out $(ABSENT),$(ALL_FORMATS))
$(foreach m,$(MISSING),$(info $(subst :, is left out: there is no ,$(m))))

# Loader and libraries of shared ones by relative names, found in the folder
# that the zygote starts in (docs/PROCESSES.md).
SYSLIBS := $(patsubst %/,%,$(dir $(realpath $(shell $(CC) -print-file-name=libc.so.6))))
LOADER   = $(notdir $(firstword $(wildcard $(SYSLIBS)/ld-linux*.so.*)))
SHARED_LDFLAGS = $(OPT.release) -pie -Wl,-z,relro,-z,now,--as-needed \
                 -Wl,--dynamic-linker=$(LOADER) \
                 -Wl,--disable-new-dtags,-rpath,. $(LDFLAGS)

WORKERS := $(FORMATS:%=$(B)/libexec/glovebox-%)
worker_ldflags = $(if $(filter $(1),$(SHARED)),$(SHARED_LDFLAGS),$(WORKER_LDFLAGS))
define worker
$(B)/libexec/glovebox-$(1): $(call pie,$(call srcs,sandboxed_parsers/$(1) \
    $(if $(filter $(1),$(SHARED)),sandboxed_parsers/runtime/shared)) $(MORE.$(1))) \
    $(B)/pie/libruntime.a $(B)/pie/gen.o $(B)/pie/libbase.a
	@mkdir -p $$(@D)
	$$(call say,LD)$$(CC) $$(call worker_ldflags,$(1)) -o $$@ $$^ $$(LIBS.$(1)) \
	    $(if $(filter $(1),$(SHARED)),-llcms2) -lprotobuf-c -lseccomp -lm
endef
$(foreach f,$(FORMATS),$(eval $(call worker,$(f))))
