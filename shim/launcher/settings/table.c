/* SPDX-License-Identifier: MIT */
#include "launcher/settings/table.h"

#include <string.h>

#define NO_VARIABLE .variable = VARIABLE_NONE

/* clang-format off: one setting a paragraph */
const struct setting settings_table[SETTING_COUNT] = {
    [SETTING_PROTECT] = {"protect", 'p', "PATTERN", VARIABLE_PROTECT,
                         .needs = "needs a pattern, such as dist/ or *.deb",
                         .help = "protect 'dist/' (a tree) or '*.deb' (anywhere)"},
    [SETTING_PROTECT_ALL] = {"protect-all", 'P', NULL, VARIABLE_PROTECT,
                             .help = "protect every destination"},
    [SETTING_ALLOW] = {"allow", 'a', "PATTERN", VARIABLE_ALLOW,
                       .needs = "needs a pattern, such as dist/ or *.deb",
                       .help = "allow replacing PATTERN, even if protected"},
    [SETTING_ALLOW_IF] = {"allow-if", 'i', "LIST", VARIABLE_ALLOW_IF,
                          .words = {"same", "symlink", "empty"},
                          .needs = "needs same, symlink or empty, or a list separated by ','",
                          .help = "allow these replacements: same, symlink, empty"},
    [SETTING_POLICY] = {"policy", 'c', "FILE", NO_VARIABLE, .needs = "needs a file",
                        .help = "read settings from FILE, one per line"},
    [SETTING_AUDIT] = {"audit", 'n', NULL, VARIABLE_MODE, .fixed = "audit",
                       .help = "refuse nothing, suggest exceptions; or --enforce"},
    [SETTING_ENFORCE] = {"enforce", 0, NULL, VARIABLE_MODE, .fixed = "enforce"},
    [SETTING_EXIT_ON_REFUSAL] = {"exit-on-refusal", 'x', NULL, VARIABLE_ON_REFUSAL, .fixed = "exit",
                                 .help = "end a process at its first refusal"},
    [SETTING_FALLBACK] = {"fallback", 'f', "HOW", VARIABLE_FALLBACK, .words = {"emulate", "refuse"},
                          .needs = "needs emulate or refuse",
                          .help = "without exclusive rename: emulate or refuse"},
    [SETTING_LOG] = {"log", 'l', "FILE", VARIABLE_LOG,
                     .needs = "needs a file, or - for standard error",
                     .help = "append events to FILE (-: standard error)"},
    [SETTING_TRACE] = {"trace", 't', NULL, NO_VARIABLE,
                       .help = "use ptrace(2); reaches static and Go programs too"},
    [SETTING_SEAL] = {"seal", 0, "[=HOW]", NO_VARIABLE, .words = {"require", "auto"},
                      .needs = "must be require or auto",
                      .help = "make files read-only: require, auto; --user NAME"},
    [SETTING_USER] = {"user", 0, "NAME", NO_VARIABLE, .needs = "needs the name of a user"},
    [SETTING_RESTORE] = {"restore", 0, "[=HOW]", NO_VARIABLE, .words = {"auto", "require"},
                         .needs = "must be auto or require",
                         .help = "keep copies, restore lost files: auto, require"},
    [SETTING_VERIFY] = {"verify", 0, "HOW", NO_VARIABLE, .words = {"stat", "hash"},
                        .needs = "must be stat or hash; to skip it, use --no-verify",
                        .help = "compare files afterwards: stat, hash; --no-verify"},
    [SETTING_NO_VERIFY] = {"no-verify", 0, NULL, NO_VARIABLE},
    [SETTING_REFUSED_STATUS] = {"refused-status", 0, "N", NO_VARIABLE,
                                .needs = "must be a number from 0 to 255",
                                .help = "exit status if refused (17; 0: the command's)"},
    [SETTING_QUIET] = {"quiet", 'q', NULL, NO_VARIABLE, .help = "no summary"},
    [SETTING_FORMAT] = {"format", 0, "FORMAT", NO_VARIABLE,
                        .words = {"text", "json", "github", "gitlab"},
                        .needs = "must be text, json, github or gitlab",
                        .help = "summary as text, json, github or gitlab"},
    [SETTING_REPORT_FILE] = {"report-file", 0, "FILE", NO_VARIABLE, .needs = "needs a file",
                             .help = "write the json or gitlab report to FILE"},
    [SETTING_EXPLAIN] = {"explain", 'e', NULL, NO_VARIABLE,
                         .help = "print which rule applies to these paths"},
    [SETTING_DOCTOR] = {"doctor", 'd', NULL, NO_VARIABLE,
                        .help = "check what works on this machine"},
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
