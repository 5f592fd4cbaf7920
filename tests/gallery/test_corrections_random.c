/* SPDX-License-Identifier: Apache-2.0
 *
 * Random commands against a model of what they should come to: after each of them no rejected face, and no near-duplicate
 * of one, has the name that it was rejected for, whatever was renamed, merged, split, forgotten or embedded again in
 * between; and every undo leaves the gallery as it was before the command that it takes back, to the byte.
 */
#include "base/memory.h"
#include "gallery/content.h"

enum { FACES = 48, NAMES = 7, COMMANDS = 1000, MOST = 512, MODELS = 2 };
static const char *const model[MODELS] = {MODEL_A, MODEL_B};
static float             vector[MODELS][FACES][WIDTH];

/* Two neighbours are one photo, saved twice; eight are one person's. */
static bool near_duplicates(int a, int b)
{
    return a / 2 == b / 2;
}

static void make_faces(void)
{
    for (int m = 0; m < MODELS; m++)
        for (int f = 0; f < FACES; f++) {
            uint64_t person = (uint64_t)(f / 8 + 100 * m), photo = (uint64_t)(f / 2 + 100 * m);
            float    noise[WIDTH];
            double   sum = 0;
            make_alike(vector[m][f], WIDTH, person, 0.75, photo);
            make_vector(noise, WIDTH, (uint64_t)(2000 + f + 100 * m));
            for (int k = 0; k < WIDTH; k++) {
                vector[m][f][k] += 0.15f * noise[k];
                sum += (double)vector[m][f][k] * vector[m][f][k];
            }
            for (int k = 0; k < WIDTH; k++) vector[m][f][k] /= (float)sqrt(sum);
        }
    for (int m = 0; m < MODELS; m++)
        for (int a = 0; a < FACES; a++)
            for (int b = 0; b < FACES; b++) {
                double dot = 0;
                for (int k = 0; k < WIDTH; k++) dot += (double)vector[m][a][k] * vector[m][b][k];
                assert_int_equal(dot >= (double)KIN_NEAR_DUPLICATE, near_duplicates(a, b));
            }
}

/* Face f: of a photo of its own, with a picture that says which it is. */
static kin_enrolment enrolment_of(const int *f)
{
    kin_enrolment e = make_enrolment((uint64_t)*f);
    e.crop = f;
    e.crop_bytes = sizeof *f;
    return e;
}

/* --- the model --- */

typedef struct {
    int64_t id; /* of its row */
    int64_t person;
    int     face;
} rejection;

typedef struct {
    int       count;
    rejection at[MOST];
} truth;

typedef struct {
    int64_t  change; /* number in the journal */
    uint64_t digest; /* of the gallery before it; 0: not known any more */
    truth    before;
} taken;

static struct {
    kin_gallery *g;
    sqlite3     *db; /* for looking only */
    truth        now;
    taken       *stack;
    int          depth;
    kin_random   random;
    int          refused, undone, equal, parted; /* to see that something was tried */
} w;

static int below(int n)
{
    return (int)kin_random_below(&w.random, (uint64_t)n);
}

static int64_t number(const char *sql)
{
    sqlite3_stmt *row;
    assert_int_equal(sqlite3_prepare_v2(w.db, sql, -1, &row, NULL), SQLITE_OK);
    int64_t value = sqlite3_step(row) == SQLITE_ROW ? sqlite3_column_int64(row, 0) : 0;
    sqlite3_finalize(row);
    return value;
}

static int64_t id_of(const char *name)
{
    kin_person p;
    return kin_gallery_person(w.g, name, NULL, &p) == KIN_OK ? p.id : 0;
}

/* A name of the few, or one of somebody who is there. */
static const char *some_name(void)
{
    static char name[8][KIN_NAME_MAX + 1];
    static int  turn;
    char       *out = name[turn++ % 8];
    kin_people  people;
    assert_int_equal(kin_gallery_people(w.g, NULL, &people), KIN_OK);
    if (people.count && below(4))
        snprintf(out, sizeof name[0], "%s", people.person[below((int)people.count)].name);
    else
        snprintf(out, sizeof name[0], "Person %d", below(NAMES));
    kin_people_free(&people);
    return out;
}

