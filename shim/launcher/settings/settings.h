/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SETTINGS_SETTINGS_H
#define NOCLOBBER_LAUNCHER_SETTINGS_SETTINGS_H

/*
 * The policy that a run is under: what the environment says already, then the policy file, then the
 * options, each adding to the lists of the one before (PROTECT, ALLOW, ALLOW_IF) and overriding its
 * single values. Everything is protected where any of them says so.
 */

#include "core/policy.h"
#include "launcher/options.h"

struct settings {
    char **variables;     /* "NOCLOBBER_...=...", NULL-terminated, for the command's environment */
    struct policy policy; /* the same, parsed by core/policy.h: exactly what the library accepts */
    char *storage;        /* the policy's */
    int is_policy_chosen; /* somebody said what to protect: an option, a file, a variable */
};

/*
 * Builds the settings. Patterns of options are anchored at the current directory (launcher/settings/anchor.h),
 * those of a policy file at the file's directory (of a pipe: the current one), and so is a log that is
 * no absolute path. Patterns of the environment are taken as they are. NOCLOBBER_REPORT and
 * NOCLOBBER_LIBRARY are no part of a policy and left out. Inside another noclobber, known by the first, the
 * outer policies come along with their numbers (launcher/settings/outer.h). Returns 0, or -errno (-EINVAL for what can't
 * be understood) after one line on stderr: "noclobber: FILE:LINE 'x': ..." or "noclobber: --protect
 * 'x': ...". `*settings` may be freed in either case.
 */
int settings_build(const struct options *options, struct settings *settings);

/* Frees what settings_build allocated. */
void settings_free(struct settings *settings);

#endif
