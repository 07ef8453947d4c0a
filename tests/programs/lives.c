/* SPDX-License-Identifier: MIT */
/*
 * lives HOW [N]: lives of processes and threads, each with renames that must be refused (`new` onto
 * `old`), for a tracer to follow. Exits with 0 if all results are right.
 *
 *   signals N   another process queues N signals while renames are refused, also in the handler:
 *               each is delivered once
 *   exec        a thread executes another program while the first thread and a third one rename
 *   clone3      a child by that call
 *   untraced    a child by clone(CLONE_UNTRACED): its renames fail, because nobody traces it
 *   crowd N     N processes at once rename onto one free name: one wins
 *   stopped N   a child that renames is stopped N times, by SIGSTOP and SIGTSTP in turn, and
 *               continued: its parent sees each stop, and meanwhile the child does not rename
 *   killed N    N children, each with two threads that rename, are killed
 *   ending N    N children replace their own file over and over, in three threads, until they are
 *               killed, exit or execute another program, in turn
 */
#include "host.h"

#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* Refused repeatedly, it may count as a loop: EBUSY. */
static int is_refused(void)
{
    return rename("new", "old") != 0 && (errno == EEXIST || errno == EBUSY);
}

static int status_of(pid_t child)
{
    int status;

    check(waitpid(child, &status, 0) > 0, "a child can be waited for");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* ---- signals ---- */

static volatile sig_atomic_t received;
static volatile sig_atomic_t wrong;

static void receive(int number)
{
    const int before = errno;

    (void)number;
    received++;
    wrong += !is_refused();
    errno = before;
}

_Noreturn static void send_all(pid_t target, int count)
{
    const union sigval value = {0};

    for (int sent = 0; sent < count;)
        sent += sigqueue(target, SIGRTMIN, value) == 0;
    _exit(0);
}

static int live_signals(int count)
{
    const pid_t self = getpid();
    pid_t child;

    signal(SIGRTMIN, receive);
    child = fork();
    if (child == 0)
        send_all(self, count);
    while (received < count || waitpid(child, NULL, WNOHANG) == 0)
        wrong += !is_refused();
    check(received == count, "each signal came once");
    check(wrong == 0, "each rename was refused");
    return 0;
}

/* ---- exec ---- */

static volatile int is_underway;
static char *self;

static void *rename_for_ever(void *unused)
{
    (void)unused;
    for (;;)
        is_underway += is_refused();
    return NULL;
}

static void *become_another(void *unused)
{
    char how[] = "again";
    char *arguments[] = {self, how, NULL};

    (void)unused;
    while (is_underway < 100)
        ;
    execv(self, arguments);
    fail("exec of", self, errno, 0);
}

static int live_exec(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, rename_for_ever, NULL);
    pthread_create(&thread, NULL, become_another, NULL);
    rename_for_ever(NULL);
    return 1;
}

/* ---- other ways to have a child ---- */

static int live_clone3(void)
{
    struct clone_args arguments = {.exit_signal = SIGCHLD};
    const pid_t child = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);

    check(child >= 0, "clone3 works");
    if (child == 0)
        _exit(!is_refused());
    return status_of(child);
}

static int live_untraced(void)
{
    const pid_t child = (pid_t)syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);

    check(child >= 0, "clone works");
    if (child == 0)
        _exit(rename("new", "old") == 0 || errno != ENOSYS);
    return status_of(child);
}

/* ---- from outside ---- */

static volatile int *renames; /* of the child: refused so far, or -1 if one was not */

/* Renames until it is killed, or its parent is gone. */
_Noreturn static void rename_and_count(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
        *renames = is_refused() ? *renames + 1 : -1;
}

static void *count_in_thread(void *unused)
{
    (void)unused;
    rename_and_count();
}

static void share_count(void)
{
    renames =
        mmap(NULL, sizeof *renames, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(renames != MAP_FAILED, "there is memory");
}

/* Waits until the child has renamed once more. */
static void await_rename(void)
{
    const int before = *renames;

    while (*renames == before)
        sched_yield();
    check(*renames >= 0, "each rename was refused");
}

/* The state of a process in proc(5): one letter. */
static char state_of(pid_t process)
{
    char name[64], line[256] = "";
    FILE *file;

    snprintf(name, sizeof name, "/proc/%d/stat", process);
    file = fopen(name, "re");
    check(file && fgets(line, sizeof line, file) && strrchr(line, ')'), "the child has a state");
    fclose(file);
    return strrchr(line, ')')[2];
}

static void stop_and_continue(pid_t child, int signal)
{
    int status, before;

    kill(child, signal);
    check(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status), "it stops");
    check(WSTOPSIG(status) == signal, "by that signal");
    before = *renames;
    check(state_of(child) == 't' || state_of(child) == 'T', "it is stopped");
    check(*renames == before, "it rests");
    kill(child, SIGCONT);
    check(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status), "it goes on");
    await_rename();
}

