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

static const struct {
    const char *name;
    const char *separator; /* NULL: no list, the last one counts */
} variables[DRAFT_COUNT] = {
    [DRAFT_PROTECT] = {"NOCLOBBER_PROTECT", ":"},
    [DRAFT_ALLOW] = {"NOCLOBBER_ALLOW", ":"},
    [DRAFT_ALLOW_IF] = {"NOCLOBBER_ALLOW_IF", ","},
    [DRAFT_MODE] = {"NOCLOBBER_MODE", NULL},
    [DRAFT_ON_REFUSAL] = {"NOCLOBBER_ON_REFUSAL", NULL},
    [DRAFT_FALLBACK] = {"NOCLOBBER_FALLBACK", NULL},
    [DRAFT_LOG] = {"NOCLOBBER_LOG", NULL},
};

const char *draft_name(enum draft_variable variable)
{
    return variables[variable].name;
}

int draft_put(struct draft *draft, enum draft_variable variable, const char *value)
{
    char **const slot = &draft->values[variable];
    const char *const separator = variables[variable].separator;
    char *joined;

    if (!*slot || !separator)
        joined = strdup(value);
    else if (asprintf(&joined, "%s%s%s", *slot, separator, value) < 0)
        joined = NULL;
    if (!joined) {
        message_fault("policy", NULL, strerror(ENOMEM));
        return -ENOMEM;
    }
    free(*slot);
    *slot = joined;
    return 0;
}

/* ---- the kinds of settings ---- */

struct setting {
    const char *name;
    int (*apply)(struct draft *draft, const struct draft_origin *origin,
                 const struct setting *setting, const char *value);
    enum draft_variable variable;
    const char *fixed; /* the value of one that takes none */
};

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

    if (anchor_pattern(value, origin->directory, anchored, sizeof anchored, &fault) < 0)
        return refuse(origin, value, fault);
    return draft_put(draft, setting->variable, anchored);
}

/* Asks the library's own parser. */
static int apply_words(struct draft *draft, const struct draft_origin *origin,
                       const struct setting *setting, const char *value)
{
    struct policy_error error;
    struct policy policy;
    char *variable[2] = {NULL, NULL};
    char storage[PATH_MAX];
    int result;

    if (asprintf(&variable[0], "%s=%s", draft_name(setting->variable), value) < 0)
        return refuse(origin, NULL, strerror(ENOMEM));
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

    if (strcmp(value, "-") == 0 || *value == '/')
        return apply_words(draft, origin, setting, value);
    if ((size_t)snprintf(path, sizeof path, "%s%s%s", origin->directory, slash, value) >= PATH_MAX)
        return refuse(origin, value, "must be a path of at most 4095 bytes");
    return apply_words(draft, origin, setting, path);
}

static int apply_fixed(struct draft *draft, const struct draft_origin *origin,
                       const struct setting *setting, const char *value)
{
    (void)origin;
    (void)value;
    return draft_put(draft, setting->variable, setting->fixed);
}

static int apply_protect_all(struct draft *draft, const struct draft_origin *origin,
                             const struct setting *setting, const char *value)
{
    (void)origin;
    (void)setting;
    (void)value;
    draft->protects_all = 1;
    return 0;
}

static const struct setting settings[] = {
    {"protect", apply_pattern, DRAFT_PROTECT, NULL},
    {"protect-all", apply_protect_all, DRAFT_PROTECT, ""},
    {"allow", apply_pattern, DRAFT_ALLOW, NULL},
    {"allow-if", apply_words, DRAFT_ALLOW_IF, NULL},
    {"audit", apply_fixed, DRAFT_MODE, "audit"},
    {"exit-on-refusal", apply_fixed, DRAFT_ON_REFUSAL, "exit"},
    {"fallback", apply_words, DRAFT_FALLBACK, NULL},
    {"log", apply_log, DRAFT_LOG, NULL},
    {NULL, NULL, DRAFT_COUNT, NULL},
};

/* What an empty value means is never what was meant. */
static const char *missing_value(const struct setting *setting)
{
    switch (setting->variable) {
    case DRAFT_PROTECT:
    case DRAFT_ALLOW: return "needs a pattern, such as dist/ or *.deb";
    case DRAFT_ALLOW_IF: return "needs a list of same, symlink and empty, separated by ','";
    case DRAFT_FALLBACK: return "needs emulate or refuse";
    case DRAFT_LOG: return "needs a file, or - for standard error";
    case DRAFT_MODE:
    case DRAFT_ON_REFUSAL:
    case DRAFT_COUNT: break;
    }
    return "needs a value";
}

int draft_apply(struct draft *draft, const struct draft_origin *origin, const char *name,
                const char *value)
{
    const struct setting *setting = settings;

    while (setting->name && strcmp(setting->name, name) != 0)
        setting++;
    if (!setting->name)
        return refuse(origin, name,
                      "is no setting; there are protect, protect-all, allow, allow-if, audit, "
                      "exit-on-refusal, fallback and log");
    if (setting->fixed && value)
        return refuse(origin, name, "takes no value");
    if (!setting->fixed && (!value || *value == '\0'))
        return refuse(origin, value ? value : name, missing_value(setting));
    return setting->apply(draft, origin, setting, value);
}

void draft_free(struct draft *draft)
{
    for (int i = 0; i < DRAFT_COUNT; i++)
        free(draft->values[i]);
}
