/* SPDX-License-Identifier: MIT */
#include "core/event.h"

#include <string.h>

/* The two switches below have no `default`, so that the compiler reports a missing name. */

static const char *verdict_name(enum event_verdict verdict)
{
    switch (verdict) {
    case EVENT_REFUSED: return "refused";
    case EVENT_AUDITED: return "audited";
    case EVENT_ALLOWED: return "allowed";
    }
    return "";
}

static const char *rule_name(enum event_rule rule)
{
    switch (rule) {
    case EVENT_RULE_DEFAULT: return "default";
    case EVENT_RULE_PROTECT: return "protect:";
    case EVENT_RULE_ALLOW: return "allow:";
    case EVENT_RULE_ALLOW_IF_SAME:
    case EVENT_RULE_ALLOW_IF_SYMLINK:
    case EVENT_RULE_ALLOW_IF_EMPTY: return policy_conditions[rule - EVENT_RULE_ALLOW_IF_SAME];
    case EVENT_RULE_FALLBACK: return "fallback";
    case EVENT_RULE_UNDECIDED: return "undecided";
    case EVENT_RULE_POLICY_ERROR: return "policy-error";
    }
    return "";
}

static int has_pattern(enum event_rule rule)
{
    return rule == EVENT_RULE_PROTECT || rule == EVENT_RULE_ALLOW;
}

static void put_string(struct text *text, const char *key, const char *value)
{
    text_puts(text, key);
    text_put(text, "\"", 1);
    text_put_json(text, value);
    text_put(text, "\"", 1);
}

static void put_time(struct text *text, const struct event *event)
{
    text_puts(text, "{\"time\":");
    text_put_number(text, (unsigned long long)event->seconds, 0);
    text_put(text, ".", 1);
    text_put_number(text, (unsigned long long)event->nanoseconds, 9);
}

static void put_rule(struct text *text, const struct event *event)
{
    text_puts(text, ",\"rule\":\"");
    text_puts(text, rule_name(event->rule));
    if (has_pattern(event->rule))
        text_put_json(text, event->pattern);
    text_put(text, "\"", 1);
}

static void put_left(struct text *text, const struct event_state *left)
{
    const unsigned long long numbers[] = {
        left->device_major,
        left->device_minor,
        left->inode,
        left->size,
        (unsigned long long)left->modified,
        (unsigned long long)left->changed,
        left->mode,
        left->links,
        left->owner,
        left->group,
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        text_puts(text, i == 0 ? ",\"left\":\"" : ":");
        text_put_number(text, numbers[i], 0);
    }
    text_put(text, "\"", 1);
}

size_t event_encode(const struct event *event, char *out, size_t size)
{
    struct text text;

    text_begin(&text, out, size);
    put_time(&text, event);
    put_string(&text, ",\"verdict\":", verdict_name(event->verdict));
    put_rule(&text, event);
    put_string(&text, ",\"call\":", event->call);
    put_string(&text, ",\"source\":", event->source);
    put_string(&text, ",\"destination\":", event->destination);
    text_puts(&text, ",\"pid\":");
    text_put_number(&text, (unsigned)event->pid, 0);
    put_string(&text, ",\"program\":", event->program);
    if (event->unless != EVENT_RULE_DEFAULT)
        put_string(&text, ",\"unless\":", rule_name(event->unless));
    if (event->left)
        put_left(&text, event->left);
    if (event->repeated != 0) {
        text_puts(&text, ",\"repeated\":");
        text_put_number(&text, event->repeated, 0);
    }
    text_puts(&text, "}\n");
    return text.overflow ? 0 : text.length;
}

int event_rule_parse(const char *text, enum event_rule *rule, const char **pattern)
{
    for (int i = EVENT_RULE_DEFAULT; i <= EVENT_RULE_POLICY_ERROR; i++) {
        const char *const name = rule_name((enum event_rule)i);
        const size_t length = strlen(name);

        *rule = (enum event_rule)i;
        *pattern = has_pattern(*rule) ? text + length : NULL;
        if (*pattern ? strncmp(text, name, length) == 0 : strcmp(text, name) == 0)
            return 0;
    }
    return -1;
}
