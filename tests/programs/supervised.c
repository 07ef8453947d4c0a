/* SPDX-License-Identifier: MIT */
/*
 * supervised CALL COMMAND [ARGUMENT…]: runs a command under a supervisor that the kernel asks about
 * CALL, which is rename, renameat or renameat2 (SECCOMP_RET_USER_NOTIF, Linux 5.5), and that lets
 * each call pass. Exits with the command's status; 77 if the kernel has no listeners.
 */
#include "host.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef SYS_rename
#define SYS_rename SYS_renameat /* aarch64 lacks rename */
#endif

static int listen_to(unsigned number)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof code / sizeof *code, code};

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                        &program);
}

/* The command holds the listener until the supervisor has taken it over. */
_Noreturn static void become(unsigned number, int channel, char **command)
{
    const int listener = listen_to(number);
    char byte;

    if (write(channel, &listener, sizeof listener) != sizeof listener || listener < 0 ||
        read(channel, &byte, 1) < 0)
        _exit(77);
    fcntl(listener, F_SETFD, FD_CLOEXEC);
    fcntl(channel, F_SETFD, FD_CLOEXEC);
    execvp(command[0], command);
    _exit(127);
}

static void let_continue(int listener)
{
    struct seccomp_notif request;
    struct seccomp_notif_resp answer = {.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};

    memset(&request, 0, sizeof request);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0)
        return; /* the caller was killed */
    answer.id = request.id;
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

static void supervise(int listener, int process)
{
    struct pollfd polled[] = {{listener, POLLIN, 0}, {process, POLLIN, 0}};

    while (poll(polled, 2, -1) >= 0) {
        if (polled[0].revents & POLLIN)
            let_continue(listener);
        else if (polled[1].revents)
            return;
    }
}

int main(int count, char **arguments)
{
    const char *const call = count > 2 ? arguments[1] : "";
    const long number = strcmp(call, "rename") == 0     ? SYS_rename
                        : strcmp(call, "renameat") == 0 ? SYS_renameat
                                                        : SYS_renameat2;
    int listener = -1;
    int channel[2];
    int status;

    check(count > 2 && socketpair(AF_UNIX, SOCK_STREAM, 0, channel) == 0, "there is a command");
    const pid_t child = fork();
    if (child == 0) {
        close(channel[0]);
        become((unsigned)number, channel[1], arguments + 2);
    }
    close(channel[1]);
    const int process = (int)syscall(SYS_pidfd_open, child, 0);
    check(read(channel[0], &listener, sizeof listener) == sizeof listener, "it is told");
    if (listener >= 0)
        listener = (int)syscall(SYS_pidfd_getfd, process, listener, 0);
    if (listener < 0) {
        kill(child, SIGKILL);
        return 77;
    }
    close(channel[0]); /* this lets the command start */
    supervise(listener, process);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}
