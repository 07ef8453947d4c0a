/* SPDX-License-Identifier: MIT */
/*
 * The copies are named files in a directory below $TMPDIR or /tmp, so that they survive if the
 * keeper or noclobber is killed.
 */
#include "launcher/keep/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "launcher/keep/put_back.h"
#include "launcher/message.h"
#include "launcher/verify/snapshot.h"

/* Descriptors that we may have inherited. */
#define INHERITED_MAX 1024

enum state { LOST, HELD, COPIED };

struct kept {
    enum state state;
    int fd; /* of the file; of its copy if COPIED */
    char *target;
    struct attributes attributes;
    struct stat facts;
};

struct keeper {
    const struct snapshot *files;
    struct kept *list;
    size_t *index_of; /* index of the file, by descriptor */
    size_t descriptors;
    char directory[PATH_MAX - 64];
    int must_stay; /* the directory must not be removed */
};

static char *copy_name(const struct keeper *keeper, size_t index, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s/%zu", keeper->directory, index);
    return out;
}

/* A symbolic link beside the copy names the file. */
static char *link_name(const struct keeper *keeper, size_t index, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s/%zu.of", keeper->directory, index);
    return out;
}

/* ---- beginning ---- */

static int keep_link(const char *path, struct kept *kept)
{
    char target[PATH_MAX];
    const ssize_t length = readlink(path, target, sizeof target);

    if (length < 0 || lstat(path, &kept->facts) < 0)
        return -errno;
    kept->target = strndup(target, (size_t)length);
    kept->state = kept->target ? HELD : LOST;
    return kept->target ? 0 : -ENOMEM;
}

static int is_seen(const struct stat *facts, const struct seen *seen)
{
    return facts->st_ino == seen->now.inode && S_ISREG(facts->st_mode);
}

static int hold(int fd, const struct seen *seen, struct kept *kept)
{
    if (fstat(fd, &kept->facts) < 0)
        return -errno;
    if (!is_seen(&kept->facts, seen))
        return -ESTALE;
    if (fcntl(fd, F_SETSIG, SIGRTMIN) < 0 || fcntl(fd, F_SETLEASE, F_RDLCK) < 0)
        return -errno;
    attributes_read(fd, &kept->attributes);
    kept->fd = fd;
    kept->state = HELD;
    return 0;
}

/* O_NONBLOCK: by now the name may be a FIFO. */
static int keep(struct keeper *keeper, size_t index)
{
    const struct seen *const seen = &keeper->files->list[index];
    struct kept *const kept = &keeper->list[index];
    int fd;
    int result;

    kept->fd = -1;
    if (S_ISLNK(seen->now.mode))
        return keep_link(seen->path, kept);
    fd = open(seen->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return -errno;
    result = (size_t)fd < keeper->descriptors ? hold(fd, seen, kept) : -EMFILE;
    if (result < 0)
        close(fd);
    else
        keeper->index_of[fd] = index;
    return result;
}

static size_t count_files(const struct snapshot *files)
{
    size_t count = 0;

    for (size_t i = 0; files && i < files->count; i++)
        count += S_ISREG(files->list[i].now.mode);
    return count;
}

/* Raises the limit of this process. Returns how many descriptors it may have. */
static size_t raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 0;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return (size_t)limit.rlim_max;
}

static int make_directory(struct keeper *keeper)
{
    const char *const wanted = getenv("TMPDIR");

    snprintf(keeper->directory, sizeof keeper->directory, "%s/.noclobber-kept.XXXXXX",
             wanted && *wanted == '/' ? wanted : "/tmp");
    if (mkdtemp(keeper->directory))
        return 0;
    snprintf(keeper->directory, sizeof keeper->directory, "/tmp/.noclobber-kept.XXXXXX");
    return mkdtemp(keeper->directory) ? 0 : -errno;
}

static int make_room(struct keeper *keeper, size_t count, struct lease_begun *begun)
{
    begun->limit = raise_limit();
    if (count_files(keeper->files) + KEEPER_RESERVE > begun->limit)
        return -EMFILE;
    keeper->descriptors = count + KEEPER_RESERVE + INHERITED_MAX;
    keeper->list = calloc(count + 1, sizeof *keeper->list);
    keeper->index_of = calloc(keeper->descriptors, sizeof *keeper->index_of);
    return keeper->list && keeper->index_of ? make_directory(keeper) : -ENOMEM;
}

