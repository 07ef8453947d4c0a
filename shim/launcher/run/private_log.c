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

/* These do not end a process, or not before it is too late to tidy up. */
static const int others[] = {SIGKILL,  SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGCHLD, SIGURG,
                             SIGWINCH, SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,  SIGTRAP, SIGSYS};

/* A signal handler reads these. `owner` is 0 while there is no log; a child that was forked is not
 * the owner. */
static char directory[PATH_MAX];
static char file[PATH_MAX + sizeof "/report"];
static char whole[sizeof file + sizeof POLICY_REPORT_WHOLE];
static volatile pid_t owner;
static int kept = -1; /* the report, open for reading: it may be removed while the command runs */
static struct sigaction before[NSIG]; /* by signal */

static void remove_files(void)
{
    if (owner != getpid())
        return;
    unlink(file);
    unlink(whole);
    rmdir(directory);
    owner = 0; /* now only: a signal in between finishes this */
}

/* SA_RESETHAND has put the default back, and the signal comes again when the handler is left. */
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

/* sigaction(2) fails for those that the C library keeps to itself. */
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

/* Whatever the umask: other users get to write. Returns the descriptor or -errno. */
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

/* Room for the first events is kept, so that a disk that fills up meanwhile does not hide them all. */
static int make_report(void)
{
    const int fd = make_file(file);
    int opened;

    if (fd < 0)
        return fd;
    fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)64 * 1024);
    close(fd);
    opened = open(file, O_RDONLY | O_CLOEXEC);
    /* Not as a standard stream that is closed: messages would go there. */
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

/* Makes the directory below `parent`, and the files in it. Returns 0 or -errno. */
static int make_below(const char *parent)
{
    const size_t length = strlen(parent);
    int result;

    if (*parent != '/' || length + sizeof "/.noclobber.XXXXXX" > sizeof directory)
        return -ENAMETOOLONG;
    /* With a dot: a shell that removes everything in /tmp by a star does not see it. */
    snprintf(directory, sizeof directory, "%s/.noclobber.XXXXXX", parent);
    if (!mkdtemp(directory))
        return -errno;
    owner = getpid();
    snprintf(file, sizeof file, "%s/report", directory);
    snprintf(whole, sizeof whole, "%s" POLICY_REPORT_WHOLE, file);
    result = make_report();
    if (result == 0)
        result = make_whole();
    /* None but us get to list it or to remove from it. */
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

/* A limit on the size of files is an error like any other: the signal that came with it, which is held
 * back, is taken. */
static void drop_file_size_signal(void)
{
    const struct timespec now = {0, 0};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGXFSZ);
    sigtimedwait(&set, NULL, &now);
}

/* Signals wait while the files are made, so that the handler removes all of them. */
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

/* Leaves a signal alone that the command has since ignored. */
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
