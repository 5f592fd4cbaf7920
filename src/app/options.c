/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of options, and getopt_long fed from it.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/text.h"
#include "learn/augment/augment.h"
#include "os/cores.h"

enum { MOST = 64, LONG = 1000 }; /* options of a verb; getopt's values of long options start there */

#define AT(field) offsetof(kin_settings, field)

const kin_option kin_options_table[] = {
    {"model", 'm', "MODEL", KIN_OPTION_TEXT, AT(model), NULL, 0, 0,
     "recogniser or classifier: a .tflite file or a name (kin version lists those inside)"},
    {"detector", 0, "MODEL", KIN_OPTION_TEXT, AT(detector), NULL, 0, 0, "face detector: a file, a name (detector, mtcnn) or a folder with MTCNN's three files"},
    {"gallery", 'g', "FILE", KIN_OPTION_TEXT, AT(gallery), NULL, 0, 0,
     "the people's database (default $XDG_DATA_HOME/kin/gallery.db)"},
    {"output", 'o', "PATH", KIN_OPTION_TEXT, AT(output), NULL, 0, 0, "where to write: a file, a folder for several pictures, - for standard output"},
    {"from", 0, "DIR", KIN_OPTION_TEXT, AT(from), NULL, 0, 0, "a folder that holds one folder a person"},
    {"tags", 0, NULL, KIN_OPTION_FLAG, AT(tags), NULL, 0, 0,
     "with --from: people are not the folders, but the names that face regions have in the photos, their sidecars and Picasa's files"},
    {"born", 0, "DATE", KIN_OPTION_TEXT, AT(born), NULL, 0, 0, "when the person was born: 2015-03-02, 2015-03, 2015, or none"},
    {"consent", 0, "TEXT", KIN_OPTION_TEXT, AT(consent), NULL, 0, 0, "what the person agreed to, in your words, or none"},
    {"until", 0, "DATE", KIN_OPTION_TEXT, AT(until), NULL, 0, 0, "the last day of that: 2027-12-31, 2027-12, 2027, or none"},
    {"expired", 0, NULL, KIN_OPTION_FLAG, AT(expired), NULL, 0, 0, "everybody whose --until is over"},
    {"json", 'j', NULL, KIN_OPTION_FLAG, AT(json), NULL, 0, 0, "one JSON document; of many inputs one a line"},
    {"csv", 0, NULL, KIN_OPTION_FLAG, AT(csv), NULL, 0, 0, "a table with commas and a head line, one line a face (person, layer, op, epoch)"},
    {"html", 0, "FILE", KIN_OPTION_TEXT, AT(html), NULL, 0, 0,
     "also write a report with pictures and plots, one page for a browser; an earlier report in FILE is replaced, nothing else is"},
    {"npy", 0, NULL, KIN_OPTION_FLAG, AT(npy), NULL, 0, 0, "vectors as a NumPy array into -o (or standard output)"},
    {"min-face", 0, "PX", KIN_OPTION_NUMBER, AT(min_face), NULL, 4, 100000,
     "smallest face to look for, in pixels of the photo (default 40, with --small 8)"},
    {"rotations", 0, "auto|none", KIN_OPTION_WORD, AT(rotations), "none", 0, 0,
     "auto: where no face is surely upright, look for faces that stand turned by 90, 180 or 270 degrees too"},
    {"small", 0, NULL, KIN_OPTION_FLAG, AT(small), NULL, 0, 0, "look for small faces in enlarged tiles of the photo: slow"},
    {"threshold", 0, "T", KIN_OPTION_NUMBER, AT(threshold), NULL, -1, 1,
     "similarity from which two faces are one person's (default: from the model's card)"},
    {"fpir", 0, "P", KIN_OPTION_NUMBER, AT(fpir), "0.01", 1e-9, 1,
     "the part of strangers that may be given a name"},
    {"repeat", 0, NULL, KIN_OPTION_FLAG, AT(repeat), NULL, 0, 0, "a person may be in a photo more than once: collages, mirrors"},
    {"margin", 0, "M", KIN_OPTION_NUMBER, AT(margin), NULL, 0, 10,
     "crops with a margin of M times the face's side all around, not aligned ones"},
    {"size", 0, "PX", KIN_OPTION_WHOLE, AT(size), "0", 0, 16384, "side of the picture: crops with a margin are scaled to it, a network is planned for it"},
    {"pairs", 0, "FILE", KIN_OPTION_TEXT, AT(pairs), NULL, 0, 0, "pairs of photos in LFW's form (pairs.txt)"},
    {"augment", 0, "RECIPE", KIN_OPTION_TEXT, AT(augment), kin_recipe_default, 0, 0,
     "how pictures are changed, such as 'flip rotation=15 motion=7@0.2' (strength, @ probability; kin augment lists them), or none"},
    {"input", 0, "auto|photo|crop", KIN_OPTION_WORD, AT(input), "auto", 0, 0,
     "what the pictures are: photos in which the face is looked for, or crops; auto: those of exactly the model's size are crops"},
    {"unknown", 0, "NAME", KIN_OPTION_TEXT, AT(unknown), NULL, 0, 0, "the folder of strangers and of what is no face (default unknown)"},
    {"base", 0, "MODEL", KIN_OPTION_TEXT, AT(base), NULL, 0, 0, "the network that is learnt on: a .tflite file or a name (default the recogniser)"},
    {"at", 0, "LAYER", KIN_OPTION_TEXT, AT(at), NULL, 0, 0,
     "the base ends behind this layer (kin summary lists them; default: before its last layer with weights)"},
    {"validation", 0, "P|DIR", KIN_OPTION_TEXT, AT(validation), "0.2", 0, 0,
     "this part of the pictures is not learnt from, but asked about; or a folder like DIR, of the same people, for that"},
    {"epochs", 0, "N", KIN_OPTION_WHOLE, AT(epochs), "60", 1, 1000000, "how often each picture is learnt from"},
    {"patience", 0, "N", KIN_OPTION_WHOLE, AT(patience), "0", 0, 1000000,
     "a new top has learnt when N epochs made the loss of --validation no smaller; the best epoch's weights are kept (0: all epochs, the last's)"},
    {"batch", 0, "N", KIN_OPTION_WHOLE, AT(batch), "32", 1, 4096, "pictures of a step"},
    {"variants", 0, "N", KIN_OPTION_WHOLE, AT(variants), "8", 1, 1000, "so many augmented variants of each picture go through the base"},
    {"fine-tune", 0, "LAYER|N", KIN_OPTION_TEXT, AT(fine_tune), NULL, 0, 0,
     "then the base learns too, from this layer on, or its last N layers with weights"},
    {"tune-rate", 0, "F", KIN_OPTION_NUMBER, AT(tune_rate), "0.1", 1e-9, 1, "of the base's layers, as a part of the rate"},
    {"tune-epochs", 0, "N", KIN_OPTION_WHOLE, AT(tune_epochs), "5", 1, 1000000, "of fine-tuning"},
    {"distill", 0, "TEACHER", KIN_OPTION_TEXT, AT(distill), NULL, 0, 0, "the base learns to give the embeddings of this network (a .tflite file or a name)"},
    {"resume", 0, NULL, KIN_OPTION_FLAG, AT(resume), NULL, 0, 0, "go on with the checkpoint that a training which was broken off has left beside -o"},
    {"minutes", 0, "M", KIN_OPTION_NUMBER, AT(minutes), "10", 0.001, 1e6, "between checkpoints"},
    {"rate", 0, "R", KIN_OPTION_NUMBER, AT(rate), NULL, 1e-12, 1e3, "learning rate (default: the optimiser's in Keras)"},
    {"optimiser", 0, "TEXT", KIN_OPTION_TEXT, AT(optimiser), "adam", 0, 0,
     "sgd, rmsprop, adam or adamw, with what belongs to it: 'sgd momentum=0.9 nesterov clip_norm=1'"},
    {"schedule", 0, "TEXT", KIN_OPTION_TEXT, AT(schedule), "constant", 0, 0, "of the rate: constant, step or cosine: 'cosine warmup=0.05'"},
    {"loss", 0, "TEXT", KIN_OPTION_TEXT, AT(loss), "cross_entropy", 0, 0,
     "what is made small: 'cross_entropy smoothing=0.1'; arcface, cosface, triplet and contrastive teach the base's embedding itself"},
    {"labels", 0, "FILE", KIN_OPTION_TEXT, AT(labels), NULL, 0, 0, "a classifier's labels, one a line, instead of those in the model"},
    {"top", 0, "K", KIN_OPTION_WHOLE, AT(top), "5", 1, 1000, "how many labels are told, the likeliest first"},
    {"no-top", 0, NULL, KIN_OPTION_FLAG, AT(no_top), NULL, 0, 0, "a network of the zoo without its classifier"},
    {"classes", 0, "N", KIN_OPTION_WHOLE, AT(classes), "0", 1, 1000000, "a network of the zoo with so many classes (default: as published)"},
    {"pooling", 0, "KIND", KIN_OPTION_TEXT, AT(pooling), NULL, 0, 0, "what ends a network without top: none, avg or max"},
    {"no-flip", 0, NULL, KIN_OPTION_FLAG, AT(no_flip), NULL, 0, 0, "embed the crop only, without its mirror image"},
    {"no-crops", 0, NULL, KIN_OPTION_FLAG, AT(no_crops), NULL, 0, 0, "keep vectors only, no pictures, in the gallery"},
    {"force", 0, NULL, KIN_OPTION_FLAG, AT(force), NULL, 0, 0, "do it all the same: enrol faces that are declined, forget without asking"},
    {"seed", 0, "N", KIN_OPTION_WHOLE, AT(seed), "1", 0, 1e9, "what chance draws: the same number, the same draw"},
    {"threads", 0, "N", KIN_OPTION_WHOLE, AT(threads), "0", 0, KIN_THREADS_MAX, "threads to use (0: one a core)"},
    {"max-memory", 0, "SIZE", KIN_OPTION_BYTES, AT(max_memory), "2G", 0, 0,
     "refuse what would need more (1500M, 2G)"},
    {"verbose", 'v', NULL, KIN_OPTION_FLAG, AT(verbose), NULL, 0, 0, "say on standard error what is used and how long each photo takes"},
    {"quiet", 'q', NULL, KIN_OPTION_FLAG, AT(quiet), NULL, 0, 0, "no progress, no remarks"},
    {"help", 'h', NULL, KIN_OPTION_FLAG, AT(help), NULL, 0, 0, "this text"},
};
const size_t kin_options_count = sizeof kin_options_table / sizeof *kin_options_table;

