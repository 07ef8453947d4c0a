/* SPDX-License-Identifier: MIT */
/*
 * The names that the library takes over from libc: these four, and no other
 * (shim/preload/exports.map, checked by scripts/check-library). Each has the contract of its manual
 * page, rename(2) and syscall(2), except that it replaces nothing that the policy guards. Here
 * alone errno is set: on failure, and left as it was on success.
 */
#include <errno.h>

#include "engine/guard.h"
#include "preload/raw.h"
#include "preload/route.h"
#include "preload/setup.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int rename(const char *source, const char *destination);
EXPORT int renameat(int source_dirfd, const char *source, int destination_dirfd,
                    const char *destination);
EXPORT int renameat2(int source_dirfd, const char *source, int destination_dirfd,
                     const char *destination, unsigned flags);

static int answer(const struct call *call)
{
    int *const error = &errno;
    const int before = *error;
    const int result = guard_rename(setup_policy(), call);

    *error = result == ROUTE_WITHHELD ? ENOSYS : result < 0 ? -result : before;
    return result < 0 ? -1 : 0;
}

int rename(const char *source, const char *destination)
{
    const struct call call = {setup_sys(), CALL_RENAME, AT_FDCWD, source, AT_FDCWD, destination, 0};

    return answer(&call);
}

int renameat(int source_dirfd, const char *source, int destination_dirfd, const char *destination)
{
    const struct call call = {
        setup_sys(), CALL_RENAMEAT, source_dirfd, source, destination_dirfd, destination, 0};

    return answer(&call);
}

int renameat2(int source_dirfd, const char *source, int destination_dirfd, const char *destination,
              unsigned flags)
{
    const struct call call = {setup_sys(),       CALL_RENAMEAT2, source_dirfd, source,
                              destination_dirfd, destination,    flags};

    return answer(&call);
}

/* ---- the same three by number ---- */

/* A program that asks by number means the kernel, past any fake root: so does the answer. */
static struct call call_by_number(long number, long a, long b, long c, long d, long e)
{
    struct call call = {&route_by_number, CALL_RENAMEAT2,  (int)a,     (const char *)b,
                        (int)c,           (const char *)d, (unsigned)e};

    (void)number; /* newer architectures have but one of them */
#ifdef SYS_renameat
    if (number == SYS_renameat) {
        call.sys = &route_raw;
        call.name = CALL_RENAMEAT;
        call.flags = 0;
    }
#endif
#ifdef SYS_rename
    if (number == SYS_rename) {
        const struct call rename_call = {&route_raw, CALL_RENAME,     AT_FDCWD, (const char *)a,
                                         AT_FDCWD,   (const char *)b, 0};

        call = rename_call;
    }
#endif
    return call;
}

__attribute__((used)) static long rename_by_number(long number, long a, long b, long c, long d,
                                                   long e)
{
    const struct call call = call_by_number(number, a, b, c, d, e);

    return answer(&call);
}

#if defined(__x86_64__) && defined(__LP64__)
/*
 * By hand, because a compiler's tail call writes the arguments that are on the stack back to it.
 * Where the caller passed fewer, that place is the caller's variable, which another thread may be
 * changing.
 */
#define TEXT_OF(number) #number
#define JUMP_IF(number, label) "cmpq $" TEXT_OF(number) ", %rdi\n je " label "\n"

__asm__(".pushsection .text.syscall, \"ax\", @progbits\n"
        ".globl syscall\n"
        ".type syscall, @function\n"
        "syscall:\n"
        ".cfi_startproc\n"
        "endbr64\n"
        /* clang-format off */
        JUMP_IF(SYS_rename, "rename_by_number")
        JUMP_IF(SYS_renameat, "rename_by_number")
        JUMP_IF(SYS_renameat2, "rename_by_number")
        /* clang-format on */
        "movq route_next_syscall(%rip), %r11\n"
        "testq %r11, %r11\n"
        "jz 1f\n"
        "jmp *%r11\n"
        "1: movq %rdi, %rax\n"
        "movq %rsi, %rdi\n"
        "movq %rdx, %rsi\n"
        "movq %rcx, %rdx\n"
        "movq %r8, %r10\n"
        "movq %r9, %r8\n"
        "movq 8(%rsp), %r9\n"
        "syscall\n"
        "movq %rax, %rdi\n"
        "jmp route_publish\n"
        ".cfi_endproc\n"
        ".size syscall, . - syscall\n"
        ".popsection");
#else
/* Keeps a call from being a tail call, for the reason above. */
static long whole_call(long result)
{
    __asm__ volatile("" : "+r"(result));
    return result;
}

EXPORT long interposed_syscall(long number, long a, long b, long c, long d, long e,
                               long f) __asm__("syscall");

long interposed_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    if (sys_is_rename(number))
        return whole_call(rename_by_number(number, a, b, c, d, e));
    if (route_next_syscall)
        return whole_call(route_next_syscall(number, a, b, c, d, e, f));
    return route_publish(raw_call(number, a, b, c, d, e, f));
}
#endif
