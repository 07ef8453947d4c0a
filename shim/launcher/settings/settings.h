/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SETTINGS_SETTINGS_H
#define NOCLOBBER_LAUNCHER_SETTINGS_SETTINGS_H

/*
 * The policy of a run: the environment, then the policy file, then the options, each adding to
 * the lists of the one before (PROTECT, ALLOW, ALLOW_IF) and overriding its single values. If any
 * of them protects everything, everything is protected.
 */

#include "core/policy.h"
#include "launcher/options.h"

struct settings {
    char **variables;     /* "NOCLOBBER_...=...", NULL-terminated, for the command's environment */
    struct policy policy; /* the same, parsed as the library will parse it */
    char *storage;        /* memory that `policy` points into */
    int is_policy_chosen; /* an option, a file or a variable says what to protect */
};

/*
 * Builds `*settings`. Patterns and a relative log of an option are anchored at the current
 * directory, those of a policy file at the file's directory (of a pipe: the current one); see
 * launcher/settings/anchor.h. Patterns of the environment are not changed. NOCLOBBER_REPORT and
 * NOCLOBBER_LIBRARY are not part of a policy and are left out. In a nested run, which
 * NOCLOBBER_REPORT indicates, the outer policies are appended (launcher/settings/outer.h).
 *
 * Returns 0, or -errno after one line on stderr that names the option, the variable or FILE:LINE,
 * the value, and what would be right (-EINVAL: it can't be parsed). Free `*settings` in either
 * case.
 */
int settings_build(const struct options *options, struct settings *settings);

/* Frees what settings_build allocated. */
void settings_free(struct settings *settings);

#endif
