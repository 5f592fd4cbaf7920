/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that are no gallery, damaged ones, ones with things in them that a gallery has not: a clear refusal, never a
 * crash, and what is not ours stays as it was.
 */
#include <sqlite3.h>

#include "gallery/fixture.h"

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    fclose(f);
}

static unsigned char *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    *size = (size_t)ftell(f);
    rewind(f);
    unsigned char *bytes = malloc(*size + 1);
    assert_int_equal(fread(bytes, 1, *size, f), *size);
    fclose(f);
    return bytes;
}

static void sql(const char *text)
{
    sqlite3 *db;
    char    *why = NULL;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK) fail_msg("%s: %s", text, why);
    sqlite3_close(db);
}

/* Opening both ways is refused with `words` and the path, and changes no byte. */
static void refused(kin_status status, const char *words)
{
    size_t         before_size, after_size;
    unsigned char *before = read_file(file, &before_size);
    for (int reading = 0; reading < 2; reading++) {
        kin_gallery *g = (kin_gallery *)&ctx;
        kin_status   s = reading ? kin_gallery_open_reading(&ctx, file, &g) : kin_gallery_open(&ctx, file, &g);
        assert_int_equal(s, status);
        assert_null(g);
        if (!strstr(kin_error(&ctx), words) || !strstr(kin_error(&ctx), file)) fail_msg("%s", kin_error(&ctx));
    }
    unsigned char *after = read_file(file, &after_size);
    assert_int_equal(before_size, after_size);
    assert_memory_equal(before, after, after_size);
    free(before);
    free(after);
}

static void test_no_gallery(void **state)
{
    (void)state;
    static const unsigned char zeros[20000], text[] = "Dear diary, this is a text of more than sixteen bytes.\n";
    write_file(file, text, sizeof text);
    refused(KIN_E_DATABASE, "no kin gallery");
    write_file(file, text, 5);
    refused(KIN_E_DATABASE, "no kin gallery");
    write_file(file, zeros, sizeof zeros);
    refused(KIN_E_DATABASE, "");

    unlink(file);
    sql("CREATE TABLE songs(title); INSERT INTO songs VALUES('x')");
    refused(KIN_E_DATABASE, "another program");
    sql("PRAGMA application_id=77; PRAGMA user_version=1");
    refused(KIN_E_DATABASE, "application_id 77");

    kin_gallery *g;
    assert_int_equal(kin_gallery_open(&ctx, folder, &g), KIN_E_DATABASE);
    assert_non_null(strstr(kin_error(&ctx), "folder"));
    unlink(file);
    assert_int_equal(mkfifo(file, 0600), 0);
    assert_int_equal(kin_gallery_open(&ctx, file, &g), KIN_E_DATABASE); /* and does not wait for a writer */
    assert_int_equal(kin_gallery_open_reading(&ctx, file, &g), KIN_E_DATABASE);
    unlink(file);
    assert_int_equal(symlink("gallery.db", file), 0); /* to itself */
    assert_int_not_equal(kin_gallery_open(&ctx, file, &g), KIN_OK);
    assert_null(g);
}

/* What a program killed at once after making the file leaves behind. */
static void test_an_empty_file_is_a_new_gallery(void **state)
{
    (void)state;
    kin_gallery *g;
    write_file(file, "", 0);
    assert_int_equal(kin_gallery_open_reading(&ctx, file, &g), KIN_E_NOT_FOUND);
    g = open_gallery();
    put(g, "Anna", 1, 1);
    kin_gallery_free(g);
}

