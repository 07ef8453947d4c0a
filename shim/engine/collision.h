/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_COLLISION_H
#define NOCLOBBER_ENGINE_COLLISION_H

/*
 * A rename whose destination exists: collects paths and inodes and computes the verdict. Nothing
 * is renamed here.
 *
 * Conventions: async-signal-safe; only the collision and its scratch area are written.
 */

#include "core/policy.h"
#include "engine/call.h"
#include "engine/file.h"
#include "engine/scratch.h"

struct collision {
    const struct policy *policy;
    const struct call *given; /* the program's */
    const struct call *call;  /* the same, or `held` */
    struct scratch *scratch;
    int attempt; /* what the exclusive attempt said: -EEXIST, -EXDEV or EXCLUSIVE_MISSING */

    /* collision_decide and collision_hold: the same call, from directories that are held open. */
    struct call held;
    int source_parent; /* descriptors to close, or negative */
    int destination_parent;

    struct policy_decision decision; /* collision_decide */
    int is_resolved;                 /* the scratch area holds the destination's absolute path */
    int is_named;                    /* it holds both, as an event wants them */

    enum event_rule unless; /* for the event: verdict_excuse, or EVENT_RULE_DEFAULT */

    int source_seen; /* collision_look: 0, or why not (-errno) */
    int destination_seen;
    struct file source;
    struct file destination;
};

/*
 * Asks the policy's patterns about the destination; its path is resolved only if the policy has
 * patterns. What cannot be resolved is guarded. The directory whose name was judged is held from
 * then on, and the call goes by it, so that a symbolic link on the way that changes meanwhile leads
 * nowhere else. (Not if another process makes the call, as for a tracer.)
 */
void collision_decide(struct collision *collision);

/* Holds both directories if they are not held yet: for a verdict that depends on what is there.
 * Returns 0, or -errno of openat(2). */
int collision_hold(struct collision *collision);

/* Closes the directories that are held. */
void collision_release(struct collision *collision);

/* Looks at both files. */
void collision_look(struct collision *collision);

/* Puts both absolute paths into the scratch area. 0, or -errno of path_resolve. */
int collision_resolve(struct collision *collision);

/* Puts both absolute paths into the scratch area, for an event; as the program wrote them where
 * they cannot be resolved. */
void collision_name(struct collision *collision);

#endif
