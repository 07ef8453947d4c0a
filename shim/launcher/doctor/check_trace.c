/* SPDX-License-Identifier: MIT */
#include "launcher/doctor/checks.h"

#include "tracer/tracer.h"

void check_trace(struct findings *findings)
{
    char reason[512];

    if (tracer_check(reason, sizeof reason) == 0)
        findings_add(findings, FINDING_OK, "--trace", NULL,
                     "works: static and Go programs can be guarded too");
    else
        findings_add(findings, FINDING_WARNING, "--trace", NULL, reason);
}
