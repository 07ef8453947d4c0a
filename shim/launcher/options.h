/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_OPTIONS_H
#define NOCLOBBER_LAUNCHER_OPTIONS_H

/*
 * The command line of noclobber(1). Options of the command itself are checked here; those of the
 * policy are kept in their order, for launcher/settings/settings.h to check.
 */

#include <stddef.h>

#include "launcher/settings/table.h"

enum options_action {
    OPTIONS_RUN,
    OPTIONS_EXPLAIN, /* --explain: `arguments` are paths */
    OPTIONS_DOCTOR,  /* --doctor: `arguments` are at most one directory */
    OPTIONS_VERSION,
    OPTIONS_HELP,
};

/* In the order of the words in the table of settings. */
enum options_format {
    OPTIONS_FORMAT_TEXT,
    OPTIONS_FORMAT_JSON,
    OPTIONS_FORMAT_GITHUB,
    OPTIONS_FORMAT_GITLAB,
};

enum options_verify {
    OPTIONS_VERIFY_STAT, /* identity, size and times */
    OPTIONS_VERIFY_HASH, /* and contents */
    OPTIONS_VERIFY_NONE,
};

/* If files can't be sealed: the words of the table, or no --seal. */
enum options_seal { OPTIONS_SEAL_NONE, OPTIONS_SEAL_REQUIRE, OPTIONS_SEAL_AUTO };

/* If some file can't be kept: the words of the table, or no --restore. */
enum options_restore { OPTIONS_RESTORE_NONE, OPTIONS_RESTORE_AUTO, OPTIONS_RESTORE_REQUIRE };

/* One use of an option that is part of the policy. */
struct options_value {
    const struct setting *setting;
    const char *value; /* as given, in argv; NULL: it takes none */
};

struct options {
    enum options_action action;
    enum options_format format;
    enum options_verify verify;
    struct options_value *given; /* the policy's, in the order of the command line */
    size_t given_count;
    const char *policy_file; /* or NULL */
    const char *report_file; /* where a json or gitlab report goes; NULL: its usual place */
    enum options_seal seal;
    enum options_restore restore;
    const char *user; /* the user to run the command as, or NULL */
    int quiet;
    int trace;          /* use the tracer instead of the library */
    int refused_status; /* 0 to 255; 17 by default */
    char **arguments;   /* the command, or the paths of a question; NULL-terminated, in argv */
};

/*
 * Parses `argv` (getopt_long conventions; options end at the first word that is not one, or at
 * `--`) into `*options`, whose `given` it allocates: call options_free in either case. If an
 * option is repeated the last one counts, except that patterns and --allow-if add up and --policy
 * may not be repeated. --help and --version end the parsing. Returns 0, or -EINVAL or -ENOMEM
 * after one line on stderr that names the option, the value and what would be right. Uses
 * getopt's globals, so only one thread may call it.
 */
int options_parse(int argc, char **argv, struct options *options);

/* Frees what options_parse allocated. */
void options_free(struct options *options);

/*
 * Writes the help text, made from the table of settings, to stdout. It fits a screen of 24 lines
 * by 80 columns.
 */
void options_help(void);

#endif
