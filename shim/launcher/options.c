/* SPDX-License-Identifier: MIT */
#include "launcher/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/policy.h"
#include "launcher/message.h"

/* What getopt_long(3) returns for the long option of setting 0; letters are smaller. */
#define FIRST_LONG 256

static int refuse(const char *option, const char *value, const char *expected)
{
    message_fault(option, value, expected);
    return -EINVAL;
}

/* Names the option as --help does. */
static int refuse_value(const struct setting *setting, const char *value)
{
    char option[64];

    snprintf(option, sizeof option, "--%s", setting->name);
    return refuse(option, value, setting->needs);
}

/* ---- one option: 0 or -errno ---- */

/*
 * The index of `value` among the words of the setting, or -EINVAL. An omitted value is the first.
 */
static int choose(const struct setting *setting, const char *value)
{
    for (int i = 0; setting->words[i]; i++)
        if (!value || strcmp(setting->words[i], value) == 0)
            return i;
    return refuse_value(setting, value);
}

static int take_status(struct options *options, const struct setting *setting, const char *value)
{
    const size_t length = strlen(value);

    if (length == 0 || length > 3 || strspn(value, "0123456789") != length || atoi(value) > 255)
        return refuse_value(setting, value);
    options->refused_status = atoi(value);
    return 0;
}

static int keep(struct options *options, const struct setting *setting, const char *value)
{
    struct options_value *const grown =
        reallocarray(options->given, options->given_count + 1, sizeof *grown);

    if (!grown) {
        message_fault("options", NULL, strerror(ENOMEM));
        return -ENOMEM;
    }
    options->given = grown;
    grown[options->given_count++] = (struct options_value){setting, value};
    return 0;
}

static int take_policy(struct options *options, const char *value)
{
    if (options->policy_file)
        return refuse("--policy", value, "can be given only once; put all settings in one file");
    options->policy_file = value;
    return 0;
}

static int take_question(struct options *options, enum options_action action)
{
    if (options->action != OPTIONS_RUN && options->action != action)
        return refuse("--explain, --doctor", NULL, "give only one of them");
    options->action = action;
    return 0;
}

static int take_own(struct options *options, const struct setting *setting, const char *value)
{
    const int chosen = setting->words[0] ? choose(setting, value) : 0;

    if (chosen < 0)
        return chosen;
    switch ((int)setting_id(setting)) {
    case SETTING_POLICY: return take_policy(options, value);
    case SETTING_REFUSED_STATUS: return take_status(options, setting, value);
    case SETTING_EXPLAIN: return take_question(options, OPTIONS_EXPLAIN);
    case SETTING_DOCTOR: return take_question(options, OPTIONS_DOCTOR);
    case SETTING_FORMAT: options->format = (enum options_format)chosen; break;
    case SETTING_VERIFY: options->verify = (enum options_verify)chosen; break;
    case SETTING_NO_VERIFY: options->verify = OPTIONS_VERIFY_NONE; break;
    case SETTING_SEAL: options->seal = (enum options_seal)(chosen + 1); break;
    case SETTING_RESTORE: options->restore = (enum options_restore)(chosen + 1); break;
    case SETTING_USER: options->user = value; break;
    case SETTING_REPORT_FILE: options->report_file = value; break;
    case SETTING_TRACE: options->trace = 1; break;
    case SETTING_QUIET: options->quiet = 1; break;
    case SETTING_VERSION: options->action = OPTIONS_VERSION; break;
    case SETTING_HELP: options->action = OPTIONS_HELP; break;
    }
    return 0;
}

static int take_option(struct options *options, int option, const char *value)
{
    const struct setting *const setting =
        option < FIRST_LONG ? setting_lettered(option) : &settings_table[option - FIRST_LONG];

    return setting->variable == VARIABLE_NONE ? take_own(options, setting, value)
                                              : keep(options, setting, value);
}

/* ---- the table, as getopt_long(3) takes it ---- */

struct grammar {
    char letters[2 + 3 * SETTING_COUNT + 1];
    struct option words[SETTING_COUNT + 1];
};

static int takes_argument(const struct setting *setting)
{
    if (!setting->argument)
        return no_argument;
    return *setting->argument == '[' ? optional_argument : required_argument;
}

/*
 * `+`: options end at the command, whose arguments may look like options. `:`: getopt
 * distinguishes a missing value from an unknown option.
 */
