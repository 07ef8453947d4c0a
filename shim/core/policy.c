/* SPDX-License-Identifier: MIT */
#include "core/policy.h"

#include <string.h>

#include "core/pattern.h"

int policy_is_recorded(const struct policy *policy)
{
    int is_recorded = policy->log || policy->report;

    for (unsigned i = 0; i < policy->outer_count && !is_recorded; i++)
        is_recorded = policy_is_recorded(&policy->outer[i]);
    return is_recorded;
}

int policy_logs_to_stderr(const struct policy *policy)
{
    int logs = policy->log && policy->log[0] == '-';

    for (unsigned i = 0; i < policy->outer_count && !logs; i++)
        logs = policy_logs_to_stderr(&policy->outer[i]);
    return logs;
}

int policy_needs_path(const struct policy *policy)
{
    return policy->protect.count != 0 || policy->allow.count != 0 || policy->outer_count != 0;
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

static struct policy_decision decide_alone(const struct policy *policy, const char *path)
{
    struct policy_decision decision = {POLICY_GUARDED, NULL, policy->mode, policy->allow_if};
    const char *allowed;

    if (!path)
        return decision;
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

/* What is guarded but only audited comes before what is not guarded, and behind what is enforced. */
static int strictness(const struct policy_decision *decision)
{
    return 2 * (int)decision->guard +
           (decision->guard == POLICY_GUARDED && decision->mode == POLICY_ENFORCE);
}

struct policy_decision policy_decide(const struct policy *policy, const char *path)
{
    struct policy_decision decision = decide_alone(policy, path);

    for (unsigned i = 0; i < policy->outer_count; i++) {
        const struct policy *const outer = &policy->outer[i];
        const struct policy_decision other = decide_alone(outer, path);
        const int order = strictness(&other) - strictness(&decision);

        if (outer->mode == POLICY_OFF)
            continue;
        if (order > 0)
            decision = other;
        else if (order == 0)
            decision.allow_if &= other.allow_if;
    }
    return decision;
}
