/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_ABI_H
#define NOCLOBBER_TRACER_ABI_H

/*
 * The ABIs of this machine: sets of system call numbers, syscalls(2). A processor runs programs of
 * several ABIs, and one program may use more than one: a tracer that knew only its own could be
 * bypassed by one `int $0x80`.
 *
 * Conventions: functions are pure, and may be called from any thread.
 */

#include <stddef.h>

/* How many ABIs of this machine --trace knows. The only list of architectures: a new one has its
 * line here, and then does not compile or link until it has its rows in abi.c, its registers in
 * registers.h and its functions in registers_ARCHITECTURE.c. */
#if defined(__x86_64__)
#define ABI_COUNT 3
#elif defined(__aarch64__)
#define ABI_COUNT 2
#else
#define ABI_COUNT 0
#endif

/* The system calls that the tracer watches, changes or makes. */
enum abi_call {
    ABI_RENAME,
    ABI_RENAMEAT,
    ABI_RENAMEAT2,
    ABI_PTRACE,
    ABI_SECCOMP,
    ABI_URING_SETUP,
    ABI_URING_ENTER,
    ABI_URING_REGISTER,
    ABI_WATCHED, /* the filter looks for those above; those below are only made */
    ABI_LINKAT = ABI_WATCHED,
    ABI_UNLINKAT,
    ABI_MKDIRAT,
    ABI_EXIT_GROUP,
    ABI_OPENAT,
    ABI_STATX,
    ABI_READLINKAT,
    ABI_GETCWD,
    ABI_READ,
    ABI_CLOSE,
    ABI_MMAP, /* mmap2 on 32-bit ABIs: its offset counts pages */
    ABI_MUNMAP,
    ABI_GETDENTS64,
    ABI_GETPID,
    ABI_GETTID,
    ABI_PRCTL,
    ABI_GETEUID,
    ABI_SHMAT,
    ABI_SHMDT,
    ABI_CALLS, /* how many */
};

/* Stands for the number of a call that an ABI lacks. */
#define ABI_NONE 0xFFFFFFFFu

struct abi {
    const char *name;
    unsigned architecture;       /* AUDIT_ARCH_… of <linux/audit.h>, as the kernel reports it */
    int is_optional;             /* 1: a kernel built without it returns ENOSYS for all its calls */
    unsigned numbers[ABI_CALLS]; /* as the kernel reports them: those of x32 have bit 30 set */
};

/* Returns all ABIs of this machine, the tracer's own 64-bit one first, and sets `*count` to their
 * number: 0 on an architecture that --trace does not support. The list is static. */
const struct abi *abi_list(size_t *count);

/* Whether calls of `abi` use the registers in full width, as those of the 64-bit ABI do (x32's do
 * too): 1 or 0. */
int abi_is_full_width(const struct abi *abi);

/* Finds the watched call that `number` is under `architecture` (AUDIT_ARCH_…). Returns its ABI and
 * sets `*call`; for any other call returns NULL and leaves `*call` alone. */
const struct abi *abi_find(unsigned architecture, unsigned long long number, enum abi_call *call);

#endif
