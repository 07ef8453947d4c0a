/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_KEEPING_H
#define NOCLOBBER_LAUNCHER_KEEPING_H

/* --seal and --restore: protecting files from changes other than renames. */

#include "core/policy.h"
#include "launcher/keep/lease.h"
#include "launcher/keep/seal.h"
#include "launcher/options.h"
#include "launcher/run/run.h"
#include "launcher/verify/verify.h"

struct keeping {
    const struct options *options;
    const struct snapshot *files;
    struct seal seal;
    struct lease lease;
    int is_sealing; /* --seal was given and works here */
};

/* Whether the options have --seal or --restore: 1 or 0. */
int keeping_is_wanted(const struct options *options);

/* Whether files are being sealed or kept: 1 or 0. False if --seal=auto goes on without a seal. */
int keeping_is_active(const struct keeping *keeping);

/* How to take the snapshot: as the options say, but never OPTIONS_VERIFY_NONE if files are kept. */
enum options_verify keeping_verify(const struct options *options);

/*
 * Prepares what `options` ask for, for `files`, which `policy` guards. All three must outlive
 * `*keeping`. Returns 0, or -errno after a line on stderr. Free with keeping_free in either case.
 */
int keeping_begin(struct keeping *keeping, const struct options *options,
                  const struct policy *policy, const struct snapshot *files);

/*
 * Callback for struct run_entry: in the command's process, seals the files and drops root.
 * `context` is the struct keeping. Returns 0 or -errno.
 */
int keeping_enter(const void *context);

/* Whether sealing in keeping_enter failed: 1, after a line on stderr, or 0. */
int keeping_tell_failure(const struct keeping *keeping);

/* After the run: writes the numbers of sealed files to `*result`. */
void keeping_count(const struct keeping *keeping, struct run_result *result);

/*
 * After the run, with --restore: restores each file in `changes`, and notes the result in its
 * `back` and `beside`. Errors other than -ENODATA go to stderr.
 */
void keeping_restore(const struct keeping *keeping, struct changes *changes);

/* Ends the keeper and frees what keeping_begin allocated. */
void keeping_free(struct keeping *keeping);

#endif
