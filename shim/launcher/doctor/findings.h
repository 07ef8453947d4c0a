/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_DOCTOR_FINDINGS_H
#define NOCLOBBER_LAUNCHER_DOCTOR_FINDINGS_H

/* The lines of --doctor, on stdout: "ok|warning|problem  subject: finding; remedy". */

enum finding_level {
    FINDING_OK,
    FINDING_WARNING, /* something works differently, or is worth knowing */
    FINDING_PROBLEM, /* programs would run unprotected */
};

struct findings {
    int problems;
};

/*
 * Writes one line to stdout and counts problems. `subject` is escaped, and so is `value`, which
 * precedes the text in single quotes unless it is NULL. `text` must not contain a newline; what
 * is unprintable in it is escaped.
 */
void findings_add(struct findings *findings, enum finding_level level, const char *subject,
                  const char *value, const char *text);

#endif
