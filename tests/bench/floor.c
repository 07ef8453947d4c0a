/* SPDX-License-Identifier: MIT */
/*
 * floor COMMAND…: runs COMMAND under the least that a tracer can do which sees what a rename was told: it is stopped before each
 * rename and after it, and goes on both times. No tracer of renames can cost less.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static void install_filter(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef SYS_rename
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rename, 3, 0),
#endif
#ifdef SYS_renameat
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat, 2, 0),
#endif
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
    };
    const struct sock_fprog program = {COUNT_OF(code), code};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        perror("seccomp");
}

static int go_on(pid_t thread, int status)
{
    const int event = status >> 16;
    const int is_before = event == PTRACE_EVENT_SECCOMP;
    const int is_signal = event == 0 && WSTOPSIG(status) != (SIGTRAP | 0x80);

    return ptrace(is_before ? PTRACE_SYSCALL : PTRACE_CONT, thread, NULL,
                  (long)(is_signal ? WSTOPSIG(status) : 0)) == 0;
}

/* Returns the exit status of `command`, or 1. */
static int follow(pid_t command)
{
    int result = 1;
    int status;
    pid_t thread;

    while ((thread = waitpid(-1, &status, __WALL)) > 0)
        if (WIFSTOPPED(status))
            go_on(thread, status);
        else if (thread == command && WIFEXITED(status))
            result = WEXITSTATUS(status);
    return result;
}

int main(int argc, char **argv)
{
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK |
                         PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
    pid_t command;
    int gate[2];
    char byte;

    if (argc < 2 || pipe(gate) != 0)
        return 2;
    command = fork();
    if (command == 0) {
        close(gate[1]);
        while (read(gate[0], &byte, 1) != 0)
            ;
        install_filter();
        execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }
    if (command < 0 || ptrace(PTRACE_SEIZE, command, NULL, options) != 0) {
        perror("floor");
        return 1;
    }
    close(gate[0]);
    close(gate[1]);
    return follow(command);
}
