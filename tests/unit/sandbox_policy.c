/* SPDX-License-Identifier: MIT */
#include "unit/sandbox_policy.h"

#include <check.h>
#include <stdio.h>

#include "unit/sandbox.h"

struct policy sandbox_policy(const char *protect, const char *allow)
{
    static char storage[POLICY_STORAGE_SIZE];
    char lines[2][2048];
    char *environment[3] = {NULL, NULL, NULL};
    struct policy_error error;
    struct policy policy;
    int count = 0;

    if (protect) {
        snprintf(lines[0], sizeof lines[0], "NOCLOBBER_PROTECT=%s", sandbox_expand(protect));
        environment[count++] = lines[0];
    }
    if (allow) {
        snprintf(lines[1], sizeof lines[1], "NOCLOBBER_ALLOW=%s", sandbox_expand(allow));
        environment[count++] = lines[1];
    }
    ck_assert_int_eq(policy_parse(&policy, environment, storage, sizeof storage, &error), 0);
    return policy;
}
