/* SPDX-License-Identifier: MIT */
/*
 * The four functions of libc that the library interposes (shim/preload/exports.map, checked by
 * scripts/check-library). Each has the contract of its manual page, rename(2) or syscall(2), except
 * that it does not replace what the policy guards. errno is set here alone, and only on failure.
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

/* A call by number goes to the kernel, past any fake root, and so do the calls made for it. */
static struct call call_by_number(long number, long a, long b, long c, long d, long e)
{
    struct call call = {&route_by_number, CALL_RENAMEAT2,  (int)a,     (const char *)b,
                        (int)c,           (const char *)d, (unsigned)e};

    (void)number; /* newer architectures have only renameat2 */
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

/*
 * syscall(2) itself, in assembler on every architecture: a leaf that passes the caller's registers
 * and stack on unchanged. C cannot do that:
 *   - A child of clone(2) returns from here on its own stack, which would not have our frame.
 *     libc's syscall is a leaf, too.
 *   - A compiler's tail call writes the arguments on the stack back. If the caller passed fewer,
 *     that place is a variable of the caller's, which another thread may be changing.
 * Before route_setup, and in a host without dlsym, there is no next definition: then the last part
 * makes the call itself. Its frame holds only saved registers, as in libc.
 */
#define TEXT_OF(number) #number

#ifdef SYS_rename
#define IF_RENAME(jump) jump(SYS_rename)
#else
#define IF_RENAME(jump)
#endif
#ifdef SYS_renameat
#define IF_RENAMEAT(jump) jump(SYS_renameat)
#else
#define IF_RENAMEAT(jump)
#endif
/* Goes to rename_by_number if the number is one of these. */
#define JUMPS(jump) IF_RENAME(jump) IF_RENAMEAT(jump) jump(SYS_renameat2)

/* clang-format off */
#if defined(__x86_64__) && defined(__LP64__)
#define JUMP_IF(number) "cmpq $" TEXT_OF(number) ", %rdi\n je rename_by_number\n"
#define LEAF                                                                                       \
    "endbr64\n"                                                                                    \
    JUMPS(JUMP_IF)                                                                                 \
    "movq route_next_syscall(%rip), %r11\n"                                                        \
    "testq %r11, %r11\n"                                                                           \
    "jz 1f\n"                                                                                      \
    "jmp *%r11\n"                                                                                  \
    "1: movq %rdi, %rax\n"                                                                         \
    "movq %rsi, %rdi\n"                                                                            \
    "movq %rdx, %rsi\n"                                                                            \
    "movq %rcx, %rdx\n"                                                                            \
    "movq %r8, %r10\n"                                                                             \
    "movq %r9, %r8\n"                                                                              \
    "movq 8(%rsp), %r9\n"                                                                          \
    "syscall\n"                                                                                    \
    "movq %rax, %rdi\n"                                                                            \
    "jmp route_publish\n"
#elif defined(__aarch64__)
#define JUMP_IF(number) "cmp x0, #" TEXT_OF(number) "\n b.eq rename_by_number\n"
#define LEAF                                                                                       \
    "hint #34\n" /* bti c */                                                                       \
    JUMPS(JUMP_IF)                                                                                 \
    "adrp x16, route_next_syscall\n"                                                               \
    "ldr x16, [x16, #:lo12:route_next_syscall]\n"                                                  \
    "cbz x16, 1f\n"                                                                                \
    "br x16\n"                                                                                     \
    "1: mov x8, x0\n"                                                                              \
    "mov x0, x1\n"                                                                                 \
    "mov x1, x2\n"                                                                                 \
    "mov x2, x3\n"                                                                                 \
    "mov x3, x4\n"                                                                                 \
    "mov x4, x5\n"                                                                                 \
    "mov x5, x6\n"                                                                                 \
    "svc 0\n"                                                                                      \
    "b route_publish\n"
#elif defined(__i386__)
/* The stack slot of the number may be written to: every caller passes one. */
#define JUMP_IF(number) "cmpl $" TEXT_OF(number) ", %eax\n je rename_by_number\n"
#define LEAF                                                                                       \
    "endbr32\n"                                                                                    \
    "movl 4(%esp), %eax\n"                                                                         \
    JUMPS(JUMP_IF)                                                                                 \
    "call 2f\n"                                                                                    \
    "2: popl %ecx\n"                                                                               \
    "movl route_next_syscall-2b(%ecx), %ecx\n"                                                     \
    "testl %ecx, %ecx\n"                                                                           \
    "jz 1f\n"                                                                                      \
    "jmp *%ecx\n"                                                                                  \
    "1: pushl %ebp\n"                                                                              \
    "pushl %edi\n"                                                                                 \
    "pushl %esi\n"                                                                                 \
    "pushl %ebx\n"                                                                                 \
    "movl 24(%esp), %ebx\n"                                                                        \
    "movl 28(%esp), %ecx\n"                                                                        \
    "movl 32(%esp), %edx\n"                                                                        \
    "movl 36(%esp), %esi\n"                                                                        \
    "movl 40(%esp), %edi\n"                                                                        \
    "movl 44(%esp), %ebp\n"                                                                        \
    "int $0x80\n"                                                                                  \
    "popl %ebx\n"                                                                                  \
    "popl %esi\n"                                                                                  \
    "popl %edi\n"                                                                                  \
    "popl %ebp\n"                                                                                  \
    "movl %eax, 4(%esp)\n"                                                                         \
    "jmp route_publish\n"
#elif defined(__arm__)
/* In Thumb code the program counter is 4 bytes ahead, else 8. */
#ifdef __thumb__
#define MODE ".thumb\n.thumb_func\n"
#define AHEAD "4"
#else
#define MODE ".arm\n"
#define AHEAD "8"
#endif
#define JUMP_IF(number) "ldr ip, =" TEXT_OF(number) "\n cmp r0, ip\n beq rename_by_number\n"
#define LEAF                                                                                       \
    JUMPS(JUMP_IF)                                                                                 \
    "ldr ip, 3f\n"                                                                                 \
    "2: add ip, ip, pc\n"                                                                          \
    "ldr ip, [ip]\n"                                                                               \
    "cmp ip, #0\n"                                                                                 \
    "beq 1f\n"                                                                                     \
    "bx ip\n"                                                                                      \
    "1: mov ip, sp\n"                                                                              \
    "push {r4, r5, r7}\n"                                                                          \
    "mov r7, r0\n"                                                                                 \
    "mov r0, r1\n"                                                                                 \
    "mov r1, r2\n"                                                                                 \
    "mov r2, r3\n"                                                                                 \
    "ldm ip, {r3, r4, r5}\n"                                                                       \
    "svc 0\n"                                                                                      \
    "pop {r4, r5, r7}\n"                                                                           \
    "b route_publish\n"                                                                            \
    ".align 2\n"                                                                                   \
    "3: .word route_next_syscall-(2b+" AHEAD ")\n"                                                 \
    ".ltorg\n"
#elif defined(__riscv)
#define JUMP_IF(number) "li t0, " TEXT_OF(number) "\n bne a0, t0, 2f\n tail rename_by_number\n 2:\n"
#define LEAF                                                                                       \
    JUMPS(JUMP_IF)                                                                                 \
    "lla t0, route_next_syscall\n"                                                                 \
    "ld t0, 0(t0)\n"                                                                               \
    "beqz t0, 1f\n"                                                                                \
    "jr t0\n"                                                                                      \
    "1: mv a7, a0\n"                                                                               \
    "mv a0, a1\n"                                                                                  \
    "mv a1, a2\n"                                                                                  \
    "mv a2, a3\n"                                                                                  \
    "mv a3, a4\n"                                                                                  \
    "mv a4, a5\n"                                                                                  \
    "mv a5, a6\n"                                                                                  \
    "ecall\n"                                                                                      \
    "tail route_publish\n"
#elif defined(__powerpc64__)
#define JUMP_IF(number) "cmpdi 3, " TEXT_OF(number) "\n bne 2f\n b rename_by_number\n 2:\n"
#define LEAF                                                                                       \
    "addis 2, 12, .TOC.-syscall@ha\n"                                                              \
    "addi 2, 2, .TOC.-syscall@l\n"                                                                 \
    ".localentry syscall, .-syscall\n"                                                             \
    JUMPS(JUMP_IF)                                                                                 \
    "addis 12, 2, route_next_syscall@toc@ha\n"                                                     \
    "ld 12, route_next_syscall@toc@l(12)\n"                                                        \
    "cmpdi 12, 0\n"                                                                                \
    "beq 1f\n"                                                                                     \
    "mtctr 12\n"                                                                                   \
    "bctr\n"                                                                                       \
    "1: mr 0, 3\n"                                                                                 \
    "mr 3, 4\n"                                                                                    \
    "mr 4, 5\n"                                                                                    \
    "mr 5, 6\n"                                                                                    \
    "mr 6, 7\n"                                                                                    \
    "mr 7, 8\n"                                                                                    \
    "mr 8, 9\n"                                                                                    \
    "sc\n"                                                                                         \
    "bns+ 2f\n"                                                                                    \
    "neg 3, 3\n"                                                                                   \
    "2: b route_publish\n"
#elif defined(__s390x__)
/* The kernel preserves all registers except r2; the caller expects r6 and r7 unchanged. */
#define JUMP_IF(number) "cghi %r2, " TEXT_OF(number) "\n jge rename_by_number\n"
#define LEAF                                                                                       \
    JUMPS(JUMP_IF)                                                                                 \
    "larl %r1, route_next_syscall\n"                                                               \
    "lg %r1, 0(%r1)\n"                                                                             \
    "ltgr %r1, %r1\n"                                                                              \
    "jz 1f\n"                                                                                      \
    "br %r1\n"                                                                                     \
    "1: lgr %r1, %r2\n"                                                                            \
    "lgr %r2, %r3\n"                                                                               \
    "lgr %r3, %r4\n"                                                                               \
    "lgr %r4, %r5\n"                                                                               \
    "lgr %r5, %r6\n"                                                                               \
    "lg %r6, 160(%r15)\n"                                                                          \
    "lgr %r0, %r7\n"                                                                               \
    "lg %r7, 168(%r15)\n"                                                                          \
    "svc 0\n"                                                                                      \
    "lgr %r7, %r0\n"                                                                               \
    "lgr %r6, %r5\n"                                                                               \
    "jg route_publish\n"
#endif
#ifndef MODE
#define MODE ""
#endif

/* route_is_repeated looks for the mark before the function. */
__asm__(".pushsection .text.syscall, \"ax\", %progbits\n"
        ".p2align 5\n"
        ".ascii \"" ROUTE_MARK "\"\n"
        ".hidden route_mark\n"
        ".globl route_mark\n"
        "route_mark: .ascii \"" ROUTE_MARK "\"\n"
        ".globl syscall\n"
        ".type syscall, %function\n"
        MODE
        "syscall:\n"
        ".cfi_startproc\n"
        LEAF
        ".cfi_endproc\n"
        ".size syscall, . - syscall\n"
        ".popsection");
/* clang-format on */
