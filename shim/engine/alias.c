/* SPDX-License-Identifier: MIT */
#include "engine/alias.h"

#include <stdatomic.h>
#include <string.h>

#include "core/text.h"

#define LEVELS_MAX 64

struct identity {
    unsigned long long inode;
    unsigned long long mount;
    unsigned device_major;
    unsigned device_minor;
};

/* A directory that a pattern begins with: `length` bytes of the pattern are its path. */
struct place {
    struct identity directory;
    const char *pattern;
    size_t length;
};

/* Written by alias_learn, afterwards only read. */
static struct place places[ALIAS_MAX];
static unsigned count;
static struct identity root;

static struct identity identify(const struct statx *facts)
{
    const struct identity identity = {facts->stx_ino, sys_mount_id(facts), facts->stx_dev_major,
                                      facts->stx_dev_minor};

    return identity;
}

static int is_same(const struct identity *one, const struct identity *other)
{
    return one->inode == other->inode && one->device_major == other->device_major &&
           one->device_minor == other->device_minor;
}

/* ---- at the start ---- */

/* The length of the directory without wildcards that an anchored pattern begins with; 0: the
 * root. */
static size_t literal_length(const char *pattern)
{
    size_t slash = 0;

    for (size_t i = 0; pattern[i] != '\0'; i++) {
        if (pattern[i] == '/')
            slash = i;
        if (pattern[i] == '*' || pattern[i] == '?' || pattern[i] == '[' || pattern[i] == '\\')
            break;
    }
    return slash;
}

TEXT_GUARDED static void learn(const struct sys *sys, const char *pattern)
{
    char path[512];
    const size_t length = pattern[0] == '/' ? literal_length(pattern) : 0;
    struct statx facts;

    if (length == 0 || length >= sizeof path || count == ALIAS_MAX)
        return;
    memcpy(path, pattern, length);
    path[length] = '\0';
    if (sys_statx_own(sys, path, &facts) == 0 && (facts.stx_mode & S_IFMT) == S_IFDIR)
        places[count++] = (struct place){identify(&facts), pattern, length};
}

static void learn_all(const struct sys *sys, const struct policy *policy)
{
    const char *pattern = policy->protect.first;

    for (size_t i = 0; i < policy->protect.count; i++) {
        learn(sys, pattern);
        pattern += strlen(pattern) + 1;
    }
}

void alias_learn(const struct sys *sys, const struct policy *policy)
{
    struct statx facts;

    learn_all(sys, policy);
    for (unsigned i = 0; i < policy->outer_count; i++)
        learn_all(sys, &policy->outer[i]);
    if (count != 0 && sys_statx_own(sys, "/", &facts) == 0)
        root = identify(&facts);
}

/* ---- whether there may be another path ---- */

/* Whether the root is still the one of the start; checked once. */
static int is_root_known(const struct sys *sys)
{
    static _Atomic int answer;
    struct statx facts;
    struct identity now;
    int known = atomic_load_explicit(&answer, memory_order_relaxed);

    if (known == 0) {
        known = -1;
        if (sys_statx_own(sys, "/", &facts) == 0) {
            now = identify(&facts);
            known = is_same(&root, &now) ? 1 : -1;
        }
        atomic_store_explicit(&answer, known, memory_order_relaxed);
    }
    return known == 1;
}

/* Whether a directory may be a noted one, or below one, under another path: it is on the same
 * filesystem but another mount. On one mount and below one root, a directory has only one path. */
static int is_suspect(const struct sys *sys, const struct identity *directory)
{
    for (unsigned i = 0; i < count; i++)
        if (places[i].directory.device_major == directory->device_major &&
            places[i].directory.device_minor == directory->device_minor &&
            (places[i].directory.mount != directory->mount || !is_root_known(sys)))
            return 1;
    return 0;
}

/* ---- a directory and its parents ---- */

/* The decision about the place's path followed by `rest`, which begins with a slash. */
static struct policy_decision decide_below(const struct policy *policy, const struct place *place,
                                           const char *rest, char *buffer, size_t size)
{
    const size_t length = strlen(rest) + 1;

    if (place->length + length > size)
        return policy_decide(policy, NULL);
    memcpy(buffer, place->pattern, place->length);
    memcpy(buffer + place->length, rest, length);
    return policy_decide(policy, buffer);
}

static struct policy_decision decide_at(const struct policy *policy,
                                        const struct identity *directory, const char *rest,
                                        char *buffer, size_t size)
{
    struct policy_decision decision = {.guard = POLICY_UNGUARDED};

    for (unsigned i = 0; i < count && decision.guard == POLICY_UNGUARDED; i++)
        if (is_same(&places[i].directory, directory))
            decision = decide_below(policy, &places[i], rest, buffer, size);
    return decision;
}

/* AT_FDCWD goes by the program's way (sys->path): under --trace it is another process's. */
static int look_up(const struct sys *sys, int parent, const char *up, struct identity *directory)
{
    struct statx facts;
    const int result = parent == AT_FDCWD ? sys_statx(sys, AT_FDCWD, up, 0, &facts)
                                          : (int)sys->kernel(SYS_statx, parent, (long)up, 0,
                                                             STATX_BASIC_STATS, (long)&facts, 0);

    if (result == 0)
        *directory = identify(&facts);
    return result;
}

TEXT_GUARDED struct policy_decision alias_decide(const struct sys *sys, const struct policy *policy,
                                                 int parent, const char *path, char *buffer,
                                                 size_t size)
{
    struct policy_decision decision = {.guard = POLICY_UNGUARDED};
    char up[3 * LEVELS_MAX + 2];
    size_t length = 1;
    struct identity directory;
    size_t rest;

    memcpy(up, ".", 2);
    if (count == 0 || (look_up(sys, parent, up, &directory) == 0 && !is_suspect(sys, &directory)))
        return decision;
    rest = strlen(path);
    while (rest > 0 && decision.guard == POLICY_UNGUARDED) {
        while (path[--rest] != '/')
            ;
        if (length + sizeof "/.." > sizeof up || look_up(sys, parent, up, &directory) != 0)
            return policy_decide(policy, NULL);
        decision = decide_at(policy, &directory, path + rest, buffer, size);
        memcpy(up + length, "/..", sizeof "/..");
        length += 3;
    }
    return decision;
}
