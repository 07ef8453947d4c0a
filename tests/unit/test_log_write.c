/* SPDX-License-Identifier: MIT */
#include "engine/log.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "unit/fake_sys.h"
#include "unit/run.h"
#include "unit/sandbox.h"

/* A pipe that nobody reads. */
static int broken_pipe(void)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    return ends[1];
}

static int is_blocked(int number)
{
    sigset_t mask;

    sigprocmask(SIG_SETMASK, NULL, &mask);
    return sigismember(&mask, number);
}

static int is_pending(int number)
{
    sigset_t set;

    sigpending(&set);
    return sigismember(&set, number);
}

static void block(int number)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

START_TEST(what_is_written_arrives)
{
    int ends[2];
    char got[8] = "";

    ck_assert_int_eq(pipe(ends), 0);
    fake_reset();
    log_write(&fake_sys, ends[1], "abc", 3);
    ck_assert_int_eq(read(ends[0], got, sizeof got), 3);
    ck_assert_str_eq(got, "abc");
    ck_assert_int_eq(fake_count(SYS_write), 1);
}
END_TEST

/* The default action of both signals is the end: that this test goes on is half of it. */
START_TEST(a_pipe_that_nobody_reads_is_no_harm)
{
    fake_reset();
    log_write(&fake_sys, broken_pipe(), "abc", 3);
    ck_assert(!is_blocked(SIGPIPE) && !is_pending(SIGPIPE));
    ck_assert(!is_blocked(SIGXFSZ));
}
END_TEST

START_TEST(a_limit_on_file_size_is_no_harm)
{
    const struct rlimit small = {2, RLIM_INFINITY};
    const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
    int is_limited;
    int fd;

    put_file("log", "ab");
    fd = open("log", O_WRONLY | O_APPEND);
    fake_reset();
    /* No assertion within the limit: check writes a file for each. */
    is_limited = setrlimit(RLIMIT_FSIZE, &small) == 0;
    log_write(&fake_sys, fd, "abc", 3);
    setrlimit(RLIMIT_FSIZE, &none);
    ck_assert(is_limited);
    ck_assert(!is_blocked(SIGXFSZ) && !is_pending(SIGXFSZ));
    ck_assert(file_holds("log", "ab"));
}
END_TEST

/* The file has room for the first three bytes of each event. */
START_TEST(a_part_of_an_event_does_not_stay_in_a_log)
{
    static struct scratch scratch;
    const struct rlimit small = {5, RLIM_INFINITY};
    const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
    char log[4096];
    const struct policy policy = {.log = sandbox_name("log", log, sizeof log)};
    struct event event = {.call = "rename", .source = "/s", .destination = "/d"};
    int is_limited;

    put_file("log", "a\n");
    fake_reset();
    is_limited = setrlimit(RLIMIT_FSIZE, &small) == 0;
    log_event(&fake_sys, &policy, &event, &scratch);
    setrlimit(RLIMIT_FSIZE, &none);
    ck_assert(is_limited);
    ck_assert_msg(file_holds("log", "a\n"), "%s", fake_story());
    ck_assert_int_eq(fake_count(SYS_ftruncate), 1);
}
END_TEST

START_TEST(a_signal_that_was_pending_stays_so)
{
    block(SIGPIPE);
    raise(SIGPIPE);
    ck_assert(is_pending(SIGPIPE));
    fake_reset();
    log_write(&fake_sys, broken_pipe(), "abc", 3);
    ck_assert(is_pending(SIGPIPE) && is_blocked(SIGPIPE));
}
END_TEST

START_TEST(a_signal_that_was_blocked_stays_so)
{
    block(SIGPIPE);
    fake_reset();
    log_write(&fake_sys, broken_pipe(), "abc", 3);
    ck_assert(!is_pending(SIGPIPE) && is_blocked(SIGPIPE));
}
END_TEST

START_TEST(without_a_mask_nothing_is_written)
{
    fake_reset();
    fake.intercept = SYS_rt_sigprocmask;
    fake.intercept_with = -EPERM;
    log_write(&fake_sys, broken_pipe(), "abc", 3);
    ck_assert_int_eq(fake_count(SYS_write), 0);
}
END_TEST

/* ---- standard error ---- */

START_TEST(a_complaint_needs_no_statx)
{
    fake_reset();
    fake.intercept = SYS_statx;
    fake.intercept_with = -EPERM;
    log_stderr(&fake_sys, "abc", 3);
    ck_assert_str_eq(fake.err, "abc");
}
END_TEST

START_TEST(what_may_be_the_programs_data_is_not_written_to)
{
    fake_reset();
    log_remember_stderr(&fake_sys);
    fake.intercept = SYS_statx;
    fake.intercept_with = _i ? -EBADF : -EPERM;
    log_stderr(&fake_sys, "abc", 3);
    ck_assert_str_eq(fake.err, "");
}
END_TEST

START_TEST(a_closed_standard_error_is_left_alone)
{
    fake_reset();
    fake.intercept = SYS_statx;
    fake.intercept_with = -EBADF;
    log_stderr(&fake_sys, "abc", 3);
    ck_assert_str_eq(fake.err, "");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, what_is_written_arrives);
    tcase_add_test(tcase, a_pipe_that_nobody_reads_is_no_harm);
    tcase_add_test(tcase, a_limit_on_file_size_is_no_harm);
    tcase_add_test(tcase, a_part_of_an_event_does_not_stay_in_a_log);
    tcase_add_test(tcase, a_signal_that_was_pending_stays_so);
    tcase_add_test(tcase, a_signal_that_was_blocked_stays_so);
    tcase_add_test(tcase, without_a_mask_nothing_is_written);
    tcase_add_test(tcase, a_complaint_needs_no_statx);
    tcase_add_loop_test(tcase, what_may_be_the_programs_data_is_not_written_to, 0, 2);
    tcase_add_test(tcase, a_closed_standard_error_is_left_alone);
}

int main(void)
{
    return run_tests("log_write", add);
}
