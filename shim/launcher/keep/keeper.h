/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_KEEP_KEEPER_H
#define NOCLOBBER_LAUNCHER_KEEP_KEEPER_H

/* The process that keeps the contents of files; launcher/keep/lease.h starts it and talks to it. */

#include <limits.h>
#include <stddef.h>

#include "launcher/verify/verify.h"

/* Descriptors that it reserves for things other than files. */
#define KEEPER_RESERVE 32

/* What the keeper reports after it has tried all files. */
struct lease_begun {
    size_t kept;
    size_t unkept;        /* files without a lease */
    int error;            /* -errno for the first of them; -EMFILE: too many files, none is kept */
    size_t limit;         /* with -EMFILE: how many descriptors a process may have */
    char first[PATH_MAX]; /* its path */
};

/*
 * Keeps `files` until noclobber, at the other end of `fd` (SOCK_SEQPACKET), ends it or has exited.
 * First sends a `struct lease_begun`. Then receives indexes of files, a size_t each, restores each
 * file and answers with a `struct put_back`; an index beyond the files ends it. Blocks all signals,
 * and leaves the process group.
 */
_Noreturn void keeper_run(const struct snapshot *files, int fd);

#endif
