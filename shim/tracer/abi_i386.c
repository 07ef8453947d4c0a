/* SPDX-License-Identifier: MIT */
#if defined(__x86_64__)

#include <asm/unistd_32.h>

#include "tracer/abi_numbers.h"

const unsigned abi_numbers_i386[ABI_CALLS] = ABI_NUMBERS;

#else
typedef int nothing_here;
#endif
