/* SPDX-License-Identifier: MIT */
#include "launcher/verify/snapshot.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "unit/run.h"
#include "unit/sandbox.h"
#include "unit/sandbox_policy.h"

static struct snapshot *take(const char *protect, const char *allow, enum options_verify how)
{
    const struct policy policy = sandbox_policy(protect, allow);
    struct snapshot *snapshot;

    ck_assert_int_eq(snapshot_take(&policy, how, &snapshot), 0);
    return snapshot;
}

/* What has changed since: "K name" lines, K the first letter of the kind, name below the
 * sandbox. */
static const char *changes_since(const struct snapshot *snapshot)
{
    static const char letters[] = {[CHANGE_REPLACED] = 'p',
                                   [CHANGE_TRUNCATED] = 't',
                                   [CHANGE_CHANGED] = 'c',
                                   [CHANGE_REMOVED] = 'r'};
    static char out[4096];
    struct changes changes;
    size_t used = 0;

    out[0] = '\0';
    ck_assert_int_eq(snapshot_compare(snapshot, &changes), 0);
    for (size_t i = 0; i < changes.count && used + 300 < sizeof out; i++)
        used += (size_t)snprintf(out + used, sizeof out - used, "%s%c %s", i ? ", " : "",
                                 letters[changes.list[i].kind],
                                 changes.list[i].path + strlen(sandbox_path()) + 1);
    changes_free(&changes);
    return out;
}

static void set_times(const char *name, time_t seconds)
{
    const struct timespec times[2] = {{seconds, 0}, {seconds, 0}};

    ck_assert_int_eq(utimensat(AT_FDCWD, name, times, AT_SYMLINK_NOFOLLOW), 0);
}

/* So that what is written when the process ends can be. */
static void be_root_again(void)
{
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
}

/* ---- what counts as a change ---- */

static void do_nothing(void)
{
}

static void do_new_file(void)
{
    put_file("dist/new", "new");
}

static void do_truncate(void)
{
    ck_assert_int_eq(truncate("dist/a", 1), 0);
}

static void do_grow(void)
{
    ck_assert_int_eq(truncate("dist/a", 100), 0);
}

static void do_touch(void)
{
    set_times("dist/a", 2000);
}

static void do_replace(void)
{
    put_file("other", "aaaa");
    set_times("other", 1000);
    ck_assert_int_eq(rename("other", "dist/a"), 0);
}

/* Kept elsewhere, so that its inode's number is not given out again at once. */
static void keep_elsewhere(const char *name)
{
    ck_assert_int_eq(rename(name, "kept"), 0);
}

static void do_remove_and_create(void)
{
    keep_elsewhere("dist/a");
    put_file("dist/a", "longer than before");
}

static void do_remove(void)
{
    ck_assert_int_eq(unlink("dist/a"), 0);
}

static void do_move_away(void)
{
    ck_assert_int_eq(rename("dist/a", "elsewhere"), 0);
}

static void do_move_directory(void)
{
    ck_assert_int_eq(rename("dist", "elsewhere"), 0);
}

static void do_chmod_and_link(void)
{
    ck_assert_int_eq(chmod("dist/a", 0600), 0);
    ck_assert_int_eq(link("dist/a", "dist/b"), 0);
}

static void do_retarget(void)
{
    keep_elsewhere("dist/link");
    put_link("dist/link", "other");
    set_times("dist/link", 1000);
}

static void do_directory(void)
{
    keep_elsewhere("dist/a");
    put_directory("dist/a");
}

/* As `cp -p` of a file made for it would. */
static void do_quiet_change(void)
{
    put_file("dist/a", "bbbb");
    set_times("dist/a", 1000);
}

/* As `install -p` of a file made for it would. */
static void do_install_quietly(void)
{
    keep_elsewhere("dist/a");
    do_quiet_change();
}

static void do_replace_by_equal(void)
{
    keep_elsewhere("dist/a");
    put_file("dist/a", "aaaa");
    set_times("dist/a", 1000);
}

static void do_same_mode(void)
{
    struct stat facts;

    ck_assert_int_eq(stat("dist/a", &facts), 0);
    ck_assert_int_eq(chmod("dist/a", facts.st_mode & 07777), 0);
}