static void keep_all(struct keeper *keeper, struct lease_begun *begun)
{
    const size_t count = keeper->files ? keeper->files->count : 0;

    begun->error = make_room(keeper, count, begun);
    if (begun->error < 0)
        return;
    for (size_t i = 0; i < count; i++) {
        const int result = keep(keeper, i);

        begun->kept += result == 0;
        if (result < 0 && begun->unkept++ == 0) {
            begun->error = result;
            snprintf(begun->first, sizeof begun->first, "%s", keeper->files->list[i].path);
        }
    }
}

/* ---- a writer ---- */

static void remove_copy(const struct keeper *keeper, size_t index)
{
    char name[PATH_MAX];

    unlink(copy_name(keeper, index, name));
    unlink(link_name(keeper, index, name));
}

/* Returns a descriptor of the empty file, or -errno. */
static int create_file(const char *name)
{
    const int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    return fd < 0 ? -errno : fd;
}

/* Returns a descriptor of the link itself, or -errno. */
static int create_link(const char *name, const char *target)
{
    int fd;

    if (symlink(target, name) < 0)
        return -errno;
    fd = open(name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    fd = -errno;
    unlink(name);
    return fd;
}

static int create_copy(const struct keeper *keeper, size_t index)
{
    const char *const target = keeper->list[index].target;
    char name[PATH_MAX];

    copy_name(keeper, index, name);
    return target ? create_link(name, target) : create_file(name);
}

/* A symbolic link was complete when it was created. */
static int fill_copy(const struct kept *kept, int fd)
{
    return kept->target ? 0 : put_back_copy(kept->fd, fd);
}

/* Returns a descriptor of the copy, or -errno. The command may have removed the directory. */
static int copy_aside(struct keeper *keeper, size_t index)
{
    char name[PATH_MAX];
    int fd = create_copy(keeper, index);
    int result;

    if (fd == -ENOENT && make_directory(keeper) == 0)
        fd = create_copy(keeper, index);
    if (fd < 0)
        return fd;
    result = fill_copy(&keeper->list[index], fd);
    if (result == 0 &&
        symlink(keeper->files->list[index].path, link_name(keeper, index, name)) != 0)
        result = -errno;
    if (result == 0)
        return fd;
    close(fd);
    remove_copy(keeper, index);
    return result;
}

static void tell_lost(const char *path, int error)
{
    char line[256];

    snprintf(line, sizeof line, "is being written, and --restore can't keep it any longer: %s",
             error == -ETIMEDOUT ? "copying takes longer than fs.lease-break-time"
                                 : strerror(-error));
    message_fault(path, NULL, line);
}

/*
 * Giving back a lease fails if the kernel has broken it: then the writer did not wait for the
 * copy to be complete.
 */
static int copy_and_let_go(struct keeper *keeper, size_t index)
{
    const int held = keeper->list[index].fd;
    const int copy = copy_aside(keeper, index);
    int result = fcntl(held, F_SETLEASE, F_UNLCK) < 0 ? -ETIMEDOUT : 0;

    if (copy < 0)
        return copy;
    if (result == 0 && dup3(copy, held, O_CLOEXEC) < 0)
        result = -errno;
    if (result < 0)
        remove_copy(keeper, index);
    close(copy);
    return result;
}

static void set_aside(struct keeper *keeper, size_t index)
{
    struct kept *const kept = &keeper->list[index];
    int result;

    if (kept->state != HELD)
        return;
    result = copy_and_let_go(keeper, index);
    kept->state = result == 0 ? COPIED : LOST;
    if (result < 0)
        tell_lost(keeper->files->list[index].path, result);
}

/* SIGIO means that the signal queue overflowed. */
static void look_for_writers(struct keeper *keeper)
{
    for (size_t i = 0; i < keeper->files->count; i++)
        if (keeper->list[i].fd >= 0 && keeper->list[i].state == HELD &&
            fcntl(keeper->list[i].fd, F_GETLEASE) == F_UNLCK)
            set_aside(keeper, i);
}

static void serve_writers(struct keeper *keeper, int signals)
{
    struct signalfd_siginfo info;

    while (read(signals, &info, sizeof info) == (ssize_t)sizeof info)
        if (info.ssi_signo == SIGIO)
            look_for_writers(keeper);
        else if (info.ssi_fd >= 0 && (size_t)info.ssi_fd < keeper->descriptors)
            set_aside(keeper, keeper->index_of[info.ssi_fd]);
}

/* ---- putting back ---- */

static int is_copy_there(const struct keeper *keeper, size_t index)
{
    struct stat facts;
    char name[PATH_MAX];

    return keeper->list[index].state == COPIED &&
           lstat(copy_name(keeper, index, name), &facts) == 0;
}

/* What can't be restored stays in the directory of copies. */
static int keep_copy(struct keeper *keeper, size_t index)
{
    struct kept *const kept = &keeper->list[index];

    if (kept->state == LOST)
        return -ENODATA;
    if (!is_copy_there(keeper, index)) {
        const int copy = copy_aside(keeper, index);

        if (copy < 0)
            return copy;
        close(copy);
        kept->state = COPIED;
    }
    keeper->must_stay = 1;
    return 0;
}

static void answer(struct keeper *keeper, size_t index, int fd)
{
    const struct kept *const kept = &keeper->list[index];
    struct put_back result = {.error = -ENODATA};
    const struct original original = {kept->fd, kept->target, &kept->attributes, kept->facts};

    if (kept->state != LOST)
        put_back(keeper->files->list[index].path, &original, &result);
    if (result.error < 0 && *result.path == '\0' && keep_copy(keeper, index) == 0)
        copy_name(keeper, index, result.path);
    send(fd, &result, sizeof result, MSG_NOSIGNAL);
}

static void clear(const struct keeper *keeper)
{
    for (size_t i = 0; i < keeper->files->count; i++)
        if (keeper->list[i].state == COPIED)
            remove_copy(keeper, i);
    rmdir(keeper->directory);
}

/* Whether the file no longer has its name. */
static int is_gone(const struct keeper *keeper, size_t index)
{
    const struct stat *const before = &keeper->list[index].facts;
    struct stat facts;

    return lstat(keeper->files->list[index].path, &facts) < 0 || facts.st_ino != before->st_ino ||
           facts.st_dev != before->st_dev;
}

/* noclobber was killed, so nobody will ask: gives a name to each file that has lost its own. */
static void leave(struct keeper *keeper)
{
    size_t count = 0;

    for (size_t i = 0; i < keeper->files->count; i++)
        if (keeper->list[i].state == COPIED || is_gone(keeper, i))
            count += keep_copy(keeper, i) == 0;
    if (count == 0)
        clear(keeper);
    else
        message_fault(keeper->directory, NULL,
                      "noclobber was killed; this directory has the original versions of files "
                      "that were written, replaced or removed");
}

/* ---- the keeper ---- */

/* Returns 0 at the end. */
static int serve(struct keeper *keeper, int fd, int signals)
{
    struct pollfd ends[] = {{fd, POLLIN, 0}, {signals, POLLIN, 0}};
    size_t index;
    ssize_t got;

    if (poll(ends, 2, -1) < 0 && errno != EINTR)
        return 0;
    serve_writers(keeper, signals);
    if (!ends[0].revents)
        return 1;
    got = recv(fd, &index, sizeof index, 0);
    if (got != (ssize_t)sizeof index) {
        leave(keeper);
        return 0;
    }
    if (index < keeper->files->count) {
        answer(keeper, index, fd);
        return 1;
    }
    if (!keeper->must_stay)
        clear(keeper);
    return 0;
}

static int catch_signals(void)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigemptyset(&all);
    sigaddset(&all, SIGIO);
    sigaddset(&all, SIGRTMIN);
    return signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Returns a signalfd, or -1: then no file is kept, because writers would not be noticed. */
static int begin(struct keeper *keeper, struct lease_begun *begun)
{
    const int signals = catch_signals();

    if (signals < 0)
        begun->error = -errno;
    else
        keep_all(keeper, begun);
    return signals;
}

/* Its own process group, because signals from a terminal are for the command. */
_Noreturn void keeper_run(const struct snapshot *files, int fd)
{
    static struct lease_begun begun;
    static struct keeper keeper;
    int signals;

    setpgid(0, 0);
    prctl(PR_SET_NAME, "noclobber-keep", 0, 0, 0);
    keeper.files = files;
    signals = begin(&keeper, &begun);
    send(fd, &begun, sizeof begun, MSG_NOSIGNAL);
    while (keeper.list && serve(&keeper, fd, signals))
        ;
    _exit(0);
}
