/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known of a person beside the faces: birthday, what they agreed to and until when. Journal, undo and forgetting take
 * whatever columns a person's row has.
 */
#include <string.h>

#include "base/date.h"
#include "gallery/store.h"

/* `field` of the person becomes `value`; SQLite makes digits a number where the column is one. */
static kin_status set_field(kin_gallery *g, const char *name, const char *field, const char *value)
{
    int64_t id, there;
    char    sql[100];
    KIN_TRY(kin_person_find(g, name, &id));
    sqlite3_snprintf(sizeof sql, sql, "SELECT count(*) FROM person WHERE id = ?1 AND \"%w\" = ?2", field);
    KIN_TRY(kin_sql_number(g, &there, 0, sql, "it", id, value));
    if (there) return KIN_OK;
    KIN_TRY(kin_journal_person(g, "person", id, 0, false));
    sqlite3_snprintf(sizeof sql, sql, "UPDATE person SET \"%w\" = ?2 WHERE id = ?1", field);
    return kin_sql_do(g, sql, "it", id, value);
}

static kin_status set(kin_gallery *g, const char *name, const char *field, const char *value)
{
    KIN_TRY(kin_gallery_begin(g));
    return kin_gallery_end(g, set_field(g, name, field, value));
}

static kin_status set_date(kin_gallery *g, const char *name, const char *field, int date)
{
    char digits[12];
    if (date && !kin_date_valid(date)) return kin_fail(g->ctx, KIN_E_USAGE, "%d is no date", date);
    sqlite3_snprintf(sizeof digits, digits, "%d", date);
    return set(g, name, field, digits);
}

kin_status kin_gallery_set_born(kin_gallery *g, const char *name, int born)
{
    kin_enter(g->ctx);
    kin_status status = set_date(g, name, "born", born);
    kin_leave(g->ctx);
    return status;
}

kin_status kin_gallery_set_until(kin_gallery *g, const char *name, int until)
{
    kin_enter(g->ctx);
    kin_status status = set_date(g, name, "until", kin_date_valid(until) ? kin_date_last(until) : until);
    kin_leave(g->ctx);
    return status;
}

kin_status kin_gallery_set_consent(kin_gallery *g, const char *name, const char *consent)
{
    kin_enter(g->ctx);
    kin_status status = *consent ? kin_gallery_check_line(g->ctx, "consent", consent) : KIN_OK;
    if (status == KIN_OK) status = set(g, name, "consent", consent);
    kin_leave(g->ctx);
    return status;
}

/* --- two become one --- */

/* Whether the one who goes may be kept less long: then their consent comes with the date. */
#define SOONER "f.until > 0 AND (t.until = 0 OR f.until < t.until)"
#define JOIN                                                                                                        \
    "UPDATE person SET (born, consent, until) = (SELECT CASE t.born WHEN 0 THEN f.born ELSE t.born END,"            \
    " CASE WHEN f.consent <> '' AND (t.consent = '' OR " SOONER ") THEN f.consent ELSE t.consent END,"              \
    " CASE WHEN " SOONER " THEN f.until ELSE t.until END FROM person f, person t WHERE t.id = ?1 AND f.id = ?2)"    \
    " WHERE id = ?1"

kin_status kin_person_join(kin_gallery *g, const char *verb, int64_t to, int64_t from)
{
    int64_t known;
    KIN_TRY(kin_sql_number(g, &known, 0, "SELECT count(*) FROM person WHERE id = ? AND (born <> 0 OR consent <> '' OR until <> 0)",
                           "i", from));
    if (!known) return KIN_OK;
    KIN_TRY(kin_journal_person(g, verb, to, 0, false));
    return kin_sql_do(g, JOIN, "ii", to, from);
}
