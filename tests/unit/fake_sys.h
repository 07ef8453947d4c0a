/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_FAKE_SYS_H
#define NOCLOBBER_TESTS_FAKE_SYS_H

/*
 * A `struct sys` for tests: raw system calls, with whatever `fake` says done to them on the way.
 *
 * Calls are numbered from 0 in the order of their making, both entry points together. Three are
 * never real: exit_group is recorded, a write to stderr is collected, and the clocks stand still
 * where `clock` is set.
 */

#include "core/sys.h"

#define FAKE_CALLS_MAX 1024
#define FAKE_STDERR_MAX 65536

struct fake {
    /* ---- what to do ---- */
    int fail_at;        /* the call that fails without being made; -1: none */
    int fail_with;      /* as what: -errno */
    int missing;        /* what every rename with RENAME_NOREPLACE answers; 0: what it would */
    int is_filtered;    /* 1: the probe for a seccomp filter (two empty paths) says EPERM */
    int every_rename;   /* what every rename, plain ones too, answers; 0: what it would */
    int intercept;      /* the system call number that answers `intercept_with`; 0: none */
    int intercept_with; /* -errno */
    int hides_words;    /* 1: somebody may translate paths, see sys_open_word */
    int race_at;        /* the call before which `racer` runs; -1: none */
    void (*racer)(void);
    const struct sys_time *clock; /* what the clocks say; NULL: the kernel's time */

    /* ---- what was done ---- */
    int count;                    /* calls made, failed ones included */
    int has_failed;               /* whether `fail_at` was reached */
    int has_raced;                /* whether `race_at` was reached */
    long calls[FAKE_CALLS_MAX];   /* their numbers, SYS_… */
    char is_path[FAKE_CALLS_MAX]; /* whether each came in by the entry `path` */
    int has_exited;
    int exit_status;
    char err[FAKE_STDERR_MAX]; /* what went to stderr, NUL-terminated */
    size_t err_length;
};

extern struct fake fake;
extern const struct sys fake_sys;

/* Forgets everything: all calls are real, none is recorded yet. */
void fake_reset(void);

/* How many of the recorded calls have this number. */
int fake_count(long number);

/* Whether the recorded calls are exactly `expected`, which ends with a negative number. */
int fake_was(const long *expected);

/* "renameat2 statx …": the recorded calls for a message, in static storage. */
const char *fake_story(void);

#endif
