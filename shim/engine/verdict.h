/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_VERDICT_H
#define NOCLOBBER_ENGINE_VERDICT_H

/*
 * The verdict on a collision that has been looked at.
 *
 * Conventions: those of engine/collision.h.
 */

#include "engine/collision.h"

enum verdict_kind {
    VERDICT_ANSWER,   /* nothing could be lost: `answer` is what the program is told */
    VERDICT_OWN_CALL, /* nothing could be lost: the program's own call has the answer */
    VERDICT_ALLOW,    /* an exception of ALLOW_IF holds: `rule` */
    VERDICT_REFUSE,   /* `rule` guards the destination */
};

struct verdict {
    enum verdict_kind kind;
    int answer; /* 0 or -errno */
    enum event_rule rule;
};

/* Judges a guarded collision that has been decided and looked at. */
struct verdict verdict_of(struct collision *collision);

/* Whether both files are as collision_look saw them: 1 or 0. */
int verdict_stands(struct collision *collision);

/* The ALLOW_IF, in the policy or not, that would let a collision through which has been judged
 * VERDICT_REFUSE; EVENT_RULE_DEFAULT: none would. Never `same`, which would read the files. */
enum event_rule verdict_excuse(struct collision *collision);

#endif
