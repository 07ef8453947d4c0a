/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_KEEPING_H
#define NOCLOBBER_LAUNCHER_KEEPING_H

/* What a run does beyond renames so that no protected file is lost: --seal and --restore. */

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
    int is_sealing; /* --seal was given, and works here */
};

/* Whether the options want files kept, and whether they are. */
int keeping_is_wanted(const struct options *options);
int keeping_is_active(const struct keeping *keeping);

/* How the files have to be looked at beforehand: as the options say, but both want a list of them in any case. */
enum options_verify keeping_verify(const struct options *options);

/* Prepares what the options want for `files`, which `policy` guards. Returns 0, or -errno after a line on stderr. */
int keeping_begin(struct keeping *keeping, const struct options *options,
                  const struct policy *policy, const struct snapshot *files);

/* For run_command: what the command's process does first. The context is `keeping`. */
int keeping_enter(const void *context);

/* Whether keeping_enter has failed; then a line on stderr has said so. */
int keeping_tell_failure(const struct keeping *keeping);

/* After the run: what was sealed, for the report. */
void keeping_count(const struct keeping *keeping, struct run_result *result);

/* After the run: puts the files of `changes` back, if --restore was given, and notes in `changes` what became of each. */
void keeping_restore(const struct keeping *keeping, struct changes *changes);

void keeping_free(struct keeping *keeping);

#endif
