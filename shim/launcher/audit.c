/* SPDX-License-Identifier: MIT */
#include "launcher/audit.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "launcher/filesystem.h"
#include "launcher/message.h"

/* More filesystems than a policy names. */
#define SEEN_MAX 16

struct seen {
    dev_t devices[SEEN_MAX];
    size_t count;
};

/* Finds the nearest existing directory above the names that the pattern matches. */
static void take_directory(const char *pattern, char out[PATH_MAX], struct stat *facts)
{
    char *slash;

    snprintf(out, PATH_MAX, "%.*s", (int)strcspn(pattern, "*?[\\"), pattern);
    while ((slash = strrchr(out, '/'))) {
        slash[slash == out] = '\0';
        if (stat(out, facts) == 0 || slash == out)
            return;
    }
}

static int is_new(struct seen *seen, dev_t device)
{
    for (size_t i = 0; i < seen->count; i++)
        if (seen->devices[i] == device)
            return 0;
    if (seen->count < SEEN_MAX)
        seen->devices[seen->count++] = device;
    return 1;
}

static void look(const struct policy *policy, const char *pattern, struct seen *seen)
{
    char directory[PATH_MAX] = ".";
    struct stat facts = {0};
    int offer;

    if (*pattern == '/')
        take_directory(pattern, directory, &facts);
    else if (stat(directory, &facts) < 0)
        return;
    if (!is_new(seen, facts.st_dev))
        return;
    offer = filesystem_ask(directory);
    if (offer == FILESYSTEM_NEITHER ||
        (offer == FILESYSTEM_LINKS && policy->fallback == POLICY_FALLBACK_REFUSE))
        message_fault(
            directory, NULL,
            "is on a filesystem without exclusive rename: without --audit, every rename of "
            "a file to a protected name there would be refused (EOPNOTSUPP)");
}

void audit_warn(const struct policy *policy)
{
    const char *pattern = policy->protect.first;
    struct seen seen = {{0}, 0};

    if (policy->mode != POLICY_AUDIT)
        return;
    if (policy->protect.count == 0)
        look(policy, "", &seen);
    for (size_t i = 0; i < policy->protect.count; i++, pattern += strlen(pattern) + 1)
        look(policy, pattern, &seen);
}
