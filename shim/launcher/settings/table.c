/* SPDX-License-Identifier: MIT */
#include "launcher/settings/table.h"

#include <string.h>

#define NO_VARIABLE .variable = VARIABLE_NONE

/* clang-format off: one setting a paragraph */
const struct setting settings_table[SETTING_COUNT] = {
    [SETTING_PROTECT] = {"protect", 'p', "PATTERN", VARIABLE_PROTECT,
                         .needs = "needs a pattern, such as dist/ or *.deb",
                         .help = "protect this: 'dist/' is a tree, '*.deb' any at all"},
    [SETTING_PROTECT_ALL] = {"protect-all", 'P', NULL, VARIABLE_PROTECT,
                             .help = "protect every destination"},
    [SETTING_ALLOW] = {"allow", 'a', "PATTERN", VARIABLE_ALLOW,
                       .needs = "needs a pattern, such as dist/ or *.deb",
                       .help = "an exception; stronger than --protect"},
    [SETTING_ALLOW_IF] = {"allow-if", 'i', "LIST", VARIABLE_ALLOW_IF,
                          .words = {"same", "symlink", "empty"},
                          .needs = "needs a list of same, symlink and empty, separated by ','",
                          .help = "of same, symlink, empty: what may be replaced"},
    [SETTING_POLICY] = {"policy", 'c', "FILE", NO_VARIABLE, .needs = "needs a file",
                        .help = "read settings, one a line"},
    [SETTING_AUDIT] = {"audit", 'n', NULL, VARIABLE_MODE, .fixed = "audit",
                       .help = "refuse nothing; suggest exceptions. Or --enforce"},
    [SETTING_ENFORCE] = {"enforce", 0, NULL, VARIABLE_MODE, .fixed = "enforce"},
    [SETTING_EXIT_ON_REFUSAL] = {"exit-on-refusal", 'x', NULL, VARIABLE_ON_REFUSAL, .fixed = "exit",
                                 .help = "end a process at its first refusal"},
    [SETTING_FALLBACK] = {"fallback", 'f', "HOW", VARIABLE_FALLBACK, .words = {"emulate", "refuse"},
                          .needs = "needs emulate or refuse",
                          .help = "emulate, refuse: without the kernel's help"},
    [SETTING_LOG] = {"log", 'l', "FILE", VARIABLE_LOG,
                     .needs = "needs a file, or - for standard error",
                     .help = "append events to FILE; - is standard error"},
    [SETTING_TRACE] = {"trace", 't', NULL, NO_VARIABLE,
                       .help = "reach static and Go programs too, by ptrace(2)"},
    [SETTING_SEAL] = {"seal", 0, "[=HOW]", NO_VARIABLE, .words = {"require", "auto"},
                      .needs = "must be require or auto",
                      .help = "make it read-only; auto: if possible; --user NAME"},
    [SETTING_USER] = {"user", 0, "NAME", NO_VARIABLE, .needs = "needs the name of a user"},
    [SETTING_RESTORE] = {"restore", 0, "[=HOW]", NO_VARIABLE, .words = {"auto", "require"},
                         .needs = "must be auto or require",
                         .help = "keep copies, and put back what was lost"},
    [SETTING_VERIFY] = {"verify", 0, "HOW", NO_VARIABLE, .words = {"stat", "hash"},
                        .needs = "must be stat or hash; --no-verify does not look at all",
                        .help = "stat, hash: how to look afterwards; or --no-verify"},
    [SETTING_NO_VERIFY] = {"no-verify", 0, NULL, NO_VARIABLE},
    [SETTING_REFUSED_STATUS] = {"refused-status", 0, "N", NO_VARIABLE,
                                .needs = "must be a number from 0 to 255",
                                .help = "exit status for a refusal (17; 0: the command's)"},
    [SETTING_QUIET] = {"quiet", 'q', NULL, NO_VARIABLE, .help = "no summary"},
    [SETTING_FORMAT] = {"format", 0, "FORMAT", NO_VARIABLE,
                        .words = {"text", "json", "github", "gitlab"},
                        .needs = "must be text, json, github or gitlab",
                        .help = "text, json, github, gitlab"},
    [SETTING_REPORT_FILE] = {"report-file", 0, "FILE", NO_VARIABLE, .needs = "needs a file",
                             .help = "where a json or gitlab report goes"},
    [SETTING_EXPLAIN] = {"explain", 'e', NULL, NO_VARIABLE,
                         .help = "which rule decides about these paths"},
    [SETTING_DOCTOR] = {"doctor", 'd', NULL, NO_VARIABLE,
                        .help = "what works on this machine, and what does not"},
    [SETTING_VERSION] = {"version", 'V', NULL, NO_VARIABLE},
    [SETTING_HELP] = {"help", 'h', NULL, NO_VARIABLE},
};
/* clang-format on */

static const struct {
    const char *name;
    const char *separator;
} variables[VARIABLE_COUNT] = {
    [VARIABLE_PROTECT] = {"NOCLOBBER_PROTECT", ":"},
    [VARIABLE_ALLOW] = {"NOCLOBBER_ALLOW", ":"},
    [VARIABLE_ALLOW_IF] = {"NOCLOBBER_ALLOW_IF", ","},
    [VARIABLE_MODE] = {"NOCLOBBER_MODE", NULL},
    [VARIABLE_ON_REFUSAL] = {"NOCLOBBER_ON_REFUSAL", NULL},
    [VARIABLE_FALLBACK] = {"NOCLOBBER_FALLBACK", NULL},
    [VARIABLE_LOG] = {"NOCLOBBER_LOG", NULL},
};

const struct setting *setting_named(const char *name)
{
    for (int i = 0; i < SETTING_COUNT; i++)
        if (strcmp(settings_table[i].name, name) == 0)
            return &settings_table[i];
    return NULL;
}

const struct setting *setting_lettered(int letter)
{
    for (int i = 0; letter != 0 && i < SETTING_COUNT; i++)
        if (settings_table[i].letter == letter)
            return &settings_table[i];
    return NULL;
}

enum setting_id setting_id(const struct setting *setting)
{
    return (enum setting_id)(setting - settings_table);
}

const char *setting_variable_name(enum setting_variable variable)
{
    return variables[variable].name;
}

const char *setting_variable_separator(enum setting_variable variable)
{
    return variables[variable].separator;
}
