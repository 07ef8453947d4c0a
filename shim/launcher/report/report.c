/* SPDX-License-Identifier: MIT */
#include "launcher/report/report.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/report/outlet.h"
#include "launcher/report/formats.h"
#include "launcher/report/tally.h"

static const char gitlab_artifact[] = "gl-code-quality-report.json";

/* https://no-color.org */
static int is_coloured(void)
{
    const char *const no_colour = getenv("NO_COLOR");
    const char *const terminal = getenv("TERM");

    return isatty(STDERR_FILENO) && !(no_colour && *no_colour != '\0') && terminal &&
           *terminal != '\0' && strcmp(terminal, "dumb") != 0;
}

/* Lets `put` write to the file at `path`, opened with `mode`. */
static int write_file(const char *path, const char *mode, const struct tally *tally,
                      void (*put)(FILE *, const struct tally *))
{
    FILE *const file = fopen(path, mode);
    int result = 0;

    if (!file)
        return -errno;
    put(file, tally);
    if (fflush(file))
        result = -errno;
    if (fclose(file) && result == 0)
        result = -errno;
    return result;
}

/* A protected file is not overwritten: the run may have made it. */
static int write_anew(const char *path, const struct tally *tally,
                      void (*put)(FILE *, const struct tally *))
{
    return write_file(path, outlet_is_named(path, tally->policy) ? "wxe" : "we", tally, put);
}

/*
 * One write, so that lines of other processes do not come between. Waits for a full pipe that is
 * O_NONBLOCK. Returns 0 or -errno.
 */
static int write_stderr(const char *text, size_t length)
{
    while (length > 0) {
        struct pollfd room = {STDERR_FILENO, POLLOUT, 0};
        const ssize_t done = write(STDERR_FILENO, text, length);

        if (done < 0 && errno != EINTR && errno != EAGAIN)
            return -errno;
        if (done < 0)
            poll(&room, 1, -1);
        if (done > 0) {
            text += done;
            length -= (size_t)done;
        }
    }
    return 0;
}

/* The file for the summary of the step in GitHub Actions, or NULL. */
static const char *step_summary(void)
{
    const char *const path = getenv("GITHUB_STEP_SUMMARY");

    return path && *path != '\0' ? path : NULL;
}

/* Whether stderr gets text: not if it gets the JSON, which must be complete. */
static int is_text(const struct options *options)
{
    return !options->quiet && (options->format != OPTIONS_FORMAT_JSON || options->report_file);
}

static int write_github(FILE *out, const struct tally *tally)
{
    const char *const summary = step_summary();

    if (!tally->options->quiet)
        report_text_counts(out, tally, 0);
    report_github_annotations(out, tally);
    return summary ? write_file(summary, "ae", tally, report_github_summary) : 0;
}

/* Writes to `out` what goes to stderr, and the report to its file. */
static int write_format(FILE *out, const struct tally *tally)
{
    const struct options *const options = tally->options;
    const char *const path = options->report_file;

    switch (options->format) {
    case OPTIONS_FORMAT_GITHUB: return write_github(out, tally);
    case OPTIONS_FORMAT_JSON:
        if (path)
            break;
        report_json(out, tally);
        return 0;
    case OPTIONS_FORMAT_GITLAB:
    case OPTIONS_FORMAT_TEXT: break;
    }
    if (!options->quiet)
        report_text(out, tally, is_coloured());
    if (options->format == OPTIONS_FORMAT_TEXT)
        return 0;
    if (options->format == OPTIONS_FORMAT_JSON)
        return write_anew(path, tally, report_json);
    return write_anew(path ? path : gitlab_artifact, tally, report_gitlab);
}

int report_check(const struct options *options, const struct policy *policy)
{
    const char *const summary = step_summary();

    if (options->report_file)
        return outlet_check_report("--report-file", options->report_file, policy);
    if (options->format == OPTIONS_FORMAT_GITLAB)
        return outlet_check_report("--format=gitlab", gitlab_artifact, policy);
    if (options->format == OPTIONS_FORMAT_GITHUB && summary)
        return outlet_check("GITHUB_STEP_SUMMARY", summary);
    return 0;
}

/* Writes all formats, and what is for stderr in the end. */
static int write_tally(const struct tally *tally)
{
    const int is_for_people = tally->options->format == OPTIONS_FORMAT_TEXT;
    char *text = NULL;
    size_t length = 0;
    FILE *const out = open_memstream(&text, &length);
    int result = out ? write_format(out, tally) : -errno;
    int is_broken = 0;
    int lost = 0;

    if (out && is_text(tally->options))
        suggest_text(out, tally->suggestion);
    if (out)
        is_broken = ferror(out);
    /* fclose may not report that its last allocation, which trims the text, failed (glibc 2.36). */
    if (out && (fclose(out) || is_broken || !text))
        result = -ENOMEM;
    else if (out)
        lost = write_stderr(text, length);
    free(text);
    if (is_for_people && (lost == -EPIPE || lost == -EBADF))
        lost = 0;
    return result < 0 ? result : lost;
}

int report_write(const struct report *report)
{
    struct suggestion suggestion;
    struct tally tally = {.options = report->options,
                          .policy = report->policy,
                          .changes = report->changes,
                          .result = report->result,
                          .records = report->records,
                          .suggestion = &suggestion,
                          .status = report->status};
    int result = suggest_make(report->records, &report->policy->protect, &suggestion);

    if (result == 0)
        result = tally_make(&tally);
    if (result == 0) {
        result = write_tally(&tally);
        tally_free(&tally);
    }
    suggest_free(&suggestion);
    return result;
}
