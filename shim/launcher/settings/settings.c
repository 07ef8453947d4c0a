/* SPDX-License-Identifier: MIT */
/*
 * The environment is parsed alone first, so that an error in it is reported with the right name.
 * The result is parsed again as the library will parse it, so that no command starts with a
 * policy that the library rejects.
 */
#include "launcher/settings/settings.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"
#include "launcher/message.h"
#include "launcher/settings/anchor.h"
#include "launcher/settings/draft.h"
#include "launcher/settings/outer.h"
#include "launcher/settings/policy_file.h"

/* The longest string that execve(2) accepts, with its NUL (Linux: MAX_ARG_STRLEN, 32 pages). */
#define VARIABLE_MAX ((size_t)128 * 1024)

/* Parses our variables among `variables`; reports an error on stderr. */
static int parse(struct settings *settings, char *const *variables)
{
    const size_t size = policy_storage_size(variables);
    struct policy_error error;
    int result;

    free(settings->storage);
    settings->storage = malloc(size + 1);
    if (!settings->storage)
        return -ENOMEM;
    result = policy_parse(&settings->policy, variables, settings->storage, size, &error);
    if (result < 0) {
        char *const name =
            strndup(error.variable, (size_t)(strchr(error.variable, '=') - error.variable));

        message_fault_part(name ? name : "policy", error.value, error.value_length, error.expected);
        free(name);
    }
    return result;
}

static void free_variables(struct settings *settings)
{
    for (char **variable = settings->variables; variable && *variable; variable++)
        free(*variable);
    free(settings->variables);
    settings->variables = NULL;
}

/* ---- the environment ---- */

static size_t count_strings(char **strings)
{
    size_t count = 0;

    while (strings[count])
        count++;
    return count;
}

/* In a nested run the outer one has already checked the environment. */
static int is_inside(void)
{
    return getenv("NOCLOBBER_REPORT") != NULL;
}

/* Rejects patterns that protect nothing, which the library can't detect. */
static int check_patterns(const struct policy_patterns *patterns, const char *directory)
{
    const char *pattern = patterns->first;

    for (size_t i = 0; !is_inside() && i < patterns->count; i++, pattern += strlen(pattern) + 1)
        if (anchor_is_directory(pattern, directory)) {
            message_fault(setting_variable_name(VARIABLE_PROTECT), pattern, ANCHOR_DIRECTORY);
            return -EINVAL;
        }
    return 0;
}

static int take_environment(struct settings *settings, struct draft *draft, const char *directory)
{
    int result = parse(settings, environ);

    if (result == 0)
        result = check_patterns(&settings->policy.protect, directory);
    for (unsigned i = 0; result == 0 && i < VARIABLE_COUNT; i++) {
        const char *const value = getenv(setting_variable_name((enum setting_variable)i));

        /* An empty value sets nothing, and would be an empty pattern in a list. */
        if (value && *value != '\0' && strcmp(value, POLICY_TRACED) != 0)
            result = draft_put(draft, (enum setting_variable)i, value);
    }
    settings->is_policy_chosen = draft->values[VARIABLE_PROTECT] != NULL;
    return result;
}

/* ---- the policy file ---- */

struct file_context {
    struct draft *draft;
    const char *directory;
};

/* Reports an unknown setting, with the list of settings. */
static int refuse_line(const struct policy_line *line, int is_option)
{
    char expected[256];
    struct text text;

    text_begin(&text, expected, sizeof expected - 1);
    text_puts(&text, is_option ? "can't be set in a policy file; the settings are"
                               : "unknown setting; the settings are");
    for (int i = 0; i < SETTING_COUNT; i++)
        if (settings_table[i].variable != VARIABLE_NONE) {
            text_puts(&text, i == 0 ? " " : ", ");
            text_puts(&text, settings_table[i].name);
        }
    expected[text.length] = '\0';
    message_fault(line->where, line->name, expected);
    return -EINVAL;
}

static int take_line(const struct policy_line *line, void *context)
{
    const struct file_context *const file = context;
    const struct draft_origin origin = {line->where, file->directory};

    const struct setting *const setting = setting_named(line->name);

    if (setting && setting->variable != VARIABLE_NONE)
        return draft_apply(file->draft, &origin, setting, line->value);
    return refuse_line(line, setting != NULL);
}

