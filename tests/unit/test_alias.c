/* SPDX-License-Identifier: MIT */
#include "engine/alias.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "core/path.h"
#include "unit/fake_sys.h"
#include "unit/run.h"
#include "unit/sandbox.h"

static char path[PATH_RESOLVED_MAX];
static char buffer[65536];
static char pattern[4096];

static void lay_out(void)
{
    put_directory("dist");
    put_directory("dist/sub");
    put_directory("other");
    put_directory("alias");
    put_directory("cover");
    put_directory("cover/dist");
}

/* The guard of the file at `name`, seen from here, by the other paths that it may have. */
static enum policy_guard guard_of(const struct policy *policy, const char *name)
{
    struct policy_decision decision;
    int parent;

    ck_assert_int_eq(path_hold(&fake_sys, AT_FDCWD, name, path, sizeof path, &parent), 0);
    ck_assert_int_eq(policy_decide(policy, path).guard, POLICY_UNGUARDED);
    fake_reset();
    decision = alias_decide(&fake_sys, policy, parent, path, buffer, sizeof buffer);
    path_release(&fake_sys, parent);
    return decision.guard;
}

static int mount_in_private(const char *from, const char *onto)
{
    char source[4096];

    snprintf(source, sizeof source, "%s", sandbox_expand(from));
    return unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
                   mount(source, sandbox_expand(onto), NULL, MS_BIND, NULL) < 0
               ? -1
               : 0;
}

static struct policy protect(const char *text, const char *allow)
{
    struct policy policy = {.mode = POLICY_ENFORCE};

    snprintf(pattern, sizeof pattern, "%s", sandbox_expand(text));
    policy.protect.first = pattern;
    policy.protect.count = 1;
    if (allow) {
        policy.allow.first = allow;
        policy.allow.count = 1;
    }
    return policy;
}

static const struct {
    const char *name;
    const char *pattern;
    const char *allow;
    const char *from; /* mounted on @/alias */
    const char *file;
    enum policy_guard guard;
} rows[] = {
    {"a tree", "@/dist/", NULL, "@/dist", "alias/app", POLICY_GUARDED},
    {"a tree, a directory deeper", "@/dist/", NULL, "@/dist", "alias/sub/app", POLICY_GUARDED},
    {"a tree below the mount", "@/dist/", NULL, "@", "alias/dist/app", POLICY_GUARDED},
    {"one file", "@/dist/app", NULL, "@/dist", "alias/app", POLICY_GUARDED},
    {"another file", "@/dist/app", NULL, "@/dist", "alias/map", POLICY_UNGUARDED},
    {"a wildcard", "@/dist/*.iso", NULL, "@/dist", "alias/a.iso", POLICY_GUARDED},
    {"a wildcard, another file", "@/dist/*.iso", NULL, "@/dist", "alias/a.log", POLICY_UNGUARDED},
    {"an exception", "@/dist/", "*.log", "@/dist", "alias/a.log", POLICY_ALLOWED},
    {"another directory", "@/dist/", NULL, "@/other", "alias/app", POLICY_UNGUARDED},
    {"beside it", "@/dist/", NULL, "@", "alias/other/app", POLICY_UNGUARDED},
};

START_TEST(a_bind_mount_has_the_guard_of_its_directory)
{
    const struct policy policy = protect(rows[_i].pattern, rows[_i].allow);

    lay_out();
    fake_reset();
    alias_learn(&fake_sys, &policy);
    if (mount_in_private(rows[_i].from, "@/alias") < 0) {
        run_skip("no mount(2) for us");
        return;
    }
    ck_assert_msg(guard_of(&policy, rows[_i].file) == rows[_i].guard, "%s: %s", rows[_i].name,
                  fake_story());
}
END_TEST

START_TEST(a_chroot_takes_no_guard_away)
{
    const struct policy policy = protect("@/dist/", NULL);

    lay_out();
    fake_reset();
    alias_learn(&fake_sys, &policy);
    if (chroot(".") < 0) {
        run_skip("no chroot(2) for us");
        return;
    }
    ck_assert_int_eq(guard_of(&policy, "/dist/app"), POLICY_GUARDED);
    ck_assert_int_eq(guard_of(&policy, "dist/sub/app"), POLICY_GUARDED);
    ck_assert_int_eq(guard_of(&policy, "/other/app"), POLICY_UNGUARDED);
    ck_assert_int_eq(guard_of(&policy, "app"), POLICY_UNGUARDED);
}
END_TEST

/* What is looked at, where nothing is mounted twice: the directory, and the root once. */
START_TEST(the_ordinary_case_is_cheap)
{
    const struct policy policy = protect("@/dist/", NULL);
    static const long first[] = {SYS_statx, SYS_statx, SYS_close, -1};
    static const long then[] = {SYS_statx, SYS_close, -1};

    lay_out();
    fake_reset();
    alias_learn(&fake_sys, &policy);
    ck_assert_int_eq(guard_of(&policy, "other/app"), POLICY_UNGUARDED);
    ck_assert_msg(fake_was(first), "%s", fake_story());
    ck_assert_int_eq(guard_of(&policy, "other/map"), POLICY_UNGUARDED);
    ck_assert_msg(fake_was(then), "%s", fake_story());
}
END_TEST

START_TEST(no_anchored_pattern_costs_nothing)
{
    const struct policy floats = {.protect = {"*.iso", 1}};

    lay_out();
    fake_reset();
    alias_learn(&fake_sys, &floats);
    ck_assert_int_eq(fake.count, 0);
    ck_assert_int_eq(guard_of(&floats, "app"), POLICY_UNGUARDED);
    ck_assert_int_eq(fake_count(SYS_statx), 0);
}
END_TEST

/* Whoever cannot look must not let through. */
START_TEST(what_cannot_be_looked_at_is_guarded)
{
    const struct policy policy = protect("@/dist/", NULL);
    int parent;

    lay_out();
    fake_reset();
    alias_learn(&fake_sys, &policy);
    ck_assert_int_eq(path_hold(&fake_sys, AT_FDCWD, "other/app", path, sizeof path, &parent), 0);
    fake_reset();
    fake.intercept = SYS_statx;
    fake.intercept_with = -EIO;
    ck_assert_int_eq(alias_decide(&fake_sys, &policy, parent, path, buffer, sizeof buffer).guard,
                     POLICY_GUARDED);
    path_release(&fake_sys, parent);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_bind_mount_has_the_guard_of_its_directory, 0, ROWS(rows));
    tcase_add_test(tcase, a_chroot_takes_no_guard_away);
    tcase_add_test(tcase, the_ordinary_case_is_cheap);
    tcase_add_test(tcase, no_anchored_pattern_costs_nothing);
    tcase_add_test(tcase, what_cannot_be_looked_at_is_guarded);
}

int main(void)
{
    return run_tests("alias", add);
}
