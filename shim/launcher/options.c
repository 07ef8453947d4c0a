/* SPDX-License-Identifier: MIT */
#include "launcher/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/policy.h"
#include "launcher/message.h"

/* Options without a short form. */
enum { FORMAT = 256, REPORT_FILE, VERIFY, NO_VERIFY, REFUSED_STATUS };

/* `+`: options end at the command, whose own are its own. `:`: what is missing is told apart. */
static const char short_options[] = "+:p:Pa:i:nxf:l:c:tqedVh";

static const struct option long_options[] = {
    {"protect", required_argument, NULL, 'p'},
    {"protect-all", no_argument, NULL, 'P'},
    {"allow", required_argument, NULL, 'a'},
    {"allow-if", required_argument, NULL, 'i'},
    {"audit", no_argument, NULL, 'n'},
    {"exit-on-refusal", no_argument, NULL, 'x'},
    {"fallback", required_argument, NULL, 'f'},
    {"log", required_argument, NULL, 'l'},
    {"policy", required_argument, NULL, 'c'},
    {"trace", no_argument, NULL, 't'},
    {"quiet", no_argument, NULL, 'q'},
    {"explain", no_argument, NULL, 'e'},
    {"doctor", no_argument, NULL, 'd'},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, 'h'},
    {"format", required_argument, NULL, FORMAT},
    {"report-file", required_argument, NULL, REPORT_FILE},
    {"verify", required_argument, NULL, VERIFY},
    {"no-verify", no_argument, NULL, NO_VERIFY},
    {"refused-status", required_argument, NULL, REFUSED_STATUS},
    {NULL, 0, NULL, 0},
};

static int refuse(const char *option, const char *value, const char *expected)
{
    message_fault(option, value, expected);
    return -EINVAL;
}

/* ---- options with a value: 0 or -errno ---- */

/* Sets `*chosen` to the index of `value` among `count` words. */
static int choose(const char *value, const char *const *words, int count, int *chosen)
{
    for (*chosen = 0; *chosen < count; ++*chosen)
        if (strcmp(words[*chosen], value) == 0)
            return 0;
    return -EINVAL;
}

static int take_format(struct options *options, const char *value)
{
    static const char *const words[] = {"text", "json", "github", "gitlab"};
    int chosen;

    if (choose(value, words, 4, &chosen) < 0)
        return refuse("--format", value, "must be text, json, github or gitlab");
    options->format = (enum options_format)chosen;
    return 0;
}

static int take_verify(struct options *options, const char *value)
{
    static const char *const words[] = {"stat", "hash"};
    int chosen;

    if (choose(value, words, 2, &chosen) < 0)
        return refuse("--verify", value, "must be stat or hash; --no-verify does not look at all");
    options->verify = (enum options_verify)chosen;
    return 0;
}

static int take_status(struct options *options, const char *value)
{
    const size_t length = strlen(value);

    if (length == 0 || length > 3 || strspn(value, "0123456789") != length || atoi(value) > 255)
        return refuse("--refused-status", value, "must be a number from 0 to 255");
    options->refused_status = atoi(value);
    return 0;
}

static int take_pattern(struct options *options, char option, const char *value)
{
    struct options_value *const grown =
        reallocarray(options->patterns, options->pattern_count + 1, sizeof *grown);

    if (!grown) {
        message_fault("options", NULL, strerror(ENOMEM));
        return -ENOMEM;
    }
    options->patterns = grown;
    grown[options->pattern_count].option = option;
    grown[options->pattern_count++].value = value;
    return 0;
}

/* A value of which a second one would be lost without a word. */
static int take_once(const char **slot, const char *option, const char *value, const char *instead)
{
    if (*slot)
        return refuse(option, value, instead);
    *slot = value;
    return 0;
}

static int take_question(struct options *options, enum options_action action)
{
    if (options->action != OPTIONS_RUN && options->action != action)
        return refuse("--explain, --doctor", NULL, "one question at a time");
    options->action = action;
    return 0;
}

