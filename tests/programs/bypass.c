/* SPDX-License-Identifier: MIT */
/*
 * bypass HOW SOURCE DESTINATION: renames in a way that no preloaded library can see. HOW is
 * `instruction`, a system call without libc, or `uring`, io_uring_enter(2) with IORING_OP_RENAMEAT
 * (Linux 5.11). Status 77 if there is no io_uring.
 */
#include "host.h"

#include <linux/io_uring.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "preload/raw.h"

#define SKIPPED 77

static unsigned *at(void *ring, unsigned offset)
{
    return (unsigned *)(void *)((char *)ring + offset);
}

static void *map(int fd, size_t size, off_t what)
{
    void *const memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, what);

    check(memory != MAP_FAILED, "a ring is mapped");
    return memory;
}

static int by_uring(const char *source, const char *destination)
{
    struct io_uring_params params = {0};
    const int fd = (int)raw_call(SYS_io_uring_setup, 1, (long)&params, 0, 0, 0, 0);
    struct io_uring_sqe *entry;
    struct io_uring_cqe *done;
    void *submit;
    void *complete;

    if (fd < 0)
        exit(SKIPPED);
    submit = map(fd, params.sq_off.array + params.sq_entries * sizeof(unsigned),
                 (off_t)IORING_OFF_SQ_RING);
    complete =
        map(fd, params.cq_off.cqes + params.cq_entries * sizeof *done, (off_t)IORING_OFF_CQ_RING);
    entry = map(fd, params.sq_entries * sizeof *entry, (off_t)IORING_OFF_SQES);
    entry->opcode = IORING_OP_RENAMEAT;
    entry->fd = AT_FDCWD;
    entry->addr = (uintptr_t)source;
    entry->len = (unsigned)AT_FDCWD;
    entry->addr2 = (uintptr_t)destination;
    at(submit, params.sq_off.array)[0] = 0;
    __atomic_store_n(at(submit, params.sq_off.tail), 1, __ATOMIC_RELEASE);
    check(raw_call(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS, 0, 0) == 1, "one entry");
    done = (struct io_uring_cqe *)(void *)((char *)complete + params.cq_off.cqes);
    return done->res;
}

static int by_instruction(const char *source, const char *destination)
{
    return (int)raw_call(SYS_renameat2, AT_FDCWD, (long)source, AT_FDCWD, (long)destination, 0, 0);
}

int main(int count, char **arguments)
{
    int result;

    check(count == 4, "bypass HOW SOURCE DESTINATION");
    result = strcmp(arguments[1], "uring") == 0 ? by_uring(arguments[2], arguments[3])
                                                : by_instruction(arguments[2], arguments[3]);
    if (result != 0)
        fail("rename by", arguments[1], -result, 0);
    return 0;
}
