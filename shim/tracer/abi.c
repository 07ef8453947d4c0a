/* SPDX-License-Identifier: MIT */
/*
 * The numbers come from the kernel's tables: arch/x86/entry/syscalls, arch/arm/tools/syscall.tbl
 * and, for aarch64, <asm-generic/unistd.h>. The headers of one machine define only those of its own
 * ABI; static_assert compares these below.
 */
#include "tracer/abi.h"

#include <assert.h>
#include <linux/audit.h>
#include <sys/syscall.h>

/* One row per call: its names, and its number under each of the machine's ABIs. */
#if defined(__x86_64__)

#define X32 0x40000000u /* __X32_SYSCALL_BIT */
#define ROWS(ROW)                                                                                  \
    ROW(RENAME, rename, 82, 38, X32 | 82)                                                          \
    ROW(RENAMEAT, renameat, 264, 302, X32 | 264)                                                   \
    ROW(RENAMEAT2, renameat2, 316, 353, X32 | 316)                                                 \
    ROW(PTRACE, ptrace, 101, 26, X32 | 521)                                                        \
    ROW(SECCOMP, seccomp, 317, 354, X32 | 317)                                                     \
    ROW(URING_SETUP, io_uring_setup, 425, 425, X32 | 425)                                          \
    ROW(URING_ENTER, io_uring_enter, 426, 426, X32 | 426)                                          \
    ROW(URING_REGISTER, io_uring_register, 427, 427, X32 | 427)                                    \
    ROW(LINKAT, linkat, 265, 303, X32 | 265)                                                       \
    ROW(UNLINKAT, unlinkat, 263, 301, X32 | 263)                                                   \
    ROW(MKDIRAT, mkdirat, 258, 296, X32 | 258)                                                     \
    ROW(EXIT_GROUP, exit_group, 231, 252, X32 | 231)                                               \
    ROW(OPENAT, openat, 257, 295, X32 | 257)                                                       \
    ROW(STATX, statx, 332, 383, X32 | 332)                                                         \
    ROW(READLINKAT, readlinkat, 267, 305, X32 | 267)                                               \
    ROW(GETCWD, getcwd, 79, 183, X32 | 79)                                                         \
    ROW(READ, read, 0, 3, X32 | 0)                                                                 \
    ROW(CLOSE, close, 3, 6, X32 | 3)                                                               \
    ROW(MMAP, mmap, 9, 192, X32 | 9)                                                               \
    ROW(MUNMAP, munmap, 11, 91, X32 | 11)                                                          \
    ROW(GETDENTS64, getdents64, 217, 220, X32 | 217)                                               \
    ROW(GETPID, getpid, 39, 20, X32 | 39)                                                          \
    ROW(GETTID, gettid, 186, 224, X32 | 186)                                                       \
    ROW(PRCTL, prctl, 157, 172, X32 | 157)                                                         \
    ROW(GETEUID, geteuid, 107, 201, X32 | 107)                                                     \
    ROW(SHMAT, shmat, 30, 397, X32 | 30)                                                           \
    ROW(SHMDT, shmdt, 67, 398, X32 | 67)

#elif defined(__aarch64__)

