/* SPDX-License-Identifier: MIT */
#include "engine/exclusive.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/file.h"
#include "unit/fake_sys.h"
#include "unit/run.h"
#include "unit/sandbox.h"

static char buffer[PATH_RESOLVED_MAX];

static struct call call_of(const char *source, const char *destination, unsigned flags)
{
    const struct call call = {&fake_sys, CALL_RENAMEAT2, AT_FDCWD, source,
                              AT_FDCWD,  destination,    flags};

    return call;
}

static int emulate(const char *source, const char *destination)
{
    const struct call call = call_of(source, destination, 0);

    return exclusive_emulate(&call, buffer);
}

/* ---- by the flag ---- */

static const struct {
    const char *name;
    int missing;
    int is_filtered;
    int result;
    int calls;
} attempts[] = {
    {"it works", 0, 0, 0, 1},
    {"the filesystem does not know the flag", -EINVAL, 0, EXCLUSIVE_MISSING, 1},
    {"the kernel does not know the call", -ENOSYS, 0, EXCLUSIVE_MISSING, 1},
    {"not supported", -EOPNOTSUPP, 0, EXCLUSIVE_MISSING, 1},
    {"EPERM of a filter", -EPERM, 1, EXCLUSIVE_MISSING, 2},
    {"EPERM of the filesystem", -EPERM, 0, -EPERM, 2},
    {"in the way", -EEXIST, 0, -EEXIST, 1},
    {"across mounts", -EXDEV, 0, -EXDEV, 1},
    {"no access", -EACCES, 1, -EACCES, 1},
    {"read only", -EROFS, 1, -EROFS, 1},
    {"a bad pointer", -EFAULT, 1, -EFAULT, 1},
};

START_TEST(an_attempt_tells_what_is_missing)
{
    const struct call call = call_of("source", "destination", 0);
    int result;

    put_file("source", "new");
    fake_reset();
    fake.missing = attempts[_i].missing;
    fake.is_filtered = attempts[_i].is_filtered;
    result = exclusive_rename(&call);
    ck_assert_msg(result == attempts[_i].result, "%s: %d", attempts[_i].name, result);
    ck_assert_msg(fake.count == attempts[_i].calls, "%s: %s", attempts[_i].name, fake_story());
    ck_assert_msg(fake_count(SYS_renameat2) == fake.count, "%s: %s", attempts[_i].name,
                  fake_story());
    ck_assert_msg(is_there("source") == (result != 0), "%s", attempts[_i].name);
}
END_TEST

/* ---- emulation: what becomes of what ---- */

enum kind { NOTHING, A_FILE, A_LINK, A_FIFO, A_DIRECTORY, A_FULL_DIRECTORY };

static void put(const char *name, enum kind kind)
{
    char inner[64];

    switch (kind) {
    case NOTHING: break;
    case A_FILE: put_file(name, name); break;
    case A_LINK: put_link(name, "nowhere"); break;
    case A_FIFO: ck_assert_int_eq(mkfifo(name, 0600), 0); break;
    case A_DIRECTORY: put_directory(name); break;
    case A_FULL_DIRECTORY:
        put_directory(name);
        snprintf(inner, sizeof inner, "%s/in-%s", name, name);
        put_file(inner, name);
        break;
    }
}

