/* SPDX-License-Identifier: MIT */
/*
 * brokered EXPECTED SOURCE DESTINATION: renames, and checks the result: 0 or an errno. A filter of
 * the program's own traps openat(2), and its SIGSYS handler makes the call instead, as in browser
 * sandboxes. If SIGSYS is blocked during such a call, the kernel kills the process. Calls of the
 * handler itself have a mark in an argument that openat does not use. Status 77 if this cannot be
 * tried here.
 */
#include "host.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

#define MARK 0x6d61726b
#define CANNOT_BE_TRIED 77

#if defined(__x86_64__) && defined(__LP64__)
#define REGISTER(context, name) (context)->uc_mcontext.gregs[REG_##name]
#define ARGUMENTS(c) REGISTER(c, RDI), REGISTER(c, RSI), REGISTER(c, RDX), REGISTER(c, R10)
#define RESULT(c) REGISTER(c, RAX)
#elif defined(__aarch64__)
#define REGISTER(context, number) (context)->uc_mcontext.regs[number]
#define ARGUMENTS(c) REGISTER(c, 0), REGISTER(c, 1), REGISTER(c, 2), REGISTER(c, 3)
#define RESULT(c) REGISTER(c, 0)
#endif

#ifdef RESULT
static volatile sig_atomic_t runs;

static void on_trap(int number, siginfo_t *info, void *context)
{
    ucontext_t *const of = context;
    const int before = errno;
    const long result = syscall(SYS_openat, ARGUMENTS(of), 0, MARK);

    (void)number;
    (void)info;
    RESULT(of) = result < 0 ? -errno : result;
    errno = before;
    runs++;
}

static void install(void)
{
    const unsigned short load = BPF_LD | BPF_W | BPF_ABS;
    const unsigned short equals = BPF_JMP | BPF_JEQ | BPF_K;
    const struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
    struct sock_filter code[] = {
        BPF_STMT(load, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(equals, SYS_openat, 0, 2),
        BPF_STMT(load, offsetof(struct seccomp_data, args[5])),
        BPF_JUMP(equals, MARK, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
    };
    struct sock_fprog program = {sizeof code / sizeof code[0], code};

    check(sigaction(SIGSYS, &action, NULL) == 0, "a handler");
    check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
    check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0, "a filter");
}

int main(int count, char **arguments)
{
    check(count == 4, "three arguments");
    install();
    errno = UNTOUCHED;
    if (answer_of(rename(arguments[2], arguments[3]), "") != atoi(arguments[1]))
        return 1;
    check(runs > 0, "the filter trapped a call of the library's");
    return 0;
}
#else
int main(void)
{
    return CANNOT_BE_TRIED;
}
#endif
