# SPDX-License-Identifier: ISC
# What each worker is made of: the runtime, one parser and the wire, and what
# sandboxed_parsers/FORMAT/format.mk says (mk/formats.mk).

# Of EXIF there are two forms: with libexif, and without.
EXIF      := $(if $(NO_EXIF),,-l:libexif.a)
part_srcs  = $(if $(filter exif,$(1)),sandboxed_parsers/runtime/exif/$(if \
             $(NO_EXIF),none,list).c,$(call srcs,sandboxed_parsers/runtime/$(1)))
# Both are compiled: `make layers' looks at every file.
all: $(call pie,sandboxed_parsers/runtime/exif/none.c)

# All sources of a format's own, and its libraries. Tests leave out `shared': its
# abort() stays libc's there.
format_srcs = $(call srcs,sandboxed_parsers/$(1)) $(MORE.$(1)) \
              $(foreach p,$(USES.$(1)),$(call part_srcs,$(p)))
format_libs = $(LIBS.$(1)) $(foreach p,$(call parts,$(1)),$(LIBS.$(p)))

# Loader and libraries of shared ones by relative names, found in the folder
# that the zygote starts in (docs/PROCESSES.md).
ifneq ($(COMPILES),)
SYSLIBS := $(patsubst %/,%,$(dir $(realpath $(LIBC))))
LOADER  := $(notdir $(firstword $(wildcard $(SYSLIBS)/ld-linux*.so.*)))
$(if $(LOADER),,$(error `$(CC)' names no folder that holds libc.so.6 and its \
    loader, ld-linux*.so (SYSLIBS is "$(SYSLIBS)")))
endif
SHARED_LDFLAGS = $(OPT.release) -pie -Wl,-z,relro,-z,now,--as-needed \
                 -Wl,--dynamic-linker=$(LOADER) \
                 -Wl,--disable-new-dtags,-rpath,. $(LDFLAGS)

WORKERS := $(FORMATS:%=$(B)/libexec/glovebox-%)
worker_ldflags = $(if $(SHARED.$(1)),$(SHARED_LDFLAGS),$(WORKER_LDFLAGS))
define worker
$(B)/libexec/glovebox-$(1): $(call pie,$(call format_srcs,$(1)) \
    $(if $(SHARED.$(1)),$(call part_srcs,shared))) \
    $(B)/pie/libruntime.a $(B)/pie/gen.o $(B)/pie/libbase.a
	$$(exec_dir)
	$$(call say_exec,LD)$$(CC) $$(call worker_ldflags,$(1)) -o $$@ $$^ \
	    $(call format_libs,$(1)) -lprotobuf-c -lseccomp -lm
endef
$(foreach f,$(FORMATS),$(eval $(call worker,$(f))))

# A worker of a format that is no longer built would still be found and run.
STALE = $(filter-out $(WORKERS) $(HELPERS),$(wildcard $(B)/libexec/*))
no-stale-workers:
	$(if $(STALE),rm -f $(STALE))

.PHONY: no-stale-workers
