/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_PRELOAD_SETUP_H
#define NOCLOBBER_PRELOAD_SETUP_H

/*
 * The library's state in its host: the policy, and how calls reach the kernel. The constructor sets
 * both; afterwards they are only read.
 */

#include "core/policy.h"
#include "core/sys.h"

/*
 * Returns the policy in force, which lives as long as the process. Its first call writes the
 * message about a parse error, if there is one: a process that never renames prints nothing.
 *
 * Another library's constructor may rename before ours has run. Then the environment is parsed at
 * once, which needs mmap(2) at most, and no lock. If that is not possible yet (no environ, or
 * another thread is parsing), the strictest policy is returned. In a set-user-ID program
 * (AT_SECURE, getauxval(3)) the policy is off and no variable is read. Async-signal-safe,
 * thread-safe.
 */
const struct policy *setup_policy(void);

/* Returns the table for calls with a path: route_next once the constructor has run, route_raw
 * before. Async-signal-safe, thread-safe. */
const struct sys *setup_sys(void);

#endif
