/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_PROBE_PROBE_H
#define NOCLOBBER_LAUNCHER_PROBE_PROBE_H

/* Whether the library will load into a program: looked up in its file, then proved by its own dynamic loader. */

#include <stddef.h>

enum probe_verdict {
    PROBE_LOADS,
    PROBE_NOT_FOUND,      /* no such command: 127 */
    PROBE_NOT_EXECUTABLE, /* 126 */
    PROBE_STATIC,         /* no dynamic loader: static, Go, … */
    PROBE_SET_USER_ID,    /* or set-group-ID, or file capabilities: there the library is inert */
    PROBE_OTHER_ARCHITECTURE,
    PROBE_UNREADABLE, /* can't be looked at */
    PROBE_NOT_LOADED, /* the loader was asked and did not load it */
};

struct probe {
    enum probe_verdict verdict;
    char
        program[4096]; /* the file that execve(2) starts in the end: of a script, its interpreter */
    char loader[4096]; /* its dynamic loader (PT_INTERP), or "" */
    char reason
        [768]; /* one clause for a person: why not, and what would work; "" for PROBE_LOADS. May quote names */
};

/*
 * Finds the library: $NOCLOBBER_LIBRARY's value when it is not NULL, else libnoclobber.so beside the running command
 * (/proc/self/exe), in ../lib, ../lib64 or ../lib32 from there, in a directory TRIPLET of those, or where it was installed. Writes its absolute path to `out`.
 * Returns 0, -ENOENT, or -EINVAL for a path that ld.so can't take (a blank or a colon in it); says nothing.
 */
int probe_find_library(char *out, size_t size);

/* The same for the architecture of `program`, an ELF file: 32-bit programs have a library of their own beside that for the others.
 * -ENOENT as well where $NOCLOBBER_LIBRARY names one. */
int probe_find_library_for(const char *program, char *out, size_t size);

/* Looks `command` up as execvp(3) would (PATH; a '/' in it means a path), follows `#!` lines (and `env NAME` in them; of
 * env with options only env itself), and asks its loader, with `library`
 * preloaded, what it loads (nothing of the program runs). With a NULL `library` it is enough that the command can be executed.
 * Fills in `*probe`. */
void probe_command(const char *command, const char *library, struct probe *probe);

/* What probe_find_library's error means and what to do, in static storage. */
const char *probe_library_fault(int result);

/*
 * Writes to `out`, of `size` bytes, what LD_PRELOAD is to say for `library`, which loads into the program of `*probe`: its
 * path. Where the command was installed with libraries for other architectures too, a path with $LIB (ld.so(8)) stands
 * before it, by which each program further down gets its own; that program's loader has proved that it finds `library` so.
 * The plain path is for loaders with another $LIB (Nix, Homebrew) or none (musl); glibc opens one file once.
 * $NOCLOBBER_LIBRARY is taken as it is.
 */
void probe_preload(const struct probe *probe, const char *library, char *out, size_t size);

#endif
