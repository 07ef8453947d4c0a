/* SPDX-License-Identifier: MIT */
#if defined(__x86_64__)

#define __X32_SYSCALL_BIT 0x40000000 /* as <asm/unistd.h> has it, which would bring x86-64's too */
#include <asm/unistd_x32.h>

#include "tracer/abi_numbers.h"

const unsigned abi_numbers_x32[ABI_CALLS] = ABI_NUMBERS;

#else
typedef int nothing_here;
#endif
