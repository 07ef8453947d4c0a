/* SPDX-License-Identifier: MIT */
#include "launcher/keep/seal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher/verify/snapshot.h"

static int share_result(struct seal *seal)
{
    void *const shared =
        mmap(NULL, sizeof *seal->result, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    seal->result = NULL;
    if (shared == MAP_FAILED)
        return -ENOMEM;
    seal->result = shared;
    return 0;
}

void seal_free(struct seal *seal)
{
    if (seal->result)
        munmap(seal->result, sizeof *seal->result);
    seal->result = NULL;
}

/* Tries everything except files, in a child. */
static int try_nothing(const struct seal *seal)
{
    const struct sigaction action = {.sa_handler = SIG_DFL};
    struct sigaction before;
    int status = 0;
    int result;
    pid_t child;

    /* If SIGCHLD is ignored, which a program may inherit, children vanish without a status. */
    sigaction(SIGCHLD, &action, &before);
    child = fork();
    if (child == 0)
        _exit(seal_enter(seal) < 0);
    result = child < 0 || waitpid(child, &status, 0) != child ? -errno : 0;
    sigaction(SIGCHLD, &before, NULL);
    if (result < 0)
        return seal->result->error = result;
    seal->result->is_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
    if (status != 0 && seal->result->error == 0)
        seal->result->error = -EIO;
    return status == 0 ? 0 : seal->result->error;
}

int seal_check(char *reason, size_t size)
{
    static const struct policy none;
    struct seal seal = {&none, NULL, NULL};
    int result = share_result(&seal);

    if (result == 0)
        result = try_nothing(&seal);
    if (result < 0 && seal.result)
        seal_reason(seal.result, reason, size);
    else if (result < 0)
        snprintf(reason, size, "%s", strerror(-result));
    seal_free(&seal);
    return result;
}

static long read_number(const char *path)
{
    FILE *const file = fopen(path, "re");
    long number = -1;

    if (file && fscanf(file, "%ld", &number) != 1)
        number = -1;
    if (file)
        fclose(file);
    return number;
}

static long count_lines(const char *path)
{
    FILE *const file = fopen(path, "re");
    long count = 0;
    int byte;

    while (file && (byte = getc(file)) != EOF)
        count += byte == '\n';
    if (file)
        fclose(file);
    return count;
}

/* During sealing, each mount exists twice. */
int seal_begin(struct seal *seal, const struct policy *policy, const struct snapshot *files,
               char *reason, size_t size)
{
    const long most = read_number("/proc/sys/fs/mount-max");
    const long mounts = 2 * count_lines("/proc/self/mountinfo");
    const long count = files ? (long)files->count : 0;
    int result;

    seal->policy = policy;
    seal->files = files;
    result = share_result(seal);
    if (result < 0)
        snprintf(reason, size, "%s", strerror(-result));
    if (result < 0 || most < 0 || count + mounts <= most)
        return result;
    snprintf(
        reason, size,
        "%ld files are too many: fs.mount-max is %ld, of which %ld are in use; protect fewer, or "
        "raise it (sysctl fs.mount-max)",
        count, most, mounts);
    return -ENOSPC;
}

/* ---- what to say ---- */

static const char *namespace_remedy(void)
{
    if (geteuid() != 0)
        return "start it as root (sudo noclobber --seal --user NAME ...), or use --restore, which "
               "needs no rights";
    return "give the container CAP_SYS_ADMIN (docker run --cap-add SYS_ADMIN --security-opt "
           "apparmor=unconfined), or use --restore, which needs no rights";
}

void seal_reason(const struct seal_result *result, char *reason, size_t size)
{
    const char *const error = strerror(-result->error);

    if (result->is_killed)
        snprintf(reason, size,
                 "a filter of system calls (seccomp) kills programs that call unshare(2), mount(2) "
                 "or their like; allow them (systemd: SystemCallFilter=@mount), or use --restore");
    else if (result->step == SEAL_START)
        snprintf(reason, size, "can't start a process: %s", error);
    else if (result->step == SEAL_NAMESPACE && result->error == -EINVAL)
        snprintf(
            reason, size,
            "the root directory is not a mount point (a chroot); bind-mount it on itself before "
            "chroot");
    else if (result->step == SEAL_NAMESPACE)
        snprintf(reason, size, "can't create a mount namespace here (%s); %s", error,
                 namespace_remedy());
    else if (result->step == SEAL_COPY && result->error == -ENOSYS)
        snprintf(reason, size,
                 "open_tree, move_mount or mount_setattr is missing; sealing needs Linux 5.12 and "
                 "a seccomp profile that allows them");
    else if (result->step == SEAL_COPY)
        snprintf(reason, size, "can't mount anything here (%s); %s", error, namespace_remedy());
    else
        snprintf(reason, size, "can't be sealed: %s",
                 result->error == -EAGAIN ? "other processes keep replacing it" : error);
}
