/* SPDX-License-Identifier: MIT */
#include "launcher/run/run.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher/run/children.h"
#include "unit/run.h"
#include "unit/sandbox.h"

static struct run_result result;

static int run_shell(const char *script)
{
    char shell[] = "sh";
    char option[] = "-c";
    char text[1024];
    char *command[] = {shell, option, text, NULL};

    snprintf(text, sizeof text, "%s", script);
    ck_assert_int_eq(run_command(command, environ, NULL, &result), 0);
    return result.status;
}

static const struct {
    const char *script;
    int status;
} statuses[] = {
    {"true", 0},
    {"exit 1", 1},
    {"exit 255", 255},
    {"kill -TERM $$", 128 + SIGTERM},
    {"kill -KILL $$", 128 + SIGKILL},
    /* What we are sent reaches the command, which sees what it asked for. */
    {"trap 'exit 9' TERM; (kill -TERM $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' INT; (kill -INT $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' QUIT; (kill -QUIT $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' HUP; (kill -HUP $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' USR1; (kill -USR1 $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' USR2; (kill -USR2 $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' ALRM; (kill -ALRM $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' WINCH; (kill -WINCH $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' CONT; (kill -CONT $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' ABRT; (kill -ABRT $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' PWR; (kill -PWR $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' XCPU; (kill -XCPU $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' URG; (kill -URG $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' PIPE; (kill -PIPE $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' PROF; (kill -PROF $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' 40; (kill -40 $PPID); while :; do sleep 1 & wait $!; done", 9},
    {"trap 'exit 9' 64; (kill -64 $PPID); while :; do sleep 1 & wait $!; done", 9},
    /* What it sends us itself does not come back. */
    {"trap 'exit 9' USR1; kill -USR1 $PPID; kill -0 $PPID", 0},
};

START_TEST(the_status_is_what_a_shell_would_see)
{
    ck_assert_int_eq(run_shell(statuses[_i].script), statuses[_i].status);
}
END_TEST

START_TEST(what_cannot_be_started_is_126_or_127)
{
    char missing[] = "nothing-of-that-name";
    char plain[] = "./plain";
    char *none[] = {missing, NULL};
    char *forbidden[] = {plain, NULL};

    put_file("plain", "");
    ck_assert_int_eq(run_command(none, environ, NULL, &result), 0);
    ck_assert_int_eq(result.status, 127);
    ck_assert_int_eq(run_command(forbidden, environ, NULL, &result), 0);
    ck_assert_int_eq(result.status, 126);
    ck_assert_int_eq(result.has_leftovers, 0);
}
END_TEST

START_TEST(the_environment_is_the_one_given)
{
    char shell[] = "sh";
    char option[] = "-c";
    char text[] = "[ \"$GIVEN\" = yes ] && [ -z \"$HELD_BACK\" ]";
    char given[] = "GIVEN=yes";
    char *command[] = {shell, option, text, NULL};
    char *environment[] = {given, NULL};

    setenv("HELD_BACK", "no", 1);
    ck_assert_int_eq(run_command(command, environment, NULL, &result), 0);
    ck_assert_int_eq(result.status, 0);
}
END_TEST

/* A shell would change them: the command is grep(1) itself. */
static int grep_signals(void)
{
    char grep[] = "grep";
    char option[] = "-qE";
    char blocked[] = "-e^SigBlk:.*0200$";
    char ignored[] = "-e^SigIgn:.*10001$";
    char file[] = "/proc/self/status";
    char *first[] = {grep, option, blocked, file, NULL};
    char *second[] = {grep, option, ignored, file, NULL};

    ck_assert_int_eq(run_command(first, environ, NULL, &result), 0);
    if (result.status != 0)
        return result.status;
    ck_assert_int_eq(run_command(second, environ, NULL, &result), 0);
    return result.status;
}

START_TEST(the_command_has_the_signals_of_the_caller)
{
    sigset_t mask;
    sigset_t after;
    struct sigaction action;

    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    ck_assert_int_eq(grep_signals(), 0);
    sigaction(SIGCHLD, NULL, &action);
    ck_assert(action.sa_handler == SIG_IGN);
    sigprocmask(SIG_SETMASK, NULL, &after);
    ck_assert(sigismember(&after, SIGUSR1) && !sigismember(&after, SIGTERM));
}
END_TEST

