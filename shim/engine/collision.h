/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_COLLISION_H
#define NOCLOBBER_ENGINE_COLLISION_H

/*
 * A rename whose destination exists, or may exist: collects its paths, the policy's decision and
 * the state of both files. Nothing is renamed here.
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
    int attempt; /* result of the exclusive attempt: EXCLUSIVE_EXISTS, -EXDEV or EXCLUSIVE_MISSING */

    struct path_parts source_parts; /* of the program's paths; set by collision_begin */
    struct path_parts destination_parts;

    /* Set by collision_decide and collision_hold: the same call, relative to open directories. */
    struct call held;
    int source_parent; /* held directories, AT_FDCWD among them; -1: not held */
    int destination_parent;
    int is_shared; /* both ends of `held` are relative to `destination_parent` */

    struct policy_decision decision; /* set by collision_decide */
    int is_resolved;                 /* the scratch area holds the destination's absolute path */
    int is_named;                    /* collision_name has written both paths */

    enum event_rule unless; /* for the event: verdict_excuse, or EVENT_RULE_DEFAULT */

    int source_seen; /* set by collision_look: 0, or the error of statx (-errno) */
    int destination_seen;
    struct file source;
    struct file destination;
};

/* Splits the paths of `given`. To be called before the other functions. */
void collision_begin(struct collision *collision);

/*
 * Sets `decision`: matches the destination against the policy's patterns, by its path, its other
 * spellings and its other paths. Without patterns the path is not resolved. A path that cannot be
 * resolved is guarded. The directory whose path was judged stays open, and `call` is made relative
 * to it, so that a symbolic link that changes in between has no effect. So is the source, if its
 * path has the same directories. (Not under a tracer: another process makes the call there.)
 */
void collision_decide(struct collision *collision);

/* Opens both directories, unless they are open, and makes `call` relative to them: a verdict on the
 * two files must be about the files that are renamed. Does nothing under a tracer. Returns 0, or
 * -errno of path_open_parent. */
int collision_hold(struct collision *collision);

/* Closes the directories that are open. */
void collision_release(struct collision *collision);

/* Reads the state of both files (file_look). */
void collision_look(struct collision *collision);

/* Writes both absolute paths to the scratch area. Returns 0, or -errno of path_resolve. */
int collision_resolve(struct collision *collision);

/* Writes both absolute paths to the scratch area, for an event; a path that cannot be resolved is
 * written as the program gave it. */
void collision_name(struct collision *collision);

#endif
