/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_POLICY_H
#define NOCLOBBER_CORE_POLICY_H

/*
 * The policy: what the NOCLOBBER_* variables say, and what follows from it for a destination.
 *
 * A `struct policy` of zeros is the strictest one: enforce, every destination guarded, no
 * exception, no log. Nothing here allocates, asks the kernel or touches errno; policy_decide is
 * async-signal-safe, and a policy that has been parsed may be read by any number of threads.
 */

#include <stddef.h>

enum policy_mode {
    POLICY_ENFORCE, /* refuse */
    POLICY_AUDIT,   /* record, then let through */
    POLICY_OFF,     /* do nothing at all */
};

/* What `noclobber --trace` writes for NOCLOBBER_MODE: a tracer decides about every call of this process,
 * so that a library in it has nothing to say. POLICY_OFF. */
#define POLICY_TRACED "traced"

enum policy_refusal {
    POLICY_REFUSAL_ERROR, /* the call fails */
    POLICY_REFUSAL_EXIT,  /* the process ends with status POLICY_EXIT_STATUS */
};

enum policy_fallback {
    POLICY_FALLBACK_EMULATE, /* link+unlink, mkdir+rename */
    POLICY_FALLBACK_REFUSE,  /* EOPNOTSUPP */
};

/* Bits of policy.allow_if. */
enum {
    POLICY_ALLOW_IF_SAME = 1,
    POLICY_ALLOW_IF_SYMLINK = 2,
    POLICY_ALLOW_IF_EMPTY = 4,
};

/* The status a process ends with under NOCLOBBER_ON_REFUSAL=exit. */
#define POLICY_EXIT_STATUS 17

/* Storage in bytes that is enough for any policy accepted: all patterns together, and the log's
 * path. Linux hands a program no longer string than this in its environment. */
#define POLICY_STORAGE_SIZE ((size_t)128 * 1024)

/* What is put behind the name of the report to name the file beside it, of one byte, that says that
 * the report is whole: emptied by who could not write a refusal there. That takes neither a
 * descriptor nor room on a disk. */
#define POLICY_REPORT_WHOLE ".whole"

/* The pattern that matches every path. A PROTECT with names and this behind them guards everything,
 * and still says what was named. */
#define POLICY_EVERYTHING "*"

/* `count` patterns, NUL-terminated, one behind the other. */
struct policy_patterns {
    const char *first;
    size_t count;
};

/*
 * Nested runs. A noclobber inside another one keeps every policy that it finds, in variables with a
 * number: NOCLOBBER_1_PROTECT, NOCLOBBER_1_MODE ... are those of the outermost run. Each is a
 * `struct policy` of its own, in `outer`. A destination gets the strictest answer of them all, so
 * that an inner run may add and never take away; an event goes to every log and report. The rename
 * that meets nothing never looks at any of them.
 */
#define POLICY_OUTER_MAX 8

struct policy {
    enum policy_mode mode;
    enum policy_refusal on_refusal;
    enum policy_fallback fallback;
    unsigned allow_if;
    struct policy_patterns protect; /* none: every destination is guarded */
    struct policy_patterns allow;
    const char *log;    /* absolute path, "-" for stderr, or NULL */
    const char *report; /* absolute path, or NULL: events go there as well, for noclobber(1) */
    int is_fallen_back; /* could not be parsed, so that everything is enforced */
    const struct policy *outer; /* the policies of the runs around this one; of the storage */
    unsigned outer_count;
};

/* What was wrong: pointers into the environment and into static storage. */
struct policy_error {
    const char *variable; /* "NAME=value" as it stands in the environment */
    const char *value;    /* the part of the value that is wrong: one pattern, one word of a list */
    size_t value_length;
    const char *expected; /* what would be right */
};

/* How much storage policy_parse needs for `environment`, in bytes: 0 for none, POLICY_STORAGE_SIZE
 * at most. */
size_t policy_storage_size(char *const *environment);

/*
 * Reads a policy from `environment`, a NULL-terminated array of "NAME=value" strings like
 * environ(7), into `*policy`. What it keeps it copies to `storage` (`size` bytes,
 * POLICY_STORAGE_SIZE is enough), which the caller owns and must keep as long as the policy; the
 * environment may be overwritten afterwards. The first of several variables of one name counts
 * (getenv(3)). Returns 0, or -EINVAL or -E2BIG (patterns over `size`) with `*error` set. `*policy`
 * is then fit for use and fails closed: enforce, every destination, no exception; and a variable
 * that is itself wrong means its strictest value.
 */
int policy_parse(struct policy *policy, char *const *environment, char *storage, size_t size,
                 struct policy_error *error);

/* Writes "libnoclobber: NAME 'value': what would be right; …" and a newline to `out`, without a
 * NUL, the value escaped and shortened so that it is one line. Returns its length, `size` at most;
 * POLICY_MESSAGE_MAX bytes are enough. */
#define POLICY_MESSAGE_MAX 896
size_t policy_error_message(const struct policy_error *error, char *out, size_t size);

enum policy_guard {
    POLICY_UNGUARDED, /* outside PROTECT */
    POLICY_ALLOWED,   /* in PROTECT, excepted by ALLOW */
    POLICY_GUARDED,
};

struct policy_decision {
    enum policy_guard guard;
    const char *pattern;   /* the one that decided, of the policy's storage; NULL: none did */
    enum policy_mode mode; /* of what is guarded: POLICY_AUDIT if nobody who guards it enforces */
    unsigned allow_if;     /* of what is guarded: the exceptions that all who guard it make */
    int is_alike;          /* policy_decide_alike: a pattern matches another spelling of the path */
};

/* Whether anybody wants events: a log or a report, here or in an outer policy. */
int policy_is_recorded(const struct policy *policy);

/* Whether an event of this policy, or of an outer one, goes to standard error. */
int policy_logs_to_stderr(const struct policy *policy);

/* Whether a destination's path matters to this policy at all: 0 when everything is guarded without
 * exception. */
int policy_needs_path(const struct policy *policy);

/*
 * Which guard a destination has, by this policy and the outer ones: the strictest answer. `path` is
 * absolute and resolved as for pattern_match; NULL, of a destination whose path is not known, is
 * guarded by every policy that is not off. Time is linear in the number of patterns. ALLOW beats
 * PROTECT of the same policy. The mode POLICY_OFF of `policy` itself is for the caller to look at.
 */
struct policy_decision policy_decide(const struct policy *policy, const char *path);

/* The same for a path that may be another spelling of a guarded one: PROTECT matches as
 * pattern_match_alike does. If `is_alike` of the answer is 0, policy_decide gives the same. */
struct policy_decision policy_decide_alike(const struct policy *policy, const char *path);

#endif
