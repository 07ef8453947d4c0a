/* SPDX-License-Identifier: MIT */
/*
 * children [NAME]: what a process sees of its children when it waits for them. The rows are in the
 * table at the end. A tracer waits for them as well, and must not change what their parent sees.
 * Prints each row with another result than expected; exits with 0 if there is none.
 */
#include "children.h"

#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/resource.h>

extern char **environ;

enum { ROUNDS = 100 };

/* ---- lives ---- */

static void burn(void)
{
    for (volatile unsigned i = 0; i < 50000000; i++)
        ;
}

static void *exit_all(void *unused)
{
    (void)unused;
    _exit(3);
}

static void exit_from_a_thread(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, exit_all, NULL);
    rest();
}

static void *exit_after(void *leader)
{
    pthread_join(*(pthread_t *)leader, NULL);
    _exit(3);
}

/* The first thread ends long before its process. */
static void exit_of_leader_first(void)
{
    static pthread_t self;
    pthread_t thread;

    self = pthread_self();
    pthread_create(&thread, NULL, exit_after, &self);
    pthread_exit(NULL);
}

static void *become_shell(void *unused)
{
    (void)unused;
    execl("/bin/sh", "sh", "-c", "exit 3", NULL);
    _exit(4);
}

static void exec_from_a_thread(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, become_shell, NULL);
    rest();
}

/* ---- pidfd ---- */

static const char *through_pidfd(void (*life)(void), int is_killed)
{
    for (int i = 0; i < ROUNDS; i++) {
        const pid_t child = start(life);
        const int fd = (int)syscall(SYS_pidfd_open, child, 0);
        struct pollfd poller = {fd, POLLIN, 0};
        siginfo_t info = {0};

        check(fd >= 0, "there are pidfds");
        if (is_killed)
            kill(child, SIGKILL);
        poll(&poller, 1, -1);
        check(waitid(PIDFD, (id_t)fd, &info, WEXITED | WNOHANG) == 0, "the child is ours");
        close(fd);
        if (info.si_pid != child)
            return "nothing to wait for";
    }
    return "waited for";
}

static const char *pidfd_exit(void)
{
    return through_pidfd(exit_with_3, 0);
}

static const char *pidfd_killed(void)
{
    return through_pidfd(rest, 1);
}

static const char *pidfd_threads(void)
{
    return through_pidfd(exit_from_a_thread, 0);
}

static const char *pidfd_of_living(void)
{
    const pid_t child = start(rest);
    const int fd = (int)syscall(SYS_pidfd_open, child, 0);
    struct pollfd poller = {fd, POLLIN, 0};
    siginfo_t info = {0};
    const int ready = poll(&poller, 1, 0);
    const int result = waitid(PIDFD, (id_t)fd, &info, WEXITED | WNOHANG);

    end(child);
    close(fd);
    return ready == 0 && result == 0 && info.si_pid == 0 ? "nothing yet" : "something";
}

/* ---- waitid ---- */

static const char *wait_exit(void)
{
    return say_info(start(exit_with_3), WEXITED);
}

static const char *wait_killed(void)
{
    const pid_t child = start(rest);

    kill(child, SIGKILL);
    return say_info(child, WEXITED);
}

static const char *wait_leader_first(void)
{
    return say_info(start(exit_of_leader_first), WEXITED);
}

static const char *wait_exec_by_thread(void)
{
    return say_info(start(exec_from_a_thread), WEXITED);
}

static const char *wait_nowait(void)
{
    const pid_t child = start(exit_with_3);
    siginfo_t info = {0};

    for (int i = 0; i < 2; i++)
        if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) != 0 || info.si_status != 3)
            return "it does not stay";
    say_info(child, WEXITED);
    return waitid(P_PID, (id_t)child, &info, WEXITED) != 0 && errno == ECHILD ? "twice, then ECHILD"
                                                                              : "it stays";
}

