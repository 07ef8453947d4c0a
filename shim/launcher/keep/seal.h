/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_KEEP_SEAL_H
#define NOCLOBBER_LAUNCHER_KEEP_SEAL_H

/*
 * The seal: in a mount namespace for the command, each protected file and symbolic link is
 * mounted read-only on itself. The kernel then refuses to change it (EROFS) and to rename or
 * remove its name (EBUSY), for every program and every call. New files are made as usual. Other
 * processes see no difference.
 *
 * With CAP_SYS_ADMIN this takes only a mount namespace; otherwise also a user namespace, in which
 * only the caller's user and group exist, and programs cannot gain rights. Needs Linux 5.12.
 */

#include <limits.h>
#include <stddef.h>
#include <sys/stat.h>

#include "core/policy.h"
#include "launcher/verify/verify.h"

/* The step that failed. */
enum seal_step { SEAL_START, SEAL_NAMESPACE, SEAL_COPY, SEAL_FILES };

struct seal_result {
    size_t sealed;   /* files */
    size_t excepted; /* files left replaceable because of ALLOW_IF */
    enum seal_step step;
    int is_killed;       /* by a seccomp filter, in that step of seal_check */
    int error;           /* -errno of that step, or 0 */
    char path[PATH_MAX]; /* the file that could not be sealed, or "" */
};

struct seal {
    const struct policy *policy;
    const struct snapshot *files;
    struct seal_result *result; /* in memory shared with the command's process */
};

/*
 * Whether this process can seal files here, tested in a child. Returns 0, or -errno with one
 * clause in `reason`, of `size` bytes, that says why not and what would work. Only for a process
 * without other threads.
 */
int seal_check(char *reason, size_t size);

/*
 * Prepares to seal `files`, which `policy` guards; both must outlive `*seal`. Returns 0, or
 * -errno with a clause in `reason`; -ENOSPC if there are more files than fs.mount-max allows.
 * Free with seal_free in either case.
 */
int seal_begin(struct seal *seal, const struct policy *policy, const struct snapshot *files,
               char *reason, size_t size);

/*
 * Called in the process that will become the command: enters the namespace and seals the files.
 * Symbolic links are not followed. Skips files that no longer exist, and those that ALLOW_IF
 * leaves replaceable: symbolic links for `symlink`, empty files for `empty`. Keeps the working
 * directory. Returns 0 or -errno, with `seal->result` filled in.
 */
int seal_enter(const struct seal *seal);

/*
 * Whether ALLOW_IF leaves a file with these facts replaceable, so that it is not sealed: 1 or 0.
 * Pure.
 */
int seal_excepts(unsigned allow_if, const struct stat *facts);

/*
 * Writes to `reason`, of `size` bytes, a clause for `result->error`: what failed, and what would
 * work.
 */
void seal_reason(const struct seal_result *result, char *reason, size_t size);

/* Frees what seal_begin allocated. */
void seal_free(struct seal *seal);

#endif
