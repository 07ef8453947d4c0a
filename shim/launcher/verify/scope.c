/* SPDX-License-Identifier: MIT */
/*
 * A `/` in a pattern is always literal, never in a set or escaped. So a pattern can be cut at any
 * of them, and the part before the cut matched against a directory.
 */
#include "launcher/verify/scope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/path.h"
#include "core/pattern.h"
#include "launcher/kernel.h"

/* ---- roots ---- */

/*
 * Writes the literal directory that an anchored pattern begins with, or all of the pattern if
 * nothing in it is special.
 */
static void literal_part(const char *pattern, char out[PATTERN_MAX + 1])
{
    size_t used = 0;
    size_t slash = 0;

    for (; *pattern != '\0' && !strchr("*?[", *pattern); pattern++) {
        pattern += *pattern == '\\';
        if (*pattern == '/')
            slash = used;
        out[used++] = *pattern;
    }
    if (*pattern != '\0' || slash + 1 == used)
        used = slash;
    if (used == 0)
        out[used++] = '/';
    out[used] = '\0';
}

/* Whether a rename could have this name: a path through a symbolic link resolves to another. */
static int is_resolved(const char *path)
{
    char resolved[PATH_RESOLVED_MAX];
    const int result = path_resolve(&kernel_sys, AT_FDCWD, path, resolved, sizeof resolved);

    return path[1] == '\0' || result < 0 || strcmp(path, resolved) == 0;
}

static int add_root(struct scope *scope, const char *path)
{
    char **const roots = realloc(scope->roots, (scope->count + 1) * sizeof *roots);

    if (!roots)
        return -ENOMEM;
    scope->roots = roots;
    roots[scope->count] = strdup(path);
    if (!roots[scope->count])
        return -ENOMEM;
    scope->count++;
    return 0;
}

static int add_pattern(struct scope *scope, const char *pattern)
{
    char literal[PATTERN_MAX + 1];

    if (pattern[0] != '/')
        return add_root(scope, scope->here);
    literal_part(pattern, literal);
    return is_resolved(literal) ? add_root(scope, literal) : 0;
}

/* Whether `path` is `directory` or below it. */
static int is_within(const char *path, const char *directory)
{
    const size_t length = directory[1] == '\0' ? 0 : strlen(directory);

    return strncmp(path, directory, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* By bytes, but a slash before all others, so that what is below a path follows it directly. */
static int compare_roots(const void *left, const void *right)
{
    const unsigned char *one = *(unsigned char *const *)left;
    const unsigned char *other = *(unsigned char *const *)right;

    while (*one == *other && *one != '\0') {
        one++;
        other++;
    }
    return (*one == '/' ? 1 : *one) - (*other == '/' ? 1 : *other);
}

/* Removes roots below another root. */
static void merge_roots(struct scope *scope)
{
    size_t kept = 0;

    if (scope->count > 1)
        qsort(scope->roots, scope->count, sizeof *scope->roots, compare_roots);
    for (size_t i = 0; i < scope->count; i++) {
        if (kept > 0 && is_within(scope->roots[i], scope->roots[kept - 1]))
            free(scope->roots[i]);
        else
            scope->roots[kept++] = scope->roots[i];
    }
    scope->count = kept;
}

int scope_begin(const struct policy *policy, const char *here, struct scope *scope)
{
    const char *pattern = policy->protect.first;
    int result = 0;

    memset(scope, 0, sizeof *scope);
    scope->policy = policy;
    scope->here = here ? strdup(here) : getcwd(NULL, 0);
    if (!scope->here)
        return -errno;
    if (policy->protect.count == 0)
        result = add_root(scope, scope->here);
    for (size_t i = 0; i < policy->protect.count && result == 0; i++) {
        result = add_pattern(scope, pattern);
        pattern += strlen(pattern) + 1;
    }
    if (result == 0)
        merge_roots(scope);
    else
        scope_free(scope);
    return result;
}

void scope_free(struct scope *scope)
{
    for (size_t i = 0; i < scope->count; i++)
        free(scope->roots[i]);
    free(scope->roots);
    free(scope->here);
    memset(scope, 0, sizeof *scope);
}

/* ---- reach ---- */

static size_t count_components(const char *path)
{
    size_t count = 0;

    for (; *path != '\0'; path++)
        count += path[0] == '/' && path[1] != '\0';
    return count;
}

/*
 * Returns the slash, or the end, after the first `count` components of an anchored pattern; NULL
 * if `**`, which matches any number of components, is among them.
 */
static const char *skip_components(const char *pattern, size_t count)
{
    for (; count > 0 && *pattern != '\0'; count--) {
        pattern++;
        for (; *pattern != '\0' && *pattern != '/'; pattern++)
            if (pattern[0] == '*' && pattern[1] == '*')
                return NULL;
    }
    return pattern;
}

static int is_tree(const char *pattern)
{
    return pattern[strlen(pattern) - 1] == '/';
}

/* Whether an anchored pattern could match below a directory. */
static int anchored_reaches(const char *pattern, const char *directory)
{
    const char *const cut = skip_components(pattern, count_components(directory));
    char front[PATTERN_MAX + 1];

    if (!cut || cut == pattern)
        return 1;
    if (*cut == '\0')
        return is_tree(pattern) && pattern_match(pattern, directory);
    memcpy(front, pattern, (size_t)(cut - pattern));
    front[cut - pattern] = '\0';
    return pattern_match(front, directory);
}

/* Floating patterns apply only below the working directory. */
static int is_near(const struct scope *scope, const char *directory)
{
    return is_within(directory, scope->here) || is_within(scope->here, directory);
}

static int is_protected_below(const struct scope *scope, const char *directory)
{
    const char *pattern = scope->policy->protect.first;
    int reaches = scope->policy->protect.count == 0 && is_near(scope, directory);

    for (size_t i = 0; i < scope->policy->protect.count && !reaches; i++) {
        reaches =
            pattern[0] == '/' ? anchored_reaches(pattern, directory) : is_near(scope, directory);
        pattern += strlen(pattern) + 1;
    }
    return reaches;
}

/* Whether ALLOW excepts the whole tree. */
static int is_allowed_below(const struct scope *scope, const char *directory)
{
    const char *pattern = scope->policy->allow.first;

    for (size_t i = 0; i < scope->policy->allow.count; i++) {
        if (is_tree(pattern) && pattern_match(pattern, directory))
            return 1;
        pattern += strlen(pattern) + 1;
    }
    return 0;
}

int scope_reaches(const struct scope *scope, const char *directory)
{
    return is_protected_below(scope, directory) && !is_allowed_below(scope, directory);
}

int scope_names(const struct policy *policy, const char *path)
{
    const struct policy_decision decision = policy_decide(policy, path);

    return decision.guard == POLICY_GUARDED && decision.pattern &&
           strcmp(decision.pattern, POLICY_EVERYTHING) != 0;
}
