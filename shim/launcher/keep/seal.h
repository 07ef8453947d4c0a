/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_KEEP_SEAL_H
#define NOCLOBBER_LAUNCHER_KEEP_SEAL_H

/*
 * The seal: in a mount namespace of the command's own, each protected file and symbolic link is mounted read-only on itself. The kernel
 * then refuses to change it (EROFS) and to rename or remove its name (EBUSY), whichever program asks and however it asks. New
 * files are made as usual. Other processes see no difference.
 *
 * With CAP_SYS_ADMIN it is a mount namespace alone; otherwise a user namespace as well, in which the caller's user and
 * group are the only ones: programs cannot gain rights there. It takes Linux 5.12.
 */

#include <limits.h>
#include <stddef.h>

#include "core/policy.h"
#include "launcher/verify/verify.h"

/* What a process was at when it failed. */
enum seal_step { SEAL_NAMESPACE, SEAL_COPY, SEAL_FILES };

struct seal_result {
    size_t sealed;   /* files */
    size_t excepted; /* files that ALLOW_IF leaves replaceable */
    enum seal_step step;
    int error;           /* -errno of that step, or 0 */
    char path[PATH_MAX]; /* the file that could not be sealed, or "" */
};

struct seal {
    const struct policy *policy;
    const struct snapshot *files;
    struct seal_result *result; /* in memory that the command's process shares with ours */
};

/* Whether this process can seal files here, tried in a child. Returns 0, or -errno and in `reason` one clause that says why
 * not and what would work. For a process with no other thread. */
int seal_check(char *reason, size_t size);

/*
 * Prepares to seal `files`, which `policy` guards; both must outlive `*seal`. Returns 0, or -errno and the clause: -ENOSPC
 * when there are more files than fs.mount-max allows. Free with seal_free, in either case.
 */
int seal_begin(struct seal *seal, const struct policy *policy, const struct snapshot *files,
               char *reason, size_t size);

/*
 * In the process that will become the command: enters the namespace and seals the files. Symbolic links are not followed. Files
 * that are gone by now are left out, and so are those that ALLOW_IF lets a program replace: symbolic links for `symlink`,
 * files without bytes for `empty`. The working directory stays. Returns 0 or -errno, with
 * `seal->result` filled in.
 */
int seal_enter(const struct seal *seal);

/* Writes the clause for `result->error`: what failed, and what would work. */
void seal_reason(const struct seal_result *result, char *reason, size_t size);

/* Frees what seal_begin allocated. */
void seal_free(struct seal *seal);

#endif
