/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_SANDBOX_POLICY_H
#define NOCLOBBER_TESTS_SANDBOX_POLICY_H

#include "core/policy.h"

/* The policy of these two variables, either of them NULL for unset; `@` stands for the sandbox.
 * Its patterns last until the next call. */
struct policy sandbox_policy(const char *protect, const char *allow);

#endif