static void make_gallery(size_t faces)
{
    kin_gallery *g = open_gallery();
    unsigned char crop[700];
    memset(crop, 0x5A, sizeof crop);
    assert_int_equal(kin_gallery_begin(g), KIN_OK);
    for (uint64_t i = 0; i < faces; i++) {
        char          name[20];
        float         vector[WIDTH];
        kin_enrolment e = make_enrolment(i);
        e.crop = crop;
        e.crop_bytes = sizeof crop;
        snprintf(name, sizeof name, "Person %d", (int)(i % 8));
        make_vector(vector, WIDTH, i);
        assert_int_equal(kin_gallery_add(g, name, MODEL_A, WIDTH, vector, &e, NULL), KIN_OK);
    }
    assert_int_equal(kin_gallery_commit(g), KIN_OK);
    kin_gallery_free(g);
}

static void test_other_versions_and_foreign_things(void **state)
{
    (void)state;
    char          as_made[60];
    size_t        size;
    make_gallery(3);
    unsigned char *head = read_file(file, &size); /* the version stands at byte 60, big endian */
    snprintf(as_made, sizeof as_made, "PRAGMA user_version=%d", head[63]);
    free(head);
    sql("PRAGMA user_version=99");
    refused(KIN_E_DATABASE, "schema 99");
    sql("PRAGMA user_version=-3");
    refused(KIN_E_DATABASE, "schema -3");
    sql(as_made);
    sql("CREATE TRIGGER evil AFTER INSERT ON person BEGIN DELETE FROM face; END");
    refused(KIN_E_DATABASE, "triggers");
    sql("DROP TRIGGER evil; CREATE VIEW v AS SELECT 1");
    refused(KIN_E_DATABASE, "views");
    sql("DROP VIEW v; DROP TABLE crop");
    refused(KIN_E_DATABASE, "10 of 11 tables");
}

/* Everything that reads or writes, on a gallery that may be damaged. True when all of it worked. */
static bool use(void)
{
    kin_gallery *g;
    float        vector[WIDTH];
    kin_people   people = {0};
    kin_vectors  vectors = {0};
    kin_match    who;
    size_t       a, b, c;
    kin_status   s[15] = {kin_gallery_open(&ctx, file, &g)};
    make_vector(vector, WIDTH, 3);
    if (g) {
        kin_enrolment e = make_enrolment(1234);
        kin_gallery_set_decision(g, 0, 0.5);
        s[1] = kin_gallery_people(g, MODEL_A, &people);
        s[2] = kin_gallery_vectors(g, "Person 3", MODEL_A, &vectors);
        s[3] = kin_gallery_match(g, MODEL_A, WIDTH, vector, NULL, &who);
        s[4] = kin_gallery_count(g, MODEL_A, &a, &b, &c);
        s[5] = kin_gallery_add(g, "New", MODEL_A, WIDTH, vector, &e, NULL);
        s[6] = kin_gallery_rename(g, "Person 1", "Person One");
        s[9] = kin_gallery_reject(g, "Person 3", MODEL_A, WIDTH, vector, &e, NULL);
        s[10] = kin_gallery_undo(g, NULL);
        s[11] = kin_gallery_reject(g, "Person 5", MODEL_A, WIDTH, vector, &e, NULL);
        s[12] = kin_gallery_merge(g, "Person 5", "Person 6", NULL);
        s[13] = kin_gallery_undo(g, NULL);
        s[14] = kin_gallery_split(g, "Person 7", "Person 0", make_enrolment(7).photo_hash, NULL);
        s[7] = kin_gallery_forget(g, "Person 2", NULL);
        s[8] = kin_gallery_match(g, MODEL_A, WIDTH, vector, NULL, &who);
        kin_people_free(&people);
        kin_vectors_free(&vectors);
        kin_gallery_free(g);
    }
    bool good = true;
    for (int i = 0; i < 15; i++) {
        good = good && s[i] == KIN_OK;
        /* REFUSED, USAGE: a name or a width that the flip has changed; IO, DISK: pages that the cut file has not. */
        static const bool expected[] = {[KIN_OK] = true,         [KIN_E_DATABASE] = true, [KIN_E_NOT_FOUND] = true,
                                        [KIN_E_REFUSED] = true,  [KIN_E_USAGE] = true,    [KIN_E_IO] = true,
                                        [KIN_E_DISK] = true,     [KIN_E_LIMIT] = true,    [KIN_E_CANCELLED] = false};
        if ((size_t)s[i] >= sizeof expected || !expected[s[i]]) fail_msg("step %d: %s", i, kin_error(&ctx));
    }
    assert_int_equal(ctx.memory, 0);
    return good;
}

