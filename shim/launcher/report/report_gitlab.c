/* SPDX-License-Identifier: MIT */
#include "launcher/report/formats.h"

#include <stdint.h>
#include <string.h>

#include "core/hash.h"
#include "launcher/escape.h"

/* One finding. */
struct finding {
    const char *check;
    const char *severity;
    const char *verb;
    const char *path;
    const char *rule;
    const char *program; /* or NULL */
};

/* Includes the NUL, so that adjacent strings stay distinct. */
static uint64_t hash(uint64_t before, const char *string)
{
    return hash_bytes(before, string, strlen(string) + 1);
}

/*
 * GitLab recognises a finding by it: the same file and rule give the same fingerprint on any
 * runner.
 */
static uint64_t fingerprint(const struct finding *finding)
{
    return hash(hash(hash(HASH_START, finding->check), finding->path), finding->rule);
}

static void put_finding(FILE *out, struct finding finding, int is_first)
{
    finding.path = workspace_relative("CI_PROJECT_DIR", finding.path);
    fprintf(out, "%s\n{\"description\":\"noclobber: %s ", is_first ? "" : ",", finding.verb);
    escape_json_visibly(out, finding.path);
    if (finding.program) {
        fputs(" by ", out);
        escape_json_visibly(out, finding.program);
        fputs(" (", out);
        escape_json_visibly(out, finding.rule);
        fputs(")", out);
    }
    fprintf(out,
            "\",\"check_name\":\"noclobber/%s\",\"fingerprint\":\"%016llx\",\"severity\":\"%s\","
            "\"location\":{\"path\":\"",
            finding.check, (unsigned long long)fingerprint(&finding), finding.severity);
    escape_json_visibly(out, finding.path);
    fputs("\",\"lines\":{\"begin\":1}}}", out);
}

static void put_places(FILE *out, const struct tally *tally, enum event_verdict verdict,
                       struct finding finding, int *is_first)
{
    for (size_t i = 0; i < tally->place_count[verdict]; i++) {
        const struct record *const record = tally->places[verdict][i].first;

        finding.path = record->destination;
        finding.rule = record->rule;
        finding.program = record->program;
        put_finding(out, finding, *is_first);
        *is_first = 0;
    }
}

void report_gitlab(FILE *out, const struct tally *tally)
{
    const struct finding refused = {"refused", "major", "refused to overwrite", NULL, NULL, NULL};
    const struct finding audited = {"audited", "minor", "would refuse to overwrite",
                                    NULL,      NULL,    NULL};
    struct finding changed = {"changed", "critical", NULL, NULL, "", NULL};
    int is_first = 1;

    fputs("[", out);
    put_places(out, tally, EVENT_REFUSED, refused, &is_first);
    put_places(out, tally, EVENT_AUDITED, audited, &is_first);
    for (size_t i = 0; i < tally->changes->count; i++) {
        changed.verb = tally_change_name(tally->changes->list[i].kind);
        changed.path = tally->changes->list[i].path;
        put_finding(out, changed, is_first);
        is_first = 0;
    }
    fputs(is_first ? "]\n" : "\n]\n", out);
}
