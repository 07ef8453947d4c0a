/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_COLLISION_H
#define NOCLOBBER_ENGINE_COLLISION_H

/*
 * A call that found something in the way, and what is to be said of it: looking and judging,
 * without doing.
 *
 * Conventions: async-signal-safe; only the collision and its scratch area are written.
 */

#include "core/policy.h"
#include "engine/call.h"
#include "engine/file.h"
#include "engine/scratch.h"

struct collision {
    const struct policy *policy;
    const struct call *call;
    struct scratch *scratch;
    int attempt; /* what the exclusive attempt said: -EEXIST, -EXDEV or EXCLUSIVE_MISSING */

    struct policy_decision decision; /* collision_decide */
    int is_resolved;                 /* the scratch area holds the destination's absolute path */
    int is_named;                    /* it holds both, as an event wants them */

    enum event_rule unless; /* for the event: collision_excuse, or EVENT_RULE_DEFAULT */

    int source_seen; /* collision_look: 0, or why not (-errno) */
    int destination_seen;
    struct file source;
    struct file destination;
};

enum verdict_kind {
    VERDICT_ANSWER, /* nothing could be lost: `answer` is what the program is told */
    VERDICT_ALLOW,  /* an exception of ALLOW_IF holds: `rule` */
    VERDICT_REFUSE, /* `rule` guards the destination */
};

struct verdict {
    enum verdict_kind kind;
    int answer; /* 0 or -errno */
    enum event_rule rule;
};

/* Asks the policy's patterns about the destination; its path is resolved only for a policy that has
 * any. What can't be resolved is guarded. */
void collision_decide(struct collision *collision);

/* Looks at both files. */
void collision_look(struct collision *collision);

/* Whether a directory that was looked at would be moved into itself, onto a name that is still free
 * there: 1, or 0, also where the paths cannot be resolved. */
int collision_is_into_itself(struct collision *collision);

/* Judges a guarded collision that has been decided and looked at. */
struct verdict collision_judge(struct collision *collision);

/* The ALLOW_IF, in the policy or not, that would let a collision through which has been judged
 * VERDICT_REFUSE; EVENT_RULE_DEFAULT: none would. */
enum event_rule collision_excuse(struct collision *collision);

/* Puts both absolute paths into the scratch area, for an event; as the program wrote them where
 * they cannot be resolved. */
void collision_name(struct collision *collision);

#endif