/* They read from a pipe that this test holds open, so they are there until it says so. */
START_TEST(what_outlives_the_command_is_told_and_left)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[0], 9), 9);
    ck_assert_int_eq(run_shell("(read x <&9; :) & sh -c 'sh -c \"read x; :\" <&9 & :'; exit 4"), 4);
    ck_assert_int_eq(result.has_leftovers, 1);
    ck_assert_int_eq(write(ends[1], "\n\n", 2), 2); /* a line each: they are alive, and end */
    while (waitpid(-1, NULL, 0) > 0)
        ;
    close(9);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

/* Nobody reaps them: this test is their parent, and asks /proc before it does. */
START_TEST(zombies_are_not_running)
{
    siginfo_t info;
    const pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    ck_assert_int_eq(children_count(), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert_int_eq(children_count(), 0);
}
END_TEST

START_TEST(a_signal_is_no_number)
{
    ck_assert_int_eq(run_shell("exit 130"), 130);
    ck_assert_int_eq(result.signal, 0);
    ck_assert_int_eq(run_shell("kill -INT $$"), 130);
    ck_assert_int_eq(result.signal, SIGINT);
}
END_TEST

START_TEST(children_from_before_are_not_the_commands)
{
    int ends[2];
    char byte;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
    }
    ck_assert_int_eq(run_shell("true"), 0);
    ck_assert_int_eq(result.has_leftovers, 0);
    ck_assert_int_eq(kill(pid, 0), 0);
    close(ends[0]);
    close(ends[1]);
    waitpid(pid, NULL, 0);
}
END_TEST

START_TEST(finished_orphans_are_reaped)
{
    ck_assert_int_eq(run_shell("i=0; while [ $i -lt 20 ]; do (true & ) ; i=$((i+1)); done; wait"),
                     0);
    while (waitpid(-1, NULL, 0) > 0)
        ;
    ck_assert_int_eq(errno, ECHILD);
}
END_TEST

/* The caller stops with its command: a process between this test and the command shows it. */
START_TEST(who_runs_a_command_that_stops_stops_with_it)
{
    int status = 0;
    const pid_t pid = fork();

    if (pid == 0)
        _exit(run_shell("kill -STOP $$; exit 5"));
    ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
    ck_assert(WIFSTOPPED(status));
    ck_assert_int_eq(WSTOPSIG(status), SIGSTOP);
    ck_assert_int_eq(kill(pid, SIGCONT), 0);
    ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 5);
}
END_TEST

START_TEST(a_command_runs_with_standard_streams_closed)
{
    const int kept = dup(2);
    int status;

    close(0);
    close(1);
    close(2);
    status =
        run_shell("[ ! -e /proc/$$/fd/0 ] && [ ! -e /proc/$$/fd/1 ] && [ ! -e /proc/$$/fd/2 ]");
    dup2(kept, 2);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(nothing_stays_open)
{
    const int before = count_descriptors();

    run_shell("true");
    ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, the_status_is_what_a_shell_would_see, 0, ROWS(statuses));
    tcase_add_test(tcase, what_cannot_be_started_is_126_or_127);
    tcase_add_test(tcase, the_environment_is_the_one_given);
    tcase_add_test(tcase, the_command_has_the_signals_of_the_caller);
    tcase_add_test(tcase, what_outlives_the_command_is_told_and_left);
    tcase_add_test(tcase, zombies_are_not_running);
    tcase_add_test(tcase, a_signal_is_no_number);
    tcase_add_test(tcase, children_from_before_are_not_the_commands);
    tcase_add_test(tcase, finished_orphans_are_reaped);
    tcase_add_test(tcase, who_runs_a_command_that_stops_stops_with_it);
    tcase_add_test(tcase, a_command_runs_with_standard_streams_closed);
    tcase_add_test(tcase, nothing_stays_open);
}

int main(void)
{
    return run_tests("run", add);
}
