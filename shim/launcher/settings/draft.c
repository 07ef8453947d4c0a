/* SPDX-License-Identifier: MIT */
#include "launcher/settings/draft.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/pattern.h"
#include "core/policy.h"
#include "launcher/settings/anchor.h"
#include "launcher/message.h"

int draft_put(struct draft *draft, enum setting_variable variable, const char *value)
{
    char **const slot = &draft->values[variable];
    const char *const separator = setting_variable_separator(variable);
    char *joined;

    if (!*slot || !separator)
        joined = strdup(value);
    else if (asprintf(&joined, "%s%s%s", *slot, separator, value) < 0)
        joined = NULL;
    if (!joined)
        return -ENOMEM;
    free(*slot);
    *slot = joined;
    return 0;
}

/* ---- the kinds of settings ---- */

static int refuse(const struct draft_origin *origin, const char *value, const char *expected)
{
    message_fault(origin->where, value, expected);
    return -EINVAL;
}

static int apply_pattern(struct draft *draft, const struct draft_origin *origin,
                         const struct setting *setting, const char *value)
{
    char anchored[PATTERN_MAX + 2];
    const char *fault;

    if (setting->variable == VARIABLE_PROTECT && anchor_is_directory(value, origin->directory))
        return refuse(origin, value, ANCHOR_DIRECTORY);
    if (anchor_pattern(value, origin->directory, anchored, sizeof anchored, &fault) < 0)
        return refuse(origin, value, fault);
    return draft_put(draft, setting->variable, anchored);
}

/* Checks the value with the library's own parser. */
static int apply_words(struct draft *draft, const struct draft_origin *origin,
                       const struct setting *setting, const char *value)
{
    struct policy_error error;
    struct policy policy;
    char *variable[2] = {NULL, NULL};
    char storage[PATH_MAX];
    int result;

    if (asprintf(&variable[0], "%s=%s", setting_variable_name(setting->variable), value) < 0)
        return -ENOMEM;
    result = policy_parse(&policy, variable, storage, sizeof storage, &error);
    if (result < 0)
        message_fault_part(origin->where, error.value, error.value_length, error.expected);
    free(variable[0]);
    return result < 0 ? result : draft_put(draft, setting->variable, value);
}

static int apply_log(struct draft *draft, const struct draft_origin *origin,
                     const struct setting *setting, const char *value)
{
    char path[2 * PATH_MAX];
    const char *slash = strcmp(origin->directory, "/") == 0 ? "" : "/";
    const char *const fault = anchor_fault(value);

    if (fault)
        return refuse(origin, value, fault);
    if (strcmp(value, "-") == 0 || *value == '/')
        return apply_words(draft, origin, setting, value);
    if ((size_t)snprintf(path, sizeof path, "%s%s%s", origin->directory, slash, value) >= PATH_MAX)
        return refuse(origin, value, "must be a path of at most 4095 bytes");
    return apply_words(draft, origin, setting, path);
}

/* Applies a setting without a value. */
static int apply_fixed(struct draft *draft, const struct setting *setting)
{
    draft->is_mode_chosen |= setting->variable == VARIABLE_MODE;
    if (setting->fixed)
        return draft_put(draft, setting->variable, setting->fixed);
    draft->protects_all = 1;
    return 0;
}

int draft_apply(struct draft *draft, const struct draft_origin *origin,
                const struct setting *setting, const char *value)
{
    if (!setting->argument)
        return value ? refuse(origin, setting->name, "takes no value")
                     : apply_fixed(draft, setting);
    if (!value || *value == '\0')
        return refuse(origin, value ? value : setting->name, setting->needs);
    if (setting->variable == VARIABLE_PROTECT || setting->variable == VARIABLE_ALLOW)
        return apply_pattern(draft, origin, setting, value);
    return setting->variable == VARIABLE_LOG ? apply_log(draft, origin, setting, value)
                                             : apply_words(draft, origin, setting, value);
}

void draft_free(struct draft *draft)
{
    for (int i = 0; i < VARIABLE_COUNT; i++)
        free(draft->values[i]);
}