static void do_brief_link(void)
{
    ck_assert_int_eq(link("dist/a", "brief"), 0);
    ck_assert_int_eq(unlink("brief"), 0);
}

static void do_read(void)
{
    ck_assert(file_holds("dist/a", "aaaa"));
}

static void do_rewrite(void)
{
    put_file("dist/a", "aaaa");
    set_times("dist/a", 1000);
}

static void do_come_back(void)
{
    keep_elsewhere("dist/a");
    ck_assert_int_eq(rename("kept", "dist/a"), 0);
}

static void do_fifo(void)
{
    keep_elsewhere("dist/a");
    ck_assert_int_eq(mkfifo("dist/a", 0600), 0);
    set_times("dist/a", 1000);
}

static void do_outside(void)
{
    put_file("free", "x");
    ck_assert_int_eq(unlink("free"), 0);
}

static const struct {
    const char *name;
    void (*act)(void);
    const char *expected; /* as changes_since says it */
    const char *with_hashes;
} acts[] = {
    {"nothing", do_nothing, "", ""},
    {"a new file", do_new_file, "", ""},
    {"something outside", do_outside, "", ""},
    {"chmod and a further link", do_chmod_and_link, "", ""},
    {"truncated", do_truncate, "t dist/a", "t dist/a"},
    {"grown", do_grow, "c dist/a", "c dist/a"},
    {"touched", do_touch, "c dist/a", "c dist/a"},
    {"replaced, of equal size and time", do_replace, "p dist/a", "p dist/a"},
    {"removed and created", do_remove_and_create, "p dist/a", "p dist/a"},
    {"removed", do_remove, "r dist/a", "r dist/a"},
    {"moved away", do_move_away, "r dist/a", "r dist/a"},
    {"its directory moved away", do_move_directory, "r dist/a, r dist/link, r dist/sub/c",
     "r dist/a, r dist/link, r dist/sub/c"},
    {"a link with another target", do_retarget, "p dist/link", "p dist/link"},
    {"a directory in its place", do_directory, "p dist/a", "p dist/a"},
    {"contents of equal size and time", do_quiet_change, "c dist/a", "c dist/a"},
    {"another file with equal contents, size and time", do_replace_by_equal, "p dist/a",
     "p dist/a"},
    {"another file of one size and time in its place", do_install_quietly, "p dist/a", "p dist/a"},
    {"chmod to the mode that it has", do_same_mode, "", ""},
    {"a link that comes and goes", do_brief_link, "", ""},
    {"read", do_read, "", ""},
    {"written with what it holds", do_rewrite, "", ""},
    {"moved away and back", do_come_back, "", ""},
    {"a fifo in its place", do_fifo, "p dist/a", "p dist/a"},
};

static void put_tree(void)
{
    put_directory("dist");
    put_directory("dist/sub");
    put_file("dist/a", "aaaa");
    put_file("dist/sub/c", "c");
    put_file("free", "free");
    put_link("dist/link", "a");
    set_times("dist/a", 1000);
    set_times("dist/link", 1000);
}

static void check_act(int row, enum options_verify how, const char *expected)
{
    struct snapshot *snapshot;
    const char *found;

    put_tree();
    snapshot = take("dist/", NULL, how);
    ck_assert_uint_eq(snapshot->count, 3);
    acts[row].act();
    found = changes_since(snapshot);
    ck_assert_msg(strcmp(found, expected) == 0, "%s: '%s'", acts[row].name, found);
    snapshot_free(snapshot);
}

START_TEST(what_counts_by_size_and_time)
{
    check_act(_i, OPTIONS_VERIFY_STAT, acts[_i].expected);
}
END_TEST

START_TEST(what_counts_by_contents)
{
    check_act(_i, OPTIONS_VERIFY_HASH, acts[_i].with_hashes);
}
END_TEST

/* A time that is not over: written in the filesystem's present tick, or as here in the future. */
START_TEST(a_file_whose_time_is_not_over_is_known_by_its_contents)
{
    static const time_t in_2100 = 4102444800LL;
    struct snapshot *snapshot;

    put_directory("dist");
    put_file("dist/a", "aaaa");
    set_times("dist/a", in_2100);
    snapshot = take("dist/", NULL, OPTIONS_VERIFY_STAT);
    put_file("dist/a", "bbbb");
    set_times("dist/a", in_2100);
    ck_assert_str_eq(changes_since(snapshot), "c dist/a");
    snapshot_free(snapshot);
}
END_TEST

