/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_PROBE_PROBE_H
#define NOCLOBBER_LAUNCHER_PROBE_PROBE_H

/*
 * Whether the library loads into a program: determined from its file, then proved by its own
 * dynamic loader.
 */

#include <stddef.h>

enum probe_verdict {
    PROBE_LOADS,
    PROBE_NOT_FOUND,      /* no such command: 127 */
    PROBE_NOT_EXECUTABLE, /* 126 */
    PROBE_STATIC,         /* no dynamic loader: static, Go ... */
    PROBE_SET_USER_ID, /* or set-group-ID, or file capabilities: the library does nothing there */
    PROBE_OTHER_ARCHITECTURE,
    PROBE_UNREADABLE, /* can't be read */
    PROBE_NOT_LOADED, /* the loader was run and did not load it */
};

struct probe {
    enum probe_verdict verdict;
    char program[4096]; /* the file that execve(2) finally starts: for a script, its interpreter */
    char loader[4096];  /* its dynamic loader (PT_INTERP), or "" */
    char reason
        [768]; /* one clause: why not, and what would work; "" for PROBE_LOADS. May quote names */
};

/*
 * Finds the library: the value of $NOCLOBBER_LIBRARY; or libnoclobber.so beside the running
 * command (/proc/self/exe), in ../lib, ../lib64 or ../lib32 from there or in a TRIPLET directory
 * of those, or where it was installed. Writes its absolute path to `out`, of `size` bytes.
 * Returns 0, -ENOENT, or -EINVAL for a path that LD_PRELOAD can't contain (a blank or a colon in
 * it). Prints nothing.
 */
int probe_find_library(char *out, size_t size);

/*
 * As probe_find_library, for the architecture of `program`, an ELF file: 32-bit programs have
 * their own library beside the 64-bit one. Also -ENOENT if $NOCLOBBER_LIBRARY is set.
 */
int probe_find_library_for(const char *program, char *out, size_t size);

/*
 * Finds `command` as execvp(3) does, follows `#!` lines (and the NAME of `env NAME` in them; if
 * env has options, env itself is the program), and makes the program's dynamic loader list what
 * it loads with `library` preloaded. Nothing of the program runs. With a NULL `library` the
 * command only has to be executable. Fills in `*probe`.
 */
void probe_command(const char *command, const char *library, struct probe *probe);

/* Returns what an error of probe_find_library means and what to do, in static storage. */
const char *probe_library_fault(int result);

/*
 * Writes to `out`, of `size` bytes, the value of LD_PRELOAD for `library`, which loads into the
 * program of `*probe`: its path. If libraries for other architectures are installed too, a path
 * with $LIB (ld.so(8)) precedes it, by which each program in the run gets its own; the program's
 * loader has proved that it finds `library` that way. The plain path is for loaders with another
 * $LIB (Nix, Homebrew) or none (musl); glibc opens a file only once. $NOCLOBBER_LIBRARY is used
 * as it is.
 */
void probe_preload(const struct probe *probe, const char *library, char *out, size_t size);

#endif
