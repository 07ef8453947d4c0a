/* SPDX-License-Identifier: MIT */
#include "unit/capture.h"

#include <check.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* What a captured descriptor was, and where its output is kept, by descriptor. */
static struct {
    int kept;
    int before;
    char text[64 * 1024];
} captures[STDERR_FILENO + 1];

void capture_begin(int fd)
{
    fflush(NULL);
    captures[fd].kept = memfd_create("capture", MFD_CLOEXEC);
    captures[fd].before = dup(fd);
    ck_assert(captures[fd].kept >= 0 && captures[fd].before >= 0);
    ck_assert_int_eq(dup2(captures[fd].kept, fd), fd);
}

const char *capture_end(int fd)
{
    char *const text = captures[fd].text;
    ssize_t length;

    fflush(NULL);
    dup2(captures[fd].before, fd);
    close(captures[fd].before);
    length = pread(captures[fd].kept, text, sizeof captures[fd].text - 1, 0);
    close(captures[fd].kept);
    ck_assert(length >= 0);
    text[length] = '\0';
    return text;
}
