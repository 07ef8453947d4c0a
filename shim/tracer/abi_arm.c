/* SPDX-License-Identifier: MIT */
/* The 32-bit programs of an aarch64 machine. Its headers do not have their numbers: these are
 * arch/arm/tools/syscall.tbl's. */
#if defined(__aarch64__)

#define __NR_rename 38
#define __NR_renameat 329
#define __NR_renameat2 382
#define __NR_linkat 330
#define __NR_unlinkat 328
#define __NR_mkdirat 323
#define __NR_exit_group 248
#define __NR_ptrace 26
#define __NR_seccomp 383
#define __NR_io_uring_setup 425
#define __NR_io_uring_enter 426
#define __NR_io_uring_register 427

#include "tracer/abi_numbers.h"

const unsigned abi_numbers_arm[ABI_CALLS] = ABI_NUMBERS;

#else
typedef int nothing_here;
#endif
