/* SPDX-License-Identifier: MIT */
#include "preload/route.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/run.h"
#include "unit/sandbox.h"

/* ---- where libc has no next definition, and where it has ---- */

static void let_be(void)
{
}

static const struct {
    const char *name;
    void (*prepare)(void);
} hosts[] = {
    {"before the constructor, or in a libc without these", let_be},
    {"by the next definitions", route_setup},
};

#define PATH(number, ...) route_next.path(number, __VA_ARGS__)

START_TEST(every_call_does_what_it_says)
{
    struct statx facts;
    char target[8];

    hosts[_i].prepare();
    put_file("a", "a");
    put_link("l", "nowhere");
#ifdef SYS_rename
    ck_assert_int_eq(PATH(SYS_rename, (long)"a", (long)"b", 0, 0, 0, 0), 0);
#else
    ck_assert_int_eq(rename("a", "b"), 0);
#endif
    ck_assert_int_eq(sys_renameat2(&route_next, AT_FDCWD, "b", AT_FDCWD, "a", 0), 0);
    ck_assert_int_eq(sys_renameat2(&route_next, AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE), 0);
    ck_assert_int_eq(sys_linkat(&route_next, AT_FDCWD, "b", AT_FDCWD, "c"), 0);
    ck_assert(is_one_inode("b", "c"));
    ck_assert_int_eq(sys_unlinkat(&route_next, AT_FDCWD, "c", 0), 0);
    ck_assert(!is_there("c"));
    ck_assert_int_eq(sys_mkdirat(&route_next, AT_FDCWD, "d", 0700), 0);
    ck_assert(is_directory("d"));
    ck_assert_int_eq(sys_statx(&route_next, AT_FDCWD, "b", AT_SYMLINK_NOFOLLOW, &facts), 0);
    ck_assert_uint_eq(facts.stx_size, 1);
    ck_assert_int_eq(sys_readlinkat(&route_next, AT_FDCWD, "l", target, sizeof target), 7);
    ck_assert_int_eq(memcmp(target, "nowhere", 7), 0);
    ck_assert_int_eq(close(sys_openat(&route_next, AT_FDCWD, "b", O_RDONLY)), 0);
    ck_assert_int_eq(PATH(SYS_getpid, 0, 0, 0, 0, 0, 0), getpid());
}
END_TEST

START_TEST(every_error_is_a_negative_errno)
{
    struct statx facts;
    char target[8];

    hosts[_i].prepare();
    put_directory("d");
#ifdef SYS_rename
    ck_assert_int_eq(PATH(SYS_rename, (long)"x", (long)"y", 0, 0, 0, 0), -ENOENT);
#endif
    ck_assert_int_eq(sys_renameat2(&route_next, AT_FDCWD, "x", AT_FDCWD, "y", 0), -ENOENT);
    ck_assert_int_eq(sys_renameat2(&route_next, AT_FDCWD, "x", AT_FDCWD, "y", RENAME_NOREPLACE),
                     -ENOENT);
    ck_assert_int_eq(sys_linkat(&route_next, AT_FDCWD, "x", AT_FDCWD, "y"), -ENOENT);
    ck_assert_int_eq(sys_unlinkat(&route_next, AT_FDCWD, "x", 0), -ENOENT);
    ck_assert_int_eq(sys_mkdirat(&route_next, AT_FDCWD, "d", 0700), -EEXIST);
    ck_assert_int_eq(sys_statx(&route_next, AT_FDCWD, "x", 0, &facts), -ENOENT);
    ck_assert_int_eq(sys_readlinkat(&route_next, AT_FDCWD, "d", target, sizeof target), -EINVAL);
    ck_assert_int_eq(sys_openat(&route_next, AT_FDCWD, "x", O_RDONLY), -ENOENT);
}
END_TEST

/* Whoever translates paths may be there as long as nobody has looked. */
START_TEST(words_say_nothing_until_it_is_known_that_they_do)
{
    const int before = sys_open_word(&route_next, AT_FDCWD, "/");
    int behind;

    ck_assert_int_eq(before, -ENOSYS);
    route_setup();
    behind = sys_open_word(&route_next, AT_FDCWD, "/");
    ck_assert_int_ge(behind, 0);
}
END_TEST

/* ---- by number ---- */

static long withhold(long number, long a, long b, long c, long d, long e, long f)
{
    (void)number, (void)a, (void)b, (void)c, (void)d, (void)e, (void)f;
    errno = ENOSYS;
    return -1;
}

START_TEST(who_withholds_renameat2_is_told_from_a_kernel_without_it)
{
    put_file("a", "a");
    ck_assert_int_eq(sys_renameat2(&route_by_number, AT_FDCWD, "a", AT_FDCWD, "b", 1), 0);
    route_setup();
    ck_assert_int_eq(sys_renameat2(&route_by_number, AT_FDCWD, "b", AT_FDCWD, "a", 1), 0);
    route_next_syscall = withhold;
    ck_assert_int_eq(sys_renameat2(&route_by_number, AT_FDCWD, "a", AT_FDCWD, "b", 1),
                     ROUTE_WITHHELD);
    ck_assert(file_holds("a", "a"));
}
END_TEST

/* ---- what syscall(2) says ---- */

static const struct {
    const char *name;
    long result;
    long published;
    int error; /* errno; 0: as it was */
} results[] = {
    {"nothing", 0, 0, 0},
    {"a number", 42, 42, 0},
    {"an error", -ENOENT, -1, ENOENT},
    {"the last error", -4095, -1, 4095},
    {"an address that looks negative", -4096, -4096, 0},
};

START_TEST(an_error_is_published_as_libc_does)
{
    errno = 0;
    ck_assert_msg(route_publish(results[_i].result) == results[_i].published, "%s",
                  results[_i].name);
    ck_assert_msg(errno == results[_i].error, "%s: %d", results[_i].name, errno);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, every_call_does_what_it_says, 0, ROWS(hosts));
    tcase_add_loop_test(tcase, every_error_is_a_negative_errno, 0, ROWS(hosts));
    tcase_add_test(tcase, words_say_nothing_until_it_is_known_that_they_do);
    tcase_add_test(tcase, who_withholds_renameat2_is_told_from_a_kernel_without_it);
    tcase_add_loop_test(tcase, an_error_is_published_as_libc_does, 0, ROWS(results));
}

int main(void)
{
    return run_tests("route", add);
}
