/* SPDX-License-Identifier: MIT */
#include "launcher/verify/scope.h"

#include <errno.h>
#include <sys/stat.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "launcher/verify/snapshot.h"
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

    ck_assert_int_eq(scope_begin(&policy, NULL, &scope), 0);
    ck_assert_uint_eq(scope.count, 1);
    ck_assert_str_eq(scope.roots[0], sandbox_path());
    scope_free(&scope);
    put_directory("elsewhere");
    ck_assert_int_eq(chdir("elsewhere"), 0);
    ck_assert_int_eq(scope_begin(&policy, NULL, &scope), 0);
    ck_assert_uint_eq(scope.count, 3);
    scope_free(&scope);
}
END_TEST

/* Names there stand for the kernel's state. */
START_TEST(what_is_no_storage_is_not_walked)
{
    static const char *const patterns[] = {"/proc/sys/kernel/", "/proc/1/", "/sys/kernel/"};
    struct policy policy;
    struct snapshot *snapshot;

    for (size_t i = 0; i < ROWS(patterns); i++) {
        policy = sandbox_policy(patterns[i], NULL);
        ck_assert_int_eq(snapshot_take(&policy, OPTIONS_VERIFY_STAT, &snapshot), 0);
        ck_assert_msg(snapshot->count == 0, "%s: %zu", patterns[i], snapshot->count);
        snapshot_free(snapshot);
    }
}
END_TEST

/* By their names, without a look at the tree: a fifo is no file whose contents could be kept. */
START_TEST(a_root_may_be_anything)
{
    struct policy policy;
    struct snapshot *snapshot;

    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    put_file("file", "");
    put_link("link", "none");
    policy = sandbox_policy("@/fifo:@/file:@/link:@/none:@/file/below", NULL);
    ck_assert_int_eq(snapshot_take(&policy, OPTIONS_VERIFY_HASH, &snapshot), 0);
    ck_assert_uint_eq(snapshot->count, 2);
    snapshot_free(snapshot);
}
END_TEST

START_TEST(a_directory_that_is_gone_has_no_files)
{
    const struct policy policy = sandbox_policy("*.deb", NULL);
    struct snapshot *snapshot;

    put_directory("gone");
    ck_assert_int_eq(chdir("gone"), 0);
    ck_assert_int_eq(rmdir("../gone"), 0);
    ck_assert_int_eq(snapshot_take(&policy, OPTIONS_VERIFY_STAT, &snapshot), -ENOENT);
    ck_assert_ptr_null(snapshot);
}
END_TEST

/* A pattern for a tree reaches below what it matches, one for a file does not. */
static const struct {
    const char *pattern;
    const char *directory;
    int reaches;
} reaches[] = {
    {"@/a/*/", "@/a/b", 1},      {"@/a/*/", "@/a/b/c/d", 1}, {"@/a/*", "@/a/b", 0},
    {"@/a/*", "@/a/b/c", 0},     {"@/a/*", "@/a", 1},        {"@/a/*/x", "@/a/b", 1},
    {"@/a/*/x", "@/a/b/c", 0},   {"@/a/b*/", "@/a/c/d", 0},  {"@/a/**/x", "@/a/b/c/d", 1},
    {"@/a/[bc]/", "@/a/c/d", 1},
};

START_TEST(a_directory_is_entered_where_a_match_could_be_below)
{
    char directory[512];
    struct policy policy = sandbox_policy(reaches[_i].pattern, NULL);
    struct scope scope;

    ck_assert_int_eq(scope_begin(&policy, NULL, &scope), 0);
    snprintf(directory, sizeof directory, "%s%s", sandbox_path(), reaches[_i].directory + 1);
    ck_assert_msg(scope_reaches(&scope, directory) == reaches[_i].reaches, "%s: %s",
                  reaches[_i].pattern, reaches[_i].directory);
    scope_free(&scope);
}
END_TEST

static const struct {
    const char *protect;
    const char *allow;
    const char *path;
    int names;
} named[] = {
    {"/srv/", NULL, "/srv/a", 1},   {"/srv/", NULL, "/a", 0},   {NULL, NULL, "/a", 0},
    {"/srv/:*", NULL, "/srv/a", 1}, {"/srv/:*", NULL, "/a", 0}, {"/srv/", "/srv/a", "/srv/a", 0},
};

START_TEST(a_name_is_what_somebody_wrote)
{
    const struct policy policy = sandbox_policy(named[_i].protect, named[_i].allow);

    ck_assert_int_eq(scope_names(&policy, named[_i].path), named[_i].names);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, what_is_no_storage_is_not_walked);
    tcase_add_test(tcase, a_root_may_be_anything);
    tcase_add_test(tcase, a_directory_that_is_gone_has_no_files);
    tcase_add_loop_test(tcase, a_directory_is_entered_where_a_match_could_be_below, 0,
                        ROWS(reaches));
    tcase_add_loop_test(tcase, a_name_is_what_somebody_wrote, 0, ROWS(named));
    tcase_add_loop_test(tcase, the_files_that_are_guarded_are_watched, 0, ROWS(rows));
    tcase_add_test(tcase, roots_that_overlap_are_walked_once);
}

int main(void)
{
    return run_tests("scope", add);
}