START_TEST(without_a_look_there_are_no_changes)
{
    struct snapshot *snapshot;
    size_t count = 1;

    put_tree();
    snapshot = take("dist/", NULL, OPTIONS_VERIFY_NONE);
    ck_assert_ptr_null(snapshot);
    do_remove();
    ck_assert_str_eq(changes_since(snapshot), "");
    ck_assert_ptr_null(snapshot_blind_spot(snapshot, &count));
    ck_assert_uint_eq(count, 0);
    snapshot_free(snapshot);
}
END_TEST

/* ---- what was not read ---- */

/* Until a file's times are older than any clock's tick: then they tell. */
static void let_time_pass(void)
{
    const struct timespec tick = {0, 30 * 1000 * 1000};

    ck_assert_int_eq(nanosleep(&tick, NULL), 0);
}

static void put_large(const char *name)
{
    put_file(name, "large");
    ck_assert_int_eq(truncate(name, 65 * 1024 * 1024), 0);
    set_times(name, 1000);
}

static void do_write_quietly(void)
{
    const int fd = open("dist/a", O_WRONLY);

    ck_assert_int_eq(pwrite(fd, "other", 5, 0), 5);
    close(fd);
    set_times("dist/a", 1000);
}

static void do_install_large(void)
{
    keep_elsewhere("dist/a");
    put_large("dist/a");
}

static void do_link(void)
{
    ck_assert_int_eq(link("dist/a", "dist/b"), 0);
}

static void do_other_mode(void)
{
    ck_assert_int_eq(chmod("dist/a", 0600), 0);
}

static const struct {
    const char *name;
    void (*act)(void);
    const char *expected;
    const char *with_hashes;
} large[] = {
    {"nothing", do_nothing, "", ""},
    {"other mode", do_other_mode, "", ""},
    {"a further link", do_link, "", ""},
    {"other bytes of one size and time", do_write_quietly, "c dist/a", "c dist/a"},
    {"another file of one size and time", do_install_large, "p dist/a", "p dist/a"},
    {"a ctime that nothing explains", do_same_mode, "c dist/a", ""},
};

/* 64 MiB are read without --verify=hash. */
static void check_large(int row, enum options_verify how, const char *expected)
{
    struct snapshot *snapshot;
    const char *found;

    put_directory("dist");
    put_large("dist/a");
    let_time_pass();
    snapshot = take("dist/", NULL, how);
    ck_assert_int_eq(snapshot->list[0].now.is_read, how == OPTIONS_VERIFY_HASH);
    large[row].act();
    found = changes_since(snapshot);
    ck_assert_msg(strcmp(found, expected) == 0, "%s: '%s'", large[row].name, found);
    snapshot_free(snapshot);
}

START_TEST(what_is_too_large_to_read_is_known_by_its_times)
{
    check_large(_i, OPTIONS_VERIFY_STAT, large[_i].expected);
}
END_TEST

START_TEST(hashes_are_of_all_files)
{
    check_large(_i, OPTIONS_VERIFY_HASH, large[_i].with_hashes);
}
END_TEST

START_TEST(so_many_files_are_read)
{
    struct snapshot *snapshot;
    size_t is_read = 0;
    char name[32];

    put_directory("dist");
    for (int i = 0; i < 4100; i++) {
        snprintf(name, sizeof name, "dist/%d", i);
        put_file(name, "a");
    }
    let_time_pass();
    snapshot = take("dist/", NULL, OPTIONS_VERIFY_STAT);
    for (size_t i = 0; i < snapshot->count; i++) {
        is_read += (size_t)snapshot->list[i].now.is_read;
        ck_assert_int_eq(snapshot->list[i].now.is_suspect, 0);
    }
    ck_assert_uint_eq(is_read, 4096);
    snapshot_free(snapshot);
}
END_TEST

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * FACTS_SECOND + time.tv_nsec;
}

