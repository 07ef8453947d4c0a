/* SPDX-License-Identifier: MIT */
/* The numbers are Linux's own tables: arch/x86/entry/syscalls/syscall_{64,32}.tbl, scripts/syscall.tbl
 * for aarch64 and arch/arm/tools/syscall.tbl for its 32-bit programs. */
#include "tracer/abi.h"

#include <linux/audit.h>

#define X32 0x40000000u

static const struct abi abis[] = {
#if defined(__x86_64__)
    {"x86-64", AUDIT_ARCH_X86_64, 0, {82, 264, 316, 265, 263, 258, 231, 101, 317, 425, 426, 427}},
    {"i386", AUDIT_ARCH_I386, 0, {38, 302, 353, 303, 301, 296, 252, 26, 354, 425, 426, 427}},
    {"x32",
     AUDIT_ARCH_X86_64,
     1,
     {X32 | 82, X32 | 264, X32 | 316, X32 | 265, X32 | 263, X32 | 258, X32 | 231, X32 | 521,
      X32 | 317, X32 | 425, X32 | 426, X32 | 427}},
#elif defined(__aarch64__)
    {"aarch64",
     AUDIT_ARCH_AARCH64,
     0,
     {ABI_NONE, 38, 276, 37, 35, 34, 94, 117, 277, 425, 426, 427}},
    {"arm", AUDIT_ARCH_ARM, 0, {38, 329, 382, 330, 328, 323, 248, 26, 383, 425, 426, 427}},
#else
    {"", 0, 0, {0}}, /* never looked at */
#endif
};

const struct abi *abi_list(size_t *count)
{
#if defined(__x86_64__) || defined(__aarch64__)
    *count = sizeof abis / sizeof *abis;
#else
    *count = 0;
#endif
    return abis;
}

static int find_call(const struct abi *abi, unsigned long long number, enum abi_call *call)
{
    for (unsigned i = 0; i < ABI_CALLS; i++)
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
