/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_PRELOAD_SETUP_H
#define NOCLOBBER_PRELOAD_SETUP_H

/*
 * The library's state in its host: the policy, and the way out. The constructor sets both;
 * afterwards they are only read.
 */

#include "core/policy.h"
#include "core/sys.h"

/*
 * The policy in force. What is wrong with the variables is said here, once: a process that never
 * renames has nothing to say about it. A call may come before the constructor, from another library's: then the
 * environment is parsed at once, which takes neither memory nor lock; where even that is not
 * possible yet, the strictest policy stands in. In a set-user-ID program (AT_SECURE, getauxval(3))
 * it is off and no variable is read. Async-signal-safe, thread-safe.
 */
const struct policy *setup_policy(void);

/* The way that calls with a path go: route_next once the constructor has run, route_raw before.
 * Async-signal-safe. */
const struct sys *setup_sys(void);

#endif
