/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_VERDICT_H
#define NOCLOBBER_ENGINE_VERDICT_H

/*
 * The verdict on a collision after collision_decide and collision_look.
 *
 * Conventions: those of engine/collision.h.
 */

#include "engine/collision.h"

enum verdict_kind {
    VERDICT_ANSWER,   /* nothing would be replaced: the result is `answer` */
    VERDICT_OWN_CALL, /* nothing would be replaced: the program's own call gives the result */
    VERDICT_ALLOW,    /* an exception of ALLOW_IF holds: `rule` */
    VERDICT_REFUSE,   /* `rule` guards the destination */
};

struct verdict {
    enum verdict_kind kind;
    int answer; /* 0 or -errno */
    enum event_rule rule;
};

/* The verdict on a guarded collision. May read the files, for ALLOW_IF=same. */
struct verdict verdict_of(struct collision *collision);

/* Whether both files are still as collision_look found them: 1 or 0. */
int verdict_stands(struct collision *collision);

/* The case of ALLOW_IF, in the policy or not, that would allow a collision whose verdict is
 * VERDICT_REFUSE, or EVENT_RULE_DEFAULT. Never `same`, which would have to read the files. */
enum event_rule verdict_excuse(struct collision *collision);

#endif
