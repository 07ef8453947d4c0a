/* SPDX-License-Identifier: MIT */
/*
 * launcher/settings/anchor.h and launcher/verify/scope.h in a real tree: what a person names is what is matched, and
 * whatever is guarded is looked at.
 *
 * Input: a pattern as a person writes it, a NUL, a path; both from the middle of the tree.
 */
#include "launcher/settings/anchor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/path.h"
#include "core/pattern.h"
#include "fuzz/fuzz.h"
#include "launcher/kernel.h"
#include "launcher/verify/scope.h"

/* ---- the tree ---- */

static char base[PATH_MAX];
static int start_fd;

static void remove_tree(void)
{
    if (chdir(base) != 0)
        return;
    unlink("d/link");
    unlink("d/out");
    rmdir("d/e/f");
    rmdir("d/e");
    rmdir("d");
    if (chdir("/") == 0)
        rmdir(base);
}

static void make_tree(void)
{
    if (base[0] != '\0')
        return;
    start_fd = enter_folder(base);
    atexit(remove_tree);
    require(mkdir("d", 0755) == 0 && mkdir("d/e", 0755) == 0 && mkdir("d/e/f", 0755) == 0 &&
                symlink("e/f", "d/link") == 0 && symlink("..", "d/out") == 0,
            "a tree can be made");
}

/* ---- anchoring ---- */

/* A name that a person who means just that may write as it is. */
static int is_literal(const char *pattern)
{
    return strpbrk(pattern, "*?[]\\:") == NULL && strchr(pattern, '/') != NULL;
}

/* "--protect dir/name" guards what rename("…", "dir/name") destroys, "dir/" what is below it. */
static void require_same_place(const char *pattern, const char *anchored)
{
    char *const inside = join(pattern, pattern[strlen(pattern) - 1] == '/' ? "x" : "/x");
    char path[PATH_RESOLVED_MAX];

    if (pattern[strlen(pattern) - 1] != '/' &&
        path_resolve(&kernel_sys, AT_FDCWD, pattern, path, sizeof path) == 0)
        require(pattern_match(anchored, path), "a name guards the file of that name");
    if (pattern[strlen(pattern) - 1] == '/' &&
        path_resolve(&kernel_sys, AT_FDCWD, inside, path, sizeof path) == 0)
        require(pattern_match(anchored, path), "a tree guards what is in that folder");
    free(inside);
}

static void require_anchored(const char *pattern, const char *here, const char *anchored)
{
    char again[PATTERN_MAX + 2];
    const char *fault = NULL;

    require(strlen(anchored) <= PATTERN_MAX && !pattern_fault(anchored, strlen(anchored)),
            "an anchored pattern has no fault");
    require(anchor_pattern(anchored, here, again, sizeof again, &fault) == 0,
            "an anchored pattern can be anchored again");
    if (anchored[0] == '/')
        require(strcmp(again, anchored) == 0, "and stays what it is");
    if (is_literal(pattern) && strncmp(pattern, "**/", 3) != 0)
        require_same_place(pattern, anchored);
}

/* ---- looking ---- */

static int is_below(const char *path, const char *directory)
{
    const size_t length = directory[1] == '\0' ? 0 : strlen(directory);

    return strncmp(path, directory, length) == 0 && path[length] == '/';
}

static int is_below_roots(const struct scope *scope, const char *path)
{
    for (size_t i = 0; i < scope->count; i++)
        if (is_below(path, scope->roots[i]) || strcmp(path, scope->roots[i]) == 0)
            return 1;
    return 0;
}

/* Whatever the policy guards below the working directory or by an anchored pattern is below a root, and no directory on the
 * way to it is left out. */
static void require_reached(const struct policy *policy, const char *path)
{
    struct scope scope;
    char directory[PATH_RESOLVED_MAX];

    require(scope_begin(policy, NULL, &scope) == 0, "there is a scope");
    if (policy->protect.first[0] == '/' || is_below(path, scope.here)) {
        require(is_below_roots(&scope, path), "what is guarded is below a root");
        snprintf(directory, sizeof directory, "%s", path);
        for (char *slash; (slash = strrchr(directory, '/')) && slash > directory;) {
            *slash = '\0';
            require(scope_reaches(&scope, directory), "no directory on the way is left out");
        }
    }
    scope_free(&scope);
}

static void look(const char *anchored, const char *path)
{
    const struct policy policy = {.protect = {anchored, 1}};
    char resolved[PATH_RESOLVED_MAX];

    if (path_resolve(&kernel_sys, AT_FDCWD, path, resolved, sizeof resolved) == 0 &&
        policy_decide(&policy, resolved).guard == POLICY_GUARDED)
        require_reached(&policy, resolved);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    char *const pattern = input_string(&input, PATTERN_MAX + 64);
    char *const path = input_string(&input, 1024);
    char anchored[PATTERN_MAX + 2];
    char here[PATH_MAX];
    const char *fault = NULL;

    make_tree();
    require(chdir(base) == 0 && chdir("d") == 0 && getcwd(here, sizeof here), "there is a place");
    if (anchor_pattern(pattern, here, anchored, sizeof anchored, &fault) == 0) {
        require_anchored(pattern, here, anchored);
        look(anchored, path);
    } else {
        require(fault && *fault != '\0', "what is wrong has words");
    }
    require(fchdir(start_fd) == 0, "the first place is still there");
    free(path);
    free(pattern);
    return 0;
}
