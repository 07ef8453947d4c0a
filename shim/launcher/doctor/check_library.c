/* SPDX-License-Identifier: MIT */
#include "launcher/doctor/checks.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "launcher/probe/probe.h"

/* glibc has it, musl does not. */
extern const char *gnu_get_libc_version(void) __attribute__((weak));

static void check_program(struct findings *findings, const char *command, const char *library)
{
    struct probe probe;
    char subject[64];

    probe_command(command, library, &probe);
    if (probe.verdict == PROBE_NOT_FOUND)
        return;
    snprintf(subject, sizeof subject, "loads into %s", command);
    if (probe.verdict == PROBE_LOADS)
        findings_add(findings, FINDING_OK, subject, probe.program, "takes the library");
    else
        findings_add(findings, FINDING_PROBLEM, subject, probe.program, probe.reason);
}

static void check_libc(struct findings *findings, const char *library)
{
    struct probe probe;
    char text[128] = "is the dynamic loader of env: glibc";

    probe_command("env", library, &probe);
    if (strstr(probe.loader, "musl"))
        snprintf(text, sizeof text, "is the dynamic loader of env: musl");
    else if (gnu_get_libc_version)
        snprintf(text, sizeof text, "is the dynamic loader of env: glibc (%s here)",
                 gnu_get_libc_version());
    if (probe.loader[0] != '\0')
        findings_add(findings, FINDING_OK, "libc", probe.loader, text);
}

void check_library(struct findings *findings)
{
    static const char *const commands[] = {"true", "sh", "env"};
    char library[PATH_MAX] = "";
    const int result = probe_find_library(library, sizeof library);

    if (result < 0)
        findings_add(findings, FINDING_PROBLEM, "library", result == -EINVAL ? library : NULL,
                     probe_library_fault(result));
    if (result < 0)
        return;
    findings_add(findings, FINDING_OK, "library", library, "is the one in use");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        check_program(findings, commands[i], library);
    check_libc(findings, library);
}
