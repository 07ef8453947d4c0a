/* SPDX-License-Identifier: MIT */
#include "engine/loop.h"

#include <stdio.h>

#include "unit/fake_sys.h"
#include "unit/run.h"

static struct sys_time now;

static const struct file one = {.inode = 11, .device_major = 1, .device_minor = 2};
static const struct file other = {.inode = 12, .device_major = 1, .device_minor = 2};

static void start(void)
{
    fake_reset();
    now.seconds = 1000;
    now.nanoseconds = 0;
    fake.clock = &now;
}

static struct loop refuse(void)
{
    return loop_count(&fake_sys, AT_FDCWD, "a", &one);
}

START_TEST(a_pair_is_counted)
{
    start();
    for (unsigned i = 1; i <= 100; i++)
        ck_assert_uint_eq(refuse().count, i);
}
END_TEST

START_TEST(a_loop_is_logged_twice)
{
    start();
    for (unsigned i = 1; i <= 1000; i++) {
        const struct loop loop = refuse();

        ck_assert_msg(loop.is_logged == (i == 1 || i == LOOP_LIMIT), "refusal %u", i);
        ck_assert_msg(loop.unlogged == (i == LOOP_LIMIT ? LOOP_LIMIT - 2 : 0), "refusal %u: %u", i,
                      loop.unlogged);
    }
}
END_TEST

/* How many refusals a window had, and how many of them the next window's event has to tell of. */
static const struct {
    unsigned refusals;
    unsigned unlogged;
} windows[] = {{1, 0}, {2, 1}, {31, 30}, {32, 0}, {33, 1}, {100, 68}};

START_TEST(the_next_window_tells_what_was_not_logged)
{
    struct loop loop;

    start();
    for (unsigned i = 0; i < windows[_i].refusals; i++)
        refuse();
    now.seconds++;
    loop = refuse();
    ck_assert_uint_eq(loop.count, 1);
    ck_assert_int_eq(loop.is_logged, 1);
    ck_assert_msg(loop.unlogged == windows[_i].unlogged, "after %u: %u", windows[_i].refusals,
                  loop.unlogged);
}
END_TEST

/* Steps in nanoseconds between one refusal and the next. */
static const struct {
    const char *name;
    long step;
    int is_loop;
} paces[] = {
    {"at once", 0, 1},
    {"a thousand a second", 1000000, 1},
    {"thirty-six a second", 27777777, 1},
    {"sixteen a second", 62500000, 0},
    {"ten a second", 100000000, 0},
    {"two in three seconds", 1500000000, 0},
};

static void pass_time(long nanoseconds)
{
    now.nanoseconds += nanoseconds;
    now.seconds += now.nanoseconds / 1000000000;
    now.nanoseconds %= 1000000000;
}

START_TEST(only_a_fast_pace_is_a_loop)
{
    unsigned most = 0;

    start();
    for (int i = 0; i < 1000; i++) {
        const unsigned count = refuse().count;

        most = count > most ? count : most;
        pass_time(paces[_i].step);
    }
    ck_assert_msg((most >= LOOP_LIMIT) == paces[_i].is_loop, "%s: %u", paces[_i].name, most);
}
END_TEST

START_TEST(the_clock_may_wrap_around)
{
    start();
    now.seconds = 65536 / 16 - 1; /* the last second before the sixteenths begin again */
    now.nanoseconds = 500000000;
    ck_assert_uint_eq(refuse().count, 1);
    now.seconds++;
    now.nanoseconds = 0;
    ck_assert_uint_eq(refuse().count, 2);
    now.seconds++;
    ck_assert_uint_eq(refuse().count, 1);
}
END_TEST

/* ---- what a pair is ---- */

static const struct {
    const char *name;
    int dirfd;
    const char *source;
    const struct file *destination;
    int is_same; /* as (AT_FDCWD, "a", &one) */
} pairs[] = {
    {"the same", AT_FDCWD, "a", &one, 1},
    {"another source", AT_FDCWD, "b", &one, 0},
    {"a longer source", AT_FDCWD, "aa", &one, 0},
    {"no source", AT_FDCWD, "", &one, 0},
    {"another directory", 5, "a", &one, 0},
    {"another destination", AT_FDCWD, "a", &other, 0},
    {"a destination that was not seen", AT_FDCWD, "a", NULL, 0},
};

START_TEST(a_pair_is_a_source_and_a_destination)
{
    struct loop loop;

    start();
    refuse();
    loop = loop_count(&fake_sys, pairs[_i].dirfd, pairs[_i].source, pairs[_i].destination);
    ck_assert_msg(loop.count == (pairs[_i].is_same ? 2 : 1), "%s: %u", pairs[_i].name, loop.count);
}
END_TEST

/* More pairs than places: counts may be lost, but none is another's. */
START_TEST(no_pair_is_charged_with_another)
{
    start();
    for (unsigned round = 1; round < 4; round++) {
        for (unsigned i = 0; i < 1000; i++) {
            char source[32];

            snprintf(source, sizeof source, "source-%u", i);
            ck_assert_uint_le(loop_count(&fake_sys, AT_FDCWD, source, &one).count, round);
        }
    }
}
END_TEST

START_TEST(a_clock_that_fails_counts_all_the_same)
{
    start();
    fake.intercept = SYS_CLOCK;
    fake.intercept_with = -38;
    for (unsigned i = 1; i <= LOOP_LIMIT; i++)
        ck_assert_uint_eq(refuse().count, i);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, a_pair_is_counted);
    tcase_add_test(tcase, a_loop_is_logged_twice);
    tcase_add_loop_test(tcase, the_next_window_tells_what_was_not_logged, 0, ROWS(windows));
    tcase_add_loop_test(tcase, only_a_fast_pace_is_a_loop, 0, ROWS(paces));
    tcase_add_test(tcase, the_clock_may_wrap_around);
    tcase_add_loop_test(tcase, a_pair_is_a_source_and_a_destination, 0, ROWS(pairs));
    tcase_add_test(tcase, no_pair_is_charged_with_another);
    tcase_add_test(tcase, a_clock_that_fails_counts_all_the_same);
}

int main(void)
{
    return run_tests("loop", add);
}
