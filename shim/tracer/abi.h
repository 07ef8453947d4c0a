/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_ABI_H
#define NOCLOBBER_TRACER_ABI_H

/*
 * The ways in which programs call the kernel on this machine: every architecture that its processor
 * runs has numbers of its own (syscalls(2)). A program may use several of them, so that a tracer
 * which knew only its own would be walked around with one `int $0x80`.
 */

#include <stddef.h>

#include "tracer/abi_numbers.h"

struct abi {
    const char *name;
    unsigned architecture; /* AUDIT_ARCH_… of <linux/audit.h>, as the kernel reports it */
    int is_optional;       /* 1: the kernel may be built without it, and says ENOSYS then */
    const unsigned
        *numbers; /* ABI_CALLS of them, as the kernel reports them: x32's with their bit */
};

/* All ABIs of this machine, and how many: `*count` is 0 where this project knows none. */
const struct abi *abi_list(size_t *count);

/* The ABI that call `number` under `architecture` belongs to, and which call of the above it is in
 * `*call`. NULL for any other call. */
const struct abi *abi_find(unsigned architecture, unsigned long long number, enum abi_call *call);

#endif