static const struct {
    const char *name;
    enum kind source;
    enum kind destination;
    const char *source_path;
    const char *destination_path;
    int result;
} rows[] = {
    {"file", A_FILE, NOTHING, "source", "destination", 0},
    {"symbolic link, dangling", A_LINK, NOTHING, "source", "destination", 0},
    {"fifo", A_FIFO, NOTHING, "source", "destination", 0},
    {"directory", A_DIRECTORY, NOTHING, "source", "destination", 0},
    {"full directory", A_FULL_DIRECTORY, NOTHING, "source", "destination", 0},
    {"directory with slashes", A_DIRECTORY, NOTHING, "source//", "destination/", 0},
    {"file onto file", A_FILE, A_FILE, "source", "destination", -EEXIST},
    {"file onto link", A_FILE, A_LINK, "source", "destination", -EEXIST},
    {"file onto fifo", A_FILE, A_FIFO, "source", "destination", -EEXIST},
    {"file onto directory", A_FILE, A_DIRECTORY, "source", "destination", -EEXIST},
    {"link onto link", A_LINK, A_LINK, "source", "destination", -EEXIST},
    {"directory onto file", A_DIRECTORY, A_FILE, "source", "destination", -EEXIST},
    {"directory onto link", A_DIRECTORY, A_LINK, "source", "destination", -EEXIST},
    {"directory onto empty directory", A_DIRECTORY, A_DIRECTORY, "source", "destination", -EEXIST},
    {"directory onto full directory", A_DIRECTORY, A_FULL_DIRECTORY, "source", "destination",
     -EEXIST},
    {"nothing", NOTHING, NOTHING, "source", "destination", -ENOENT},
    {"nothing onto file", NOTHING, A_FILE, "source", "destination", -ENOENT},
    {"file with a slash", A_FILE, NOTHING, "source/", "destination", -ENOTDIR},
    {"file to a name with a slash", A_FILE, NOTHING, "source", "destination/", -ENOTDIR},
    {"link with a slash", A_LINK, NOTHING, "source/", "destination", -ENOTDIR},
    {"into a missing directory", A_FILE, NOTHING, "source", "none/destination", -ENOENT},
    {"directory into a missing directory", A_DIRECTORY, NOTHING, "source", "none/destination",
     -ENOENT},
    {"directory into itself", A_DIRECTORY, NOTHING, "source", "source/destination", -EINVAL},
    {"file onto itself", A_FILE, NOTHING, "source", "source", -EEXIST},
    {"directory onto itself", A_DIRECTORY, NOTHING, "source", "source", -EEXIST},
};

/* The kernel's flag answers the same, so that nobody can tell the two apart: but where plain rename
 * has an answer of its own, which the guard asks for. */
static int ask_kernel(int row)
{
    const struct call call = call_of(rows[row].source_path, rows[row].destination_path, 0);

    return sys_renameat2(call.sys, AT_FDCWD, call.source, AT_FDCWD, call.destination,
                         RENAME_NOREPLACE);
}

START_TEST(an_emulation_answers_as_the_flag_does)
{
    int result;
    int entries;

    put("source", rows[_i].source);
    put("destination", rows[_i].destination);
    entries = count_names(".");
    fake_reset();
    result = emulate(rows[_i].source_path, rows[_i].destination_path);
    ck_assert_msg(result == rows[_i].result, "%s: %d", rows[_i].name, result);
    ck_assert_msg(count_names(".") == entries, "%s: %d names", rows[_i].name, count_names("."));
    ck_assert_msg(count_names("source") <= 1, "%s: something is left", rows[_i].name);
    if (result == 0) {
        ck_assert_msg(!is_there("source") && is_there("destination"), "%s", rows[_i].name);
        ck_assert_int_eq(rename("destination", "source"), 0);
    }
    ck_assert_msg(ask_kernel(_i) == result, "%s: the flag disagrees", rows[_i].name);
}
END_TEST

START_TEST(an_emulated_file_is_the_same_inode)
{
    struct stat before;
    struct stat after;

    put_file("source", "new");
    stat("source", &before);
    fake_reset();
    ck_assert_int_eq(emulate("source", "destination"), 0);
    stat("destination", &after);
    ck_assert(before.st_ino == after.st_ino && after.st_nlink == 1);
}
END_TEST

/* ---- emulation: what link(2) says where it cannot ---- */

static const struct {
    int error;
    int result;
} link_errors[] = {
    {-EPERM, -EOPNOTSUPP}, {-EMLINK, -EOPNOTSUPP},     {-ENOSYS, -EOPNOTSUPP},
    {-EIO, -EOPNOTSUPP},   {-EINVAL, -EOPNOTSUPP},     {-ENOENT, -EOPNOTSUPP},
    {-EXDEV, -EXDEV},      {-EOPNOTSUPP, -EOPNOTSUPP}, {-EACCES, -EACCES},
    {-ENOSPC, -ENOSPC},    {-EDQUOT, -EDQUOT},         {-EROFS, -EROFS},
    {-EEXIST, -EEXIST},    {-ELOOP, -ELOOP},           {-ENAMETOOLONG, -ENAMETOOLONG},
};

START_TEST(a_link_that_cannot_be_made_changes_nothing)
{
    int result;

    put_file("source", "new");
    fake_reset();
    fake.intercept = SYS_linkat;
    fake.intercept_with = link_errors[_i].error;
    result = emulate("source", "destination");
    ck_assert_msg(result == link_errors[_i].result, "%d: %d", link_errors[_i].error, result);
    ck_assert(file_holds("source", "new"));
    ck_assert_int_eq(count_names("."), 1);
    ck_assert_int_eq(fake_count(SYS_unlinkat), fake_count(SYS_mkdirat));
}
END_TEST

