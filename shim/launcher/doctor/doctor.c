/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "launcher/doctor/checks.h"
#include "launcher/questions.h"

int doctor(const char *directory)
{
    struct findings findings = {0};
    const char *const path = getenv("PATH");

    check_library(&findings);
    check_kernel(&findings);
    check_trace(&findings);
    check_seal(&findings);
    check_filesystem(&findings, directory ? directory : ".");
    check_preloads(&findings);
    check_variables(&findings, environ);
    check_programs(&findings, path ? path : "/bin:/usr/bin");
    return fflush(stdout) != 0 || findings.problems > 0;
}