static void remove_journal(void)
{
    char path[320];
    snprintf(path, sizeof path, "%s-wal", file);
    unlink(path);
    snprintf(path, sizeof path, "%s-shm", file);
    unlink(path);
}

static void test_flipped_bytes(void **state)
{
    (void)state;
    make_gallery(40);
    size_t         size, refusals = 0;
    unsigned char *good = read_file(file, &size), *bad = malloc(size);
    kin_random     random = kin_random_make(11, 1);
    for (int trial = 0; trial < 250; trial++) {
        memcpy(bad, good, size);
        /* Half of them in the first pages: header and schema. */
        size_t within = trial % 2 ? 8192 : size, flips = 1 + (size_t)kin_random_below(&random, 20);
        for (size_t i = 0; i < flips; i++)
            bad[kin_random_below(&random, within)] ^= (unsigned char)(1 + kin_random_below(&random, 255));
        remove_journal();
        write_file(file, bad, size);
        refusals += !use();
    }
    assert_true(refusals > 50); /* the damage was damage */
    remove_journal();
    write_file(file, good, size);
    assert_true(use()); /* and the undamaged one works */
    free(good);
    free(bad);
}

static void test_cut_files(void **state)
{
    (void)state;
    make_gallery(40);
    size_t         size;
    unsigned char *good = read_file(file, &size);
    for (size_t cut = 1; cut < size; cut += 1000) {
        remove_journal();
        write_file(file, good, cut);
        use();
    }
    remove_journal();
    write_file(file, good, size - 4096);
    assert_false(use());
    free(good);
}

/* Damage that SQLite cannot see: vectors and names of other programs' making. */
static void test_rows_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *change, *words;
    } table[] = {
        {"UPDATE embedding SET vector = x'00112233' WHERE face = 2", "face 2: vector of 4 bytes, expected 512"},
        {"UPDATE embedding SET vector = zeroblob(512) WHERE face = 2", "face 2: vector not of unit length"},
        {"PRAGMA ignore_check_constraints=ON; UPDATE model SET width = 100000", "width 100000"},
        {"PRAGMA ignore_check_constraints=ON; UPDATE model SET width = -1", "width -1"},
        {"UPDATE person SET name = CAST(x'ff41' AS TEXT) WHERE id = 2", "person 2: no valid name"},
        {"UPDATE person SET name = 'a' || char(0) || 'b' WHERE id = 2", "person 2: no valid name"},
        {"UPDATE person SET name = printf('%.*c', 300, 'x') WHERE id = 2", "person 2: no valid name"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        kin_gallery *g;
        float        vector[WIDTH];
        kin_match    who;
        unlink(file);
        make_gallery(8);
        sql(table[i].change);
        g = open_gallery();
        make_vector(vector, WIDTH, 3);
        kin_gallery_set_decision(g, 0, 0.5);
        assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, vector, NULL, &who), KIN_E_DATABASE);
        if (!strstr(kin_error(&ctx), table[i].words)) fail_msg("%s", kin_error(&ctx));
        kin_gallery_free(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_gallery, fresh, clean),
        cmocka_unit_test_setup_teardown(test_an_empty_file_is_a_new_gallery, fresh, clean),
        cmocka_unit_test_setup_teardown(test_other_versions_and_foreign_things, fresh, clean),
        cmocka_unit_test_setup_teardown(test_flipped_bytes, fresh, clean),
        cmocka_unit_test_setup_teardown(test_cut_files, fresh, clean),
        cmocka_unit_test_setup_teardown(test_rows_are_checked, fresh, clean),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
