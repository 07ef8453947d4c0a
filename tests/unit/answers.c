/* SPDX-License-Identifier: MIT */
#include "unit/answers.h"

#include <check.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static int kept = -1;
static int before = -1;

void answers_begin(void)
{
    kept = memfd_create("stdout", MFD_CLOEXEC);
    before = dup(STDOUT_FILENO);
    ck_assert(kept >= 0 && before >= 0 && dup2(kept, STDOUT_FILENO) >= 0);
}

const char *answers_end(void)
{
    static char text[64 * 1024];
    ssize_t length;

    fflush(stdout);
    dup2(before, STDOUT_FILENO);
    close(before);
    length = pread(kept, text, sizeof text - 1, 0);
    close(kept);
    ck_assert(length >= 0);
    text[length] = '\0';
    return text;
}
