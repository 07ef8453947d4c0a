# SPDX-License-Identifier: MIT
# make [all] | check | check-matrix | check-machines | proof | fuzz | fuzz-smoke | sanitize | coverage | lint | bench | bench-publish |
# format | install | uninstall | clean, and packages: source | dist | deb | rpm | apk.
# Yours to set: CC, CFLAGS, LDFLAGS (come last), CPPFLAGS, COMMAND_LDFLAGS (for the command alone), WERROR=1, PREFIX, BINDIR,
# LIBDIR, MANDIR, DESTDIR, BUILD; for packages MAINTAINER and HOMEPAGE, whose values here are no real addresses.

VERSION := 0.1.0
RELEASED := 2026-11-25
MAINTAINER ?= libnoclobber maintainers <maintainers@libnoclobber.example>
HOMEPAGE ?= https://libnoclobber.example

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
MANDIR ?= $(PREFIX)/share/man
BASHDIR := $(PREFIX)/share/bash-completion/completions
ZSHDIR := $(PREFIX)/share/zsh/site-functions
FISHDIR := $(PREFIX)/share/fish/vendor_completions.d
CC ?= cc
CFLAGS ?= -O2
INSTALL ?= install
# Where everything goes: another folder below build/ for another kind of build (scripts/build), which tests then run.
BUILD := build

# ---- flags -------------------------------------------------------------------------------------

has = $(shell printf 'int nothing;\n' | $(CC) -Werror $(1) -x c -c -o /dev/null - 2>/dev/null && echo '$(1)')

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wvla -Wcast-align -Wcast-qual -Wpointer-arith -Wwrite-strings -Wundef \
	-Wformat=2 -Wswitch-enum -Wimplicit-fallthrough
HARDENING := $(call has,-fstack-protector-strong) $(call has,-fstack-clash-protection) \
	$(call has,-fcf-protection=full) $(call has,-mbranch-protection=standard)
# The folder may have any name: blanks, quotes.
HERE := '$(subst ','\'',$(CURDIR))'
MOVABLE := -ffile-prefix-map=$(HERE)=.
TARGET := $(shell $(CC) -dumpmachine)
CLANG := $(findstring clang,$(shell $(CC) --version))
BASE := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -Ishim -MMD -MP $(MOVABLE) $(WARNINGS)
ifeq ($(WERROR),1)
BASE += -Werror
endif

# The library's stack protector watches the functions that have a buffer of characters (TEXT_GUARDED): with -strong, all that pass
# the address of a structure would take 2 KiB more of what every program maps.
LIBRARY_STACKS := $(if $(CLANG),-fno-stack-protector -fstack-protector,$(call has,-fstack-protector-explicit))
# The library: no libc linked, no symbol version named, small frames (see shim/engine/scratch.h).
# A switch may not become a table of addresses, each of which clang has relocated.
LIBRARY_CFLAGS := -fPIC -fvisibility=hidden -ffunction-sections -fno-jump-tables \
	-fasynchronous-unwind-tables -Wframe-larger-than=1280 $(call has,-mno-outline-atomics) \
	$(HARDENING) $(if $(HARDENING),$(LIBRARY_STACKS))
# Every program that starts maps the library, so small is fast: -O2 means the smallest code and optimisation at link time here.
links = $(shell out=$$(mktemp) && printf 'int nothing;\n' | $(CC) -Werror $(1) -shared -nostdlib -x c -o $$out - 2>/dev/null && \
	echo '$(1)'; rm -f $$out)
LIBRARY_SMALL := $(if $(filter -O2 -Os,$(CFLAGS)),$(or $(call has,-Oz),-Os) $(call links,-flto))
# Tables for unwinding would be a sixth of it. Nothing is thrown through a rename, which may not be cancelled asynchronously
# either (POSIX), and debuggers and profilers go by the frame pointers.
LIBRARY_SMALL += $(if $(LIBRARY_SMALL),-fno-asynchronous-unwind-tables -fno-unwind-tables -fno-omit-frame-pointer)
# No stubs are needed.
LIBRARY_SMALL += $(if $(filter x86_64%,$(TARGET)),$(if $(LIBRARY_SMALL),$(if $(CLANG),,-fno-plt)))
# 32-bit processors lack divisions, which the static part of the compiler's own library has.
, := ,
LIBRARY_LIBS := $(if $(filter arm% i386% i486% i586% i686%,$(TARGET)),\
	$(if $(filter -flto,$(LIBRARY_SMALL)),-Wl$(,)-plugin-opt=-pass-through=-lgcc) -lgcc)
