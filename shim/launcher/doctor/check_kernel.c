/* SPDX-License-Identifier: MIT */
#include "launcher/doctor/checks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/sys.h"
#include "launcher/kernel.h"

static void check_version(struct findings *findings)
{
    struct utsname name;

    if (uname(&name) == 0)
        findings_add(findings, FINDING_OK, "kernel", name.release, "is running");
}

/* Empty paths are ENOENT wherever the call gets through: nothing else is looked at. */
static void check_rename(struct findings *findings)
{
    static const char subject[] = "exclusive rename (kernel)";

    switch (sys_renameat2(&kernel_sys, AT_FDCWD, "", AT_FDCWD, "", RENAME_NOREPLACE)) {
    case -ENOENT:
        findings_add(findings, FINDING_OK, subject, NULL, "renameat2 gets through");
        break;
    case -ENOSYS:
        findings_add(findings, FINDING_WARNING, subject, NULL,
                     "no renameat2 (a kernel before 3.15, or a seccomp filter): link+unlink and "
                     "mkdir+rename serve instead; a newer kernel or runtime mends it");
        break;
    default:
        findings_add(findings, FINDING_WARNING, subject, NULL,
                     "a filter keeps renameat2 back: link+unlink and mkdir+rename serve instead; "
                     "allow it in the container's seccomp profile");
    }
}

static void check_openat2(struct findings *findings)
{
    const int fd = sys_open_without_symlinks(&kernel_sys, "/");

    if (fd >= 0)
        close(fd);
    if (fd >= 0)
        findings_add(findings, FINDING_OK, "openat2", NULL, "paths resolve without /proc");
    else
        findings_add(
            findings, FINDING_WARNING, "openat2", NULL,
            "not to be had (Linux 5.6, or a seccomp filter): /proc serves, a little slower");
}

static void check_proc(struct findings *findings)
{
    if (access("/proc/thread-self/fd", X_OK) == 0)
        findings_add(findings, FINDING_OK, "/proc", NULL, "is mounted");
    else
        findings_add(findings, FINDING_WARNING, "/proc", NULL,
                     "is not there: a path with a symbolic link in it can't be decided, and is "
                     "refused; mount it");
}

void check_kernel(struct findings *findings)
{
    check_version(findings);
    check_rename(findings);
    check_openat2(findings);
    check_proc(findings);
}
