/* SPDX-License-Identifier: Apache-2.0
 *
 * What came of kin train, as text, JSON or CSV.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/train.h"

kin_train_label kin_train_label_of(const kin_train *t, size_t label)
{
    const kin_dataset *set = t->folder.set;
    size_t             classes = t->taught.classes;
    kin_train_label    l = {.asked = kin_dataset_size(set, KIN_PART_VALIDATION, label)};
    l.pictures = kin_dataset_size(set, KIN_PART_TRAINING, label) + l.asked;
    if (!t->taught.confusion) return l;
    l.right = t->taught.confusion[label * classes + label];
    for (size_t truth = 0; truth < classes; truth++) l.said += t->taught.confusion[truth * classes + label];
    return l;
}

/* NAN of nothing. */
static double part_of(size_t count, size_t of)
{
    return of ? (double)count / (double)of : (double)NAN;
}

static json_t *history_json(const kin_train *t)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t->epochs; i++) {
        const kin_train_epoch *e = &t->history[i];
        json_t                *one = json_object();
        json_object_set_new(one, "part", json_string(e->part));
        json_object_set_new(one, "epoch", json_integer((json_int_t)e->epoch));
        json_object_set_new(one, "seconds", kin_json_number(e->seconds, 0.001));
        json_object_set_new(one, "loss", kin_json_number(e->loss, 1e-5));
        json_object_set_new(one, "accuracy", kin_json_number(e->accuracy, 1e-4));
        json_object_set_new(one, "validation", kin_json_number(e->validation, 1e-4));
        json_object_set_new(one, "validation_loss", kin_json_number(e->validation_loss, 1e-5));
        json_object_set_new(one, "spread", kin_json_number(e->spread, 1e-4));
        json_object_set_new(one, "rate", json_real(e->rate));
        json_array_append_new(list, one);
    }
    return list;
}

static void tell_csv(const kin_train *t)
{
    puts("part,epoch,seconds,loss,accuracy,validation,validation_loss,spread,rate");
    for (size_t i = 0; i < t->epochs; i++) {
        const kin_train_epoch *e = &t->history[i];
        kin_csv_text(e->part, true);
        kin_csv_number((double)e->epoch, 1, false);
        kin_csv_number(e->seconds, 0.001, false);
        kin_csv_number(e->loss, 1e-5, false);
        kin_csv_number(e->accuracy, 1e-4, false);
        kin_csv_number(e->validation, 1e-4, false);
        kin_csv_number(e->validation_loss, 1e-5, false);
        kin_csv_number(e->spread, 1e-4, false);
        kin_csv_number(e->rate, 1e-12, false);
        putchar('\n');
    }
}

static void tell_json(const kin_train *t)
{
    json_t *document = json_object(), *people = json_array();
    json_object_set_new(document, "model", kin_json_text(t->app->set.output));
    json_object_set_new(document, "base", kin_json_text(t->folder.shown));
    json_object_set_new(document, "features", json_integer((json_int_t)t->taught.features));
    json_object_set_new(document, "trained_weights", json_integer((json_int_t)t->taught.trained));
    for (size_t k = 0; k < t->taught.classes; k++) {
        json_t *one = json_object();
        json_object_set_new(one, "name", kin_json_text(t->folder.set->name[k]));
        kin_train_label l = kin_train_label_of(t, k);
        json_object_set_new(one, "pictures", json_integer((json_int_t)l.pictures));
        json_object_set_new(one, "validated", json_integer((json_int_t)l.asked));
        if (t->taught.confusion) {
            json_object_set_new(one, "precision", kin_json_number(part_of(l.right, l.said), 1e-4));
            json_object_set_new(one, "recall", kin_json_number(part_of(l.right, l.asked), 1e-4));
            json_t *row = json_array();
            for (size_t i = 0; i < t->taught.classes; i++)
                json_array_append_new(row, json_integer((json_int_t)t->taught.confusion[k * t->taught.classes + i]));
            json_object_set_new(one, "taken_for", row);
        }
        json_array_append_new(people, one);
    }
    json_object_set_new(document, "people", people);
    json_object_set_new(document, "loss", kin_json_number(t->last.loss, 1e-5));
    json_object_set_new(document, "accuracy", kin_json_number(t->last.accuracy, 1e-4));
    json_object_set_new(document, "validation", isnan(t->last.validation) ? json_null() : kin_json_number(t->last.validation, 1e-4));
    json_object_set_new(document, "epoch", json_integer((json_int_t)t->taught.epoch));
    json_object_set_new(document, "history", history_json(t));
    kin_json_print(t->app, document);
}

