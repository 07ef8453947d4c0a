/* SPDX-License-Identifier: MIT */
#include "unit/capture.h"

#include <check.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static int kept = -1;
static int captured;
static int before = -1;

void capture_begin(int fd)
{
    kept = memfd_create("capture", MFD_CLOEXEC);
    captured = fd;
    fflush(NULL);
    before = dup(captured);
    ck_assert(kept >= 0 && before >= 0 && dup2(kept, captured) >= 0);
}

const char *capture_end(void)
{
    static char text[64 * 1024];
    ssize_t length;

    fflush(NULL);
    dup2(before, captured);
    close(before);
    length = pread(kept, text, sizeof text - 1, 0);
    close(kept);
    ck_assert(length >= 0);
    text[length] = '\0';
    return text;
}
