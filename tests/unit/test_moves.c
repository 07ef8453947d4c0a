/* SPDX-License-Identifier: MIT */
#include "launcher/verify/verify.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
    return unlink("dist/a") + unlink("dist/b") + unlink("dist/one") + unlink("dist/two") +
           rmdir("dist");
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

static int remove_one_of_two_names(void)
{
    return unlink("dist/one");
}

static int move_one_of_two_names(void)
{
    return rename("dist/one", "dist/c");
}

/* One new name for two that are gone. */
static int remove_one_move_the_other(void)
{
    return unlink("dist/one") + rename("dist/two", "dist/c");
}

static int move_both_names(void)
{
    return rename("dist/one", "dist/c") + rename("dist/two", "dist/d");
}

static int move_onto_the_other_tree(void)
{
    return rename("dist", "moved");
}

/* Of equal size, time and, on most filesystems, number. */
static int remove_and_make_alike(void)
{
    struct stat facts;
    struct timespec times[2];

    ck_assert_int_eq(stat("dist/a", &facts), 0);
    times[0] = facts.st_atim;
    times[1] = facts.st_mtim;
    ck_assert_int_eq(unlink("dist/a"), 0);
    put_file("dist/new", "x");
    return utimensat(AT_FDCWD, "dist/new", times, 0);
}

static int move_and_change_quietly(void)
{
    struct stat facts;
    struct timespec times[2];

    ck_assert_int_eq(rename("dist/a", "dist/c"), 0);
    ck_assert_int_eq(stat("dist/c", &facts), 0);
    times[0] = facts.st_atim;
    times[1] = facts.st_mtim;
    put_file("dist/c", "x");
    return utimensat(AT_FDCWD, "dist/c", times, 0);
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
    {"all removed", "dist/", remove_all, 4},
    {"removed, and another file made", "dist/", remove_and_make, 1},
    {"moved onto another: that one is replaced", "dist/", move_onto, 1},
    {"moved and written to", "dist/", move_and_change, 1},
    {"one of two names removed", "dist/", remove_one_of_two_names, 1},
    {"one of two names moved", "dist/", move_one_of_two_names, 0},
    {"one of two names removed, the other moved", "dist/", remove_one_move_the_other, 1},
    {"both names moved", "dist/", move_both_names, 0},
    {"the whole tree moved away", "dist/", move_onto_the_other_tree, 4},
    {"removed, and one alike made", "dist/", remove_and_make_alike, 1},
    {"moved, and other bytes of one size and time written", "dist/", move_and_change_quietly, 1},
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
    put_file("dist/one", "two names");
    ck_assert_int_eq(link("dist/one", "dist/two"), 0);
    policy = policy_of(rows[_i].protect);
    ck_assert_int_eq(snapshot_take(&policy, OPTIONS_VERIFY_STAT, &snapshot), 0);
    ck_assert_msg(rows[_i].act() == 0, "%s", rows[_i].name);
    ck_assert_int_eq(snapshot_compare(snapshot, &changes), 0);
    ck_assert_int_eq(changes_forgive_moves(&policy, snapshot, &changes), 0);
    changes_settle(&changes);
    ck_assert_msg(changes.count == rows[_i].changes, "%s: %zu", rows[_i].name, changes.count);
    changes_free(&changes);
    snapshot_free(snapshot);
}
END_TEST

/* ---- patterns that float ---- */

static const struct {
    const char *name;
    const char *protect;
    const char *from;
    const char *to;
    size_t changes; /* that are left */
} floating[] = {
    {"to a directory beside", "NOCLOBBER_PROTECT=*.deb", "x.deb", "../beside/y.deb", 0},
    {"to the directory above", "NOCLOBBER_PROTECT=*.deb", "x.deb", "../x.deb", 0},
    {"down", "NOCLOBBER_PROTECT=*.deb", "x.deb", "below/x.deb", 0},
    {"beside, to a name that is not guarded", "NOCLOBBER_PROTECT=*.deb", "x.deb", "../beside/x", 1},
    {"by a pattern that does not float", "NOCLOBBER_PROTECT=@/here/", "x.deb", "../beside/x.deb",
     1},
    {"among all that is guarded, what is named", "NOCLOBBER_PROTECT=*.deb:*", "x.deb",
     "../beside/x.deb", 0},
    {"and what is not named", "NOCLOBBER_PROTECT=*.rpm:*", "x.deb", "../beside/x.deb", 0},
};