/* NTFS and FAT: what mkdir(2) calls invalid, link(2) may call forbidden. */
START_TEST(a_name_that_is_not_allowed_is_invalid)
{
    put_file("source", "new");
    fake_reset();
    fake.intercept = SYS_linkat;
    fake.intercept_with = -EPERM;
    fake.fail_at = 4;
    fake.fail_with = -EINVAL;
    ck_assert_msg(emulate("source", "destination") == -EINVAL, "%s", fake_story());
    ck_assert_int_eq(fake_count(SYS_mkdirat), 1);
    ck_assert(file_holds("source", "new") && count_names(".") == 1);
}
END_TEST

/* ---- emulation: somebody else between two calls ---- */

/* What the others do. Theirs is "racer"; `taken` is where they take ours. */

static void racer_creates_destination(void)
{
    put_file("destination", "racer");
}

static void racer_replaces_destination(void)
{
    put_file("theirs", "racer");
    ck_assert_int_eq(rename("theirs", "destination"), 0);
}

static void racer_takes_destination(void)
{
    ck_assert_int_eq(rename("destination", "taken"), 0);
}

static void racer_removes_destination(void)
{
    ck_assert_int_eq(remove("destination"), 0);
}

static void racer_takes_source(void)
{
    ck_assert_int_eq(rename("source", "taken"), 0);
}

static void racer_removes_source(void)
{
    ck_assert_int_eq(remove("source"), 0);
}

static void racer_replaces_source(void)
{
    put_file("theirs", "racer");
    ck_assert_int_eq(rename("theirs", "source"), 0);
}

static void racer_takes_source_and_replaces_destination(void)
{
    racer_takes_source();
    racer_replaces_destination();
}

static void racer_makes_source_a_directory(void)
{
    racer_takes_source();
    put_directory("source");
}

/* The calls: 0 looks at the source, 1 links, 2 looks at the link, 3 at the source, 4 unlinks it.
 * What each name holds in the end; NULL: nothing is there. */
static const struct {
    const char *name;
    int at;
    void (*racer)(void);
    int result;
    const char *source;
    const char *destination;
    const char *taken;
} races[] = {
    {"first at the name, before the look", 0, racer_creates_destination, -EEXIST, "new", "racer",
     NULL},
    {"first at the name, before the link", 1, racer_creates_destination, -EEXIST, "new", "racer",
     NULL},
    {"takes the source before the look", 0, racer_takes_source, -ENOENT, NULL, NULL, "new"},
    {"takes the source before the link", 1, racer_takes_source, -ENOENT, NULL, NULL, "new"},
    {"replaces the source before the link", 1, racer_replaces_source, 0, NULL, "racer", NULL},
    {"replaces the source after the link", 2, racer_replaces_source, 0, "racer", "new", NULL},
    {"replaces the source before the second look", 3, racer_replaces_source, 0, "racer", "new",
     NULL},
    {"takes the source after the link", 2, racer_takes_source, -ENOENT, NULL, NULL, "new"},
    {"takes the source before the second look", 3, racer_takes_source, -ENOENT, NULL, NULL, "new"},
    {"takes the source before it is removed", 4, racer_takes_source, -ENOENT, NULL, NULL, "new"},
    {"removes the source after the link", 2, racer_removes_source, 0, NULL, "new", NULL},
    {"removes the source before the second look", 3, racer_removes_source, 0, NULL, "new", NULL},
    {"removes the source before we do", 4, racer_removes_source, 0, NULL, "new", NULL},
    /* As if our rename had come first: what the plain rename of the other replaces is its doing. */
    {"replaces the link at once", 2, racer_replaces_destination, 0, NULL, "racer", NULL},
    {"replaces the link later", 3, racer_replaces_destination, 0, NULL, "racer", NULL},
    {"replaces the link at the end", 4, racer_replaces_destination, 0, NULL, "racer", NULL},
    {"takes the link at once", 2, racer_takes_destination, 0, NULL, NULL, "new"},
    {"takes the link later", 3, racer_takes_destination, 0, NULL, NULL, "new"},
    {"takes the link at the end", 4, racer_takes_destination, 0, NULL, NULL, "new"},
    {"removes the link at once", 2, racer_removes_destination, 0, "new", NULL, NULL},
    {"removes the link later", 3, racer_removes_destination, 0, NULL, NULL, NULL},
    {"takes one and replaces the other, early", 2, racer_takes_source_and_replaces_destination,
     -ENOENT, NULL, "racer", "new"},
    {"takes one and replaces the other", 3, racer_takes_source_and_replaces_destination, -ENOENT,
     NULL, "racer", "new"},
    {"takes one and replaces the other, late", 4, racer_takes_source_and_replaces_destination,
     -ENOENT, NULL, "racer", "new"},
    /* The one window that unlinkat(2) leaves: it removes a name, whatever has come there since it
     * was looked at. A file put at the *source* in that moment goes. */
    {"replaces the source before it is removed", 4, racer_replaces_source, 0, NULL, "new", NULL},
};