static truth written(void)
{
    sqlite3_stmt *row;
    truth         t = {0};
    static const char all[] = "SELECT id, person, photo_hash FROM rejection ORDER BY id";
    assert_int_equal(sqlite3_prepare_v2(w.db, all, -1, &row, NULL), SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW) {
        uint64_t photo;
        memcpy(&photo, (const char *)sqlite3_column_blob(row, 2) + 8, sizeof photo);
        t.at[t.count++] = (rejection){sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1), (int)photo};
        assert_true(t.count < MOST && t.at[t.count - 1].id < MOST);
    }
    sqlite3_finalize(row);
    return t;
}

static const rejection *find(const truth *t, int64_t id)
{
    for (int i = 0; i < t->count; i++)
        if (t->at[i].id == id) return &t->at[i];
    return NULL;
}

/* Whether the rejection has a vector of the other model. */
static bool upgraded(int64_t id)
{
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM rejection_vector v JOIN model m ON m.id = v.model WHERE m.fingerprint = x'" MODEL_B
             "' AND v.rejection = %lld", (long long)id);
    return number(sql) > 0;
}

static void check(void)
{
    truth there = written();
    assert_int_equal(there.count, w.now.count);
    for (int i = 0; i < there.count; i++) {
        const rejection *r = find(&w.now, there.at[i].id);
        assert_true(r && r->person == there.at[i].person && r->face == there.at[i].face);
    }
    for (int i = 0; i < w.now.count; i++) {
        const rejection *r = &w.now.at[i];
        for (int m = 0; m < MODELS; m++) {
            if (m == 1 && !upgraded(r->id)) continue;
            for (int f = r->face / 2 * 2; f < r->face / 2 * 2 + 2; f++) {
                kin_candidate best[64];
                size_t        count;
                assert_int_equal(kin_gallery_search(w.g, model[m], WIDTH, vector[m][f], 64, best, &count), KIN_OK);
                for (size_t k = 0; k < count; k++)
                    if (best[k].person == r->person) fail_msg("face %d has the name again that %d was rejected for", f, r->face);
            }
        }
    }
}

/* --- the commands --- */

static void enroll(void)
{
    assert_int_equal(kin_gallery_begin(w.g), KIN_OK);
    for (int n = 1 + below(3); n > 0; n--) {
        int           f = below(FACES);
        const char   *name = some_name();
        int64_t       person = id_of(name);
        bool          barred = false;
        kin_enrolment e = enrolment_of(&f);
        for (int i = 0; i < w.now.count; i++)
            barred = barred || (person && w.now.at[i].person == person && near_duplicates(w.now.at[i].face, f));
        w.refused += barred;
        assert_int_equal(kin_gallery_add(w.g, name, MODEL_A, WIDTH, vector[0][f], &e, NULL), barred ? KIN_E_REFUSED : KIN_OK);
    }
    assert_int_equal(kin_gallery_commit(w.g), KIN_OK);
}

static void reject(void)
{
    int           f = below(FACES);
    const char   *name = some_name();
    int64_t       person = id_of(name);
    kin_enrolment e = enrolment_of(&f);
    kin_rejected  r;
    assert_int_equal(kin_gallery_reject(w.g, name, MODEL_A, WIDTH, vector[0][f], &e, &r), person ? KIN_OK : KIN_E_NOT_FOUND);
    truth  there = written();
    size_t made = r.taken_out ? r.taken_out : r.new_rejection;
    assert_int_equal(there.count, w.now.count + (int)made);
    for (int i = 0; i < there.count; i++) {
        if (find(&w.now, there.at[i].id)) continue;
        w.now.at[w.now.count++] = (rejection){there.at[i].id, person, f};
    }
}

static void ignore(void)
{
    int           f = below(FACES);
    kin_enrolment e = enrolment_of(&f);
    kin_status    status = kin_gallery_ignore(w.g, MODEL_A, WIDTH, vector[0][f], &e, NULL);
    assert_true(status == KIN_OK || status == KIN_E_REFUSED); /* somebody was taught with it */
}

/* Whether a face of the person (of that photo; -1: any) is one that was rejected for the other. */
static bool barred_for(int64_t person, int64_t other, int photo)
{
    sqlite3_stmt *row;
    bool          barred = false;
    assert_int_equal(sqlite3_prepare_v2(w.db, "SELECT photo_hash FROM face WHERE person = ?", -1, &row, NULL), SQLITE_OK);
    sqlite3_bind_int64(row, 1, person);
    while (sqlite3_step(row) == SQLITE_ROW) {
        uint64_t f;
        memcpy(&f, (const char *)sqlite3_column_blob(row, 0) + 8, sizeof f);
        for (int i = 0; i < w.now.count; i++)
            barred = barred || ((photo < 0 || photo == (int)f) && w.now.at[i].person == other && near_duplicates(w.now.at[i].face, (int)f));
    }
    sqlite3_finalize(row);
    return barred;
}

