/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_POLICY_H
#define NOCLOBBER_CORE_POLICY_H

/*
 * The policy: what the NOCLOBBER_* variables say, and what it means for a destination.
 *
 * A `struct policy` of zeros is the strictest: enforce, every destination guarded, no exception, no
 * log. Functions here are async-signal-safe: they allocate nothing, make no system call and leave
 * errno alone. Any number of threads may read a policy after it has been parsed.
 */

#include <stddef.h>

enum policy_mode {
    POLICY_ENFORCE, /* refuse */
    POLICY_AUDIT,   /* let through, and record */
    POLICY_OFF,     /* do nothing at all */
};

/* The NOCLOBBER_MODE that `noclobber --trace` sets: the tracer decides about every call of the
 * process, so a library in it does nothing. Parsed as POLICY_OFF. */
#define POLICY_TRACED "traced"

enum policy_refusal {
    POLICY_REFUSAL_ERROR, /* the call fails */
    POLICY_REFUSAL_EXIT,  /* the process ends with status POLICY_EXIT_STATUS */
};

enum policy_fallback {
    POLICY_FALLBACK_EMULATE, /* link+unlink, mkdir+rename */
    POLICY_FALLBACK_REFUSE,  /* EOPNOTSUPP */
};

/*
 * The conditions of NOCLOBBER_ALLOW_IF. To add one: an id here, a name in policy_parse.c and a rule
 * in core/event.h, both in this order. POLICY_EACH_CONDITION then fails to compile wherever the
 * conditions are told apart.
 */
enum policy_condition {
    POLICY_CONDITION_SAME,
    POLICY_CONDITION_SYMLINK,
    POLICY_CONDITION_EMPTY,
    POLICY_CONDITIONS,
};

#define POLICY_EACH_CONDITION(count)                                                               \
    _Static_assert((count) == POLICY_CONDITIONS, "a condition of ALLOW_IF is missing here")

/* Bits of policy.allow_if. */
enum {
    POLICY_ALLOW_IF_SAME = 1 << POLICY_CONDITION_SAME,
    POLICY_ALLOW_IF_SYMLINK = 1 << POLICY_CONDITION_SYMLINK,
    POLICY_ALLOW_IF_EMPTY = 1 << POLICY_CONDITION_EMPTY,
};

/* The rule of each condition as events name it, "allow_if:same". */
extern const char policy_conditions[POLICY_CONDITIONS][sizeof "allow_if:symlink"];

/* The name of a condition in NOCLOBBER_ALLOW_IF. Static storage. Async-signal-safe. */
static inline const char *policy_condition_name(enum policy_condition condition)
{
    return policy_conditions[condition] + sizeof "allow_if:" - 1;
}

/* The status a process ends with under NOCLOBBER_ON_REFUSAL=exit. */
#define POLICY_EXIT_STATUS 17

/* Storage in bytes that is enough for any valid policy: all patterns and paths together. One string
 * of the environment can be no longer than this (MAX_ARG_STRLEN, execve(2)). */
#define POLICY_STORAGE_SIZE ((size_t)128 * 1024)

/* Suffix of the completeness marker, a one-byte file next to the report's events. A process that
 * cannot append a refusal truncates it: truncate(2) needs neither a descriptor nor disk space. An
 * empty marker means that refusals are missing. */
#define POLICY_REPORT_WHOLE ".whole"

/* The pattern that matches every path. As the last one of PROTECT it guards everything, and events
 * still show which earlier pattern matched. */
#define POLICY_EVERYTHING "*"

/* `count` NUL-terminated patterns, one directly after the other. */
struct policy_patterns {
    const char *first;
    size_t count;
};

/*
 * Nested runs. A noclobber inside another one keeps the policies that it inherits, in numbered
 * variables: NOCLOBBER_1_PROTECT, NOCLOBBER_1_MODE ... are those of the outermost run. Each becomes
 * a `struct policy` in `outer`. A destination gets the strictest answer of all of them, so an inner
 * run can only add protection; an event goes to every log and report. A rename without a collision
 * looks at none of them.
 */
