# SPDX-License-Identifier: ISC
# The prober: a worker directory for tests/sandbox/test_walls alone. Its
# programs are the product's objects; the linker puts our functions in front of
# the calls that make a layer, so that each can be left out (walls/walls.h).

WALLS_SRC    := tests/sandbox/walls
WALLS_DIR    := $(B)/walls/libexec
WALLS_PROBER := $(patsubst %,$(B)/pie/$(WALLS_SRC)/%.o,layers zygote_layers \
                prober probe_files probe_mounts probe_net probe_processes \
                probe_kernel)
WALLS_KIT    := $(WALLS_DIR)/glovebox-png $(WALLS_DIR)/glovebox-init \
                $(WALLS_DIR)/glovebox-copy
wrap = $(addprefix -Wl$(,)--wrap=,$(1))
,   := ,

$(WALLS_DIR)/glovebox-png: $(WALLS_PROBER) $(call pie,$(RUNTIME)) \
    $(B)/pie/gen.o $(B)/pie/libbase.a
	$(exec_dir)
	$(call say_exec,LD)$(CC) $(WORKER_LDFLAGS) $(call wrap,syscall prctl \
	    setrlimit gbx_drop_capabilities gbx_lockdown_zygote \
	    gbx_lockdown_worker gbx_lockdown_canary) -o $@ $^ -lprotobuf-c -lseccomp -lm
$(WALLS_DIR)/glovebox-init: $(B)/pie/$(WALLS_SRC)/layers.o \
    $(B)/pie/$(WALLS_SRC)/init_layers.o \
    $(call pie,$(call srcs,sandboxed_parsers/init)) $(B)/pie/libbase.a
	$(exec_dir)
	$(call say_exec,LD)$(CC) $(WORKER_LDFLAGS) $(call wrap,syscall prctl open \
	    gbx_root_enter gbx_drop_bounding_set gbx_drop_capabilities) -o $@ $^
$(WALLS_DIR)/glovebox-copy: $(B)/libexec/glovebox-copy
	$(exec_dir)
	$(call say_exec,CP)cp -f $< $@

$(B)/tests/sandbox/test_walls: $(patsubst %,$(B)/pic/$(WALLS_SRC)/%.o,host \
    host_signs world table)
walls-kit: $(WALLS_KIT)
check-programs: $(WALLS_KIT)

.PHONY: walls-kit

# The scanner: a worker directory whose PNG parser looks through its own memory
# (tests/sandbox/scanner/). Locked and proven like any other.
SCANNER_DIR := $(B)/scanner/libexec
SCANNER_KIT := $(SCANNER_DIR)/glovebox-png $(SCANNER_DIR)/glovebox-init \
               $(SCANNER_DIR)/glovebox-copy
$(SCANNER_DIR)/glovebox-png: $(B)/pie/tests/sandbox/scanner/scanner.o \
    $(call pie,$(RUNTIME)) $(B)/pie/gen.o $(B)/pie/libbase.a
	$(exec_dir)
	$(call say_exec,LD)$(CC) $(WORKER_LDFLAGS) $(call wrap,mmap munmap) -o $@ \
	    $^ -lprotobuf-c -lseccomp -lm
$(SCANNER_DIR)/glovebox-init $(SCANNER_DIR)/glovebox-copy: $(SCANNER_DIR)/%: \
    $(B)/libexec/%
	$(exec_dir)
	$(call say_exec,CP)cp -f $< $@
$(addprefix $(B)/tests/sandbox/,test_absent test_cores \
    test_pairs): \
    $(B)/pic/tests/sandbox/scanner/client.o \
    $(B)/pic/tests/sandbox/scanner/look.o
walls-kit: $(SCANNER_KIT)
check-programs: $(SCANNER_KIT)
