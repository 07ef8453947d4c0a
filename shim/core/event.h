/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_EVENT_H
#define NOCLOBBER_CORE_EVENT_H

/*
 * Events: what happened to one call, as one line of JSON (RFC 8259) that no file name can forge.
 *
 *   {"time":1795390000.123456789,"verdict":"refused","rule":"protect:/srv/dist/","call":"rename",
 *    "source":"/srv/tmp/a","destination":"/srv/dist/a","pid":42,"program":"/usr/bin/mv"}
 *
 * Optional members follow, in this order:
 *
 *   unless    of an audited event: the ALLOW_IF case that would have let the rename through
 *   left      of a rename that was let through: the file that it left at the destination, as
 *             "MAJOR:MINOR:INODE:SIZE:MODIFIED:CHANGED:MODE:LINKS:OWNER:GROUP", decimal, times in
 *             nanoseconds since the Epoch, the mode as in stat(2). It tells noclobber(1) the work
 *             of this rename from later changes. Across filesystems the program gets EXDEV and will
 *             copy: then SIZE, MODIFIED and MODE are the source's, and the rest is 0.
 *   repeated  the number of earlier refusals of the same pair that have no event of their own
 *
 * Functions here are pure: async-signal-safe, no allocation, no errno.
 */

#include <stddef.h>

#include "core/path.h"
#include "core/pattern.h"
#include "core/policy.h"
#include "core/text.h"

enum event_verdict {
    EVENT_REFUSED, /* the call failed, and the destination was not touched */
    EVENT_AUDITED, /* let through; enforce mode would have refused it */
    EVENT_ALLOWED, /* let through by an exception: ALLOW or ALLOW_IF */
};

/* Which rule decided. */
enum event_rule {
    EVENT_RULE_DEFAULT, /* no PROTECT: every destination is guarded */
    EVENT_RULE_PROTECT, /* with the pattern */
    EVENT_RULE_ALLOW,   /* with the pattern */
    /* One for each condition, in the order of enum policy_condition. */
    EVENT_RULE_ALLOW_IF_SAME,
    EVENT_RULE_ALLOW_IF_SYMLINK,
    EVENT_RULE_ALLOW_IF_EMPTY,
    EVENT_RULE_FALLBACK,     /* neither an exclusive rename nor its emulation was available */
    EVENT_RULE_UNDECIDED,    /* a path or a file could not be read: fail closed */
    EVENT_RULE_POLICY_ERROR, /* the policy could not be parsed: fail closed */
};

/* The bit of policy.allow_if that `rule` is about, or 0. Pure. */
static inline unsigned event_rule_condition(enum event_rule rule)
{
    const unsigned condition = (unsigned)rule - EVENT_RULE_ALLOW_IF_SAME;

    return condition < POLICY_CONDITIONS ? 1U << condition : 0;
}

/* The state of a file, as stat(2) reports it. */
struct event_state {
    unsigned device_major;
    unsigned device_minor;
    unsigned long long inode;
    unsigned long long size;
    long long modified; /* nanoseconds since the Epoch */
    long long changed;  /* the same, st_ctim */
    unsigned mode;
    unsigned links;
    unsigned owner;
    unsigned group;
};

struct event {
    long long seconds; /* since the Epoch */
    long nanoseconds;
    enum event_verdict verdict;
    enum event_rule rule;
    const char *pattern; /* of EVENT_RULE_PROTECT and EVENT_RULE_ALLOW; else ignored */
    const char *call;    /* "rename", "renameat" or "renameat2" */
    const char *source;
    const char *destination;
    const char *program;
    enum event_rule unless;         /* an EVENT_RULE_ALLOW_IF_…; EVENT_RULE_DEFAULT: none */
    const struct event_state *left; /* NULL: not known, or nothing was renamed */
    unsigned repeated;              /* earlier refusals of the same pair without an event */
    int pid;
};

/* Room for any event whose three paths are at most PATH_RESOLVED_MAX long. */
#define EVENT_LINE_MAX                                                                             \
    (TEXT_JSON_MAX(PATTERN_MAX) + 3 * TEXT_JSON_MAX(PATH_RESOLVED_MAX) + (size_t)512)

/* Writes the event and a newline to `out`, without a NUL. Its strings are read, never kept. Returns
 * the number of bytes written, or 0 if `size` bytes cannot hold them. */
size_t event_encode(const struct event *event, char *out, size_t size);

/*
 * Parses the text of a rule as event_encode writes it, such as "protect:/srv/dist/". Sets `*rule`,
 * and `*pattern` to the pattern inside `text`, or to NULL if this rule has none. Returns 0, or -1
 * if the text is not a rule.
 */
int event_rule_parse(const char *text, enum event_rule *rule, const char **pattern);

#endif