static void merge(void)
{
    const char *name = some_name(), *other = some_name();
    int64_t     to = id_of(name), from = id_of(other);
    const bool  two = barred_for(from, to, -1) || barred_for(to, from, -1);
    kin_status  status = kin_gallery_merge(w.g, name, other, NULL);
    assert_int_equal(status, !to || !from ? KIN_E_NOT_FOUND : to == from || two ? KIN_E_REFUSED : KIN_OK);
    w.parted += to && from && to != from && two;
    for (int i = 0; i < w.now.count && status == KIN_OK; i++)
        if (w.now.at[i].person == from) w.now.at[i].person = to;
}

static void split(void)
{
    int           f = below(FACES);
    kin_enrolment e = enrolment_of(&f);
    const char   *name = some_name(), *to = some_name();
    const bool    no = barred_for(id_of(name), id_of(to), f), same = strcmp(name, to) == 0;
    kin_status    status = kin_gallery_split(w.g, name, to, e.photo_hash, NULL);
    if (status == KIN_OK || status == KIN_E_REFUSED)
        assert_int_equal(status, no || same ? KIN_E_REFUSED : KIN_OK);
    else
        assert_int_equal(status, KIN_E_NOT_FOUND);
}

static void rename_one(void)
{
    kin_status status = kin_gallery_rename(w.g, some_name(), some_name());
    assert_true(status == KIN_OK || status == KIN_E_NOT_FOUND || status == KIN_E_REFUSED);
}

static void tell(void)
{
    static const int dates[] = {0, 19990000, 20150302, 20300000};
    const char      *name = some_name();
    const kin_status expected = id_of(name) ? KIN_OK : KIN_E_NOT_FOUND;
    assert_int_equal(kin_gallery_set_born(w.g, name, dates[below(4)]), expected);
    if (below(2)) assert_int_equal(kin_gallery_set_until(w.g, name, dates[below(4)]), expected);
    if (below(2)) assert_int_equal(kin_gallery_set_consent(w.g, name, below(3) ? "by mail" : ""), expected);
}

static void tell_one(void)
{
    assert_int_equal(kin_gallery_begin(w.g), KIN_OK);
    tell();
    assert_int_equal(kin_gallery_commit(w.g), KIN_OK);
}

/* Takes from a list of rejections what is not in the other. */
static void keep_only(truth *list, const truth *of)
{
    int kept = 0;
    for (int i = 0; i < list->count; i++)
        if (find(of, list->at[i].id)) list->at[kept++] = list->at[i];
    list->count = kept;
}

/* Takes the person's own rejections, what the others' keep of the person's faces, and the journal's rows. */
static void forget(void)
{
    const char   *name = some_name();
    int64_t       person = id_of(name);
    bool          taught[FACES] = {false};
    sqlite3_stmt *row;
    int           kept = 0;
    assert_int_equal(sqlite3_prepare_v2(w.db, "SELECT photo_hash FROM face WHERE person = ?", -1, &row, NULL), SQLITE_OK);
    sqlite3_bind_int64(row, 1, person);
    while (sqlite3_step(row) == SQLITE_ROW) {
        uint64_t f;
        memcpy(&f, (const char *)sqlite3_column_blob(row, 0) + 8, sizeof f);
        taught[f] = true;
    }
    sqlite3_finalize(row);
    assert_int_equal(kin_gallery_forget(w.g, name, NULL), person ? KIN_OK : KIN_E_NOT_FOUND);
    if (!person) return;
    for (int i = 0; i < w.now.count; i++) {
        const rejection *r = &w.now.at[i];
        if (r->person != person && !taught[r->face] && !taught[r->face ^ 1]) w.now.at[kept++] = *r;
    }
    w.now.count = kept;
    int depth = 0;
    for (int i = 0; i < w.depth; i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM change WHERE id = %lld", (long long)w.stack[i].change);
        if (!number(sql)) continue;
        w.stack[depth] = w.stack[i];
        w.stack[depth].digest = 0;
        keep_only(&w.stack[depth++].before, &w.now);
    }
    w.depth = depth;
}

