/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_FORECAST_H
#define NOCLOBBER_LAUNCHER_FORECAST_H

/* What comes of a rename onto a path, from the filesystem of that path: the engine's decision without the rename. */

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

/* What is at `path`, whose last component is taken as given; in `*facts`, too. */
enum there forecast_look(const char *path, struct stat *facts);

enum kind { OF_FILE, OF_DIRECTORY }; /* what is renamed */

struct forecast {
    int error;       /* -errno, or 0 */
    int is_refusal;  /* the error is ours */
    int is_replaced; /* what is there; else nothing is */
    int is_emulated; /* by link+unlink or mkdir+rename */
};

/* Foresees what a rename of `kind` onto `path`, as the caller writes it, comes to under a decision of `policy`. May try
 * the filesystem (launcher/filesystem.h). */
struct forecast forecast(const struct policy *policy, const struct policy_decision *decision,
                         enum kind kind, const char *path, enum there there);

#endif
