/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_DOCTOR_FINDINGS_H
#define NOCLOBBER_LAUNCHER_DOCTOR_FINDINGS_H

/* The lines of --doctor, on stdout: "ok|warning|problem  subject: finding; remedy". */

enum finding_level {
    FINDING_OK,
    FINDING_WARNING, /* something works in another way, or one had better know of it */
    FINDING_PROBLEM, /* a program would run unprotected */
};

struct findings {
    int problems;
};

/* Writes one line. `subject` is escaped, and so is `value`, which stands before the text in
 * single quotes unless it is NULL. `text` has no newline. */
void findings_add(struct findings *findings, enum finding_level level, const char *subject,
                  const char *value, const char *text);

#endif