static int take_option(struct options *options, int option, const char *value)
{
    switch (option) {
    case 'p':
    case 'a':
    case 'i': return take_pattern(options, (char)option, value);
    case 'c':
        return take_once(&options->policy_file, "--policy", value,
                         "is given twice; put all settings in one file");
    case FORMAT: return take_format(options, value);
    case VERIFY: return take_verify(options, value);
    case REFUSED_STATUS: return take_status(options, value);
    case 'e': return take_question(options, OPTIONS_EXPLAIN);
    case 'd': return take_question(options, OPTIONS_DOCTOR);
    case 'f': options->fallback = value; break;
    case 'l': options->log = value; break;
    case REPORT_FILE: options->report_file = value; break;
    case NO_VERIFY: options->verify = OPTIONS_VERIFY_NONE; break;
    case 'P': options->protect_all = 1; break;
    case 'n': options->audit = 1; break;
    case 'x': options->exit_on_refusal = 1; break;
    case 't': options->trace = 1; break;
    case 'q': options->quiet = 1; break;
    case 'V': options->action = OPTIONS_VERSION; break;
    case 'h': options->action = OPTIONS_HELP; break;
    default: break;
    }
    return 0;
}

/* ---- what getopt_long(3) says no to ---- */

static const char *long_name(int option)
{
    const struct option *known = long_options;

    while (known->name && known->val != option)
        known++;
    return known->name ? known->name : "";
}

/* How many long options begin as the word does, up to its `=`. */
static int count_candidates(const char *word)
{
    const size_t length = strcspn(word, "=");
    int count = 0;

    for (const struct option *known = long_options; known->name; known++)
        count += strncmp(known->name, word, length) == 0;
    return count;
}

/* `word` is what getopt was at; a short option may be anywhere in it. */
static int refuse_word(int answer, const char *word)
{
    const int is_long = strncmp(word, "--", 2) == 0;
    char name[64];

    if (is_long)
        snprintf(name, sizeof name, "--%s", long_name(optopt));
    else
        snprintf(name, sizeof name, "-%c", optopt);
    if (answer == ':')
        return refuse(name, NULL, "needs a value; see --help");
    if (is_long && optopt != 0)
        return refuse(name, strchr(word, '=') ? strchr(word, '=') + 1 : NULL, "takes no value");
    if (is_long && count_candidates(word + 2) > 1)
        return refuse(word, NULL, "could be several options; write it out, see --help");
    return refuse(is_long ? word : name, NULL, "is no option; see --help");
}

/* ---- the whole ---- */

/* Rules that hold between options. */
static int check(const struct options *options)
{
    const int is_run = options->action == OPTIONS_RUN;
    const int has_file =
        options->format == OPTIONS_FORMAT_JSON || options->format == OPTIONS_FORMAT_GITLAB;

    if (options->action == OPTIONS_EXPLAIN && !options->arguments[0])
        return refuse("--explain", NULL, "needs a path: noclobber [options] --explain PATH...");
    if (options->action == OPTIONS_DOCTOR && options->arguments[0] && options->arguments[1])
        return refuse("--doctor", options->arguments[1], "takes one directory at most");
    if (is_run && options->report_file && *options->report_file == '\0')
        return refuse("--report-file", "", "needs a file");
    if (is_run && options->report_file && !has_file)
        return refuse("--report-file", options->report_file,
                      "goes with --format=json or --format=gitlab");
    return 0;
}

int options_parse(int argc, char **argv, struct options *options)
{
    int result = 0;
    int answer;

    memset(options, 0, sizeof *options);
    options->refused_status = POLICY_EXIT_STATUS;
    opterr = 0;
    optind = 1;
    while (result == 0 && options->action < OPTIONS_VERSION) {
        const char *const word = optind < argc ? argv[optind] : "";

        optopt = 0;
        answer = getopt_long(argc, argv, short_options, long_options, NULL);
        if (answer == -1)
            break;
        if (answer == '?' || answer == ':')
            return refuse_word(answer, word);
        result = take_option(options, answer, optarg);
    }
    options->arguments = argv + optind;
    return result < 0 ? result : check(options);
}

void options_free(struct options *options)
{
    free(options->patterns);
    options->patterns = NULL;
    options->pattern_count = 0;
}
