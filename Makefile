# SPDX-License-Identifier: MIT
# make | check | check-machines | lint | bench | install | uninstall | clean, and packages: source dist deb rpm apk.
# Everything else is a script (CONTRIBUTING.md). Yours to set: CC, CFLAGS and LDFLAGS (come last), CPPFLAGS and COMMAND_LDFLAGS (for
# the command alone), WERROR=1, PREFIX, BINDIR, LIBDIR, MANDIR, DESTDIR, and BUILD for another kind of build (scripts/build).

VERSION := 0.1.0
RELEASED := 2026-11-25
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
MANDIR ?= $(PREFIX)/share/man
CC ?= cc
CFLAGS ?= -O2
INSTALL ?= install
CHECK_LIBS ?= $(shell pkg-config --libs check 2>/dev/null || echo -lcheck)
BUILD := build

# $(call has,FLAGS): FLAGS, if the compiler takes them, to the end: a shared library.
has = $(shell out=$$(mktemp) && echo 'int x;' | $(CC) -Werror $(1) -shared -nostdlib -x c -o $$out - 2>/dev/null && \
	echo '$(1)'; rm -f $$out)

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla \
	-Wcast-align -Wcast-qual -Wpointer-arith -Wwrite-strings -Wundef -Wformat=2 -Wswitch-enum -Wimplicit-fallthrough \
	$(if $(filter 1,$(WERROR)),-Werror)
HARDENING := -fstack-protector-strong \
	$(foreach flag,-fstack-clash-protection -fcf-protection=full -mbranch-protection=standard,$(call has,$(flag)))
MOVABLE := -ffile-prefix-map='$(subst ','\'',$(CURDIR))'=.
CLANG := $(findstring clang,$(shell $(CC) --version))
BASE := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -Ishim -Itests -MMD -MP $(MOVABLE) $(WARNINGS)

# The library: no libc, small frames (shim/engine/scratch.h), no tables that must be relocated.
LIBRARY_CFLAGS := -fPIC -fvisibility=hidden -ffunction-sections -fno-jump-tables -Wframe-larger-than=1280 \
	$(call has,-mno-outline-atomics) $(HARDENING)
# Functions with a buffer of characters have a stack protector (TEXT_GUARDED); -strong would add 2 KiB.
LIBRARY_CFLAGS += $(if $(HARDENING),$(if $(CLANG),-fno-stack-protector -fstack-protector,-fstack-protector-explicit))
# Every program maps it when it starts, so small is fast: -O2 becomes -Oz with link-time optimisation. Tables for unwinding
# would be a sixth of it: nothing is thrown through a rename, and debuggers go by the frame pointers.
LIBRARY_SMALL := $(if $(filter -O2 -Os,$(CFLAGS)),$(or $(call has,-Oz),-Os) $(call has,-flto) \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -fno-omit-frame-pointer)
# musl has none of the functions that _FORTIFY_SOURCE calls.
LIBRARY_LAST = $(LIBRARY_SMALL) -U_FORTIFY_SOURCE -Wp,-U_FORTIFY_SOURCE
LIBRARY_LDFLAGS := -shared -nostdlib -Wl,-soname,libnoclobber.so -Wl,--version-script=shim/preload/exports.map \
	-Wl,--gc-sections -Wl,--hash-style=gnu -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,noseparate-code -Wl,--build-id=sha1
LIBRARY_LIBS := -lgcc
CHECK_LIBRARY := scripts/check-library
# For what interpose.c's assembler refers to, and the functions that compilers call, no link-time optimiser.
PLAIN := $(call has,-fno-lto) -ffreestanding $(call has,-fno-tree-loop-distribute-patterns)
COMMAND_CFLAGS := -DNOCLOBBER_VERSION='"$(VERSION)"' -DNOCLOBBER_LIBDIR='"$(LIBDIR)"' $(HARDENING) \
	$(call has,-ftrivial-auto-var-init=zero)

