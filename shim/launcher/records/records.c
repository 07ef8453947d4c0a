/* SPDX-License-Identifier: MIT */
/*
 * A strict reader of the lines that core/event.c writes: one flat object without blanks.
 *
 * The start of an event, {"time":, can't occur inside one, because in a string its quotes would
 * be escaped. So if it occurs in the middle of a line, the event before it was torn, and what
 * follows is read as an event.
 */
#include "launcher/records/records.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/policy.h"
#include "launcher/records/scan.h"

static const char event_start[] = "{\"time\":";

/* The shortest event: with this many bytes for each, the list always has room. */
#define EVENT_LINE_MIN 64

/* ---- events ---- */

enum field { VERDICT, RULE, SOURCE, DESTINATION, PROGRAM, UNLESS, LEFT, REPEATED, FIELDS };

static const char *const field_names[FIELDS] = {"verdict", "rule",   "source", "destination",
                                                "program", "unless", "left",   "repeated"};

/* An event while it is read. */
struct values {
    char *texts[FIELDS];
    unsigned long long repeated;
    unsigned seen; /* one bit per field */
};

static int read_value(struct scan *scan, struct values *values, int field)
{
    if (field == FIELDS)
        return scan_skip(scan);
    if (values->seen & 1u << field)
        return -EINVAL;
    values->seen |= 1u << field;
    if (field == REPEATED)
        return scan_number(scan, &values->repeated);
    values->texts[field] = scan_string(scan);
    return values->texts[field] ? 0 : -EINVAL;
}

static int read_field(struct scan *scan, struct values *values)
{
    const char *const name = scan_string(scan);
    int field = 0;

    if (!name || scan->at == scan->end || *scan->at++ != ':')
        return -EINVAL;
    while (field < FIELDS && strcmp(field_names[field], name) != 0)
        field++;
    return read_value(scan, values, field);
}

static int find_verdict(const char *name)
{
    static const char *const names[] = {"refused", "audited", "allowed"};

    for (int i = 0; i < 3; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    return -1;
}

/* Reads "MAJOR:MINOR:INODE:SIZE:MODIFIED:CHANGED:MODE:LINKS:OWNER:GROUP". Returns 0 or -EINVAL. */
static int read_left(const char *text, struct event_state *left)
{
    unsigned long long numbers[10];
    char *end;

    for (size_t i = 0; i < 10; i++) {
        if (*text < '0' || *text > '9')
            return -EINVAL;
        numbers[i] = strtoull(text, &end, 10);
        if (*end != (i < 9 ? ':' : '\0'))
            return -EINVAL;
        text = end + 1;
    }
    *left = (struct event_state){
        .device_major = (unsigned)numbers[0],
        .device_minor = (unsigned)numbers[1],
        .inode = numbers[2],
        .size = numbers[3],
        .modified = (long long)numbers[4],
        .changed = (long long)numbers[5],
        .mode = (unsigned)numbers[6],
        .links = (unsigned)numbers[7],
        .owner = (unsigned)numbers[8],
        .group = (unsigned)numbers[9],
    };
    return 0;
}

static int read_rules(const char *unless, struct record *record)
{
    const char *pattern;

    if (event_rule_parse(record->rule, &record->kind, &record->pattern) < 0)
        return -EINVAL;
    return unless ? event_rule_parse(unless, &record->unless, &pattern) : 0;
}

static int take_values(const struct values *values, struct record *record)
{
    const char *const left = values->texts[LEFT];
    const unsigned required = (1u << FIELDS) - 1 - (1u << UNLESS) - (1u << LEFT) - (1u << REPEATED);
    int verdict;

    if ((values->seen & required) != required)
        return -EINVAL;
    verdict = find_verdict(values->texts[VERDICT]);
    if (verdict < 0)
        return -EINVAL;
    *record = (struct record){
        .verdict = (enum event_verdict)verdict,
        .rule = values->texts[RULE],
        .source = values->texts[SOURCE],
        .destination = values->texts[DESTINATION],
        .program = values->texts[PROGRAM],
        .has_left = left != NULL,
        .repeated = (unsigned long)values->repeated,
    };
    if (read_rules(values->texts[UNLESS], record) < 0)
        return -EINVAL;
    return left ? read_left(left, &record->left) : 0;
}

/* Reads the event that fills [start, end). Returns 0, or -EINVAL. */
static int read_event(char *start, const char *end, struct record *record)
{
    struct scan scan = {start, end};
    struct values values = {{NULL}, 0, 0};

    if (end - start < EVENT_LINE_MIN || *start != '{')
        return -EINVAL;
    do {
        scan.at++;
        if (read_field(&scan, &values))
            return -EINVAL;
    } while (scan.at < end && *scan.at == ',');
    if (end - scan.at != 1 || *scan.at != '}')
        return -EINVAL;
    return take_values(&values, record);
}

/* ---- lines ---- */

static void read_line(char *line, const char *end, struct records *records)
{
    while (line < end) {
        /* Searched for before the event is decoded in place. */
        char *next =
            memmem(line + 1, (size_t)(end - line - 1), event_start, sizeof event_start - 1);
        const char *const stop = next ? next : end;

        if (read_event(line, stop, &records->list[records->count]))
            records->damaged++;
        else
            records->count++;
        line = next;
        if (!next)
            break;
    }
}

static void read_lines(char *text, size_t size, struct records *records)
{
    char *const end = text + size;

    for (char *line = text; line < end;) {
        char *newline = memchr(line, '\n', (size_t)(end - line));

        if (!newline)
            newline = end;
        read_line(line, newline, records);
        line = newline + 1;
    }
}

/* Reads up to `size` bytes. Returns how many, or -errno. */
static ssize_t read_all(int fd, char *out, size_t size)
{
    size_t length = 0;

    while (length < size) {
        const ssize_t got = read(fd, out + length, size - length);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    return (ssize_t)length;
}

/* One allocation: the list, then the text that its strings point into. */
static int read_file(int fd, size_t size, struct records *records)
{
    const size_t room = (size / EVENT_LINE_MIN + 1) * sizeof *records->list;
    char *const block = malloc(room + size + 1);
    ssize_t length;

    if (!block)
        return -ENOMEM;
    length = read_all(fd, block + room, size);
    if (length < 0) {
        free(block);
        return (int)length;
    }
    block[room + (size_t)length] = '\0';
    records->list = (struct record *)(void *)block;
    read_lines(block + room, (size_t)length, records);
    return 0;
}

/* Whether the file beside the events says that one is missing (POLICY_REPORT_WHOLE). */
static int is_incomplete(const char *path)
{
    char whole[PATH_MAX + sizeof POLICY_REPORT_WHOLE];
    struct stat status;

    return snprintf(whole, sizeof whole, "%s" POLICY_REPORT_WHOLE, path) < (int)sizeof whole &&
           stat(whole, &status) == 0 && status.st_size == 0;
}

int records_read(const char *path, struct records *records)
{
    /* Without O_NONBLOCK, opening a FIFO would block forever. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    int result = 0;

    *records = (struct records){0};
    records->is_incomplete = is_incomplete(path);
    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    if (fstat(fd, &status))
        result = -errno;
    else if (!S_ISREG(status.st_mode))
        result = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
    else
        result = read_file(fd, (size_t)status.st_size, records);
    close(fd);
    return result;
}

void records_free(struct records *records)
{
    free(records->list);
    *records = (struct records){0};
}
