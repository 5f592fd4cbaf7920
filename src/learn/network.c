/* SPDX-License-Identifier: Apache-2.0
 */
#include "learn/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/number.h"
#include "base/text.h"
#include "nn/plan/epilogue.h"

enum { PHOTOS = 4 };

typedef struct {
    size_t first; /* place of the first node that learns */
    double base;  /* factor of all but the head */
} thawing;

static double rate_of(void *user, const char *layer, size_t place)
{
    const thawing *t = user;
    return place < t->first ? 0 : !strcmp(layer, "head") ? 1 : t->base;
}

static bool is_named(const kin_graph *graph, const kin_node *node, const char *name)
{
    return !strcmp(node->name, name) || !strcmp(graph->tensor[node->out[0]].name, name);
}

/* The place from which `from` says that layers learn. */
static kin_status find_first(const kin_graph *graph, const char *from, size_t *first)
{
    char *end, shown[80];
    *first = 0;
    if (!from) return KIN_OK;
    unsigned long long layers = strtoull(from, &end, 10);
    if (*from >= '0' && *from <= '9' && *end == '\0') {
        *first = graph->node_count;
        while (*first > 0 && layers > 0) layers -= kin_is_layer(&graph->node[--*first]) || graph->node[*first].op->weights;
        return KIN_OK;
    }
    while (*first < graph->node_count && !is_named(graph, &graph->node[*first], from)) ++*first;
    if (*first < graph->node_count) return KIN_OK;
    return kin_fail(graph->ctx, KIN_E_NOT_FOUND, "no layer '%s' in the network (kin summary lists them)",
                    kin_printable(from, strlen(from), shown, sizeof shown));
}

/* Who has two pictures or more to learn from. */
static size_t several_of(const kin_dataset *set)
{
    size_t count = 0;
    for (size_t k = 0; k < set->classes; k++) count += k != set->unknown && kin_dataset_size(set, KIN_PART_TRAINING, k) > 1;
    return count;
}

/* Pairs and triplets want several pictures of a person; other losses see every picture once an epoch. A family is small: a batch
 * is no larger than what there is. */
static kin_sampling sampling_of(const kin_dataset *set, const kin_network_options *o)
{
    const size_t most = kin_dataset_size(set, KIN_PART_TRAINING, SIZE_MAX), several = several_of(set);
    bool         of_people = !strncmp(o->loss, "triplet", 7) || !strncmp(o->loss, "contrastive", 11);
    kin_sampling s = {.order = of_people ? KIN_ORDER_PEOPLE : KIN_ORDER_SHUFFLED, .batch = o->batch, .drop_last = true, .seed = o->seed};
    if (!of_people) {
        if (s.batch > most) s.batch = most;
        return s;
    }
    s.photos = o->photos ? o->photos : PHOTOS;
    s.people = s.batch / s.photos;
    if (s.people > several) s.people = several;
    s.batch = s.people * s.photos;
    return s;
}

/* Everything that decides what a step does; the network by what it was read from. */
static void name_course(const kin_graph *graph, const kin_dataset *set, const kin_network_options *o, char *text, size_t size)
{
    char fingerprint[33], base_rate[KIN_NUMBER_TEXT], rate[KIN_NUMBER_TEXT];
    snprintf(text, size, "%s %s %s %s %s %zu %zu %zu %s %s %llu %zu %zu %s %s", o->name ? o->name : "", o->loss,
             o->from ? o->from : "", kin_number_text(o->base_rate, base_rate), kin_number_text(o->rate, rate), o->epochs, o->batch,
             o->photos, o->optimiser ? o->optimiser : "", o->schedule ? o->schedule : "", (unsigned long long)o->seed, set->count, set->size[KIN_PART_TRAINING],
             kin_hash_text(graph->fingerprint, fingerprint), o->teacher ? "taught" : "");
}

/* Of the network; a loss may have weights of its own, which end with the training. */
static uint64_t own_weights(const kin_training *t)
{
    uint64_t count = 0;
    for (size_t i = 0; i < t->weight_count; i++)
        if ((size_t)t->weight[i].tensor < t->source_tensors) count += t->weight[i].count;
    return count;
}

/* A trainer for these options. The batches that are made ahead need room too: it leaves that to them. */
static kin_status hire(const kin_dataset *set, kin_graph *graph, const kin_network_options *o, kin_trainer **out)
{
    thawing      thaw = {.base = o->base_rate > 0 ? o->base_rate : 1};
    kin_sampling sampling = sampling_of(set, o);
    uint64_t     aside = kin_loader_bytes(set, sampling.batch);
    size_t       steps;
    if (sampling.order == KIN_ORDER_PEOPLE && sampling.people < 2)
        return kin_fail(set->ctx, KIN_E_USAGE,
                        "--loss %s wants two people with two pictures each to learn from, and a batch of %zu or more", o->loss,
                        2 * sampling.photos);
    KIN_TRY(kin_graph_sort(graph)); /* places are those of the sorted nodes */
    KIN_TRY(find_first(graph, o->from, &thaw.first));
    KIN_TRY(kin_course_steps(set, &sampling, &steps));
    kin_trainer_options how = {.loss = o->loss,
                               .classes = set->classes,
                               .batch = sampling.batch,
                               .optimiser = o->optimiser,
                               .schedule = o->schedule,
                               .rate = o->rate,
                               .steps = steps * o->epochs,
                               .seed = o->seed,
                               .layer_rate = rate_of,
                               .user = &thaw};
    set->ctx->memory += aside;
    kin_status status = kin_trainer_new(set->ctx, graph, &how, out);
    set->ctx->memory -= aside;
    return status;
}

kin_status kin_teach_fits(const kin_dataset *set, kin_graph *graph, const kin_network_options *options)
{
    kin_trainer *trainer;
    KIN_TRY(hire(set, graph, options, &trainer));
    kin_trainer_free(trainer);
    return KIN_OK;
}

kin_status kin_teach_network(const kin_dataset *set, kin_graph *graph, const kin_network_options *options, uint64_t *trained,
                             kin_graph **out)
{
    const kin_network_options *o = options;
    kin_trainer               *trainer;
    char                       name[1000];
    *out = NULL;
    KIN_TRY(hire(set, graph, o, &trainer));
    name_course(graph, set, o, name, sizeof name);
    if (trained) *trained = own_weights(trainer->training);
    kin_course course = {.set = set, .trainer = trainer, .sampling = sampling_of(set, o), .recipe = o->recipe, .epochs = o->epochs,
                         .teacher = o->teacher, .checkpoint = o->checkpoint, .minutes = o->minutes, .resume = o->resume, .name = name,
                         .report = o->report, .user = o->user};
    kin_status status = kin_course_run(&course);
    if (status == KIN_OK) status = kin_trainer_result(trainer, out);
    kin_trainer_free(trainer);
    return status;
}
