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

#endif
