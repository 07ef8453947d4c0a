/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SETTINGS_TABLE_H
#define NOCLOBBER_LAUNCHER_SETTINGS_TABLE_H

/*
 * The table of all settings, from which the command line, the policy file and --help are made.
 * Tests compare the manual page and the completions with it (tests/programs/settings.c prints
 * it). To add a setting: an id here, a row in table.c, and for a setting of the command itself a
 * case in launcher/options.c.
 */

#include <stddef.h>

/* The variables of the library that settings write. */
enum setting_variable {
    VARIABLE_PROTECT,
    VARIABLE_ALLOW,
    VARIABLE_ALLOW_IF,
    VARIABLE_MODE,
    VARIABLE_ON_REFUSAL,
    VARIABLE_FALLBACK,
    VARIABLE_LOG,
    VARIABLE_COUNT,
    VARIABLE_NONE = VARIABLE_COUNT, /* a setting of the command itself */
};

/* In the order of --help. */
enum setting_id {
    SETTING_PROTECT,
    SETTING_PROTECT_ALL,
    SETTING_ALLOW,
    SETTING_ALLOW_IF,
    SETTING_POLICY,
    SETTING_AUDIT,
    SETTING_ENFORCE,
    SETTING_EXIT_ON_REFUSAL,
    SETTING_FALLBACK,
    SETTING_LOG,
    SETTING_TRACE,
    SETTING_SEAL,
    SETTING_USER,
    SETTING_RESTORE,
    SETTING_VERIFY,
    SETTING_NO_VERIFY,
    SETTING_REFUSED_STATUS,
    SETTING_QUIET,
    SETTING_FORMAT,
    SETTING_REPORT_FILE,
    SETTING_EXPLAIN,
    SETTING_DOCTOR,
    SETTING_VERSION,
    SETTING_HELP,
    SETTING_COUNT,
};

struct setting {
    const char *name;     /* the long option, and the name in a policy file */
    char letter;          /* the short option; 0: none */
    const char *argument; /* what --help calls the value; "[=X]": optional; NULL: no value */
    enum setting_variable
        variable;         /* what it sets; a policy file may only have settings with one */
    const char *fixed;    /* what it sets it to, if it takes no value */
    const char *words[5]; /* the allowed values, or the words of a list; empty: any */
    const char *needs;    /* the message for an empty or a wrong value */
    const char *help;     /* NULL: the line of another setting mentions it */
};

extern const struct setting settings_table[SETTING_COUNT];

/* The setting with this long name, or NULL. */
const struct setting *setting_named(const char *name);

/* The setting with this short option, or NULL. */
const struct setting *setting_lettered(int letter);

/* The id of a setting, which must point into settings_table. */
enum setting_id setting_id(const struct setting *setting);

/* The name of a variable, including "NOCLOBBER_". */
const char *setting_variable_name(enum setting_variable variable);

/* The separator of a variable that is a list, or NULL: then the last value counts. */
const char *setting_variable_separator(enum setting_variable variable);

#endif
