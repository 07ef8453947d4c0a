/* SPDX-License-Identifier: MIT */
#include "unit/expect_path.h"

#include <check.h>
#include <string.h>

#include "unit/sandbox.h"

void expect_path(const char *resolved, const char *name, int result, const char *expected,
                 int error)
{
    if (expected)
        ck_assert_msg(result == 0 && strcmp(resolved, sandbox_expand(expected)) == 0, "%s: %d, %s",
                      name, result, result == 0 ? resolved : "");
    else
        ck_assert_msg(result == error, "%s: %d, not %d: %s", name, result, error,
                      result == 0 ? resolved : "");
}
