/* SPDX-License-Identifier: MIT */
#include "launcher/doctor/checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/policy.h"

#define PREFIX "NOCLOBBER_"

/* Neither says anything about a policy: one is for this command, the other is its own. */
static int is_of_policy(const char *variable)
{
    return strncmp(variable, PREFIX, strlen(PREFIX)) == 0 &&
           strncmp(variable, PREFIX "LIBRARY=", strlen(PREFIX "LIBRARY=")) != 0 &&
           strncmp(variable, PREFIX "REPORT=", strlen(PREFIX "REPORT=")) != 0;
}

/* The variables that make a policy, NULL-terminated; the caller frees the array. */
static char **select_variables(char *const *environment)
{
    char **selected;
    size_t count = 0;
    size_t kept = 0;

    while (environment[count])
        count++;
    selected = calloc(count + 1, sizeof *selected);
    for (size_t i = 0; selected && i < count; i++)
        if (is_of_policy(environment[i]))
            selected[kept++] = environment[i];
    return selected;
}

static void report_error(struct findings *findings, const struct policy_error *error)
{
    char message[POLICY_MESSAGE_MAX + 1];
    size_t length = policy_error_message(error, message, sizeof message - 1);

    while (length > 0 && message[length - 1] == '\n')
        length--;
    message[length] = '\0';
    findings_add(findings, FINDING_WARNING, "variables", NULL, message);
}

static void report_policy(struct findings *findings, const struct policy *policy, size_t count)
{
    char text[128];

    switch (policy->mode) {
    case POLICY_OFF:
        findings_add(findings, FINDING_PROBLEM, "variables", NULL,
                     "NOCLOBBER_MODE is off: nothing is guarded; unset it");
        return;
    case POLICY_AUDIT:
        findings_add(findings, FINDING_WARNING, "variables", NULL,
                     "NOCLOBBER_MODE is audit: what is guarded is recorded, and let through");
        return;
    case POLICY_ENFORCE: break;
    }
    if (count == 0)
        snprintf(text, sizeof text, "none is set");
    else
        snprintf(text, sizeof text, "%zu set, and understood", count);
    findings_add(findings, FINDING_OK, "variables", NULL, text);
}

void check_variables(struct findings *findings, char *const *environment)
{
    char **const selected = select_variables(environment);
    const size_t size = selected ? policy_storage_size(selected) : 0;
    char *const storage = malloc(size + 1);
    struct policy_error error;
    struct policy policy;
    size_t count = 0;

    if (selected && storage) {
        while (selected[count])
            count++;
        if (policy_parse(&policy, selected, storage, size, &error) < 0)
            report_error(findings, &error);
        else
            report_policy(findings, &policy, count);
    }
    free(storage);
    free(selected);
}