/* As long as the clock of a filesystem may not have ticked since. A loaded machine may be too slow for one try. */
START_TEST(what_was_written_in_this_tick_is_suspect)
{
    int tried = 0;

    put_directory("dist");
    for (int i = 0; i < 500 && tried < 3; i++) {
        const int64_t begin = now();
        struct snapshot *snapshot;

        put_file("dist/a", "a");
        snapshot = take("dist/", NULL, OPTIONS_VERIFY_STAT);
        if (now() - begin < FACTS_SECOND / 50) {
            ck_assert_int_eq(snapshot->list[0].now.is_suspect, 1);
            tried++;
        }
        snapshot_free(snapshot);
    }
    ck_assert_int_gt(tried, 0);
}
END_TEST

static const struct {
    const char *name;
    time_t seconds; /* ago */
    long rest;      /* nanoseconds */
    int is_suspect;
} times[] = {
    {"whole seconds, the last one", 0, 0, 1},
    {"whole seconds, the one before: FAT counts in two", 1, 0, 1},
    {"whole seconds, long ago", 5, 0, 0},
    {"with a fraction, the second before", 1, 1, 0},
    {"in the future", -100, 1, 1},
};

START_TEST(a_time_of_whole_seconds_is_suspect_for_longer)
{
    const time_t second = (time_t)(now() / FACTS_SECOND) - times[_i].seconds;
    const struct timespec both[2] = {{second, times[_i].rest}, {second, times[_i].rest}};
    struct snapshot *snapshot;
    int found;

    put_directory("dist");
    put_file("dist/a", "a");
    ck_assert_int_eq(utimensat(AT_FDCWD, "dist/a", both, 0), 0);
    let_time_pass();
    snapshot = take("dist/", NULL, OPTIONS_VERIFY_STAT);
    found = snapshot->list[0].now.is_suspect;
    /* On a machine that took a second for that, the time is over. */
    if (!times[_i].is_suspect || now() < (int64_t)(second + 2) * FACTS_SECOND)
        ck_assert_msg(found == times[_i].is_suspect, "%s", times[_i].name);
    snapshot_free(snapshot);
}
END_TEST