sources = $(sort $(wildcard $(1)))
SHARED := $(call sources,shim/core/*.c shim/engine/*.c)
PRELOAD := $(call sources,shim/preload/*.c)
COMMAND := $(call sources,shim/tracer/*.c shim/launcher/*.c shim/launcher/*/*.c)
UNIT := $(patsubst %.c,$(BUILD)/%,$(call sources,tests/unit/test_*.c))
FUZZ := $(patsubst %.c,$(BUILD)/%,$(filter-out %/fuzz.c,$(call sources,tests/fuzz/*.c)))
PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(call sources,tests/programs/*.c))
BENCH := $(patsubst %.c,$(BUILD)/%,$(filter-out %/empty.c,$(call sources,tests/bench/*.c))) $(BUILD)/tests/bench/empty.so
LIBRARY_OBJECTS := $(patsubst %.c,$(BUILD)/pic/%.o,$(SHARED) $(PRELOAD))
COMMAND_OBJECTS := $(patsubst %.c,$(BUILD)/command/%.o,$(COMMAND) $(SHARED))
# Everything but main, and what unit tests share: a test links what it asks for.
TESTED := $(filter-out %/noclobber.o,$(COMMAND_OBJECTS)) $(patsubst %.c,$(BUILD)/command/%.o,$(filter-out \
	%/interpose.c %/setup.c %/memory.c tests/unit/test_%,$(PRELOAD) $(call sources,tests/unit/*.c)))

.PHONY: all check check-programs unit-programs fuzz-programs check-machines lint bench install uninstall clean \
	source dist deb rpm apk
.DELETE_ON_ERROR:
.SECONDARY:
# The pages too: `sudo make install` must build nothing, which would be root's.
all: $(BUILD)/libnoclobber.so $(BUILD)/noclobber $(BUILD)/man/launcher/noclobber.1 $(BUILD)/man/preload/libnoclobber.7

$(BUILD)/libnoclobber.so: $(LIBRARY_OBJECTS) shim/preload/exports.map scripts/check-library
	$(CC) $(MOVABLE) $(LIBRARY_CFLAGS) $(LIBRARY_LDFLAGS) $(CFLAGS) $(LIBRARY_SMALL) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBRARY_LIBS)
	$(CHECK_LIBRARY) $@ $(if $(filter -flto,$(LIBRARY_SMALL)),--small) $(if $(filter 1,$(WERROR)),,--warn)

$(BUILD)/noclobber: $(COMMAND_OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) $(COMMAND_LDFLAGS) -o $@ $^ -pthread
$(patsubst %,$(BUILD)/pic/shim/preload/%.o,interpose memory): LIBRARY_LAST += $(PLAIN)
$(BUILD)/pic/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(BASE) $(LIBRARY_CFLAGS) $(CFLAGS) $(LIBRARY_LAST) -c -o $@ $<
$(BUILD)/command/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(BASE) $(COMMAND_CFLAGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/tested.a: $(TESTED)
	rm -f $@ && $(AR) rcs $@ $^
$(BUILD)/tests/unit/test_%: $(BUILD)/command/tests/unit/test_%.o $(BUILD)/tested.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(CHECK_LIBS) -pthread
$(BUILD)/tests/fuzz/%: $(BUILD)/command/tests/fuzz/%.o $(BUILD)/command/tests/fuzz/fuzz.o $(BUILD)/tested.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^
# Programs that tests run; three of them use parts of the command.
$(BUILD)/tests/programs/faults $(BUILD)/tests/programs/settings $(BUILD)/tests/sanitize/traced: $(BUILD)/tested.a
$(PROGRAMS) $(filter-out %.so,$(BENCH)) $(BUILD)/tests/sanitize/traced: $(BUILD)/%: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(BASE) $(CFLAGS) $(LDFLAGS) -o $@ $< $(filter %.a,$^) -pthread
$(BUILD)/tests/bench/empty.so: tests/bench/empty.c
	@mkdir -p $(@D)
	$(CC) -shared -fPIC -nostdlib $(CFLAGS) $(LDFLAGS) -o $@ $<

# Manual pages name the version at their foot.
$(BUILD)/man/%: shim/% Makefile
	@mkdir -p $(@D)
	sed 's/^\.Os libnoclobber$$/& $(VERSION)/' $< >$@

check-programs: all $(UNIT) $(PROGRAMS) $(BENCH)
unit-programs: $(UNIT)
fuzz-programs: $(FUZZ)

# T="test_guard e2e/run": these tests alone, and only what they need is built.
NAMES := $(basename $(notdir $(patsubst units,$(UNIT),$(T))))
check: $(if $(T),all $(filter $(patsubst %,$(BUILD)/tests/unit/%,$(NAMES) $(NAMES:%=test_%)),$(UNIT)) \
		$(if $(filter-out test_%,$(NAMES)),$(PROGRAMS) $(BENCH)),check-programs)
	scripts/run-tests $(T)

check-machines: check-programs
	tests/machines/check
lint: all
	scripts/lint
bench: all $(BENCH)
	tests/bench/run && tests/bench/counts && tests/bench/keep

# $(call to,FILE): below DESTDIR, and quoted: both may have any name.
to = '$(subst ','\'',$(DESTDIR)$(1))'
BASH_COMPLETION := $(PREFIX)/share/bash-completion/completions/noclobber
ZSH_COMPLETION := $(PREFIX)/share/zsh/site-functions/_noclobber
FISH_COMPLETION := $(PREFIX)/share/fish/vendor_completions.d/noclobber.fish
LDCONFIG := @if [ -z $(call to,) ] && [ "$$(id -u)" = 0 ] && command -v ldconfig >/dev/null; then ldconfig; fi
install: all
	$(INSTALL) -D -m 755 $(BUILD)/noclobber $(call to,$(BINDIR)/noclobber)
	$(INSTALL) -D -m 644 $(BUILD)/libnoclobber.so $(call to,$(LIBDIR)/libnoclobber.so)
	$(INSTALL) -D -m 644 $(BUILD)/man/launcher/noclobber.1 $(call to,$(MANDIR)/man1/noclobber.1)
	$(INSTALL) -D -m 644 $(BUILD)/man/preload/libnoclobber.7 $(call to,$(MANDIR)/man7/libnoclobber.7)
	$(INSTALL) -D -m 644 shim/launcher/completions/noclobber.bash $(call to,$(BASH_COMPLETION))
	$(INSTALL) -D -m 644 shim/launcher/completions/_noclobber $(call to,$(ZSH_COMPLETION))
	$(INSTALL) -D -m 644 shim/launcher/completions/noclobber.fish $(call to,$(FISH_COMPLETION))
	$(LDCONFIG)
uninstall:
	rm -f $(call to,$(BINDIR)/noclobber) $(call to,$(LIBDIR)/libnoclobber.so) $(call to,$(MANDIR)/man1/noclobber.1) \
		$(call to,$(MANDIR)/man7/libnoclobber.7) $(foreach shell,BASH ZSH FISH,$(call to,$($(shell)_COMPLETION)))
	$(LDCONFIG)

dist deb rpm apk: source
source dist deb rpm apk:
	@VERSION='$(VERSION)' RELEASED='$(RELEASED)' CC='$(CC)' scripts/package/$@
clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -path $(BUILD)/package -prune -o -name '*.d' -type f -print 2>/dev/null)
