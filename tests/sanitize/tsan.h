/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_TSAN_H
#define NOCLOBBER_TESTS_TSAN_H

/*
 * Included before everything that ThreadSanitizer is built into (scripts/build): memory comes from libc's mmap(3), which it
 * watches. A system call made by hand it does not see, and would take what one thread gave back, and the next one got at the
 * same address, for memory of both.
 */
#include "core/sys.h"

static inline long tsan_map(size_t size)
{
    void *const address =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return address == MAP_FAILED ? -12 /* ENOMEM */ : (long)address;
}

#define sys_map(sys, size) ((void)(sys), tsan_map(size))
#define sys_unmap(sys, address, size) ((void)(sys), munmap(address, size))

#endif
