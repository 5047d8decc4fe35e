# SPDX-License-Identifier: ISC
# make install [PREFIX=/usr/local] [LIBDIR=$(PREFIX)/lib] [DESTDIR=]
#     [WORKERDIR=$(PREFIX)/libexec/glovebox]; make uninstall undoes it.
# The library looks for its workers in $(WORKERDIR), so install with the PREFIX
# it was built with: another one compiles anew.

INSTALL ?= install
DEST     = $(DESTDIR)$(PREFIX)
DESTLIB  = $(DESTDIR)$(LIBDIR)
EXECS    = $(notdir $(WORKERS) $(HELPERS))
# Workers of an earlier installation, too, whose format is not built now.
INSTALLABLE = $(addprefix $(DESTDIR)$(WORKERDIR)/glovebox-,init copy \
              $(ALL_FORMATS))
MANPAGES = $(wildcard docs/man/*.1)

$(B)/glovebox.pc: glovebox.pc.in $(B)/flags
	@sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@WORKERDIR@|$(WORKERDIR)|; s|@VERSION@|$(VERSION)|' \
	    $< >$@

install: all $(B)/glovebox.pc
	@test -z "$(word 2,$(DESTDIR)$(PREFIX)x)" || \
	    { echo "install: no spaces in DESTDIR or PREFIX, please"; exit 1; }
	$(INSTALL) -d $(DEST)/bin $(DESTLIB)/pkgconfig $(DEST)/include \
	    $(DEST)/share/man/man1 $(DESTDIR)$(WORKERDIR)
	$(INSTALL) -m 755 $(B)/glovebox $(DEST)/bin/
	$(INSTALL) -m 644 $(B)/libglovebox.a $(B)/libglovebox.so.0 $(DESTLIB)/
	ln -sf libglovebox.so.0 $(DESTLIB)/libglovebox.so
	$(INSTALL) -m 644 $(B)/glovebox.pc $(DESTLIB)/pkgconfig/
	$(INSTALL) -m 644 include/glovebox.h $(DEST)/include/
	$(INSTALL) -m 755 $(WORKERS) $(HELPERS) $(DESTDIR)$(WORKERDIR)/
	rm -f $(filter-out $(EXECS:%=$(DESTDIR)$(WORKERDIR)/%),$(INSTALLABLE))
	$(if $(MANPAGES),$(INSTALL) -m 644 $(MANPAGES) $(DEST)/share/man/man1/)
uninstall:
	rm -f $(DEST)/bin/glovebox $(DESTLIB)/libglovebox.a \
	    $(DESTLIB)/libglovebox.so $(DESTLIB)/libglovebox.so.0 \
	    $(DESTLIB)/pkgconfig/glovebox.pc $(DEST)/include/glovebox.h \
	    $(MANPAGES:docs/man/%=$(DEST)/share/man/man1/%) \
	    $(INSTALLABLE)
	-rmdir $(DESTDIR)$(WORKERDIR)
man:
	mandoc -Tlint -Werror $(MANPAGES)

.PHONY: install uninstall man
