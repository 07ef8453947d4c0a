/* SPDX-License-Identifier: MIT */
#if defined(__x86_64__) || defined(__aarch64__)

#include <asm/unistd.h>

#include "tracer/abi_numbers.h"

const unsigned abi_numbers_native[ABI_CALLS] = ABI_NUMBERS;

#else
typedef int nothing_here;
#endif