/* Writes the directory of the file, resolved, to `out`; for a pipe, the current one. */
static int find_directory(const char *path, const char *current, char out[PATH_MAX])
{
    const char *const slash = strrchr(path, '/');
    char directory[PATH_MAX];
    struct stat status;

    memcpy(out, current, strlen(current) + 1);
    if (!slash || stat(path, &status) < 0 || !S_ISREG(status.st_mode))
        return 0;
    snprintf(directory, sizeof directory, "%.*s", (int)(slash - path + 1), path);
    return realpath(directory, out) ? 0 : -errno;
}

static int take_file(struct settings *settings, struct draft *draft, const char *path,
                     const char *current)
{
    char directory[PATH_MAX];
    struct file_context context = {draft, directory};
    const int result = find_directory(path, current, directory);

    if (result < 0) {
        message_fault("--policy", path, strerror(-result));
        return result;
    }
    settings->is_policy_chosen = 1;
    return policy_file_read(path, take_line, &context);
}

/* ---- the options ---- */

static int take_options(struct settings *settings, struct draft *draft,
                        const struct options *options, const char *directory)
{
    int result = 0;

    for (size_t i = 0; result == 0 && i < options->given_count; i++) {
        const struct options_value *const given = &options->given[i];
        char where[64];
        const struct draft_origin origin = {where, directory};

        snprintf(where, sizeof where, "--%s", given->setting->name);
        settings->is_policy_chosen |= given->setting->variable == VARIABLE_PROTECT;
        result = draft_apply(draft, &origin, given->setting, given->value);
    }
    return result;
}

/* ---- the result ---- */

static int put_variable(char **slot, const char *name, const char *value)
{
    if (asprintf(slot, "%s=%s", name, value) < 0) {
        *slot = NULL;
        return -ENOMEM;
    }
    if (strlen(*slot) < VARIABLE_MAX)
        return 0;
    message_fault(name, NULL, "all patterns together must fit in 128 KiB");
    return -E2BIG;
}

static int finish(struct settings *settings, const struct draft *draft)
{
    size_t count = 0;
    int result = 0;

    settings->variables =
        calloc(VARIABLE_COUNT + count_strings(environ) + 1, sizeof *settings->variables);
    if (!settings->variables)
        return -ENOMEM;
    for (unsigned i = 0; result == 0 && i < VARIABLE_COUNT; i++)
        if (draft->values[i])
            result =
                put_variable(&settings->variables[count++],
                             setting_variable_name((enum setting_variable)i), draft->values[i]);
    if (result == 0)
        result = outer_collect(environ, draft->values[VARIABLE_LOG], settings->variables, &count);
    return result < 0 ? result : parse(settings, settings->variables);
}

/*
 * Everything and some names: the names first, so that they decide and verification knows them.
 * Without a name, an unset PROTECT already means everything.
 */
static int protect_all(struct draft *draft)
{
    if (!draft->protects_all || !draft->values[VARIABLE_PROTECT])
        return 0;
    return draft_put(draft, VARIABLE_PROTECT, POLICY_EVERYTHING);
}

/* Warns of an inherited mode with which the run protects nothing but may succeed. */
static void warn_of_mode(const struct settings *settings, const struct draft *draft)
{
    const char *const name = setting_variable_name(VARIABLE_MODE);

    if (draft->is_mode_chosen || is_inside())
        return;
    if (settings->policy.mode == POLICY_OFF)
        message_fault(name, "off", "nothing is protected in this run; unset it, or use --enforce");
    if (settings->policy.mode == POLICY_AUDIT)
        message_fault(name, "audit", "nothing is refused in this run; unset it, or use --enforce");
}

int settings_build(const struct options *options, struct settings *settings)
{
    struct draft draft = {{NULL}, 0, 0};
    char current[PATH_MAX];
    int result;

    memset(settings, 0, sizeof *settings);
    if (!getcwd(current, sizeof current) || *current != '/') {
        message_fault("the current directory has no path", NULL,
                      "start in an existing directory, because relative patterns begin there");
        return -ENOENT;
    }
    result = take_environment(settings, &draft, current);
    if (result == 0 && options->policy_file)
        result = take_file(settings, &draft, options->policy_file, current);
    if (result == 0)
        result = take_options(settings, &draft, options, current);
    if (result == 0)
        result = protect_all(&draft);
    if (result == 0)
        result = finish(settings, &draft);
    if (result == 0 && options->action == OPTIONS_RUN && settings->is_policy_chosen)
        warn_of_mode(settings, &draft);
    draft_free(&draft);
    if (result == -ENOMEM)
        message_fault("policy", NULL, strerror(ENOMEM));
    return result;
}

void settings_free(struct settings *settings)
{
    free_variables(settings);
    free(settings->storage);
    settings->storage = NULL;
}
