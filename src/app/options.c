/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of options, and getopt_long fed from it.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"

#define AT(field) offsetof(kin_settings, field)

const kin_option kin_options_table[] = {
    {"model", 'm', "MODEL", KIN_OPTION_TEXT, AT(model), NULL, 0, 0,
     "recogniser: a .tflite file or a name (kin version lists those inside)"},
    {"detector", 0, "MODEL", KIN_OPTION_TEXT, AT(detector), NULL, 0, 0, "face detector: a file or a name"},
    {"gallery", 'g', "FILE", KIN_OPTION_TEXT, AT(gallery), NULL, 0, 0,
     "the people's database (default $XDG_DATA_HOME/kin/gallery.db)"},
    {"output", 'o', "PATH", KIN_OPTION_TEXT, AT(output), NULL, 0, 0, "where to write pictures"},
    {"from", 0, "DIR", KIN_OPTION_TEXT, AT(from), NULL, 0, 0, "a folder that holds one folder a person"},
    {"json", 'j', NULL, KIN_OPTION_FLAG, AT(json), NULL, 0, 0, "one JSON document; of many inputs one a line"},
    {"csv", 0, NULL, KIN_OPTION_FLAG, AT(csv), NULL, 0, 0, "a table with commas, one line a face"},
    {"npy", 0, NULL, KIN_OPTION_FLAG, AT(npy), NULL, 0, 0, "vectors as a NumPy array into -o (or standard output)"},
    {"min-face", 0, "PX", KIN_OPTION_NUMBER, AT(min_face), "40", 4, 100000,
     "smallest face to look for, in pixels of the photo"},
    {"threshold", 0, "T", KIN_OPTION_NUMBER, AT(threshold), NULL, -1, 1,
     "similarity from which a face gets a name (default: from the model's card and --fpir)"},
    {"fpir", 0, "P", KIN_OPTION_NUMBER, AT(fpir), "0.01", 1e-9, 1,
     "the part of strangers that may be given a name"},
    {"margin", 0, "M", KIN_OPTION_NUMBER, AT(margin), NULL, 0, 10,
     "crops with a margin of M times the face's side all around, not aligned ones"},
    {"size", 0, "PX", KIN_OPTION_WHOLE, AT(size), "0", 0, 16384, "side of crops with a margin (0: as they are)"},
    {"no-flip", 0, NULL, KIN_OPTION_FLAG, AT(no_flip), NULL, 0, 0, "embed the crop only, without its mirror image"},
    {"no-crops", 0, NULL, KIN_OPTION_FLAG, AT(no_crops), NULL, 0, 0, "keep vectors only, no pictures, in the gallery"},
    {"force", 0, NULL, KIN_OPTION_FLAG, AT(force), NULL, 0, 0, "enrol faces that are too small, blurred or turned"},
    {"threads", 0, "N", KIN_OPTION_WHOLE, AT(threads), "0", 0, 1024, "threads to use (0: one a core)"},
    {"max-memory", 0, "SIZE", KIN_OPTION_BYTES, AT(max_memory), "2G", 0, 0,
     "refuse what would need more (1500M, 2G)"},
    {"seed", 0, "N", KIN_OPTION_WHOLE, AT(seed), "1", 0, 9007199254740992.0, "seed of everything random"},
    {"verbose", 'v', NULL, KIN_OPTION_FLAG, AT(verbose), NULL, 0, 0, "say more on standard error"},
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

static int usage(const kin_app *app)
{
    fprintf(stderr, "usage: kin %s %s\n(kin help %s tells more)\n", app->verb->name, app->verb->arguments, app->verb->name);
    return EXIT_USAGE;
}

int kin_options_read(kin_app *app, int argc, char **argv)
{
    enum { MOST = 64, LONG = 1000 };
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
    opterr = 0;
    optind = 1;
    for (int c; (c = getopt_long(argc, argv, letters, long_option, NULL)) != -1;) {
        const char *given = optind > 0 ? argv[optind - 1] : "";
        if (c == '?') {
            if (optopt && optopt < LONG)
                kin_say("%s: no option -%c", app->verb->name, optopt);
            else
                kin_say("%s: no option %s", app->verb->name, given);
            return usage(app);
        }
        if (c == ':') {
            kin_say("%s: %s wants a value", app->verb->name, given);
            return usage(app);
        }
        const kin_option *o = c >= LONG ? &kin_options_table[c - LONG] : by_letter(c);
        if (!set(&app->set, o, optarg)) {
            if (o->kind == KIN_OPTION_NUMBER || o->kind == KIN_OPTION_WHOLE)
                kin_say("%s: --%s %s: expected a number from %g to %g", app->verb->name, o->name, optarg, o->low, o->high);
            else
                kin_say("%s: --%s %s: expected %s", app->verb->name, o->name, optarg,
                        o->kind == KIN_OPTION_BYTES ? "a size such as 1500M or 2G" : "a value");
            return usage(app);
        }
    }
    app->arg = argv + optind;
    app->arg_count = argc - optind;
    if (app->set.help) return EXIT_DONE;
    if (app->set.json + app->set.csv + app->set.npy > 1) {
        kin_say("%s: only one of --json, --csv, --npy", app->verb->name);
        return usage(app);
    }
    if (app->arg_count < app->verb->least || (app->verb->most >= 0 && app->arg_count > app->verb->most)) {
        kin_say("%s: too %s arguments", app->verb->name, app->arg_count < app->verb->least ? "few" : "many");
        return usage(app);
    }
    return EXIT_DONE;
}
