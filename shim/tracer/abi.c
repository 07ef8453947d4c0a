/* SPDX-License-Identifier: MIT */
#include "tracer/abi.h"

#include <linux/audit.h>

static const struct abi abis[] = {
#if defined(__x86_64__)
    {"x86-64", AUDIT_ARCH_X86_64, 0, abi_numbers_native},
    {"i386", AUDIT_ARCH_I386, 0, abi_numbers_i386},
    {"x32", AUDIT_ARCH_X86_64, 1, abi_numbers_x32},
#elif defined(__aarch64__)
    {"aarch64", AUDIT_ARCH_AARCH64, 0, abi_numbers_native},
    {"arm", AUDIT_ARCH_ARM, 0, abi_numbers_arm},
#else
    {"", 0, 0, NULL}, /* never looked at */
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