START_TEST(what_can_no_longer_be_read_counts_as_changed_only_with_hashes)
{
    static const char *const expected[] = {
        [OPTIONS_VERIFY_STAT] = "", [OPTIONS_VERIFY_HASH] = "c dist/a"};
    struct snapshot *snapshot;

    ck_assert_int_eq(chmod(".", 0755) + chmod("..", 0755), 0);
    put_directory("dist");
    put_file("dist/a", "aaaa");
    let_time_pass();
    snapshot = take("@/dist/", NULL, (enum options_verify)_i);
    ck_assert_int_eq(chmod("dist/a", 0), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    ck_assert_str_eq(changes_since(snapshot), expected[_i]);
    snapshot_free(snapshot);
    be_root_again();
}
END_TEST

/* ---- which files are watched ---- */

START_TEST(the_log_and_the_report_are_left_out)
{
    char log[512];
    char report[512];
    struct policy policy = sandbox_policy(NULL, NULL);
    struct snapshot *snapshot;

    put_file("log", "");
    put_file("report", "");
    put_file("file", "");
    policy.log = sandbox_name("log", log, sizeof log);
    policy.report = sandbox_name("report", report, sizeof report);
    ck_assert_int_eq(snapshot_take(&policy, OPTIONS_VERIFY_STAT, &snapshot), 0);
    ck_assert_uint_eq(snapshot->count, 1);
    snapshot_free(snapshot);
}
END_TEST

START_TEST(other_things_than_files_and_links_are_left_out)
{
    struct snapshot *snapshot;

    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    put_directory("empty");
    snapshot = take(NULL, NULL, OPTIONS_VERIFY_HASH);
    ck_assert_uint_eq(snapshot->count, 0);
    snapshot_free(snapshot);
}
END_TEST

START_TEST(any_name_is_watched)
{
    static const char *const names[] = {"a b", "new\nline", "\xff\xfe", "*", "q\"'\\", "-x", ":"};
    struct snapshot *snapshot;
    struct changes changes;

    put_directory("d\n*");
    ck_assert_int_eq(chdir("d\n*"), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put_file(names[i], "");
    snapshot = take(NULL, NULL, OPTIONS_VERIFY_STAT);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put_file(names[i], "changed");
    ck_assert_int_eq(snapshot_compare(snapshot, &changes), 0);
    ck_assert_uint_eq(changes.count, sizeof names / sizeof *names);
    changes_free(&changes);
    snapshot_free(snapshot);
}
END_TEST

/* Deeper than a path may be long: the rest is a blind spot, and no error. */
START_TEST(what_is_too_deep_is_a_blind_spot)
{
    char name[201];
    struct snapshot *snapshot;
    size_t count;

    memset(name, 'd', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (int i = 0; i < 25; i++) {
        put_directory(name);
        put_file("file", "");
        ck_assert_int_eq(chdir(name), 0);
    }
    ck_assert_int_eq(chdir(sandbox_path()), 0);
    snapshot = take(NULL, NULL, OPTIONS_VERIFY_STAT);
    ck_assert_ptr_nonnull(snapshot_blind_spot(snapshot, &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_gt(snapshot->count, 15);
    ck_assert_str_eq(changes_since(snapshot), "");
    snapshot_free(snapshot);
}
END_TEST

/* Goes down until the path of the directory is PATH_MAX - 1 bytes long: the longest that is one. */
static void enter_longest(void)
{
    char name[201];
    size_t length = strlen(sandbox_path());

    while (length < PATH_MAX - 1) {
        const size_t left = PATH_MAX - 1 - length - 1;
        const size_t part = left <= 200 ? left : left >= 402 ? 200 : left / 2;

        memset(name, 'd', part);
        name[part] = '\0';
        put_directory(name);
        ck_assert_int_eq(chdir(name), 0);
        length += 1 + part;
    }
}

START_TEST(what_is_in_the_deepest_directory_is_found_again)
{
    struct snapshot *snapshot;
    size_t count;

    enter_longest();
    put_file("f", "");
    ck_assert_int_eq(chdir(sandbox_path()), 0);
    snapshot = take(NULL, NULL, OPTIONS_VERIFY_STAT);
    ck_assert_ptr_null(snapshot_blind_spot(snapshot, &count));
    ck_assert_uint_eq(snapshot->count, 1);
    ck_assert_str_eq(changes_since(snapshot), "");
    snapshot_free(snapshot);
}
END_TEST

START_TEST(a_directory_that_cannot_be_read_is_a_blind_spot)
{
    struct snapshot *snapshot;
    const char *spot;
    size_t count;

    put_directory("closed");
    put_file("open", "");
    ck_assert_int_eq(chmod("closed", 0), 0);
    ck_assert_int_eq(chmod(".", 0755) + chmod("..", 0755), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    snapshot = take("@/", NULL, OPTIONS_VERIFY_STAT);
    spot = snapshot_blind_spot(snapshot, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(strrchr(spot, '/'), "/closed");
    ck_assert_uint_eq(snapshot->count, 1);
    snapshot_free(snapshot);
    snapshot = take("@/closed/file", NULL, OPTIONS_VERIFY_STAT);
    ck_assert_str_eq(strrchr(snapshot_blind_spot(snapshot, &count), '/'), "/file");
    snapshot_free(snapshot);
    be_root_again();
}
END_TEST

START_TEST(with_hashes_a_file_that_cannot_be_read_is_a_blind_spot)
{
    struct snapshot *snapshot;
    size_t count;

    ck_assert_int_eq(chmod(".", 0755) + chmod("..", 0755), 0);
    put_file("closed", "a");
    ck_assert_int_eq(chmod("closed", 0), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    snapshot = take("@/", NULL, OPTIONS_VERIFY_HASH);
    ck_assert_str_eq(strrchr(snapshot_blind_spot(snapshot, &count), '/'), "/closed");
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(snapshot->count, 1);
    snapshot_free(snapshot);
    be_root_again();
}
END_TEST

/* ---- the list ---- */

START_TEST(what_an_event_explains_is_forgiven)
{
    static const char *const order[] = {"b", "a", "absent", "d", "c", "c"};
    static const size_t left[] = {3, 2, 2, 1, 0, 0};
    struct snapshot *snapshot;
    struct changes changes;
    char path[512];

    put_file("a", "");
    put_file("b", "");
    put_file("c", "");
    put_file("d", "");
    snapshot = take(NULL, NULL, OPTIONS_VERIFY_STAT);
    sweep();
    ck_assert_int_eq(snapshot_compare(snapshot, &changes), 0);
    ck_assert_uint_eq(changes.count, 4);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        changes_forgive(&changes, sandbox_name(order[i], path, sizeof path));
        changes_settle(&changes);
        ck_assert_uint_eq(changes.count, left[i]);
    }
    changes_free(&changes);
    snapshot_free(snapshot);
}
END_TEST

static struct event_state state_of(const char *name)
{
    struct statx facts;

    ck_assert_int_eq(statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &facts), 0);
    return (struct event_state){
        .device_major = facts.stx_dev_major,
        .device_minor = facts.stx_dev_minor,
        .inode = facts.stx_ino,
        .size = facts.stx_size,
        .modified = facts.stx_mtime.tv_sec * 1000000000LL + facts.stx_mtime.tv_nsec,
        .changed = facts.stx_ctime.tv_sec * 1000000000LL + facts.stx_ctime.tv_nsec,
        .mode = facts.stx_mode,
        .links = facts.stx_nlink,
        .owner = facts.stx_uid,
        .group = facts.stx_gid,
    };
}

static const struct {
    const char *name;
    void (*act)(void);
    int is_forgiven;
} afterwards[] = {
    {"nothing", do_nothing, 1},
    {"chmod", do_other_mode, 1},
    {"a further link", do_link, 1},
    {"written to", do_grow, 0},
    {"touched", do_touch, 0},
    {"other bytes of one size and time", do_quiet_change, 0},
    {"removed", do_remove, 0},
    {"replaced", do_replace, 0},
    {"another file of one size and time", do_install_quietly, 0},
    {"a directory in its place", do_directory, 0},
};

/* An exception lets a rename onto dist/a through. What happens to the file after that, nobody allowed. */
START_TEST(only_the_file_that_a_rename_left_is_forgiven)
{
    struct snapshot *snapshot;
    struct changes changes;
    struct event_state left;
    char path[512];

    put_tree();
    snapshot = take("dist/", NULL, OPTIONS_VERIFY_STAT);
    put_file("new", "newer");
    set_times("new", 1000);
    ck_assert_int_eq(rename("new", "dist/a"), 0);
    left = state_of("dist/a");
    let_time_pass();
    afterwards[_i].act();
    ck_assert_int_eq(snapshot_compare(snapshot, &changes), 0);
    changes_forgive_left(&changes, sandbox_name("dist/a", path, sizeof path), &left);
    changes_forgive_left(&changes, "/none", &left);
    changes_settle(&changes);
    ck_assert_msg(changes.count == !afterwards[_i].is_forgiven, "%s", afterwards[_i].name);
    changes_free(&changes);
    snapshot_free(snapshot);
}
END_TEST

static const struct {
    const char *name;
    const char *content;
    time_t modified;
    int is_link;
    int is_forgiven;
} copies[] = {
    {"as mv makes it", "newer", 2000, 0, 1},
    {"without a fraction of a second", "newer", 1999, 0, 1},
    {"of another time", "newer", 2002, 0, 0},
    {"of an earlier time", "newer", 1998, 0, 0},
    {"of another size", "newest", 2000, 0, 0},
    {"a link, of now", "newer", 9000, 1, 1},
    {"a link to elsewhere", "new", 2000, 1, 0},
};

START_TEST(of_a_move_across_filesystems_the_copy_is_forgiven)
{
    struct snapshot *snapshot;
    struct changes changes;
    struct event_state source;
    char path[512];

    put_tree();
    snapshot = take("dist/", NULL, OPTIONS_VERIFY_STAT);
    if (copies[_i].is_link)
        put_link("new", "newer");
    else
        put_file("new", "newer");
    set_times("new", 2000);
    source = state_of("new");
    source.inode = 0;
    keep_elsewhere("dist/a");
    if (copies[_i].is_link)
        put_link("dist/a", copies[_i].content);
    else
        put_file("dist/a", copies[_i].content);
    set_times("dist/a", copies[_i].modified);
    ck_assert_int_eq(snapshot_compare(snapshot, &changes), 0);
    ck_assert_uint_eq(changes.count, 1);
    changes_forgive_left(&changes, sandbox_name("dist/a", path, sizeof path), &source);
    changes_settle(&changes);
    ck_assert_msg(changes.count == !copies[_i].is_forgiven, "%s", copies[_i].name);
    changes_free(&changes);
    snapshot_free(snapshot);
}
END_TEST

/* Many directories, many files in each; of every 97th something is wrong. */
START_TEST(among_many_files_each_change_is_found)
{
    struct snapshot *snapshot;
    struct changes changes;
    char name[64];
    size_t changed = 0;

    for (int i = 0; i < 10000; i++) {
        snprintf(name, sizeof name, "d%d", i / 200);
        if (i % 200 == 0)
            put_directory(name);
        snprintf(name, sizeof name, "d%d/f%d", i / 200, i);
        put_file(name, "content");
    }
    snapshot = take(NULL, NULL, OPTIONS_VERIFY_STAT);
    ck_assert_uint_eq(snapshot->count, 10000);
    for (int i = 0; i < 10000; i += 97) {
        snprintf(name, sizeof name, "d%d/f%d", i / 200, i);
        ck_assert_int_eq(i % 2 ? unlink(name) : truncate(name, 0), 0);
        changed++;
    }
    ck_assert_int_eq(snapshot_compare(snapshot, &changes), 0);
    ck_assert_uint_eq(changes.count, changed);
    for (size_t i = 1; i < changes.count; i++)
        ck_assert_int_lt(strcmp(changes.list[i - 1].path, changes.list[i].path), 0);
    changes_free(&changes);
    snapshot_free(snapshot);
}
END_TEST

START_TEST(no_descriptor_stays_open)
{
    const int before = count_descriptors();
    struct snapshot *snapshot;

    put_tree();
    snapshot = take(NULL, NULL, OPTIONS_VERIFY_HASH);
    ck_assert_str_eq(changes_since(snapshot), "");
    snapshot_free(snapshot);
    ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, what_counts_by_size_and_time, 0, ROWS(acts));
    tcase_add_loop_test(tcase, what_counts_by_contents, 0, ROWS(acts));
    tcase_add_test(tcase, a_file_whose_time_is_not_over_is_known_by_its_contents);
    tcase_add_test(tcase, without_a_look_there_are_no_changes);
    tcase_add_loop_test(tcase, what_is_too_large_to_read_is_known_by_its_times, 0, ROWS(large));
    tcase_add_loop_test(tcase, hashes_are_of_all_files, 0, ROWS(large));
    tcase_add_test(tcase, what_was_written_in_this_tick_is_suspect);
    tcase_add_loop_test(tcase, a_time_of_whole_seconds_is_suspect_for_longer, 0, ROWS(times));
    tcase_add_test(tcase, so_many_files_are_read);
    tcase_add_loop_test(tcase, what_can_no_longer_be_read_counts_as_changed_only_with_hashes,
                        OPTIONS_VERIFY_STAT, OPTIONS_VERIFY_HASH + 1);
    tcase_add_loop_test(tcase, only_the_file_that_a_rename_left_is_forgiven, 0, ROWS(afterwards));
    tcase_add_loop_test(tcase, of_a_move_across_filesystems_the_copy_is_forgiven, 0, ROWS(copies));
    tcase_add_test(tcase, the_log_and_the_report_are_left_out);
    tcase_add_test(tcase, other_things_than_files_and_links_are_left_out);
    tcase_add_test(tcase, any_name_is_watched);
    tcase_add_test(tcase, what_is_too_deep_is_a_blind_spot);
    tcase_add_test(tcase, what_is_in_the_deepest_directory_is_found_again);
    tcase_add_test(tcase, a_directory_that_cannot_be_read_is_a_blind_spot);
    tcase_add_test(tcase, with_hashes_a_file_that_cannot_be_read_is_a_blind_spot);
    tcase_add_test(tcase, what_an_event_explains_is_forgiven);
    tcase_add_test(tcase, among_many_files_each_change_is_found);
    tcase_add_test(tcase, no_descriptor_stays_open);
}

int main(void)
{
    return run_tests("verify", add);
}