static const char *wait_stopped(void)
{
    const pid_t child = start(rest);
    static char said[128];
    siginfo_t info = {0};

    kill(child, SIGSTOP);
    waitid(P_PID, (id_t)child, &info, WSTOPPED | WNOWAIT);
    snprintf(said, sizeof said, "%d, %s", info.si_code == CLD_STOPPED, say_info(child, WSTOPPED));
    waitid(P_PID, (id_t)child, memset(&info, 0, sizeof info), WSTOPPED | WNOHANG);
    snprintf(said + strlen(said), sizeof said - strlen(said), ", %s",
             info.si_pid ? "again" : "once");
    kill(child, SIGCONT);
    snprintf(said + strlen(said), sizeof said - strlen(said), ", %s", say_info(child, WCONTINUED));
    end(child);
    return said;
}

static const char *wait_stopped_killed(void)
{
    const pid_t child = start(rest);

    kill(child, SIGSTOP);
    say_info(child, WSTOPPED);
    kill(child, SIGKILL);
    return say_info(child, WEXITED | WSTOPPED);
}

static const char *wait_group(void)
{
    const pid_t child = start(exit_with_3);
    int status = 0;

    setpgid(child, child);
    return waitpid(-child, &status, 0) == child && WEXITSTATUS(status) == 3 ? "found" : "not found";
}

static const char *wait_clone(void)
{
    const pid_t child = (pid_t)syscall(SYS_clone, 0, 0, 0, 0, 0); /* sends no signal when it ends */
    int status = 0;

    if (child == 0)
        exit_with_3();
    if (waitpid(child, &status, 0) != -1 || errno != ECHILD)
        return "an ordinary wait finds it";
    return waitpid(child, &status, (int)__WCLONE) == child && WEXITSTATUS(status) == 3
               ? "by __WCLONE"
               : "not at all";
}

static const char *wait_spawn(void)
{
    char *const arguments[] = {(char[]){"/bin/sh"}, (char[]){"-c"}, (char[]){"exit 3"}, NULL};
    pid_t child;

    if (posix_spawn(&child, "/nowhere", NULL, NULL, arguments, environ) != ENOENT)
        return "a missing program is started";
    if (posix_spawn(&child, arguments[0], NULL, NULL, arguments, environ) != 0)
        return "not started";
    return say_info(child, WEXITED);
}

static const char *wait_usage(void)
{
    struct rusage usage = {0};

    if (wait4(start(burn), NULL, 0, &usage) < 0)
        return "nobody";
    return usage.ru_utime.tv_sec + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec > 0
               ? "used time"
               : "used none";
}

static const struct row rows[] = {
    {"pidfd of one that exits", pidfd_exit, "waited for"},
    {"pidfd of one that is killed", pidfd_killed, "waited for"},
    {"pidfd of one whose thread exits", pidfd_threads, "waited for"},
    {"pidfd of one that lives", pidfd_of_living, "nothing yet"},
    {"waitid WEXITED", wait_exit, "CLD 1 3"},
    {"waitid of one that is killed", wait_killed, "CLD 2 9"},
    {"waitid where the first thread ends first", wait_leader_first, "CLD 1 3"},
    {"waitid where a thread becomes a program", wait_exec_by_thread, "CLD 1 3"},
    {"waitid WNOWAIT", wait_nowait, "twice, then ECHILD"},
    {"waitid WSTOPPED, WCONTINUED", wait_stopped, "1, CLD 5 19, once, CLD 6 18"},
    {"waitid of one that is killed while stopped", wait_stopped_killed, "CLD 2 9"},
    {"waitpid of a group", wait_group, "found"},
    {"waitpid __WCLONE", wait_clone, "by __WCLONE"},
    {"posix_spawn", wait_spawn, "CLD 1 3"},
    {"wait4's usage", wait_usage, "used time"},
};

int main(int arguments_count, char **arguments)
{
    return try_rows(rows, sizeof rows / sizeof *rows, arguments_count > 1 ? arguments[1] : NULL) !=
           0;
}