START_TEST(what_floats_may_be_moved_outside)
{
    char variable[1024];
    char *environment[2] = {variable, NULL};
    struct policy_error error;
    struct policy policy;
    struct snapshot *snapshot;
    struct changes changes;
    const char *const at = strchr(floating[_i].protect, '@');

    if (at)
        snprintf(variable, sizeof variable, "%.*s%s%s", (int)(at - floating[_i].protect),
                 floating[_i].protect, sandbox_path(), at + 1);
    else
        snprintf(variable, sizeof variable, "%s", floating[_i].protect);
    ck_assert_int_eq(policy_parse(&policy, environment, storage, sizeof storage, &error), 0);
    put_directory("here");
    put_directory("beside");
    put_directory("here/below");
    ck_assert_int_eq(chdir("here"), 0);
    put_file("x.deb", "x");
    ck_assert_int_eq(snapshot_take(&policy, OPTIONS_VERIFY_STAT, &snapshot), 0);
    ck_assert_int_eq(rename(floating[_i].from, floating[_i].to), 0);
    ck_assert_int_eq(snapshot_compare(snapshot, &changes), 0);
    ck_assert_uint_eq(changes.count, 1);
    ck_assert_int_eq(changes_forgive_moves(&policy, snapshot, &changes), 0);
    changes_settle(&changes);
    ck_assert_msg(changes.count == floating[_i].changes, "%s", floating[_i].name);
    changes_free(&changes);
    snapshot_free(snapshot);
}
END_TEST

/* Where one may not look, nothing is found, and what is gone stays gone. */
START_TEST(what_cannot_be_looked_into_holds_nothing)
{
    const struct policy policy = policy_of("dist/");
    struct snapshot *snapshot;
    struct changes changes;

    ck_assert_int_eq(chmod(".", 0755) + chmod("..", 0755), 0);
    put_directory("dist");
    put_directory("dist/closed");
    put_file("dist/a", "a");
    ck_assert_int_eq(snapshot_take(&policy, OPTIONS_VERIFY_STAT, &snapshot), 0);
    ck_assert_int_eq(rename("dist/a", "dist/closed/a"), 0);
    ck_assert_int_eq(chmod("dist/closed", 0), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    ck_assert_int_eq(snapshot_compare(snapshot, &changes), 0);
    ck_assert_int_eq(changes_forgive_moves(&policy, snapshot, &changes), 0);
    changes_settle(&changes);
    ck_assert_uint_eq(changes.count, 1);
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(chmod("dist/closed", 0700), 0);
    changes_free(&changes);
    snapshot_free(snapshot);
}
END_TEST

/* Linear in all of them. */
START_TEST(thousands_of_moves_are_found)
{
    struct policy policy;
    struct snapshot *snapshot;
    struct changes changes;
    char name[64];
    char moved[64];

    put_directory("dist");
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "dist/%d", i);
        put_file(name, "content");
    }
    policy = policy_of("dist/");
    ck_assert_int_eq(snapshot_take(&policy, OPTIONS_VERIFY_STAT, &snapshot), 0);
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "dist/%d", i);
        snprintf(moved, sizeof moved, i % 1000 == 7 ? "gone%d" : "dist/moved%d", i);
        ck_assert_int_eq(rename(name, moved), 0);
    }
    ck_assert_int_eq(snapshot_compare(snapshot, &changes), 0);
    ck_assert_uint_eq(changes.count, 5000);
    ck_assert_int_eq(changes_forgive_moves(&policy, snapshot, &changes), 0);
    changes_settle(&changes);
    ck_assert_uint_eq(changes.count, 5);
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
    tcase_add_loop_test(tcase, what_floats_may_be_moved_outside, 0, ROWS(floating));
    tcase_add_test(tcase, what_cannot_be_looked_into_holds_nothing);
    tcase_add_test(tcase, thousands_of_moves_are_found);
    tcase_add_test(tcase, without_a_snapshot_nothing_is_asked);
}

int main(void)
{
    return run_tests("moves", add);
}
