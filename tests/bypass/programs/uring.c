/* SPDX-License-Identifier: MIT */
/* uring SOURCE DESTINATION: one rename by liburing. Exits with the errno, 0 for success. */
#include <fcntl.h>
#include <liburing.h>

int main(int count, char **names)
{
    struct io_uring ring;
    struct io_uring_cqe *done;
    const int result = count == 3 ? io_uring_queue_init(1, &ring, 0) : -22;

    if (result < 0)
        return -result;
    io_uring_prep_renameat(io_uring_get_sqe(&ring), AT_FDCWD, names[1], AT_FDCWD, names[2], 0);
    io_uring_submit_and_wait(&ring, 1);
    return io_uring_wait_cqe(&ring, &done) == 0 ? -done->res : 1;
}
