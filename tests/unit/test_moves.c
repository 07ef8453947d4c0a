/* SPDX-License-Identifier: MIT */
#include "launcher/verify/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/run.h"
#include "unit/sandbox.h"

static char storage[POLICY_STORAGE_SIZE];

/* Guards the tree `protect` of the sandbox, or with NULL everything. */
static struct policy policy_of(const char *protect)
{
    char line[2048] = "NOCLOBBER_PROTECT=";
    char *environment[2] = {NULL, NULL};
    struct policy_error error;
    struct policy policy;

    if (protect) {
        sandbox_name(protect, line + strlen(line), 1024);
        environment[0] = line;
    }
    ck_assert_int_eq(policy_parse(&policy, environment, storage, sizeof storage, &error), 0);
    return policy;
}

/* What is done to dist/a and dist/b meanwhile. */
static int nothing(void)
{
    return 0;
}

static int move_within(void)
{
    return rename("dist/a", "dist/c");
}

static int move_out(void)
{
    return rename("dist/a", "elsewhere");
}

static int remove_one(void)
{
    return unlink("dist/a");
}

/* On most filesystems the new file gets the number of the old one. */
static int remove_and_make(void)
{
    if (unlink("dist/a") != 0)
        return -1;
    put_file("dist/new", "a");
    return 0;
}

static int remove_all(void)
{
    return unlink("dist/a") + unlink("dist/b") + rmdir("dist");
}

static int move_onto(void)
{
    return rename("dist/a", "dist/b");
}

static int move_and_change(void)
{
    if (rename("dist/a", "dist/c") != 0)
        return -1;
    put_file("dist/c", "something else");
    return 0;
}

static const struct {
    const char *name;
    const char *protect;
    int (*act)(void);
    size_t changes; /* that are left */
} rows[] = {
    {"nothing happened", "dist/", nothing, 0},
    {"moved to a free name of the tree", "dist/", move_within, 0},
    {"moved out of the tree", "dist/", move_out, 1},
    {"removed", "dist/", remove_one, 1},
    {"all removed", "dist/", remove_all, 2},
    {"removed, and another file made", "dist/", remove_and_make, 1},
    {"moved onto another: that one is replaced", "dist/", move_onto, 1},
    {"moved and written to", "dist/", move_and_change, 1},
    {"everything guarded: moved", NULL, move_within, 0},
    {"everything guarded: removed", NULL, remove_one, 0},
    {"everything guarded: replaced", NULL, move_onto, 1},
};

START_TEST(what_is_only_moved_is_forgiven)
{
    struct policy policy;
    struct snapshot *snapshot;
    struct changes changes;

    put_directory("dist");
    put_file("dist/a", "a");
    put_file("dist/b", "b");
    policy = policy_of(rows[_i].protect);
    ck_assert_int_eq(snapshot_take(&policy, OPTIONS_VERIFY_STAT, &snapshot), 0);
    ck_assert_msg(rows[_i].act() == 0, "%s", rows[_i].name);
    ck_assert_int_eq(snapshot_compare(snapshot, &changes), 0);
    ck_assert_int_eq(changes_forgive_moves(&policy, snapshot, &changes), 0);
    ck_assert_msg(changes.count == rows[_i].changes, "%s: %zu", rows[_i].name, changes.count);
    changes_free(&changes);
    snapshot_free(snapshot);
}
END_TEST

START_TEST(without_a_snapshot_nothing_is_asked)
{
    const struct policy policy = policy_of("dist/");
    struct changes changes = {NULL, 0};

    ck_assert_int_eq(changes_forgive_moves(&policy, NULL, &changes), 0);
    ck_assert_uint_eq(changes.count, 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, what_is_only_moved_is_forgiven, 0, ROWS(rows));
    tcase_add_test(tcase, without_a_snapshot_nothing_is_asked);
}

int main(void)
{
    return run_tests("moves", add);
}
