/* SPDX-License-Identifier: Apache-2.0
 *
 * The command: what every verb shares. A verb is a row of verbs.c and a file of its own with
 * `int kin_verb_NAME(kin_app *app)`, which returns the exit status.
 */
#ifndef KIN_APP_APP_H
#define KIN_APP_APP_H

#include <stdio.h>

#include "kin/kin.h"

/* Exit statuses (docs: kin help). When several apply the greatest wins. */
enum {
    EXIT_DONE = 0,
    EXIT_NO = 1,        /* did it, the answer is no: no face, unknown, different */
    EXIT_USAGE = 2,     /* the command line makes no sense */
    EXIT_INPUT = 3,     /* an input is unreadable or refused; the others are still worked on */
    EXIT_UNUSABLE = 4,  /* model or gallery */
    EXIT_RESOURCES = 5, /* out of memory, disk or permission */
    EXIT_INTERRUPTED = 130
};

/* What the options say; defaults in options.c. */
typedef struct {
    const char *model, *detector, *gallery, *output, *from, *pooling, *labels, *rotations, *born, *consent, *until, *pairs, *html,
        *augment, *input, *unknown, *base, *at, *optimiser, *schedule, *loss, *fine_tune, *distill, *validation;
    bool        json, csv, npy, verbose, quiet, force, no_flip, no_crops, no_top, small, tags, repeat, expired, resume, help;
    double      min_face, threshold, fpir, margin, rate, tune_rate, minutes;
    int64_t     threads, max_memory, size, classes, top, seed, epochs, tune_epochs, patience, batch, variants;
} kin_settings;

typedef struct kin_verb kin_verb;
struct kin_paths;

typedef struct {
    const kin_verb *verb;
    kin_settings    set;
    char          **arg; /* what is left behind the options */
    int             arg_count;
    kin_context    *ctx; /* made for every verb */
    const struct kin_paths *photos; /* that are being seen: -o overwrites none of them */
    int             path_columns; /* of the longest photo's path, for tables; see kin_put_path */
    int             exit;
} kin_app;

struct kin_verb {
    const char *name, *arguments, *summary;
    const char *options;     /* names of the options that it takes, separated by spaces */
    const char *description; /* paragraphs for the man page */
    const char *examples;    /* lines of a shell; "" for none */
    int (*run)(kin_app *app);
    int least, most;         /* arguments; most -1: any number */
};

extern const kin_verb kin_verbs[];
extern const size_t   kin_verb_count;
const kin_verb       *kin_verb_find(const char *name);

/* --- near.c --- */

/* Letters to change from one word to the other; SIZE_MAX for long ones. */
size_t kin_text_distance(const char *a, const char *b);
/* The verb that was meant, NULL when none is near. */
const kin_verb *kin_verb_near(const char *name);
void            kin_say_no_verb(const char *name);

int kin_verb_detect(kin_app *app);
int kin_verb_crop(kin_app *app);
int kin_verb_embed(kin_app *app);
int kin_verb_verify(kin_app *app);
int kin_verb_enroll(kin_app *app);
int kin_verb_people(kin_app *app);
int kin_verb_person(kin_app *app);
int kin_verb_doctor(kin_app *app);
int kin_verb_gallery(kin_app *app);
int kin_verb_evaluate(kin_app *app);
int kin_verb_calibrate(kin_app *app);
int kin_verb_rename(kin_app *app);
int kin_verb_forget(kin_app *app);
int kin_verb_merge(kin_app *app);
int kin_verb_split(kin_app *app);
int kin_verb_reject(kin_app *app);
int kin_verb_ignore(kin_app *app);
int kin_verb_undo(kin_app *app);
int kin_verb_identify(kin_app *app);
int kin_verb_tag(kin_app *app);
int kin_verb_recognize(kin_app *app);
int kin_verb_augment(kin_app *app);
int kin_verb_train(kin_app *app);
int kin_verb_summary(kin_app *app);
int kin_verb_convert(kin_app *app);
int kin_verb_ops(kin_app *app);
int kin_verb_version(kin_app *app);
int kin_verb_help(kin_app *app);

/* --- options.c --- */

typedef enum { KIN_OPTION_FLAG, KIN_OPTION_TEXT, KIN_OPTION_NUMBER, KIN_OPTION_WHOLE, KIN_OPTION_BYTES, KIN_OPTION_WORD } kin_option_kind;
typedef struct {
    const char     *name;
    char            letter;   /* 0: none */
    const char     *argument; /* "MODEL"; NULL for a flag; of a word those that may stand there, "auto|none" */
    kin_option_kind kind;
    size_t          offset; /* in kin_settings */
    const char     *fallback;
    double          low, high; /* of a number */
    const char     *doc;
} kin_option;
extern const kin_option kin_options_table[];
extern const size_t     kin_options_count;
bool                    kin_verb_takes(const kin_verb *verb, const kin_option *option);

/* Fills app->set, app->arg from argv (behind the verb). Says what is wrong and returns EXIT_USAGE, else EXIT_DONE. */
int kin_options_read(kin_app *app, int argc, char **argv);

/* --- help.c --- */
void kin_help_verb(const kin_verb *verb, FILE *to);
void kin_help_all(FILE *to);

/* --- say.c: standard error, exit statuses --- */

/* "kin: text" on standard error. */
void kin_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Whether this is a terminal that understands escape sequences. */
bool kin_terminal(int descriptor);
/* Starts and ends a colour on standard output; prints nothing where it is no terminal or NO_COLOR is set. */
typedef enum { KIN_INK_GOOD, KIN_INK_FAINT } kin_ink;
void kin_colour_on(kin_ink ink);
void kin_colour_off(void);
/* Raises app->exit to `exit` if that is greater. */
void kin_raise(kin_app *app, int exit);

/* What an error comes to, by what it befell. */
typedef enum { KIN_ROLE_PHOTO, KIN_ROLE_MODEL, KIN_ROLE_GALLERY, KIN_ROLE_OUTPUT } kin_role;
int kin_exit_of(kin_status status, kin_role role);
/* Says the context's error and raises the exit status; returns app->exit. */
int kin_fail_verb(kin_app *app, kin_context *ctx, kin_status status, kin_role role);

/* --- ask.c --- */
/* Prints the question and takes one line of standard input; true for an answer that begins with y. False where there is none
 * or Ctrl-C came. */
bool kin_ask(const char *question);

/* Set by Ctrl-C. */
bool kin_interrupted(void);

#endif
