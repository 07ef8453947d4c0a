/* SPDX-License-Identifier: MIT */
#include "launcher/report/formats.h"

#include "launcher/escape.h"

/* The Makefile sets it; linters do not read that. */
#ifndef NOCLOBBER_VERSION
#define NOCLOBBER_VERSION "unknown"
#endif

static void put_text(FILE *out, const char *before, const char *value)
{
    fprintf(out, "%s\"", before);
    escape_json(out, value);
    fputc('"', out);
}

static void put_command(FILE *out, char *const *arguments)
{
    fputs(",\"command\":[", out);
    for (int i = 0; arguments && arguments[i]; i++)
        put_text(out, i > 0 ? "," : "", arguments[i]);
    fputs("]", out);
}

static void put_counts(FILE *out, const struct tally *tally)
{
    fprintf(out,
            ",\"counts\":{\"refused\":%lu,\"audited\":%lu,\"allowed\":%lu,\"changed\":%zu,"
            "\"sealed\":%zu,\"damaged\":%zu},\"complete\":%s,\"still_running\":%s",
            tally->times[EVENT_REFUSED], tally->times[EVENT_AUDITED], tally->times[EVENT_ALLOWED],
            tally->changes->count, tally->result->sealed, tally->records->damaged,
            tally->records->is_incomplete ? "false" : "true",
            tally->result->has_leftovers ? "true" : "false");
}

static void put_places(FILE *out, const char *key, const struct tally *tally,
                       enum event_verdict verdict)
{
    fprintf(out, ",\"%s\":[", key);
    for (size_t i = 0; i < tally->place_count[verdict]; i++) {
        const struct tally_place *const place = &tally->places[verdict][i];

        put_text(out,
                 i > 0 ? ",{\"destination\":" : "{\"destination\":", place->first->destination);
        put_text(out, ",\"source\":", place->first->source);
        put_text(out, ",\"program\":", place->first->program);
        put_text(out, ",\"rule\":", place->first->rule);
        fprintf(out, ",\"times\":%lu}", place->times);
    }
    fputs("]", out);
}

/* What --restore did. */
static void put_back(FILE *out, const struct change *change)
{
    if (change->back != CHANGE_LEFT)
        fprintf(out, ",\"restored\":%s", change->back == CHANGE_NOT_BACK ? "false" : "true");
    if (change->beside)
        put_text(out, ",\"beside\":", change->beside);
}

static void put_changes(FILE *out, const struct changes *changes)
{
    fputs(",\"changed\":[", out);
    for (size_t i = 0; i < changes->count; i++) {
        put_text(out, i > 0 ? ",{\"path\":" : "{\"path\":", changes->list[i].path);
        fprintf(out, ",\"how\":\"%s\"%s", tally_change_name(changes->list[i].kind),
                changes->list[i].is_after_refusal ? ",\"after_refusal\":true" : "");
        put_back(out, &changes->list[i]);
        fputs("}", out);
    }
    fputs("]", out);
}

/* The options as arguments. */
static void put_suggested(FILE *out, const struct suggestion *suggestion)
{
    const char *before = "";

    fputs(",\"suggested\":[", out);
    for (size_t i = 0; i < suggestion->allow.count; i++, before = ",") {
        put_text(out, before, "--allow");
        put_text(out, ",", suggestion->allow.list[i].pattern);
    }
    for (unsigned i = 0; i < POLICY_CONDITIONS; i++)
        if (suggestion->allow_if & 1U << i) {
            put_text(out, before, "--allow-if");
            put_text(out, ",", policy_condition_name(i));
            before = ",";
        }
    fputs("]", out);
}

void report_json(FILE *out, const struct tally *tally)
{
    fprintf(out, "{\"version\":\"%s\",\"status\":%d,\"command_status\":%d", NOCLOBBER_VERSION,
            tally->status, tally->result->status);
    put_command(out, tally->options->arguments);
    put_counts(out, tally);
    put_places(out, "refused", tally, EVENT_REFUSED);
    put_places(out, "audited", tally, EVENT_AUDITED);
    put_places(out, "allowed", tally, EVENT_ALLOWED);
    put_changes(out, tally->changes);
    put_suggested(out, tally->suggestion);
    fputs("}\n", out);
}
