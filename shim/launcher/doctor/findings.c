/* SPDX-License-Identifier: MIT */
#include "launcher/doctor/findings.h"

#include <stdio.h>

#include "launcher/escape.h"

static const char *level_name(enum finding_level level)
{
    switch (level) {
    case FINDING_OK: return "ok";
    case FINDING_WARNING: return "warning";
    case FINDING_PROBLEM: return "problem";
    }
    return "";
}

void findings_add(struct findings *findings, enum finding_level level, const char *subject,
                  const char *value, const char *text)
{
    char words[2048];

    escape_words(text, words, sizeof words);
    printf("%-7s  ", level_name(level));
    escape_json(stdout, subject);
    printf(": ");
    if (value) {
        putchar('\'');
        escape_json(stdout, value);
        printf("' ");
    }
    puts(words);
    findings->problems += level == FINDING_PROBLEM;
}
