/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_ABI_NUMBERS_H
#define NOCLOBBER_TRACER_ABI_NUMBERS_H

/*
 * The numbers of one ABI's calls, from the kernel's own headers. Those of two ABIs define the same
 * names, so each has a file that includes one of them and then names its numbers.
 */

/* The calls that a tracer makes, changes or watches. */
enum abi_call {
    ABI_RENAME,
    ABI_RENAMEAT,
    ABI_RENAMEAT2,
    ABI_LINKAT,
    ABI_UNLINKAT,
    ABI_MKDIRAT,
    ABI_EXIT_GROUP,
    ABI_PTRACE,
    ABI_SECCOMP,
    ABI_URING_SETUP,
    ABI_URING_ENTER,
    ABI_URING_REGISTER,
    ABI_CALLS, /* how many */
};

/* The number of a call that an ABI does not have. */
#define ABI_NONE 0xFFFFFFFFu

extern const unsigned abi_numbers_native[ABI_CALLS];
extern const unsigned abi_numbers_i386[ABI_CALLS];
extern const unsigned abi_numbers_x32[ABI_CALLS];
extern const unsigned abi_numbers_arm[ABI_CALLS];

/* For the file that has included <asm/unistd….h>. aarch64 has no rename. */
#ifdef __NR_rename
#define ABI_NUMBER_RENAME __NR_rename
#else
#define ABI_NUMBER_RENAME ABI_NONE
#endif
#define ABI_NUMBERS                                                                                \
    {                                                                                              \
        [ABI_RENAME] = ABI_NUMBER_RENAME, [ABI_RENAMEAT] = __NR_renameat,                          \
        [ABI_RENAMEAT2] = __NR_renameat2, [ABI_LINKAT] = __NR_linkat,                              \
        [ABI_UNLINKAT] = __NR_unlinkat, [ABI_MKDIRAT] = __NR_mkdirat,                              \
        [ABI_EXIT_GROUP] = __NR_exit_group, [ABI_PTRACE] = __NR_ptrace,                            \
        [ABI_SECCOMP] = __NR_seccomp, [ABI_URING_SETUP] = __NR_io_uring_setup,                     \
        [ABI_URING_ENTER] = __NR_io_uring_enter, [ABI_URING_REGISTER] = __NR_io_uring_register     \
    }

#endif
