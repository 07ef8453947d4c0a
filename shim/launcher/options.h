/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_OPTIONS_H
#define NOCLOBBER_LAUNCHER_OPTIONS_H

/* The command line of noclobber(1), taken apart and checked as far as its own words go; what is said
 * about a policy is for launcher/settings/settings.h to judge. */

#include <stddef.h>

enum options_action {
    OPTIONS_RUN,
    OPTIONS_EXPLAIN, /* --explain: `arguments` are paths */
    OPTIONS_DOCTOR,  /* --doctor: `arguments` are at most one directory */
    OPTIONS_VERSION,
    OPTIONS_HELP,
};

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

/* One use of an option with an argument, in the order of the command line. */
struct options_value {
    char option;       /* 'p' --protect, 'a' --allow, 'i' --allow-if */
    const char *value; /* as given */
};

struct options {
    enum options_action action;
    enum options_format format;
    enum options_verify verify;
    struct options_value *patterns; /* --protect, --allow and --allow-if */
    size_t pattern_count;
    const char *fallback; /* or NULL, as for all strings below */
    const char *log;
    const char *policy_file;
    const char *report_file; /* --report-file: where --format gitlab (and json) go; NULL: stderr */
    int protect_all;
    int audit;
    int exit_on_refusal;
    int quiet;
    int trace;          /* --trace: by a tracer, not by the library */
    int refused_status; /* --refused-status: 0 to 255; 17 by default */
    char **arguments;   /* the command, or what the question is about; NULL-terminated, of argv */
};

/*
 * Reads `argv` (getopt_long conventions; options end at the first word that is none, or at `--`) into
 * `*options`, whose `patterns` it allocates: options_free, in either case. Of an option given twice the
 * last one counts, but --policy may not be repeated. --help and --version
 * end the reading. Returns 0, or -EINVAL or -ENOMEM after one line on stderr that names the option, the
 * value and what would be right. Keeps state in getopt's globals: not for several threads.
 */
int options_parse(int argc, char **argv, struct options *options);

/* Frees what options_parse allocated. */
void options_free(struct options *options);

/* Writes the help text, which fits a screen of 24 lines by 80 columns, to `stream` (a FILE). */
void options_help(void *stream);

#endif
