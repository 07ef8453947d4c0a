/* SPDX-License-Identifier: MIT */
#include "engine/spelling.h"

#include <errno.h>

#include "engine/file.h"

/* The first ASCII letter, or NULL. Sets `*is_ascii` to whether all characters are ASCII. */
static char *first_letter(char *name, int *is_ascii)
{
    char *letter = NULL;

    for (*is_ascii = 1; *name != '\0'; name++) {
        const char lower = (char)(*name | 0x20);

        if (!letter && lower >= 'a' && lower <= 'z')
            letter = name;
        *is_ascii &= (unsigned char)*name < 0x80;
    }
    return letter;
}

/* Whether the directory certainly does not fold this name: the name in another case does not exist.
 * `path` ends in `name`. */
static int is_case_known(const struct sys *sys, const char *path, char *name)
{
    struct statx facts;
    int is_ascii;
    int result;
    char *const letter = first_letter(name, &is_ascii);

    if (!is_ascii)
        return 0;
    if (!letter)
        return 1;
    *letter ^= 0x20;
    result = sys_statx_own(sys, path, &facts);
    *letter ^= 0x20;
    return result == -ENOENT;
}

/* The name in another case may also be another file: then the directory lists both. */
static int is_listed(const struct sys *sys, char *path, char *name, void *entries, size_t size)
{
    int result;

    name[-1] = '\0';
    result = file_is_listed(sys, name - 1 == path ? "/" : path, name, entries, size);
    name[-1] = '/';
    return result == 1;
}

int spelling_is_stored(const struct sys *sys, char *path, void *entries, size_t size)
{
    int is_stored = 1;
    char *end;

    for (char *name = path + 1; is_stored && *name != '\0'; name = end + (*end == '/')) {
        char kept;

        for (end = name; *end != '\0' && *end != '/';)
            end++;
        kept = *end;
        *end = '\0';
        is_stored = is_case_known(sys, path, name) || is_listed(sys, path, name, entries, size);
        *end = kept;
    }
    return is_stored;
}

void spelling_settle(const struct sys *sys, const struct policy *policy, char *path, void *entries,
                     size_t size, struct policy_decision *decision)
{
    if (decision->is_alike && spelling_is_stored(sys, path, entries, size))
        *decision = policy_decide(policy, path);
}

struct policy_decision spelling_decide(const struct sys *sys, const struct policy *policy,
                                       char *path, void *entries, size_t size)
{
    struct policy_decision decision = policy_decide_alike(policy, path);

    spelling_settle(sys, policy, path, entries, size, &decision);
    return decision;
}
