/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_EVENT_H
#define NOCLOBBER_CORE_EVENT_H

/*
 * Events: what happened to one call, as one line of JSON (RFC 8259) that no file name can forge.
 *
 *   {"time":1795390000.123456789,"verdict":"refused","rule":"protect:/srv/dist/","call":"rename",
 *    "source":"/srv/tmp/a","destination":"/srv/dist/a","pid":42,"program":"/usr/bin/mv"}
 *
 * "unless" follows where an event is audited that an ALLOW_IF would have let through: which one.
 * "left" follows where a rename was let through: the state of the file that it left at the
 * destination, as "MAJOR:MINOR:INODE:SIZE:MODIFIED:CHANGED:MODE:LINKS:OWNER:GROUP", decimal, times in
 * nanoseconds since the Epoch, the mode as in stat(2). So noclobber(1) can tell what the rename did from what somebody
 * did to the file later. Across filesystems the program gets EXDEV and will copy: then it is the
 * state of the source, with 0 for device, inode and CHANGED.
 * "repeated" follows where earlier refusals of the same pair were counted and not written.
 * Functions here are pure: async-signal-safe, no allocation, no errno.
 */

#include <stddef.h>

#include "core/path.h"
#include "core/pattern.h"
#include "core/text.h"

enum event_verdict {
    EVENT_REFUSED, /* the destination was left alone, and the caller told */
    EVENT_AUDITED, /* would have been refused, and was let through */
    EVENT_ALLOWED, /* let through by an exception: ALLOW or ALLOW_IF */
};

/* Which rule decided. */
enum event_rule {
    EVENT_RULE_DEFAULT, /* no PROTECT: every destination is guarded */
    EVENT_RULE_PROTECT, /* with the pattern */
    EVENT_RULE_ALLOW,   /* with the pattern */
    EVENT_RULE_ALLOW_IF_SAME,
    EVENT_RULE_ALLOW_IF_SYMLINK,
    EVENT_RULE_ALLOW_IF_EMPTY,
    EVENT_RULE_FALLBACK,     /* neither an exclusive rename nor its emulation was available */
    EVENT_RULE_UNDECIDED,    /* the destination's path could not be had: fail closed */
    EVENT_RULE_POLICY_ERROR, /* the policy could not be parsed: fail closed */
};

/* What is known of a file: what stat(2) says. */
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
    const char *pattern; /* for the two rules that have one, else ignored */
    const char *call;    /* "rename", "renameat" or "renameat2" */
    const char *source;
    const char *destination;
    const char *program;
    enum event_rule unless;         /* an EVENT_RULE_ALLOW_IF_…; EVENT_RULE_DEFAULT: none */
    const struct event_state *left; /* NULL: not known, or nothing was renamed */
    unsigned repeated; /* earlier refusals of the same pair that have no event of their own */
    int pid;
};

/* Room for any event whose three paths are at most PATH_RESOLVED_MAX long. */
#define EVENT_LINE_MAX                                                                             \
    (TEXT_JSON_MAX(PATTERN_MAX) + 3 * TEXT_JSON_MAX(PATH_RESOLVED_MAX) + (size_t)512)

/* Writes the event and a newline to `out`, without a NUL. Returns the length, or 0 when `size` is
 * too small. */
size_t event_encode(const struct event *event, char *out, size_t size);

/*
 * Reads the text of a rule, such as "protect:/srv/dist/", as event_encode writes it. Sets `*rule`, and `*pattern` to the
 * pattern in it, or to NULL if it has none. Returns 0, or -1 if the text is not a rule.
 */
int event_rule_parse(const char *text, enum event_rule *rule, const char **pattern);

#endif