static void check_content(const char *row, const char *name, const char *content)
{
    if (content)
        ck_assert_msg(file_holds(name, content), "%s: %s should hold '%s'", row, name, content);
    else
        ck_assert_msg(!is_there(name), "%s: %s is there", row, name);
}

START_TEST(a_race_for_a_file_has_one_winner)
{
    int result;

    put_file("source", "new");
    fake_reset();
    fake.race_at = races[_i].at;
    fake.racer = races[_i].racer;
    result = emulate("source", "destination");
    ck_assert_msg(fake.has_raced, "%s: %s", races[_i].name, fake_story());
    ck_assert_msg(result == races[_i].result, "%s: %d", races[_i].name, result);
    check_content(races[_i].name, "source", races[_i].source);
    check_content(races[_i].name, "destination", races[_i].destination);
    check_content(races[_i].name, "taken", races[_i].taken);
    check_content(races[_i].name, "theirs", NULL);
}
END_TEST

/* The source cannot be removed, and the destination is somebody else's by then: what was not linked
 * by us is not ours to take back. */
static const struct {
    const char *name;
    int at;
    void (*racer)(void);
    const char *destination;
} take_backs[] = {
    {"nobody there", -1, NULL, NULL},
    {"replaced before the look", 2, racer_replaces_destination, "racer"},
    {"replaced before the second look", 3, racer_replaces_destination, "racer"},
    {"replaced before the unlink", 4, racer_replaces_destination, "racer"},
    {"replaced after the unlink", 5, racer_replaces_destination, "racer"},
    {"removed after the unlink", 5, racer_removes_destination, NULL},
};

START_TEST(only_our_own_link_is_taken_back)
{
    put_file("source", "new");
    fake_reset();
    fake.race_at = take_backs[_i].at;
    fake.racer = take_backs[_i].racer;
    fake.fail_at = 4;
    fake.fail_with = -EACCES;
    ck_assert_int_eq(emulate("source", "destination"), -EACCES);
    check_content(take_backs[_i].name, "source", "new");
    check_content(take_backs[_i].name, "destination", take_backs[_i].destination);
}
END_TEST

START_TEST(a_source_that_became_a_directory_stays)
{
    put_file("source", "new");
    fake_reset();
    fake.race_at = 1;
    fake.racer = racer_makes_source_a_directory;
    ck_assert_int_eq(emulate("source", "destination"), -EOPNOTSUPP);
    ck_assert(is_directory("source") && file_holds("taken", "new") && !is_there("destination"));
}
END_TEST

/* ---- the same for directories ---- */

static void racer_makes_destination(void)
{
    put_directory("destination");
}

static void racer_fills_destination(void)
{
    put_file("destination/theirs", "racer");
}

static void racer_makes_destination_a_file(void)
{
    racer_removes_destination();
    racer_creates_destination();
}

static void racer_makes_destination_a_full_directory(void)
{
    racer_removes_destination();
    racer_makes_destination();
    racer_fills_destination();
}

static void racer_makes_source_a_file(void)
{
    racer_takes_source();
    put_file("source", "racer");
}

/* The calls: 0 looks at the source, 1 makes the directory, 2 renames over it; if that fails, as it does
 * with the error `fails`, 3 looks whether it was done, and 4 removes the directory again. */
