/* SPDX-License-Identifier: MIT */
/*
 * allowed CALLS EXPECTED SOURCE DESTINATION: installs a seccomp filter under which the kernel kills
 * this process at any system call that is not in CALLS, a comma-separated list. Then renames, and
 * checks the result: 0 or an errno. Programs with a filter of their own are such hosts (chronyd,
 * vsftpd). A second thread has the filter, too.
 */
#include "host.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define CALLS_MAX 64

static const struct {
    const char *name;
    unsigned number;
} known[] = {
#ifdef SYS_rename
    {"rename", SYS_rename},
#endif
#ifdef SYS_renameat
    {"renameat", SYS_renameat},
#endif
    {"renameat2", SYS_renameat2},
    {"openat", SYS_openat},
    {"close", SYS_close},
    {"readlinkat", SYS_readlinkat},
    {"statx", SYS_statx},
    {"getcwd", SYS_getcwd},
    {"getpid", SYS_getpid},
    {"geteuid", SYS_geteuid},
    {"faccessat", SYS_faccessat},
    {"clock_gettime", SYS_clock_gettime},
#ifdef SYS_mmap2
    {"mmap", SYS_mmap2},
#else
    {"mmap", SYS_mmap},
#endif
    {"read", SYS_read},
    {"write", SYS_write},
    {"getdents64", SYS_getdents64},
    {"rt_sigprocmask", SYS_rt_sigprocmask},
    {"rt_sigpending", SYS_rt_sigpending},
    {"clone", SYS_clone},
    {"exit", SYS_exit},
    {"tgkill", SYS_tgkill},
    {"sched_yield", SYS_sched_yield},
};

static unsigned number_of(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].number;
    fail("no such call here:", name, 0, 0);
}

static void install(char *calls)
{
    struct sock_filter code[2 * CALLS_MAX + 4] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    const struct sock_filter let = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_filter kill = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    struct sock_fprog program = {1, code};

    for (char *name = strtok(calls, ","); name; name = strtok(NULL, ",")) {
        const struct sock_filter skip = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number_of(name), 0, 1);

        check(program.len < 2 * CALLS_MAX, "a list that is not too long");
        code[program.len++] = skip;
        code[program.len++] = let;
    }
    code[program.len++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1);
    code[program.len++] = let;
    code[program.len++] = kill;
    check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
    check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0, "a filter");
}

int main(int count, char **arguments)
{
    check(count == 5, "four arguments");
    install(arguments[1]);
    errno = UNTOUCHED;
    _exit(answer_of(rename(arguments[3], arguments[4]), "") == atoi(arguments[2]) ? 0 : 1);
}
