/* SPDX-License-Identifier: MIT */
#include "launcher/run/private_log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/policy.h"

/* Signals that do not end a process, or only when it is too late to clean up. */
static const int others[] = {SIGKILL,  SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGCHLD, SIGURG,
                             SIGWINCH, SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,  SIGTRAP, SIGSYS};

/*
 * Read by a signal handler. `owner` is 0 while there is no file; a forked child is not the owner.
 */
static char directory[PATH_MAX];
static char file[PATH_MAX + sizeof "/report"];
static char whole[sizeof file + sizeof POLICY_REPORT_WHOLE];
static volatile pid_t owner;
static int kept = -1; /* the events, open for reading, because the command may remove the file */
static struct sigaction before[NSIG]; /* by signal */

static void remove_files(void)
{
    if (owner != getpid())
        return;
    unlink(file);
    unlink(whole);
    rmdir(directory);
    owner = 0; /* only now, so that a signal in between finishes the work */
}

/* SA_RESETHAND has restored the default; the raised signal is delivered after the handler. */
static void end(int signal)
{
    const int saved = errno;

    remove_files();
    raise(signal);
    errno = saved;
}

static int ends_process(int number)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] == number)
            return 0;
    return 1;
}

/* sigaction(2) fails for signals reserved by the C library. */
static void catch_signals(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = end;
    action.sa_flags = (int)SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    for (int i = 1; i <= SIGRTMAX; i++)
        if (ends_process(i) && sigaction(i, NULL, &before[i]) == 0 &&
            before[i].sa_handler != SIG_IGN)
            sigaction(i, &action, NULL);
}

/* Other users may write, whatever the umask. Returns a descriptor or -errno. */
static int make_file(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int failed;

    if (fd < 0 || fchmod(fd, 0666) == 0)
        return fd < 0 ? -errno : fd;
    failed = -errno;
    close(fd);
    return failed;
}

/* Reserves space for the first events, so that a disk that fills up does not hide all of them. */
static int make_report(void)
{
    const int fd = make_file(file);
    int opened;

    if (fd < 0)
        return fd;
    fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)64 * 1024);
    close(fd);
    opened = open(file, O_RDONLY | O_CLOEXEC);
    /* Not with the number of a closed standard stream: messages would go there. */
    kept = opened < 0 ? -1 : fcntl(opened, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (opened >= 0)
        close(opened);
    return kept < 0 ? -errno : 0;
}

static int make_whole(void)
{
    const int fd = make_file(whole);
    int result;

    if (fd < 0)
        return fd;
    result = write(fd, "\n", 1) == 1 ? 0 : -errno;
    close(fd);
    return result;
}

/* Creates the directory below `parent`, and the files in it. Returns 0 or -errno. */
static int make_below(const char *parent)
{
    const size_t length = strlen(parent);
    int result;

    if (*parent != '/' || length + sizeof "/.noclobber.XXXXXX" > sizeof directory)
        return -ENAMETOOLONG;
    /* With a dot, so that a shell's star in /tmp does not match it. */
    snprintf(directory, sizeof directory, "%s/.noclobber.XXXXXX", parent);
    if (!mkdtemp(directory))
        return -errno;
    owner = getpid();
    snprintf(file, sizeof file, "%s/report", directory);
    snprintf(whole, sizeof whole, "%s" POLICY_REPORT_WHOLE, file);
    result = make_report();
    if (result == 0)
        result = make_whole();
    /* Only we may list it or remove from it. */
    if (result == 0 && chmod(directory, 0711) < 0)
        result = -errno;
    if (result < 0)
        remove_files();
    return result;
}

static int make(void)
{
    const char *const wanted = getenv("TMPDIR");

    if (wanted && make_below(wanted) == 0)
        return 0;
    return make_below("/tmp");
}

/* RLIMIT_FSIZE is an error like any other: consumes the blocked signal that came with it. */
static void drop_file_size_signal(void)
{
    const struct timespec now = {0, 0};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGXFSZ);
    sigtimedwait(&set, NULL, &now);
}

/* Signals are blocked while the files are created, so that the handler removes all of them. */
const char *private_log_create(void)
{
    sigset_t all;
    sigset_t mask;
    int result;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &mask);
    result = make();
    drop_file_size_signal();
    if (result == 0)
        catch_signals();
    sigprocmask(SIG_SETMASK, &mask, NULL);
    if (result == 0)
        return file;
    errno = -result;
    return NULL;
}

int private_log_is_there(void)
{
    return access(file, F_OK) == 0 && access(whole, F_OK) == 0;
}

const char *private_log_path(void)
{
    static char descriptor[sizeof "/proc/self/fd/" + 3 * sizeof kept];

    if (access(file, F_OK) == 0)
        return file;
    snprintf(descriptor, sizeof descriptor, "/proc/self/fd/%d", kept);
    return descriptor;
}

/* Does not touch a signal that the command has ignored since. */
static void restore_signal(int number)
{
    struct sigaction now;

    if (ends_process(number) && sigaction(number, NULL, &now) == 0 && now.sa_handler == end)
        sigaction(number, &before[number], NULL);
}

void private_log_remove(void)
{
    if (owner != getpid())
        return;
    remove_files();
    close(kept);
    for (int i = 1; i <= SIGRTMAX; i++)
        restore_signal(i);
}
