/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SETTINGS_H
#define NOCLOBBER_LAUNCHER_SETTINGS_H

/*
 * The policy that a run is under: what the environment says already, then the policy file, then the options, each adding to
 * the lists of the one before (PROTECT, ALLOW, ALLOW_IF) and overriding its single values.
 */

#include "core/policy.h"
#include "launcher/options.h"

struct settings {
    char **variables; /* "NOCLOBBER_…=…", NULL-terminated; what the command's environment gets */
    struct policy
        policy;    /* the same, parsed by core/policy.h: exactly what the library will accept */
    char *storage; /* the policy's */
    int is_policy_chosen; /* somebody said what to protect: an option, a file, a variable */
};

/*
 * Builds the settings. Relative patterns with a '/' in them are anchored: those of options at the current directory, those of a
 * policy file at the file's directory, symbolic links of their literal part resolved, characters special to patterns in
 * what is put before them escaped. Patterns of the environment are taken as they are. Returns 0, or -EINVAL (or -errno
 * of the policy file) after one line on stderr: "noclobber: FILE:LINE: …" or "noclobber: --protect 'x': …".
 */
int settings_build(const struct options *options, struct settings *settings);

/* Frees what settings_build allocated. */
void settings_free(struct settings *settings);

#endif
