/* SPDX-License-Identifier: MIT */
#include "core/policy.h"

#include <string.h>

#include "core/pattern.h"

int policy_is_recorded(const struct policy *policy)
{
    return policy->log || policy->report;
}

int policy_needs_path(const struct policy *policy)
{
    return policy->protect.count != 0 || policy->allow.count != 0;
}

static const char *first_match(const struct policy_patterns *patterns, const char *path)
{
    const char *pattern = patterns->first;

    for (size_t i = 0; i < patterns->count; i++) {
        if (pattern_match(pattern, path))
            return pattern;
        pattern += strlen(pattern) + 1;
    }
    return NULL;
}

struct policy_decision policy_decide(const struct policy *policy, const char *path)
{
    struct policy_decision decision = {POLICY_GUARDED, NULL};
    const char *allowed;

    if (policy->protect.count != 0) {
        decision.pattern = first_match(&policy->protect, path);
        if (!decision.pattern)
            decision.guard = POLICY_UNGUARDED;
    }
    if (decision.guard == POLICY_GUARDED) {
        allowed = first_match(&policy->allow, path);
        if (allowed) {
            decision.guard = POLICY_ALLOWED;
            decision.pattern = allowed;
        }
    }
    return decision;
}
