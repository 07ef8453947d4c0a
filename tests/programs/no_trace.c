/* SPDX-License-Identifier: MIT */
/*
 * no_trace: renames a file over an equal one (ALLOW_IF=same). Nothing of the process may change:
 * its record locks on both files, its descriptors, threads, children and their resource usage, its
 * signal mask and pending signals.
 */
#include "host.h"

#include <dirent.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define ROUNDS 200

static int count_names(const char *directory)
{
    DIR *const names = opendir(directory);
    int count = 0;

    check(names != NULL, directory);
    while (readdir(names))
        count++;
    closedir(names);
    return count;
}

/* Whether another process finds the file locked. */
static int is_locked(const char *path)
{
    const pid_t child = fork();
    int status;

    if (child == 0) {
        struct flock lock = {.l_type = F_WRLCK};

        _exit(fcntl(open(path, O_RDWR | O_CLOEXEC), F_GETLK, &lock) != 0 || lock.l_type != F_UNLCK);
    }
    check(waitpid(child, &status, 0) == child, "waitpid");
    return WEXITSTATUS(status);
}

static int open_locked(const char *path)
{
    struct flock lock = {.l_type = F_WRLCK};
    const int fd = open(path, O_RDWR | O_CLOEXEC);

    check(fcntl(fd, F_SETLK, &lock) == 0, "a lock");
    return fd;
}

static void keeps_locks(void)
{
    int source;
    int destination;

    put("new", "equal");
    put("old", "equal");
    source = open_locked("new");
    destination = open_locked("old");
    check(link("old", "was-old") == 0, "a second name");
    expect(0, "new", "old");
    check(is_locked("old"), "the source's lock, at its new name");
    check(is_locked("was-old"), "the destination's lock");
    close(source);
    close(destination);
}

/* A helper that ends late would still hold a lock of flock(2), which ends with its last
 * descriptor. */
static void is_alone_at_once(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        int held;
        int other;

        put("new", "equal");
        put("old", "equal");
        held = open("guard", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        other = open("guard", O_RDWR | O_CLOEXEC);
        check(flock(held, LOCK_EX) == 0, "flock");
        expect(0, "new", "old");
        close(held);
        check(flock(other, LOCK_EX | LOCK_NB) == 0, "a lock that was given back");
        close(other);
        check(count_names("/proc/self/task") == 3, "one thread");
    }
}

static void leaves_no_child(void)
{
    struct rusage usage;

    put("new", "equal");
    put("old", "equal");
    expect(0, "new", "old");
    check(waitpid(-1, NULL, WNOHANG | __WALL) == -1 && errno == ECHILD, "no child");
    getrusage(RUSAGE_CHILDREN, &usage);
    check(usage.ru_minflt == 0 && usage.ru_utime.tv_usec == 0 && usage.ru_stime.tv_usec == 0,
          "nothing used by children");
}

static void leaves_signals_alone(void)
{
    sigset_t before;
    sigset_t after;
    sigset_t pending;

    put("new", "equal");
    put("old", "equal");
    sigemptyset(&before);
    sigaddset(&before, SIGUSR1);
    sigaddset(&before, SIGTERM);
    sigprocmask(SIG_SETMASK, &before, NULL);
    raise(SIGUSR1);
    expect(0, "new", "old");
    sigprocmask(SIG_SETMASK, NULL, &after);
    sigpending(&pending);
    check(memcmp(&before, &after, 8) == 0, "the signal mask");
    check(sigismember(&pending, SIGUSR1) && !sigismember(&pending, SIGCHLD), "what is pending");
}

int main(void)
{
    const int descriptors = count_names("/proc/self/fd");

    leaves_no_child();
    leaves_signals_alone();
    is_alone_at_once();
    keeps_locks();
    check(count_names("/proc/self/fd") == descriptors, "no descriptor is left");
    return 0;
}
