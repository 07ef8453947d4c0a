/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_ABI_H
#define NOCLOBBER_TRACER_ABI_H

/*
 * The ABIs of this machine: sets of system call numbers, syscalls(2). A processor runs programs of several, and
 * a program may use more than one: a tracer that knew only its own could be bypassed by one `int $0x80`.
 */

#include <stddef.h>

/* The calls that a tracer watches, changes or makes. */
enum abi_call {
    ABI_RENAME,
    ABI_RENAMEAT,
    ABI_RENAMEAT2,
    ABI_PTRACE,
    ABI_SECCOMP,
    ABI_URING_SETUP,
    ABI_URING_ENTER,
    ABI_URING_REGISTER,
    ABI_WATCHED, /* how many of them the filter looks for; the others are made only */
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

/* The number of a call that an ABI does not have. */
#define ABI_NONE 0xFFFFFFFFu

struct abi {
    const char *name;
    unsigned architecture;       /* AUDIT_ARCH_… of <linux/audit.h>, as the kernel reports it */
    int is_optional;             /* 1: the kernel may be built without it, and says ENOSYS then */
    unsigned numbers[ABI_CALLS]; /* as the kernel reports them: x32's with their bit */
};

/* All ABIs of this machine, its 64-bit one first, and how many: `*count` is 0 on a machine that this project
 * does not know. */
const struct abi *abi_list(size_t *count);

/* Whether calls of `abi` fill the registers, as this machine's own do: 1 or 0. */
int abi_is_full_width(const struct abi *abi);

/* The ABI that call `number` under `architecture` belongs to, and which of the watched calls it is in `*call`.
 * NULL for any other call. */
const struct abi *abi_find(unsigned architecture, unsigned long long number, enum abi_call *call);

#endif
