/* SPDX-License-Identifier: MIT */
#include "launcher/keep/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher/keep/keeper.h"

static int receive(int fd, void *out, size_t size)
{
    ssize_t got;

    do
        got = recv(fd, out, size, 0);
    while (got == -1 && errno == EINTR);
    return got == (ssize_t)size ? 0 : -EIO;
}

int lease_check(const char *directory)
{
    char path[PATH_MAX];
    int result;
    int fd;

    if (snprintf(path, sizeof path, "%s/.noclobber.XXXXXX", directory) >= (int)sizeof path)
        return -ENAMETOOLONG;
    fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    close(fd);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    result = fd >= 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0 ? 0 : -errno;
    if (fd >= 0)
        close(fd);
    unlink(path);
    return result;
}

/*
 * A child that sends no SIGCHLD (clone(2)). waitpid(2) finds it only with __WCLONE, so it is not
 * taken for a process that the command left behind.
 */
static int start_keeper(struct lease *lease, const struct snapshot *files, const int ends[2])
{
    lease->keeper = (pid_t)syscall(SYS_clone, 0L, 0L, 0L, 0L, 0L);
    if (lease->keeper == 0) {
        close(ends[0]);
        keeper_run(files, ends[1]);
    }
    return lease->keeper < 0 ? -errno : 0;
}

int lease_begin(struct lease *lease, const struct snapshot *files, struct lease_begun *begun)
{
    int ends[2];
    int result;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return -errno;
    result = start_keeper(lease, files, ends);
    close(ends[1]);
    if (result == 0)
        result = receive(ends[0], begun, sizeof *begun);
    lease->fd = ends[0];
    lease->has_keeper = result == 0;
    if (result < 0)
        close(ends[0]);
    return result;
}

void lease_put_back(const struct lease *lease, size_t index, struct put_back *result)
{
    memset(result, 0, sizeof *result);
    if (send(lease->fd, &index, sizeof index, MSG_NOSIGNAL) < 0 ||
        receive(lease->fd, result, sizeof *result) < 0)
        result->error = -EIO;
}

void lease_end(struct lease *lease)
{
    const size_t over = (size_t)-1;

    if (!lease->has_keeper)
        return;
    send(lease->fd, &over, sizeof over, MSG_NOSIGNAL);
    while (waitpid(lease->keeper, NULL, (int)__WCLONE) < 0 && errno == EINTR)
        ;
    close(lease->fd);
    lease->has_keeper = 0;
}