/* All faces and all rejections get vectors of the other model; now and then it is cut short, and nobody sees what was made. */
static void upgrade(void)
{
    bool whole = below(4) > 0;
    for (int rejections = 0; rejections < 2; rejections++) {
        for (int64_t after = 0;;) {
            kin_unembedded next;
            int            f;
            assert_int_equal(kin_gallery_unembedded(w.g, MODEL_B, rejections, after, &next), KIN_OK);
            if (!next.id || (!whole && !below(5))) {
                kin_unembedded_free(&next);
                break;
            }
            after = next.id;
            assert_int_equal(next.bytes, sizeof f);
            memcpy(&f, next.picture, sizeof f);
            assert_int_equal(kin_gallery_fresh(w.g, MODEL_B, WIDTH, &next, 1, vector[1][f]), KIN_OK);
            kin_unembedded_free(&next);
        }
    }
    if (!whole) return;
    assert_int_equal(kin_gallery_switch(w.g, MODEL_B, WIDTH, NULL, NULL), KIN_OK);
    for (int i = 0; i < w.now.count; i++) assert_true(upgraded(w.now.at[i].id));
}

static bool undo(void)
{
    kin_status status = kin_gallery_undo(w.g, NULL);
    assert_int_equal(status, w.depth ? KIN_OK : KIN_E_NOT_FOUND);
    if (status != KIN_OK) return false;
    const taken *t = &w.stack[--w.depth];
    w.now = t->before;
    w.undone++;
    if (t->digest) {
        assert_int_equal(content(), t->digest);
        w.equal++;
        return true;
    }
    /* Somebody was forgotten since, and with them what was done with them: a rejection that they once had stays where it came to. */
    truth there = written();
    for (int i = 0; i < w.now.count; i++) {
        const rejection *r = find(&there, w.now.at[i].id);
        char             sql[100];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM person WHERE id = %lld", (long long)w.now.at[i].person);
        assert_non_null(r);
        assert_true(r->person == w.now.at[i].person || !number(sql));
    }
    w.now = there;
    return true;
}

/* Runs a command; what the journal has of it goes on the stack. */
static void run(void (*command)(void))
{
    int64_t last = number("SELECT max(id) FROM change");
    taken  *t = &w.stack[w.depth];
    t->digest = content();
    t->before = w.now;
    int depth = w.depth;
    command();
    t->change = number("SELECT max(id) FROM change");
    if (t->change > last && w.depth == depth) w.depth++;
}

static void undo_one(void)
{
    undo();
}

static void walk(uint64_t seed)
{
    static const struct {
        void (*command)(void);
        int weight;
    } table[] = {{enroll, 40},    {reject, 14}, {ignore, 5},  {merge, 5},    {split, 9},
                 {rename_one, 5}, {tell_one, 5}, {forget, 2}, {upgrade, 4},  {undo_one, 11}};
    memset(&w.now, 0, sizeof w.now);
    w.depth = w.refused = w.undone = w.equal = w.parted = 0;
    w.random = kin_random_make(seed, 0);
    w.g = open_gallery();
    int most = 0;
    assert_int_equal(sqlite3_open(file, &w.db), SQLITE_OK);
    for (int n = 0; n < COMMANDS; n++) {
        int at = below(100), i = 0;
        while (at >= table[i].weight) at -= table[i++].weight;
        if (table[i].command == undo_one)
            undo();
        else
            run(table[i].command);
        check();
        if (w.now.count > most) most = w.now.count;
    }
    assert_true(most > 12 && w.refused > 15 && w.undone > 50 && w.equal > 30 && w.parted > 2); /* there was something to see */
    while (undo()) check();
    assert_int_equal(sqlite3_close(w.db), SQLITE_OK);
    kin_gallery_free(w.g);
}

static void test_a_thousand_commands(void **state)
{
    (void)state;
    const bool all = getenv("KIN_EXHAUSTIVE") != NULL;
    w.stack = calloc(COMMANDS + 1, sizeof *w.stack);
    assert_non_null(w.stack);
    make_faces();
    for (uint64_t seed = 1; seed <= (all ? 50 : 1); seed++) {
        walk(seed);
        assert_int_equal(unlink(file), 0);
    }
    free(w.stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_a_thousand_commands, fresh, clean)};
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