/* "2 of 3" in its column. */
static void put_part(size_t count, size_t of)
{
    char text[64] = "-";
    if (of) snprintf(text, sizeof text, "%zu of %zu", count, of);
    printf(" %12s", text);
}

/* "taken for Ben (2), unknown (1)" */
static void put_mistakes(const kin_train *t, size_t k)
{
    bool first = true;
    for (size_t i = 0; i < t->taught.classes; i++) {
        size_t count = t->taught.confusion[k * t->taught.classes + i];
        if (i == k || !count) continue;
        printf(first ? "   taken for " : ", ");
        kin_put_cell(t->folder.set->name[i], 0);
        printf(" (%zu)", count);
        first = false;
    }
}

static void tell_text(const kin_train *t)
{
    bool asked = t->taught.confusion;
    printf("%-24s %9s", "who", "pictures");
    if (asked) printf(" %12s %12s", "found", "named rightly");
    putchar('\n');
    for (size_t k = 0; k < t->taught.classes; k++) {
        kin_train_label l = kin_train_label_of(t, k);
        kin_put_cell(t->folder.set->name[k], 24);
        printf(" %9zu", l.pictures);
        if (asked) {
            put_part(l.right, l.asked);
            put_part(l.right, l.said);
            put_mistakes(t, k);
        }
        putchar('\n');
    }
    printf("\n%zu numbers a face from %s, %llu trained weights; loss %.3f", t->taught.features, t->folder.shown,
           (unsigned long long)t->taught.trained, t->last.loss);
    if (!isnan(t->last.accuracy)) printf(", %.1f %% of what it learnt from", 100 * t->last.accuracy);
    if (!isnan(t->last.validation)) printf(", %.1f %% of what it had not seen", 100 * t->last.validation);
    if (t->app->set.patience) printf("; of %zu epochs the best was the %llu.", t->tops, (unsigned long long)t->taught.epoch);
    printf("\nwritten to ");
    kin_put_cell(t->app->set.output, 0);
    printf("; ask it:  kin recognize -m MODEL PHOTO...\n");
}

static void tell_embedder(const kin_train *t)
{
    if (t->app->set.json) {
        json_t *document = json_object();
        json_object_set_new(document, "model", kin_json_text(t->app->set.output));
        json_object_set_new(document, "base", kin_json_text(t->folder.shown));
        json_object_set_new(document, "trained_weights", json_integer((json_int_t)t->taught.trained));
        json_object_set_new(document, "steps", json_integer((json_int_t)t->course.steps));
        json_object_set_new(document, "loss", kin_json_number(t->course.loss, 1e-5));
        json_object_set_new(document, "spread", kin_json_number(t->course.spread, 1e-4));
        json_object_set_new(document, "history", history_json(t));
        kin_json_print(t->app, document);
        return;
    }
    printf("%llu trained weights of %s, %llu steps; loss %.4f, mean distance of two embeddings %.3f\nwritten to ",
           (unsigned long long)t->taught.trained, t->folder.shown, (unsigned long long)t->course.steps, t->course.loss, t->course.spread);
    kin_put_cell(t->app->set.output, 0);
    printf("; measure its thresholds:  kin calibrate MODEL PEOPLE -o BETTER\n");
}

void kin_train_tell(const kin_train *t)
{
    if (t->app->set.csv)
        tell_csv(t);
    else if (t->embedder)
        tell_embedder(t);
    else if (t->app->set.json)
        tell_json(t);
    else
        tell_text(t);
}
