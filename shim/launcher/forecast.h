/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_FORECAST_H
#define NOCLOBBER_LAUNCHER_FORECAST_H

/* Predicts the result of a rename onto a path, from the same filesystem, without doing it. */

#include <sys/stat.h>

#include "core/policy.h"

enum there {
    THERE_NOTHING,
    THERE_FILE,
    THERE_LINK,
    THERE_DIRECTORY, /* empty */
    THERE_FULL_DIRECTORY,
    THERE_OTHER,
    THERE_UNKNOWN,
};

/*
 * Returns what exists at `path`, whose last component is not followed, and its lstat(2) in
 * `*facts`.
 */
enum there forecast_look(const char *path, struct stat *facts);

enum kind { OF_FILE, OF_DIRECTORY }; /* what is renamed */

struct forecast {
    int error;       /* -errno, or 0: it succeeds */
    int is_refusal;  /* the error is our refusal */
    int is_replaced; /* it replaces what exists */
    int is_emulated; /* done by link+unlink or mkdir+rename */
};

/*
 * Predicts a rename of `kind` onto `path` (as the caller writes it) under `decision`, which
 * policy_decide made from `policy`. `there` is from forecast_look. May test the filesystem
 * (filesystem_ask).
 */
struct forecast forecast(const struct policy *policy, const struct policy_decision *decision,
                         enum kind kind, const char *path, enum there there);

/*
 * In audit mode, writes a line to stderr for each filesystem with protected names on which
 * enforcing would refuse every rename of a file, because it has neither exclusive rename nor hard
 * links (or the fallback is `refuse`). The run itself produces no event for that. Examines the
 * directory before the first special character of each protect pattern, or the current one for
 * floating patterns; may test it (filesystem_ask). Examines at most 16 filesystems.
 */
void forecast_warn(const struct policy *policy);

#endif