#define POLICY_OUTER_MAX 8

struct policy {
    enum policy_mode mode;
    enum policy_refusal on_refusal;
    enum policy_fallback fallback;
    unsigned allow_if;
    struct policy_patterns protect; /* count 0: every destination is guarded */
    struct policy_patterns allow;
    const char *log;            /* absolute path, "-" for stderr, or NULL */
    const char *report;         /* absolute path, or NULL: the same events, for noclobber(1) */
    int is_fallen_back;         /* could not be parsed: every destination is guarded and enforced */
    const struct policy *outer; /* the policies of the runs around this one, in the storage */
    unsigned outer_count;
};

/* A parse error: pointers into the environment and into static storage. */
struct policy_error {
    const char *variable; /* "NAME=value" in the environment */
    const char *value;    /* the part of the value that is wrong: one pattern, one list item */
    size_t value_length;
    const char *expected; /* what would be right */
};

/* The storage in bytes that policy_parse needs for `environment`: 0 (no variable of ours) to
 * POLICY_STORAGE_SIZE. */
size_t policy_storage_size(char *const *environment);

/*
 * Parses `environment`, a NULL-terminated array of "NAME=value" strings like environ(7), into
 * `*policy`. Strings and outer policies are copied to `storage` (`size` bytes, see
 * policy_storage_size), which the caller owns and must keep as long as the policy; the environment
 * may change afterwards. If a name occurs more than once, the first one counts, as for getenv(3).
 *
 * Returns 0; or -EINVAL, or -E2BIG if `size` is too small, with `*error` set to the first error.
 * `*policy` can then be used and fails closed: enforce, every destination, no exception; and each
 * wrong variable has its strictest value.
 */
int policy_parse(struct policy *policy, char *const *environment, char *storage, size_t size,
                 struct policy_error *error);

/* Writes the message "libnoclobber: NAME 'value': what would be right; …" and a newline to `out`,
 * without a NUL. The value is escaped and shortened, so that it is one line. Returns the length, at
 * most `size`; POLICY_MESSAGE_MAX bytes are enough. */
#define POLICY_MESSAGE_MAX 896
size_t policy_error_message(const struct policy_error *error, char *out, size_t size);

enum policy_guard {
    POLICY_UNGUARDED, /* outside PROTECT */
    POLICY_ALLOWED,   /* in PROTECT, excepted by ALLOW */
    POLICY_GUARDED,
};

struct policy_decision {
    enum policy_guard guard;
    const char *pattern;   /* the one that decided, in the policy's storage; or NULL */
    enum policy_mode mode; /* if guarded: POLICY_AUDIT unless a policy that guards it enforces */
    unsigned allow_if;     /* if guarded: the exceptions common to all policies that guard it */
    int is_alike;          /* policy_decide_alike: a pattern matches another spelling of the path */
};

/* Whether events are written: this policy or an outer one has a log or a report. 1 or 0. */
int policy_is_recorded(const struct policy *policy);

/* Whether the log of this policy or of an outer one is standard error: 1 or 0. */
int policy_logs_to_stderr(const struct policy *policy);

/* Whether the decision depends on the destination's path: 1, or 0 if everything is guarded without
 * exception. */
int policy_needs_path(const struct policy *policy);

/*
 * Decides about a destination: the strictest answer of this policy and the outer ones. `path` is
 * absolute and resolved as for pattern_match; or NULL if it is not known, which every policy that
 * is not off guards. ALLOW beats PROTECT of the same policy. Time is linear in the number of
 * patterns. The caller handles a `policy` whose own mode is POLICY_OFF.
 */
struct policy_decision policy_decide(const struct policy *policy, const char *path);

/* The same, but PROTECT also guards other spellings of what it names (pattern_match_alike). If
 * `is_alike` of the result is 0, policy_decide returns the same. */
struct policy_decision policy_decide_alike(const struct policy *policy, const char *path);

#endif
