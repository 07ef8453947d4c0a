/* SPDX-License-Identifier: MIT */
#include "engine/compare.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/fake_sys.h"
#include "unit/run.h"
#include "unit/sandbox.h"

static char buffer[PATH_RESOLVED_MAX];

/* ---- equal files ---- */

#define PIECE 4096 /* half of the buffer that files are compared in */

static void put_long(const char *name, size_t length, size_t changed)
{
    FILE *const out = fopen(name, "w");

    ck_assert_ptr_nonnull(out);
    for (size_t i = 0; i < length; i++)
        putc(i == changed ? 'X' : 'a' + (int)(i % 23), out);
    ck_assert_int_eq(fclose(out), 0);
}

static int is_equal(const char *one, const char *other)
{
    static char contents[2 * PIECE];
    struct file left;
    struct file right;
    const struct call call = {&fake_sys, CALL_RENAME, AT_FDCWD, one, AT_FDCWD, other, 0};

    /* Not through the table, whose calls are counted. */
    struct fake saved = fake;

    fake_reset();
    ck_assert_int_eq(file_look(&fake_sys, AT_FDCWD, one, buffer, &left), 0);
    ck_assert_int_eq(file_look(&fake_sys, AT_FDCWD, other, buffer, &right), 0);
    fake = saved;
    return compare_is_equal(&call, &left, &right, contents, sizeof contents);
}

static const struct {
    const char *name;
    size_t length;
    size_t changed; /* which byte differs; at or beyond `length`: none */
} contents[] = {
    {"empty", 0, 0},
    {"one byte", 1, 1},
    {"one byte, another", 1, 0},
    {"one piece", PIECE, PIECE},
    {"one piece, its first byte", PIECE, 0},
    {"one piece, its last byte", PIECE, PIECE - 1},
    {"a byte more than a piece", PIECE + 1, PIECE + 1},
    {"a byte more than a piece, that byte", PIECE + 1, PIECE},
    {"many pieces", 10 * PIECE + 17, 10 * PIECE + 17},
    {"many pieces, the last byte", 10 * PIECE + 17, 10 * PIECE + 16},
};

START_TEST(equal_files_have_equal_bytes)
{
    const int descriptors = count_descriptors();

    put_long("one", contents[_i].length, contents[_i].length);
    put_long("other", contents[_i].length, contents[_i].changed);
    fake_reset();
    ck_assert_msg(is_equal("one", "other") == (contents[_i].changed >= contents[_i].length), "%s",
                  contents[_i].name);
    ck_assert_int_eq(count_descriptors(), descriptors);
}
END_TEST

START_TEST(equal_files_have_equal_length_mode_and_owner)
{
    put_file("one", "abc");
    put_file("longer", "abcd");
    put_file("mode", "abc");
    ck_assert_int_eq(chmod("mode", 0755), 0);
    fake_reset();
    ck_assert(!is_equal("one", "longer"));
    ck_assert(!is_equal("one", "mode"));
    ck_assert_int_eq(chmod("mode", 0644), 0);
    ck_assert(is_equal("one", "mode"));
    if (geteuid() != 0) {
        run_skip("owners: chown(2) needs root");
        return;
    }
    ck_assert_int_eq(chown("mode", 1, (gid_t)-1), 0);
    ck_assert(!is_equal("one", "mode"));
    ck_assert_int_eq(chown("mode", 0, 1), 0);
    ck_assert(!is_equal("one", "mode"));
}
END_TEST

START_TEST(equal_links_have_equal_targets)
{
    put_link("one", "target");
    put_link("equal", "target");
    put_link("other", "targeT");
    put_file("target", "abc");
    fake_reset();
    ck_assert(is_equal("one", "equal"));
    ck_assert(!is_equal("one", "other"));
    ck_assert(!is_equal("one", "target"));
}
END_TEST

START_TEST(nothing_else_is_ever_equal)
{
    put_directory("one");
    put_directory("other");
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    fake_reset();
    ck_assert(!is_equal("one", "other"));
    ck_assert(!is_equal("fifo", "pipe"));
    ck_assert_int_eq(fake.count, 0);
}
END_TEST

START_TEST(what_cannot_be_read_is_not_equal)
{
    const int descriptors = count_descriptors();
    int n = 0;

    put_long("one", PIECE + 5, PIECE + 5);
    put_long("other", PIECE + 5, PIECE + 5);
    do {
        const int closes = 2; /* the last two calls, whose answers mean nothing */
        int equal;

        fake_reset();
        fake.fail_at = n++;
        fake.fail_with = -EIO;
        equal = is_equal("one", "other");
        if (fake.has_failed && fake.calls[fake.fail_at] != SYS_close)
            ck_assert_msg(!equal, "call %d of %s", fake.fail_at, fake_story());
        ck_assert_int_le(fake_count(SYS_close), closes);
        ck_assert_int_eq(count_descriptors(), descriptors);
    } while (fake.has_failed);
    ck_assert_int_gt(n, 8);
}
END_TEST