static int live_stopped(int count)
{
    pid_t child;
    int status;

    share_count();
    child = fork();
    if (child == 0) {
        setpgid(0, 0); /* SIGTSTP stops nobody in an orphaned process group */
        rename_and_count();
    }
    await_rename();
    for (int i = 0; i < count; i++)
        stop_and_continue(child, i % 2 == 0 ? SIGSTOP : SIGTSTP);
    kill(child, SIGSTOP); /* it is killed while it is stopped */
    check(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status), "it stops");
    kill(child, SIGKILL);
    check(waitpid(child, &status, 0) == child && WIFSIGNALED(status), "it ends");
    return WTERMSIG(status) != SIGKILL;
}

static int live_killed(int count)
{
    share_count();
    for (int i = 0; i < count; i++) {
        const pid_t child = fork();
        pthread_t thread;
        int status;

        if (child == 0) {
            pthread_create(&thread, NULL, count_in_thread, NULL);
            rename_and_count();
        }
        await_rename();
        kill(child, SIGKILL);
        check(waitpid(child, &status, 0) == child && WIFSIGNALED(status), "it ends");
        check(WTERMSIG(status) == SIGKILL && is_refused(), "and all goes on");
    }
    return 0;
}

/* ---- ends in the middle of an overwrite that nothing forbids ---- */

static void *replace_for_ever(void *unused)
{
    char source[64], destination[64];

    (void)unused;
    snprintf(source, sizeof source, "source.%d", (int)syscall(SYS_gettid));
    snprintf(destination, sizeof destination, "destination.%d", (int)syscall(SYS_gettid));
    put(destination, "");
    for (;;) {
        put(source, "");
        check(rename(source, destination) == 0, "it is replaced");
        ++*renames;
    }
    return NULL;
}

_Noreturn static void replace_and_end(int how)
{
    char name[] = "true";
    char *arguments[] = {name, NULL};
    pthread_t thread;

    for (int i = 0; i < 3; i++)
        pthread_create(&thread, NULL, replace_for_ever, NULL);
    await_rename();
    if (how == 0)
        _exit(0);
    if (how == 1)
        execvp(name, arguments);
    raise(SIGKILL);
    _exit(1);
}

static int live_ending(int count)
{
    share_count();
    for (int i = 0; i < count; i++) {
        const pid_t child = fork();
        int status;

        if (child == 0)
            replace_and_end(i % 3);
        check(waitpid(child, &status, 0) == child, "it ends");
        check(status == (i % 3 == 2 ? SIGKILL : 0), "as it should");
    }
    return 0;
}

/* ---- many ---- */

_Noreturn static void compete(int gate, int number)
{
    char name[32];
    char byte;

    snprintf(name, sizeof name, "mine.%d", number);
    put(name, "mine");
    if (read(gate, &byte, 1) != 0)
        _exit(2);
    _exit(rename(name, "free") == 0 ? 0 : errno == EEXIST || errno == EBUSY ? 1 : 2);
}

static int live_crowd(int count)
{
    int gate[2];
    int winners = 0;
    int losers = 0;

    check(pipe(gate) == 0, "there are pipes");
    for (int i = 0; i < count; i++) {
        const pid_t child = fork();

        check(child >= 0, "there is room for a process");
        if (child == 0) {
            close(gate[1]);
            compete(gate[0], i);
        }
    }
    close(gate[1]);
    for (int i = 0; i < count; i++) {
        const int status = status_of(-1);

        winners += status == 0;
        losers += status == 1;
    }
    check(winners == 1 && losers == count - 1, "one wins");
    return 0;
}

int main(int count, char **arguments)
{
    const char *const how = count > 1 ? arguments[1] : "";
    const int number = count > 2 ? atoi(arguments[2]) : 0;

    self = arguments[0];
    alarm(60);
    if (strcmp(how, "again") == 0)
        return !is_refused();
    put("new", "new");
    put("old", "old");
    if (strcmp(how, "signals") == 0)
        return live_signals(number);
    if (strcmp(how, "exec") == 0)
        return live_exec();
    if (strcmp(how, "clone3") == 0)
        return live_clone3();
    if (strcmp(how, "untraced") == 0)
        return live_untraced();
    if (strcmp(how, "stopped") == 0)
        return live_stopped(number);
    if (strcmp(how, "killed") == 0)
        return live_killed(number);
    if (strcmp(how, "ending") == 0)
        return live_ending(number);
    return strcmp(how, "crowd") == 0 ? live_crowd(number) : 2;
}