static void describe(struct grammar *grammar)
{
    char *end = stpcpy(grammar->letters, "+:");

    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *const setting = &settings_table[i];
        const int takes = takes_argument(setting);

        grammar->words[i] = (struct option){setting->name, takes, NULL, FIRST_LONG + i};
        if (setting->letter == 0)
            continue;
        *end++ = setting->letter;
        end = stpcpy(end, &"::"[2 - takes]);
    }
    grammar->words[SETTING_COUNT] = (struct option){NULL, 0, NULL, 0};
}

/* ---- what getopt_long(3) rejects ---- */

/* How many long options begin with `word` up to its `=`. */
static int count_candidates(const char *word)
{
    const size_t length = strcspn(word, "=");
    int count = 0;

    for (int i = 0; i < SETTING_COUNT; i++)
        count += strncmp(settings_table[i].name, word, length) == 0;
    return count;
}

/* `word` is the argument that getopt had reached; a short option may be anywhere in it. */
static int refuse_word(int answer, const char *word)
{
    const int is_long = strncmp(word, "--", 2) == 0;
    char name[64];

    if (is_long)
        snprintf(name, sizeof name, "--%s",
                 optopt < FIRST_LONG ? "" : settings_table[optopt - FIRST_LONG].name);
    else
        snprintf(name, sizeof name, "-%c", optopt);
    if (answer == ':')
        return refuse(name, NULL, "needs a value; see --help");
    if (is_long && optopt != 0)
        return refuse(name, strchr(word, '=') ? strchr(word, '=') + 1 : NULL, "takes no value");
    if (is_long && count_candidates(word + 2) > 1)
        return refuse(word, NULL, "is ambiguous; write the option in full, see --help");
    return refuse(is_long ? word : name, NULL, "unknown option; see --help");
}

/* ---- the whole ---- */

/* Rules between options. */
static int check(const struct options *options)
{
    const int is_run = options->action == OPTIONS_RUN;
    const int has_file =
        options->format == OPTIONS_FORMAT_JSON || options->format == OPTIONS_FORMAT_GITLAB;

    if (options->action == OPTIONS_EXPLAIN && !options->arguments[0])
        return refuse("--explain", NULL, "needs a path: noclobber [options] --explain PATH...");
    if (options->action == OPTIONS_DOCTOR && options->arguments[0] && options->arguments[1])
        return refuse("--doctor", options->arguments[1], "takes one directory at most");
    if (options->action == OPTIONS_DOCTOR && options->arguments[0] && !*options->arguments[0])
        return refuse("--doctor", "", "needs a directory, or nothing");
    if (is_run && options->report_file && *options->report_file == '\0')
        return refuse("--report-file", "", "needs a file");
    if (is_run && options->user && options->seal == OPTIONS_SEAL_NONE)
        return refuse("--user", options->user, "needs --seal");
    if (is_run && options->report_file && !has_file)
        return refuse("--report-file", options->report_file,
                      "needs --format=json or --format=gitlab");
    return 0;
}

int options_parse(int argc, char **argv, struct options *options)
{
    struct grammar grammar;
    int result = 0;
    int answer;

    describe(&grammar);
    memset(options, 0, sizeof *options);
    options->refused_status = POLICY_EXIT_STATUS;
    opterr = 0;
    optind = 1;
    while (result == 0 && options->action < OPTIONS_VERSION) {
        const char *const word = optind < argc ? argv[optind] : "";

        optopt = 0;
        answer = getopt_long(argc, argv, grammar.letters, grammar.words, NULL);
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
    free(options->given);
    options->given = NULL;
    options->given_count = 0;
}

/* ---- --help ---- */

static const char help_head[] =
    "usage: noclobber [options] [--] COMMAND [ARGUMENT...]\n"
    "       noclobber [options] --explain PATH... | --doctor [DIRECTORY]\n"
    "Runs a command that may add files but not replace protected ones.\n";
static const char help_foot[] =
    "  -V, --version  -h, --help\n"
    "Exit status: the command's; 17: refused or changed; 125: own error; 126, 127.\n";

void options_help(void)
{
    char words[64];

    fputs(help_head, stdout);
    for (const struct setting *setting = settings_table; setting < settings_table + SETTING_COUNT;
         setting++) {
        const char *const argument = setting->argument ? setting->argument : "";

        snprintf(words, sizeof words, "--%s%s%s", setting->name,
                 *argument == '\0' || *argument == '[' ? "" : " ", argument);
        if (setting->help && setting->letter)
            printf("  -%c, %-23s%s\n", setting->letter, words, setting->help);
        else if (setting->help)
            printf("      %-23s%s\n", words, setting->help);
    }
    fputs(help_foot, stdout);
}
