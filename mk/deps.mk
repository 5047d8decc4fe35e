# SPDX-License-Identifier: ISC
# Debian packages. The reason for each stands in docs/DEPENDENCIES.md, or in the
# format.mk that needs it, and tests/project/deps.sh holds the lists against each
# other.
#   make deps-build   what `make` needs        make deps-demo   and `make demo`
#   make deps         everything, for `make check` and `make fuzz`
#   make deps-6.1     and for `make check-6.1`
#   make deps-bare    what `make bare` needs besides git
#   make deps-bench   and for `make formats-table`, `make bench-thumbnails`
#   make deps-oracles what `make oracles` needs besides `make`
# Nothing is installed, and no network is touched, when nothing is missing.

# What the formats need stands in their folders (mk/formats.mk).
BUILD_PKGS := gcc make protobuf-c-compiler $(FORMAT_PKGS)
DEMO_PKGS  := python3
TEST_PKGS  := libcmocka-dev afl++ clang llvm libclang-rt-dev clang-format \
              cppcheck mandoc pkg-config strace procps binutils git \
              valgrind libgmp-dev gcovr unicode-data
BENCH_PKGS := python3-pil python3-skimage libvips-tools libjxl-tools libavif-bin \
              libheif-examples
ORACLE_PKGS := python3-numpy ffmpeg imagemagick webp libopenjp2-tools \
               libjpeg-turbo-progs libtiff-tools dpkg-dev
BARE_PKGS  := debootstrap
KERNEL_PKGS := qemu-system-x86 busybox-static cpio

APT ?= apt-get
define need
@missing=; \
if ! command -v dpkg-query >/dev/null; then \
	echo "deps: no dpkg here, so nothing is checked; Debian's names are: $(1)"; \
	exit 0; \
fi; \
for p in $(1); do \
	[ "`dpkg-query -W -f '$${db:Status-Status} ' $$p 2>/dev/null \
	    | cut -d' ' -f1`" = installed ] || missing="$$missing $$p"; \
done; \
if [ -z "$$missing" ]; then \
	echo "deps: nothing is missing"; \
	exit 0; \
fi; \
echo "deps: missing for $(2):"; \
for p in $$missing; do \
	sed -n -e "s/^| \`$$p\` | \([^|]*\) |.*/deps:   $$p: \1/p" \
	    -e "s/^[#] $$p: /deps:   $$p: /p" \
	    docs/DEPENDENCIES.md sandboxed_parsers/*/format.mk; \
done; \
as=; \
if [ "`id -u`" != 0 ]; then \
	as=sudo; \
	if ! command -v sudo >/dev/null; then \
		echo "deps: neither root nor sudo; run this as root:"; \
		echo "    $(APT) install --no-install-recommends$$missing"; \
		exit 1; \
	fi; \
fi; \
echo "deps: installing them: $$as $(APT) install$$missing"; \
$$as $(APT) -q update && \
$$as env DEBIAN_FRONTEND=noninteractive $(APT) -q install -y \
    --no-install-recommends $$missing
endef

deps-build:
	$(call need,$(BUILD_PKGS),the build)
deps-demo:
	$(call need,$(BUILD_PKGS) $(DEMO_PKGS),the build and the demo)
deps:
	$(call need,$(BUILD_PKGS) $(DEMO_PKGS) $(TEST_PKGS),the build and the tests)
deps-bench:
	$(call need,$(BUILD_PKGS) $(DEMO_PKGS) $(TEST_PKGS) $(BENCH_PKGS),\
	    the tests and the benches against others)
deps-oracles:
	$(call need,$(BUILD_PKGS) $(DEMO_PKGS) $(ORACLE_PKGS) \
	    $(filter-out python3-skimage libvips-tools,$(BENCH_PKGS)),\
	    the comparison with other readers)
deps-bare:
	$(call need,$(BARE_PKGS),the README on a new Debian)
deps-6.1:
	$(call need,$(BUILD_PKGS) $(DEMO_PKGS) $(TEST_PKGS) $(KERNEL_PKGS),\
	    the tests on another kernel)

.PHONY: deps deps-build deps-demo deps-bench deps-oracles deps-bare deps-6.1
