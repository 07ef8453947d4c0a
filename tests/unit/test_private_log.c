/* SPDX-License-Identifier: MIT */
#include "launcher/run/private_log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/policy.h"
#include "unit/run.h"
#include "unit/sandbox.h"

static unsigned mode_of(const char *path)
{
    struct stat facts;

    ck_assert_int_eq(stat(path, &facts), 0);
    return facts.st_mode & 07777;
}

static const char *create_here(void)
{
    const char *path;

    setenv("TMPDIR", sandbox_path(), 1);
    path = private_log_create();
    ck_assert_ptr_nonnull(path);
    return path;
}

START_TEST(others_may_write_and_not_list)
{
    char path[4096];
    const char *report;

    umask(077);
    report = create_here();
    ck_assert_int_eq(strncmp(report, sandbox_path(), strlen(sandbox_path())), 0);
    ck_assert_uint_eq(mode_of(report), 0666);
    snprintf(path, sizeof path, "%s" POLICY_REPORT_WHOLE, report);
    ck_assert_uint_eq(mode_of(path), 0666);
    ck_assert(file_holds(path, "\n"));
    ck_assert(file_holds(report, ""));
    snprintf(path, sizeof path, "%.*s", (int)(strrchr(report, '/') - report), report);
    ck_assert_uint_eq(mode_of(path), 0711);
    private_log_remove();
    ck_assert_int_eq(count_names("."), 0);
}
END_TEST

static const char *const bad_places[] = {"/none", "relative", "", "/dev/null"};

START_TEST(where_the_wanted_place_is_none_tmp_serves)
{
    const char *report;

    setenv("TMPDIR", bad_places[_i], 1);
    report = private_log_create();
    ck_assert_ptr_nonnull(report);
    ck_assert_int_eq(strncmp(report, "/tmp/.noclobber.", strlen("/tmp/.noclobber.")), 0);
    private_log_remove();
    ck_assert(!is_there(report));
}
END_TEST

START_TEST(what_was_removed_is_known_and_can_be_read)
{
    const char *const report = create_here();
    FILE *const out = fopen(report, "a");
    FILE *in;
    char line[16];

    ck_assert_ptr_nonnull(out);
    fputs("event\n", out);
    fclose(out);
    ck_assert(private_log_is_there());
    ck_assert_str_eq(private_log_path(), report);
    sweep();
    ck_assert(!private_log_is_there());
    in = fopen(private_log_path(), "r");
    ck_assert_ptr_nonnull(in);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, in));
    ck_assert_str_eq(line, "event\n");
    fclose(in);
    private_log_remove();
}
END_TEST

START_TEST(nothing_stays_open)
{
    const int descriptors = count_descriptors();

    create_here();
    private_log_remove();
    ck_assert_int_eq(count_descriptors(), descriptors);
}
END_TEST

START_TEST(a_child_leaves_it_alone)
{
    const char *const report = create_here();
    const pid_t child = fork();

    ck_assert_int_ne(child, -1);
    if (child == 0) {
        private_log_remove();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert(is_there(report));
    private_log_remove();
}
END_TEST

static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM};

START_TEST(a_signal_that_ends_the_process_removes_it)
{
    const int number = ending[_i];
    const pid_t child = fork();
    int status;

    ck_assert_int_ne(child, -1);
    if (child == 0) {
        signal(number, SIG_DFL);
        create_here();
        raise(number);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == number);
    ck_assert_int_eq(count_names("."), 0);
}
END_TEST

START_TEST(what_was_ignored_stays_so)
{
    struct sigaction now;

    signal(SIGHUP, SIG_IGN);
    create_here();
    ck_assert_int_eq(raise(SIGHUP), 0);
    ck_assert_int_eq(count_names("."), 1);
    private_log_remove();
    ck_assert_int_eq(sigaction(SIGHUP, NULL, &now), 0);
    ck_assert_ptr_eq((void *)now.sa_handler, (void *)SIG_IGN);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, others_may_write_and_not_list);
    tcase_add_loop_test(tcase, where_the_wanted_place_is_none_tmp_serves, 0, ROWS(bad_places));
    tcase_add_test(tcase, what_was_removed_is_known_and_can_be_read);
    tcase_add_test(tcase, nothing_stays_open);
    tcase_add_test(tcase, a_child_leaves_it_alone);
    tcase_add_loop_test(tcase, a_signal_that_ends_the_process_removes_it, 0, ROWS(ending));
    tcase_add_test(tcase, what_was_ignored_stays_so);
}

int main(void)
{
    return run_tests("private_log", add);
}
