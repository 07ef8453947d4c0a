/* SPDX-License-Identifier: MIT */
#include "launcher/doctor/checks.h"

#include "launcher/keep/seal.h"

void check_seal(struct findings *findings)
{
    char reason[512];

    if (seal_check(reason, sizeof reason) == 0)
        findings_add(findings, FINDING_OK, "--seal", NULL,
                     "works: what is protected can be made read-only for the command");
    else
        findings_add(findings, FINDING_WARNING, "--seal", NULL, reason);
}
