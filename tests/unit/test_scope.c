/* SPDX-License-Identifier: MIT */
#include "launcher/verify/scope.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "launcher/verify/verify.h"
#include "unit/run.h"
#include "unit/sandbox.h"
#include "unit/sandbox_policy.h"

/* The tree that all rows of the table below have. */
static void put_forest(void)
{
    put_directory("here");
    put_directory("here/dist");
    put_directory("here/dist/deep");
    put_directory("here/src");
    put_directory("there");
    put_directory("there/dist");
    put_directory("there/[x]*");
    put_file("here/dist/1", "");
    put_file("here/dist/deep/2.iso", "");
    put_file("here/src/3.iso", "");
    put_file("there/dist/4", "");
    put_file("there/5.iso", "");
    put_file("there/[x]*/6", "");
    put_link("way", "there");
    ck_assert_int_eq(chdir("here"), 0);
}

static const struct {
    const char *protect;
    const char *allow;
    const char *watched; /* the digits of the files' names; the working directory is `here` */
} rows[] = {
    {NULL, NULL, "123"},
    {NULL, "dist/", "3"},
    {NULL, "*.iso", "1"},
    {"dist/", NULL, "12"},
    {"*.iso", NULL, "23"},
    {"dist/*", NULL, "1"},
    {"dist/", "deep/", "1"},
    {"@/there/", NULL, "456"},
    {"@/there/dist/", NULL, "4"},
    {"@/there/5.iso", NULL, "5"},
    {"@/there/5.iso/", NULL, "5"},
    {"@/there/*.iso", NULL, "5"},
    {"@/there/dist", NULL, ""},
    {"@/*/dist/", NULL, "124"},
    {"@/*/dist/*", NULL, "14"},
    {"@/**/*.iso", NULL, "235"},
    {"@/?ere/dist/deep/*.iso", NULL, "2"},
    {"@/?here/dist/deep/*.iso", NULL, ""},
    {"@/h??[e-f]/dist/deep/*.iso", NULL, "2"},
    {"@/there/\\[x]\\*/", NULL, "6"},
    {"@/there/\\[x]\\*/*", NULL, "6"},
    {"@/there/", "@/there/dist/", "56"},
    {"dist/:@/there/dist/", NULL, "124"},
    {"@/:@/here/dist/:dist/", "*.iso", "146w"},
    {"@/there/:@/there/dist/:@/there/5.iso", NULL, "456"},
    {"@/way/", NULL, "w"},
    {"@/way/dist/", NULL, ""},
    {"@/absent/:/", "/", ""},
};

/* Removes everything, and sees what of it was watched. */
START_TEST(the_files_that_are_guarded_are_watched)
{
    struct policy policy;
    struct snapshot *snapshot;
    struct changes changes;
    char found[16] = "";
    size_t used = 0;

    put_forest();
    policy = sandbox_policy(rows[_i].protect, rows[_i].allow);
    ck_assert_int_eq(snapshot_take(&policy, OPTIONS_VERIFY_STAT, &snapshot), 0);
    ck_assert_int_eq(chdir(".."), 0);
    sweep();
    ck_assert_int_eq(snapshot_compare(snapshot, &changes), 0);
    for (char digit = '1'; digit <= 'w'; digit++)
        for (size_t i = 0; i < changes.count; i++)
            if (strrchr(changes.list[i].path, '/')[1] == digit && used + 1 < sizeof found)
                found[used++] = digit;
    ck_assert_msg(strcmp(found, rows[_i].watched) == 0, "%s without %s: '%s'",
                  rows[_i].protect ? rows[_i].protect : "everything",
                  rows[_i].allow ? rows[_i].allow : "nothing", found);
    ck_assert_uint_eq(changes.count, strlen(found));
    changes_free(&changes);
    snapshot_free(snapshot);
}
END_TEST

START_TEST(roots_that_overlap_are_walked_once)
{
    const struct policy policy = sandbox_policy("@/a/b/:@/a/:@/a-b/:@/a/c/*:x:@/a/", NULL);
    struct scope scope;

    ck_assert_int_eq(scope_begin(&policy, &scope), 0);
    ck_assert_uint_eq(scope.count, 1);
    ck_assert_str_eq(scope.roots[0], sandbox_path());
    scope_free(&scope);
    put_directory("elsewhere");
    ck_assert_int_eq(chdir("elsewhere"), 0);
    ck_assert_int_eq(scope_begin(&policy, &scope), 0);
    ck_assert_uint_eq(scope.count, 3);
    scope_free(&scope);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, the_files_that_are_guarded_are_watched, 0, ROWS(rows));
    tcase_add_test(tcase, roots_that_overlap_are_walked_once);
}

int main(void)
{
    return run_tests("scope", add);
}
