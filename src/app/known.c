/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of what may be known of a person.
 */
#include "app/known.h"

#include <string.h>

#include "base/context.h"
#include "base/date.h"
#include "gallery/gallery.h"

typedef kin_status (*set_date)(kin_gallery *home, const char *person, int date);

static kin_status read_date(kin_context *ctx, kin_gallery *home, const char *person, const char *option, const char *text, set_date set)
{
    int date = 0;
    if (strcmp(text, "none") != 0 && (!kin_date_read(text, &date) || strpbrk(text, ": ")))
        return kin_fail(ctx, KIN_E_USAGE, "--%s %.40s: expected a date such as 2015-03-02, 2015-03, 2015, or none", option, text);
    return set(home, person, date);
}

static kin_status set_born(kin_context *ctx, kin_gallery *home, const char *person, const char *text)
{
    return read_date(ctx, home, person, "born", text, kin_gallery_set_born);
}

static kin_status set_until(kin_context *ctx, kin_gallery *home, const char *person, const char *text)
{
    return read_date(ctx, home, person, "until", text, kin_gallery_set_until);
}

static kin_status set_consent(kin_context *ctx, kin_gallery *home, const char *person, const char *text)
{
    const bool none = strcmp(text, "none") == 0;
    if (!none && kin_gallery_check_line(ctx, "--consent", text) != KIN_OK) return KIN_E_USAGE;
    return kin_gallery_set_consent(home, person, none ? "" : text);
}

static void show_born(const kin_person *person, char *out)
{
    kin_date_write(person->born, out, KIN_KNOWN_BYTES);
}

static void show_consent(const kin_person *person, char *out)
{
    memcpy(out, person->consent, strlen(person->consent) + 1);
}

static void show_until(const kin_person *person, char *out)
{
    kin_date_write(person->until, out, KIN_KNOWN_BYTES);
}

const kin_known_field kin_known_fields[KIN_KNOWN_FIELDS] = {
    {"born", offsetof(kin_settings, born), set_born, show_born},
    {"consent", offsetof(kin_settings, consent), set_consent, show_consent},
    {"until", offsetof(kin_settings, until), set_until, show_until},
};