static const struct {
    const char *name;
    int at;
    int fails;
    void (*racer)(void);
    int result;
    const char *ours;   /* the file that holds "new" in the end */
    const char *theirs; /* the file that holds "racer", or NULL */
    int has_destination;
} directory_races[] = {
    {"first at the name, file", 1, 0, racer_creates_destination, -EEXIST, "source/f", "destination",
     1},
    {"first at the name, directory", 1, 0, racer_makes_destination, -EEXIST, "source/f", NULL, 1},
    {"fills our directory", 2, 0, racer_fills_destination, -EEXIST, "source/f",
     "destination/theirs", 1},
    {"fills a directory of its own", 2, 0, racer_makes_destination_a_full_directory, -EEXIST,
     "source/f", "destination/theirs", 1},
    {"puts a file in place of ours", 2, 0, racer_makes_destination_a_file, -ENOTDIR, "source/f",
     "destination", 1},
    {"removes our directory", 2, 0, racer_removes_destination, 0, "destination/f", NULL, 1},
    {"takes our directory", 2, 0, racer_takes_destination, 0, "destination/f", NULL, 1},
    {"takes the source before the look", 0, 0, racer_takes_source, -ENOENT, "taken/f", NULL, 0},
    {"takes the source", 1, 0, racer_takes_source, -ENOENT, "taken/f", NULL, 0},
    {"takes the source at last", 2, 0, racer_takes_source, -ENOENT, "taken/f", NULL, 0},
    {"makes the source a file", 2, 0, racer_makes_source_a_file, -EISDIR, "taken/f", "source", 0},
    {"fills what we give up", 4, EIO, racer_fills_destination, -EIO, "source/f",
     "destination/theirs", 1},
    {"puts a file where we give up", 4, EIO, racer_makes_destination_a_file, -EIO, "source/f",
     "destination", 1},
    {"removes what we give up", 4, EIO, racer_removes_destination, -EIO, "source/f", NULL, 0},
    {"an object store, which renames over no directory", -1, EEXIST, NULL, -EOPNOTSUPP, "source/f",
     NULL, 0},
    {"the same, and another fills our directory", 4, EEXIST, racer_fills_destination, -EEXIST,
     "source/f", "destination/theirs", 1},
    {"over no directory, another way", -1, ENOTEMPTY, NULL, -EOPNOTSUPP, "source/f", NULL, 0},
};

START_TEST(a_race_for_a_directory_has_one_winner)
{
    int result;

    put_directory("source");
    put_file("source/f", "new");
    fake_reset();
    fake.race_at = directory_races[_i].at;
    fake.racer = directory_races[_i].racer;
    fake.fail_at = directory_races[_i].fails ? 2 : -1;
    fake.fail_with = -directory_races[_i].fails;
    result = emulate("source", "destination");
    ck_assert_msg(fake.has_raced || !directory_races[_i].racer, "%s: %s", directory_races[_i].name,
                  fake_story());
    ck_assert_msg(result == directory_races[_i].result, "%s: %d", directory_races[_i].name, result);
    check_content(directory_races[_i].name, directory_races[_i].ours, "new");
    if (directory_races[_i].theirs)
        check_content(directory_races[_i].name, directory_races[_i].theirs, "racer");
    ck_assert_msg(is_there("destination") == directory_races[_i].has_destination, "%s",
                  directory_races[_i].name);
}
END_TEST

/* ---- for who asks the kernel himself ---- */

static const struct {
    const char *name;
    long result;
    int is_final;
} results[] = {
    {"success", 0, 1},
    {"what the kernel says of a path", -ENOENT, 1},
    {"a collision", -EEXIST, 0},
    {"another filesystem", -EXDEV, 0},
    {"no such flag", -EINVAL, 0},
    {"no such call", -ENOSYS, 0},
    {"no such operation", -EOPNOTSUPP, 0},
    {"a filter, perhaps", -EPERM, 0},
};

START_TEST(what_needs_a_second_look_is_not_final)
{
    ck_assert_msg(exclusive_is_final(results[_i].result) == results[_i].is_final, "%s",
                  results[_i].name);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, what_needs_a_second_look_is_not_final, 0, ROWS(results));
    tcase_add_loop_test(tcase, an_attempt_tells_what_is_missing, 0, ROWS(attempts));
    tcase_add_loop_test(tcase, an_emulation_answers_as_the_flag_does, 0, ROWS(rows));
    tcase_add_test(tcase, an_emulated_file_is_the_same_inode);
    tcase_add_test(tcase, a_name_that_is_not_allowed_is_invalid);
    tcase_add_loop_test(tcase, a_link_that_cannot_be_made_changes_nothing, 0, ROWS(link_errors));
    tcase_add_loop_test(tcase, a_race_for_a_file_has_one_winner, 0, ROWS(races));
    tcase_add_loop_test(tcase, only_our_own_link_is_taken_back, 0, ROWS(take_backs));
    tcase_add_test(tcase, a_source_that_became_a_directory_stays);
    tcase_add_loop_test(tcase, a_race_for_a_directory_has_one_winner, 0, ROWS(directory_races));
}

int main(void)
{
    return run_tests("exclusive", add);
}