# POWER has a second kind of table behind each function, which nothing reads on Linux, and saves its many registers where
# it may; both are too long.
LIBRARY_SMALL += $(if $(filter powerpc%,$(TARGET)),$(if $(LIBRARY_SMALL),$(call has,-mtraceback=no) $(call has,-fno-shrink-wrap)))
# Behind the user's: musl has none of the functions that _FORTIFY_SOURCE calls.
LIBRARY_LAST = $(LIBRARY_SMALL) -U_FORTIFY_SOURCE -Wp,-U_FORTIFY_SOURCE
# The optimiser at link time does not see what interpose.c has in assembler; memory.c is what compilers make calls of, to itself.
PLAIN := $(call has,-fno-lto) -ffreestanding $(call has,-fno-tree-loop-distribute-patterns)
LIBRARY_LDFLAGS := -shared -nostdlib -Wl,-soname,libnoclobber.so \
	-Wl,--version-script=shim/preload/exports.map -Wl,--gc-sections -Wl,--hash-style=gnu \
	-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,noseparate-code -Wl,--build-id=sha1
# A library that counts what is run links a libc, and keeps none of these promises (scripts/build).
CHECK_LIBRARY := scripts/check-library

# The command: an ordinary program. It knows its version, and where the library will be. CPPFLAGS are for it alone: distributions
# say -D_FORTIFY_SOURCE there, with which the library could want names that only one libc has.
COMMAND_CFLAGS := -DNOCLOBBER_VERSION='"$(VERSION)"' -DNOCLOBBER_LIBDIR='"$(LIBDIR)"' $(HARDENING) \
	$(call has,-ftrivial-auto-var-init=zero)

# ---- sources -----------------------------------------------------------------------------------

CORE := $(sort $(wildcard shim/core/*.c))
ENGINE := $(sort $(wildcard shim/engine/*.c))
TRACER := $(sort $(wildcard shim/tracer/*.c))
PRELOAD := $(sort $(wildcard shim/preload/*.c))
LIBRARY := $(CORE) $(ENGINE) $(PRELOAD)
# What a test links: all but the names of libc and the state of a host.
TESTABLE := $(CORE) $(ENGINE) $(filter-out %/interpose.c %/setup.c %/memory.c %/runtime.c,$(PRELOAD))
LAUNCHER := $(sort $(wildcard shim/launcher/*.c shim/launcher/*/*.c))

UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
PROGRAMS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/programs/*.c)))
FUZZ := $(patsubst tests/%.c,$(BUILD)/tests/%,$(filter-out %/fuzz.c,$(sort $(wildcard tests/fuzz/*.c))))
BENCH := $(patsubst %.c,$(BUILD)/%,$(filter-out %/empty.c,$(sort $(wildcard tests/bench/*.c)))) $(BUILD)/tests/bench/empty.so

LIBRARY_OBJECTS := $(LIBRARY:%.c=$(BUILD)/pic/%.o)
TEST_OBJECTS := $(TESTABLE:%.c=$(BUILD)/test/%.o)
LAUNCHER_OBJECTS := $(patsubst %.c,$(BUILD)/command/%.o,$(LAUNCHER) $(TRACER))
SHARED_OBJECTS := $(patsubst %.c,$(BUILD)/command/%.o,$(CORE) $(ENGINE))
UNIT_HELPERS := $(patsubst %.c,$(BUILD)/test/%.o,$(filter-out tests/unit/test_%.c,$(sort $(wildcard tests/unit/*.c))))

# ---- products ----------------------------------------------------------------------------------

.PHONY: all check check-programs check-matrix check-machines unit-programs fuzz-programs proof fuzz fuzz-smoke sanitize coverage lint bench bench-publish \
	format install uninstall clean source dist deb rpm apk
.DELETE_ON_ERROR:
.SECONDARY:

# The pages too: `sudo make install` is to build nothing, which would be root's then.
PAGES := $(BUILD)/man/launcher/noclobber.1 $(BUILD)/man/preload/libnoclobber.7
all: $(BUILD)/libnoclobber.so $(BUILD)/noclobber $(PAGES)

$(BUILD)/libnoclobber.so: $(LIBRARY_OBJECTS) shim/preload/exports.map scripts/check-library
	$(CC) $(MOVABLE) $(LIBRARY_CFLAGS) $(LIBRARY_LDFLAGS) $(CFLAGS) $(LIBRARY_SMALL) $(LDFLAGS) -o $@ $(LIBRARY_OBJECTS) $(LIBRARY_LIBS)
	$(CHECK_LIBRARY) $@ $(if $(filter -flto,$(LIBRARY_SMALL)),--small) $(if $(filter 1,$(WERROR)),,--warn)

$(BUILD)/pic/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(BASE) $(LIBRARY_CFLAGS) $(CFLAGS) $(LIBRARY_LAST) -c -o $@ $<

$(BUILD)/pic/shim/preload/interpose.o $(BUILD)/pic/shim/preload/memory.o $(BUILD)/pic/shim/preload/runtime.o: LIBRARY_LAST += $(PLAIN)

$(BUILD)/noclobber: $(LAUNCHER_OBJECTS) $(SHARED_OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) $(COMMAND_LDFLAGS) -o $@ $^ -pthread

# For unit tests: what a test does not ask for, it does not link.
$(BUILD)/test/launcher.a: $(filter-out %/noclobber.o,$(LAUNCHER_OBJECTS))
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/command/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(BASE) $(COMMAND_CFLAGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/test/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(BASE) -Itests $(CFLAGS) -c -o $@ $<

$(BUILD)/tests/unit/test_%: $(BUILD)/test/tests/unit/test_%.o $(UNIT_HELPERS) $(TEST_OBJECTS) $(BUILD)/test/launcher.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(CHECK_LIBS)

$(BUILD)/tests/fuzz/%: $(BUILD)/test/tests/fuzz/%.o $(BUILD)/test/tests/fuzz/fuzz.o $(BUILD)/test/tests/unit/slow_pattern.o \
		$(TEST_OBJECTS) $(BUILD)/test/launcher.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^

$(BUILD)/tests/programs/%: tests/programs/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(BASE) $(CFLAGS) $(LDFLAGS) -o $@ $< $(filter %.a,$^) -pthread

# One traces, as the tracer does; the other prints the table of settings.
$(BUILD)/tests/programs/faults $(BUILD)/tests/programs/settings: $(BUILD)/test/launcher.a

TRACER_OBJECTS := $(TRACER:%.c=$(BUILD)/command/%.o) $(SHARED_OBJECTS)

$(BUILD)/tests/sanitize/traced: tests/sanitize/traced.c $(TRACER_OBJECTS) Makefile
	@mkdir -p $(@D)
	$(CC) $(BASE) $(CFLAGS) $(LDFLAGS) -o $@ $< $(TRACER_OBJECTS) -pthread

$(BUILD)/tests/bench/%: tests/bench/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(BASE) $(CFLAGS) $(LDFLAGS) -o $@ $< -pthread

$(BUILD)/tests/bench/empty.so: tests/bench/empty.c
	@mkdir -p $(@D)
	$(CC) -shared -fPIC -nostdlib $(CFLAGS) $(LDFLAGS) -o $@ $<

CHECK_LIBS = $(shell pkg-config --libs check 2>/dev/null || echo -lcheck) -pthread

# ---- what one does -----------------------------------------------------------------------------

check-programs: all $(UNIT) $(PROGRAMS) $(BENCH)

# T="test_guard e2e/run": these tests alone, and only what they need is built.
NAMES := $(basename $(notdir $(T)))
check: $(if $(T),all $(filter $(addprefix $(BUILD)/tests/unit/,$(NAMES)),$(UNIT)) \
		$(if $(filter-out test_%,$(NAMES)),$(PROGRAMS) $(BENCH)),check-programs)
	scripts/run-tests $(T)

check-matrix:
	scripts/matrix

check-machines: check-programs
	tests/machines/check

proof: check-programs
	tests/fault/prove-faults
	tests/fault/prove-differ
	tests/fault/prove-races
	tests/audit/compare --publish python-more git coreutils

bench: all $(BENCH)
	tests/bench/run
	tests/bench/counts
	tests/bench/keep

bench-publish: all $(BENCH)
	tests/bench/run --publish

# By scripts/build.
fuzz-programs: $(FUZZ)
unit-programs: $(UNIT)

# TIME is in seconds, for each target.
fuzz-smoke: TIME := 60
fuzz: TIME ?= 3600

fuzz fuzz-smoke:
	scripts/fuzz --record $(TIME)

sanitize: check-programs
	scripts/sanitize

coverage:
	scripts/coverage --run --publish

lint: all
	scripts/lint

format:
	clang-format -i $(shell git ls-files '*.c' '*.h')

# A manual page says at its foot which version it is of.
$(BUILD)/man/%: shim/% Makefile
	@mkdir -p $(@D)
	sed 's/^\.Os libnoclobber$$/& $(VERSION)/' $< >$@

# quoted FOLDER: for the shell, below DESTDIR, which may have any name.
quoted = '$(subst ','\'',$(DESTDIR)$(1))'
LDCONFIG := @if [ -z $(call quoted,) ] && [ "$$(id -u)" = 0 ] && command -v ldconfig >/dev/null; then ldconfig; fi

install: all
	$(INSTALL) -d $(call quoted,$(BINDIR)) $(call quoted,$(LIBDIR))
	$(INSTALL) -m 755 $(BUILD)/noclobber $(call quoted,$(BINDIR)/noclobber)
	$(INSTALL) -m 644 $(BUILD)/libnoclobber.so $(call quoted,$(LIBDIR)/libnoclobber.so)
	$(INSTALL) -D -m 644 $(BUILD)/man/launcher/noclobber.1 $(call quoted,$(MANDIR)/man1/noclobber.1)
	$(INSTALL) -D -m 644 $(BUILD)/man/preload/libnoclobber.7 $(call quoted,$(MANDIR)/man7/libnoclobber.7)
	$(INSTALL) -D -m 644 shim/launcher/completions/noclobber.bash $(call quoted,$(BASHDIR)/noclobber)
	$(INSTALL) -D -m 644 shim/launcher/completions/_noclobber $(call quoted,$(ZSHDIR)/_noclobber)
	$(INSTALL) -D -m 644 shim/launcher/completions/noclobber.fish $(call quoted,$(FISHDIR)/noclobber.fish)
	$(LDCONFIG)

uninstall:
	rm -f $(call quoted,$(BINDIR)/noclobber) $(call quoted,$(LIBDIR)/libnoclobber.so)
	rm -f $(call quoted,$(MANDIR)/man1/noclobber.1) $(call quoted,$(MANDIR)/man7/libnoclobber.7)
	rm -f $(call quoted,$(BASHDIR)/noclobber) $(call quoted,$(ZSHDIR)/_noclobber) $(call quoted,$(FISHDIR)/noclobber.fish)
	$(LDCONFIG)

# ---- packages, all below build/package ----------------------------------------------------------

dist deb rpm apk: source

source dist deb rpm apk:
	@VERSION='$(VERSION)' RELEASED='$(RELEASED)' MAINTAINER='$(MAINTAINER)' HOMEPAGE='$(HOMEPAGE)' CC='$(CC)' \
		scripts/package/$@

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -path $(BUILD)/package -prune -o -name '*.d' -type f -print 2>/dev/null)