/* Taken by every verb. */
static const char common[] = "verbose quiet help";

static bool listed(const char *names, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = names; (at = strstr(at, name)); at += n)
        if ((at == names || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')) return true;
    return false;
}

bool kin_verb_takes(const kin_verb *verb, const kin_option *option)
{
    return listed(verb->options, option->name) || listed(common, option->name);
}

/* "1500M" -> bytes; false when it is no size. */
static bool bytes(const char *text, int64_t *out)
{
    static const char units[] = "KMGT";
    char             *end;
    errno = 0;
    double value = strtod(text, &end);
    if (end == text || errno || !(value >= 0)) return false;
    const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
    if (unit) value = ldexp(value, 10 * (int)(unit - units + 1)), end++;
    if (*end == 'i') end++;
    if (*end == 'B' || *end == 'b') end++;
    if (*end || value < 1 || value > 0x1p62) return false;
    *out = (int64_t)value;
    return true;
}

/* Whether `text` is one of "auto|none". */
static bool is_word(const char *words, const char *text)
{
    size_t n = strlen(text);
    for (const char *at = words; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (n && strncmp(at, text, n) == 0 && (at[n] == '|' || at[n] == '\0')) return true;
    return false;
}

static bool set(kin_settings *settings, const kin_option *option, const char *text)
{
    char  *field = (char *)settings + option->offset, *end;
    double value;
    switch (option->kind) {
    case KIN_OPTION_FLAG:
        *(bool *)field = true;
        return true;
    case KIN_OPTION_TEXT:
        *(const char **)field = text;
        return *text != '\0';
    case KIN_OPTION_WORD:
        *(const char **)field = text;
        return is_word(option->argument, text);
    case KIN_OPTION_BYTES:
        return bytes(text, (int64_t *)field);
    case KIN_OPTION_NUMBER:
    case KIN_OPTION_WHOLE:
        value = strtod(text, &end);
        if (end == text || *end || !(value >= option->low && value <= option->high)) return false;
        if (option->kind == KIN_OPTION_NUMBER)
            *(double *)field = value;
        else if (value != floor(value))
            return false;
        else
            *(int64_t *)field = (int64_t)value;
        return true;
    }
    return false;
}

static const kin_option *by_letter(int letter)
{
    for (size_t i = 0; i < kin_options_count; i++)
        if (kin_options_table[i].letter == letter) return &kin_options_table[i];
    return NULL;
}

/* One line: "kin: VERB: TEXT (kin help VERB)". */
static int usage(const kin_app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int usage(const kin_app *app, const char *format, ...)
{
    char    text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    kin_say("%s: %s (kin help %s)", app->verb->name, text, app->verb->name);
    return EXIT_USAGE;
}

/* The long option of this verb that `given` ("--jsom") was meant to be, NULL when none is near. */
static const char *meant(const kin_verb *verb, const char *given)
{
    const char *best = NULL;
    size_t      least = 3;
    for (size_t i = 0; i < kin_options_count && strncmp(given, "--", 2) == 0; i++) {
        size_t far = kin_text_distance(given + 2, kin_options_table[i].name);
        if (far < least && kin_verb_takes(verb, &kin_options_table[i])) best = kin_options_table[i].name, least = far;
    }
    return best;
}

/* What getopt_long did not like; `given` is the word it stood in. */
static int refuse(const kin_app *app, const char *given)
{
    char shown[200];
    kin_printable(given, strlen(given), shown, sizeof shown);
    if (optopt >= LONG) return usage(app, "--%s takes no value", kin_options_table[optopt - LONG].name);
    if (optopt) return usage(app, "no option -%c", optopt >= ' ' && optopt < 127 ? optopt : '?');
    const char *near = meant(app->verb, given);
    return near ? usage(app, "no option %s; did you mean --%s?", shown, near) : usage(app, "no option %s", shown);
}

static int bad_value(const kin_app *app, const kin_option *o, const char *value)
{
    char shown[200];
    kin_printable(value, strlen(value), shown, sizeof shown);
    if (o->kind == KIN_OPTION_NUMBER || o->kind == KIN_OPTION_WHOLE)
        return usage(app, "--%s %s: expected a %snumber from %.15g to %.15g", o->name, shown, o->kind == KIN_OPTION_WHOLE ? "whole " : "",
                     o->low, o->high);
    if (o->kind == KIN_OPTION_WORD) return usage(app, "--%s %s: expected %s", o->name, shown, o->argument);
    return usage(app, "--%s %s: expected %s", o->name, shown, o->kind == KIN_OPTION_BYTES ? "a size such as 1500M or 2G" : "a value");
}

/* -h anywhere helps, also behind what is wrong. */
static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0) return true;
    return false;
}

int kin_options_read(kin_app *app, int argc, char **argv)
{
    struct option long_option[MOST];
    char          letters[2 * MOST + 2] = {':'};
    size_t        n = 0, used = 1; /* the colon: a missing value is told apart */
    for (size_t i = 0; i < kin_options_count && n + 1 < MOST; i++) {
        const kin_option *o = &kin_options_table[i];
        if (o->kind == KIN_OPTION_NUMBER) *(double *)((char *)&app->set + o->offset) = NAN;
        if (o->fallback) set(&app->set, o, o->fallback);
        if (!kin_verb_takes(app->verb, o)) continue;
        long_option[n++] = (struct option){o->name, o->argument ? required_argument : no_argument, NULL, LONG + (int)i};
        if (o->letter) {
            letters[used++] = o->letter;
            if (o->argument) letters[used++] = ':';
        }
    }
    long_option[n] = (struct option){0};
    if (asks_for_help(argc, argv)) {
        app->set.help = true;
        return EXIT_DONE;
    }
    opterr = 0;
    optind = 1;
    for (int c; (c = getopt_long(argc, argv, letters, long_option, NULL)) != -1;) {
        const char *given = optind > 0 ? argv[optind - 1] : "";
        if (c == '?') return refuse(app, given);
        if (c == ':') return usage(app, "%s wants a value", given);
        const kin_option *o = c >= LONG ? &kin_options_table[c - LONG] : by_letter(c);
        if (!set(&app->set, o, optarg)) return bad_value(app, o, optarg);
    }
    app->arg = argv + optind;
    app->arg_count = argc - optind;
    if (app->set.json + app->set.csv + app->set.npy > 1) return usage(app, "only one of --json, --csv, --npy");
    const bool few = app->arg_count < app->verb->least, many = app->verb->most >= 0 && app->arg_count > app->verb->most;
    if (few || many)
        return usage(app, "too %s arguments, expected %s", few ? "few" : "many", app->verb->most ? app->verb->arguments : "none");
    return EXIT_DONE;
}