START_TEST(an_interrupted_read_is_read_again)
{
    put_long("one", PIECE + 5, PIECE + 5);
    put_long("other", PIECE + 5, PIECE + 5);
    for (int n = 0; n < 32; n++) {
        fake_reset();
        fake.fail_at = n;
        fake.fail_with = -EINTR;
        if (is_equal("one", "other") || !fake.has_failed)
            continue;
        ck_assert_int_ne(fake.calls[n], SYS_read);
    }
}
END_TEST

/* ---- files that change ---- */

static void append(const char *name)
{
    FILE *const out = fopen(name, "a");

    putc('!', out);
    fclose(out);
}

static void racer_appends_to_source(void)
{
    append("one");
}

static void racer_appends_to_destination(void)
{
    append("other");
}

static void racer_replaces_source(void)
{
    put_long("theirs", PIECE + 5, PIECE + 5);
    ck_assert_int_eq(rename("theirs", "one"), 0);
}

static void racer_replaces_destination(void)
{
    put_long("theirs", PIECE + 5, PIECE + 5);
    ck_assert_int_eq(rename("theirs", "other"), 0);
}

/* Calls 0 and 2 open the two, 1 and 3 look at what was opened. Whoever renames afterwards looks again
 * at both names. */
static const struct {
    const char *name;
    void (*racer)(void);
    int last; /* the last call before which it is noticed */
} racers[] = {
    {"the source grows", racer_appends_to_source, 4},
    {"the destination grows", racer_appends_to_destination, 4},
    {"the source is replaced", racer_replaces_source, 0},
    {"the destination is replaced", racer_replaces_destination, 2},
};

START_TEST(what_changes_meanwhile_is_not_equal)
{
    for (int n = 0; n <= racers[_i].last; n++) {
        sweep();
        put_long("one", PIECE + 5, PIECE + 5);
        put_long("other", PIECE + 5, PIECE + 5);
        fake_reset();
        fake.race_at = n;
        fake.racer = racers[_i].racer;
        ck_assert_msg(!is_equal("one", "other"), "%s before call %d of %s", racers[_i].name, n,
                      fake_story());
        ck_assert(fake.has_raced);
    }
}
END_TEST

/* ---- what is too large, and where it is read ---- */

START_TEST(what_is_too_large_is_not_read)
{
    const int is_small = _i;

    put_file("one", "");
    put_file("other", "");
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(truncate(i ? "one" : "other", (off_t)COMPARE_SIZE_MAX + !is_small), 0);
    fake_reset();
    ck_assert_int_eq(is_equal("one", "other"), is_small);
    ck_assert(is_small || fake.count == 0);
}
END_TEST

static int answer_aside;

static int run_aside(int (*function)(void *), void *argument)
{
    return answer_aside < 0 ? answer_aside : function(argument);
}

START_TEST(what_cannot_be_read_aside_is_not_equal)
{
    struct sys sys = fake_sys;
    const struct call call = {&sys, CALL_RENAME, AT_FDCWD, "one", AT_FDCWD, "other", 0};
    static char pieces[2 * PIECE];
    struct file left;
    struct file right;

    fake_reset();
    sys.aside = run_aside;
    put_file("one", "abc");
    put_file("other", "abc");
    ck_assert_int_eq(file_look(&fake_sys, AT_FDCWD, "one", buffer, &left), 0);
    ck_assert_int_eq(file_look(&fake_sys, AT_FDCWD, "other", buffer, &right), 0);
    answer_aside = 0;
    ck_assert_int_eq(compare_is_equal(&call, &left, &right, pieces, sizeof pieces), 1);
    fake_reset();
    answer_aside = -EAGAIN;
    ck_assert_int_eq(compare_is_equal(&call, &left, &right, pieces, sizeof pieces), 0);
    ck_assert_int_eq(fake.count, 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, equal_files_have_equal_bytes, 0, ROWS(contents));
    tcase_add_test(tcase, equal_files_have_equal_length_mode_and_owner);
    tcase_add_test(tcase, equal_links_have_equal_targets);
    tcase_add_test(tcase, nothing_else_is_ever_equal);
    tcase_add_test(tcase, what_cannot_be_read_is_not_equal);
    tcase_add_test(tcase, an_interrupted_read_is_read_again);
    tcase_add_loop_test(tcase, what_changes_meanwhile_is_not_equal, 0, ROWS(racers));
    tcase_add_loop_test(tcase, what_is_too_large_is_not_read, 0, 2);
    tcase_add_test(tcase, what_cannot_be_read_aside_is_not_equal);
}

int main(void)
{
    return run_tests("compare", add);
}
