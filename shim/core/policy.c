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

/* The first match; if there is none and `*is_alike` is set, the first pattern that matches another
 * spelling. Sets `*is_alike` to whether the result is such a pattern. */
static const char *first_guard(const struct policy_patterns *patterns, const char *path,
                               int *is_alike)
{
    const char *pattern = patterns->first;
    const char *alike = NULL;

    if (!*is_alike)
        return first_match(patterns, path);
    for (size_t i = 0; i < patterns->count; i++) {
        if (pattern_match_alike(pattern, path)) {
            if (pattern_match(pattern, path)) {
                *is_alike = 0;
                return pattern;
            }
            alike = alike ? alike : pattern;
        }
        pattern += strlen(pattern) + 1;
    }
    *is_alike = alike != NULL;
    return alike;
}

static struct policy_decision decide_alone(const struct policy *policy, const char *path,
                                           int is_alike)
{
    struct policy_decision decision = {POLICY_GUARDED, NULL, policy->mode, policy->allow_if, 0};
    const char *allowed;

    if (!path)
        return decision;
    if (policy->protect.count != 0) {
        decision.pattern = first_guard(&policy->protect, path, &is_alike);
        decision.is_alike = is_alike;
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

/* The order of decisions: unguarded, allowed, guarded under audit, guarded and enforced. */
static int strictness(const struct policy_decision *decision)
{
    return 2 * (int)decision->guard +
           (decision->guard == POLICY_GUARDED && decision->mode == POLICY_ENFORCE);
}

static struct policy_decision decide(const struct policy *policy, const char *path, int is_alike)
{
    struct policy_decision decision = decide_alone(policy, path, is_alike);
    int any_is_alike = decision.is_alike;

    for (unsigned i = 0; i < policy->outer_count; i++) {
        const struct policy *const outer = &policy->outer[i];
        const struct policy_decision other = decide_alone(outer, path, is_alike);
        const int order = strictness(&other) - strictness(&decision);

        if (outer->mode == POLICY_OFF)
            continue;
        any_is_alike |= other.is_alike;
        if (order > 0)
            decision = other;
        else if (order == 0)
            decision.allow_if &= other.allow_if;
    }
    decision.is_alike = any_is_alike;
    return decision;
}

struct policy_decision policy_decide(const struct policy *policy, const char *path)
{
    return decide(policy, path, 0);
}

struct policy_decision policy_decide_alike(const struct policy *policy, const char *path)
{
    return decide(policy, path, 1);
}