#define ROWS(ROW)                                                                                  \
    ROW(RENAME, rename, ABI_NONE, 38, ABI_NONE)                                                    \
    ROW(RENAMEAT, renameat, 38, 329, ABI_NONE)                                                     \
    ROW(RENAMEAT2, renameat2, 276, 382, ABI_NONE)                                                  \
    ROW(PTRACE, ptrace, 117, 26, ABI_NONE)                                                         \
    ROW(SECCOMP, seccomp, 277, 383, ABI_NONE)                                                      \
    ROW(URING_SETUP, io_uring_setup, 425, 425, ABI_NONE)                                           \
    ROW(URING_ENTER, io_uring_enter, 426, 426, ABI_NONE)                                           \
    ROW(URING_REGISTER, io_uring_register, 427, 427, ABI_NONE)                                     \
    ROW(LINKAT, linkat, 37, 330, ABI_NONE)                                                         \
    ROW(UNLINKAT, unlinkat, 35, 328, ABI_NONE)                                                     \
    ROW(MKDIRAT, mkdirat, 34, 323, ABI_NONE)                                                       \
    ROW(EXIT_GROUP, exit_group, 94, 248, ABI_NONE)                                                 \
    ROW(OPENAT, openat, 56, 322, ABI_NONE)                                                         \
    ROW(STATX, statx, 291, 397, ABI_NONE)                                                          \
    ROW(READLINKAT, readlinkat, 78, 332, ABI_NONE)                                                 \
    ROW(GETCWD, getcwd, 17, 183, ABI_NONE)                                                         \
    ROW(READ, read, 63, 3, ABI_NONE)                                                               \
    ROW(CLOSE, close, 57, 6, ABI_NONE)                                                             \
    ROW(MMAP, mmap, 222, 192, ABI_NONE)                                                            \
    ROW(MUNMAP, munmap, 215, 91, ABI_NONE)                                                         \
    ROW(GETDENTS64, getdents64, 61, 217, ABI_NONE)                                                 \
    ROW(GETPID, getpid, 172, 20, ABI_NONE)                                                         \
    ROW(GETTID, gettid, 178, 224, ABI_NONE)                                                        \
    ROW(PRCTL, prctl, 167, 172, ABI_NONE)                                                          \
    ROW(GETEUID, geteuid, 175, 201, ABI_NONE)                                                      \
    ROW(SHMAT, shmat, 196, 305, ABI_NONE)                                                          \
    ROW(SHMDT, shmdt, 197, 306, ABI_NONE)

#elif ABI_COUNT > 0
#error "the numbers of system calls of this architecture are missing"
#else
#define ROWS(ROW)
#endif

#ifndef SYS_rename
#define SYS_rename ABI_NONE
#endif
#define CONFIRM(call, name, first, second, third) static_assert(SYS_##name == (first), #name);
ROWS(CONFIRM)

#define FIRST(call, name, first, second, third) [ABI_##call] = (first),
#define SECOND(call, name, first, second, third) [ABI_##call] = (second),
#define THIRD(call, name, first, second, third) [ABI_##call] = (third),

static const struct abi abis[] = {
#if defined(__x86_64__)
    {"x86-64", AUDIT_ARCH_X86_64, 0, {ROWS(FIRST)}},
    {"i386", AUDIT_ARCH_I386, 0, {ROWS(SECOND)}},
    {"x32", AUDIT_ARCH_X86_64, 1, {ROWS(THIRD)}},
#elif defined(__aarch64__)
    {"aarch64", AUDIT_ARCH_AARCH64, 0, {ROWS(FIRST)}},
    {"arm", AUDIT_ARCH_ARM, 0, {ROWS(SECOND)}},
#else
    {"", 0, 0, {0}}, /* never read: the count is 0 */
#endif
};
static_assert(ABI_COUNT == 0 || sizeof abis / sizeof *abis == ABI_COUNT, "one row for each ABI");

const struct abi *abi_list(size_t *count)
{
    *count = ABI_COUNT;
    return abis;
}

int abi_is_full_width(const struct abi *abi)
{
    return abi->architecture == abis[0].architecture;
}

static int find_call(const struct abi *abi, unsigned long long number, enum abi_call *call)
{
    for (unsigned i = 0; i < ABI_WATCHED; i++)
        if (abi->numbers[i] == number && number != ABI_NONE) {
            *call = (enum abi_call)i;
            return 1;
        }
    return 0;
}

const struct abi *abi_find(unsigned architecture, unsigned long long number, enum abi_call *call)
{
    size_t count;
    const struct abi *const list = abi_list(&count);

    for (size_t i = 0; i < count; i++)
        if (list[i].architecture == architecture && find_call(&list[i], number, call))
            return &list[i];
    return NULL;
}
