/* SPDX-License-Identifier: Apache-2.0
 *
 * Help, man pages and bash completion from the tables of verbs and options.
 *     kin help [VERB]    kin help man:VERB (a man page)    kin help completion (bash)
 */
#include <string.h>

#include "app/app.h"

void kin_help_all(FILE *to)
{
    fprintf(to, "kin tells who is in a photo, on this machine. usage: kin VERB [options] [files]\n\n");
    for (size_t i = 0; i < kin_verb_count; i++) fprintf(to, "  %-10s %s\n", kin_verbs[i].name, kin_verbs[i].summary);
    fprintf(to, "\nkin help VERB tells more. Exit status: 0 found, 1 the answer is no, 2 usage, 3 unreadable input,\n"
                "4 model or gallery unusable, 5 out of memory, disk or permission, 130 interrupted.\n");
}

/* Prints `text` in lines of at most `width` columns, each after `indent` spaces. */
static void wrap(FILE *to, const char *text, int indent, int width)
{
    int column = 0;
    for (const char *word = text; *word;) {
        if (*word == '\n') {
            fputc('\n', to);
            column = 0, word++;
            continue;
        }
        int n = (int)strcspn(word, " \n");
        if (column && column + 1 + n > width) {
            fputc('\n', to);
            column = 0;
        }
        column += column ? fprintf(to, " %.*s", n, word) : fprintf(to, "%*s%.*s", indent, "", n, word);
        word += n;
        while (*word == ' ') word++;
    }
    if (column) fputc('\n', to);
}

static void option_head(const kin_option *o, char *out, size_t size)
{
    char letter[8] = "";
    if (o->letter) snprintf(letter, sizeof letter, "-%c, ", o->letter);
    snprintf(out, size, "%s--%s%s%s", letter, o->name, o->argument ? " " : "", o->argument ? o->argument : "");
}

void kin_help_verb(const kin_verb *verb, FILE *to)
{
    fprintf(to, "kin %s %s\n\n", verb->name, verb->arguments);
    fprintf(to, "  %s\n\n", verb->summary);
    if (*verb->description) {
        wrap(to, verb->description, 2, 90);
        fputc('\n', to);
    }
    for (size_t i = 0; i < kin_options_count; i++) {
        const kin_option *o = &kin_options_table[i];
        if (!kin_verb_takes(verb, o)) continue;
        char head[64];
        option_head(o, head, sizeof head);
        fprintf(to, "  %-22s %s", head, o->doc);
        if (o->fallback && strcmp(o->fallback, "0")) fprintf(to, " (default %s)", o->fallback);
        fputc('\n', to);
    }
}

/* roff wants hyphens escaped and no line that begins with a dot. */
static void roff(const char *text)
{
    for (; *text; text++) {
        if (strncmp(text, "\n\n", 2) == 0) {
            printf("\n.PP\n");
            text++;
        } else if (*text == '-')
            printf("\\-");
        else if (*text == '\\')
            printf("\\e");
        else
            putchar(*text);
    }
    putchar('\n');
}

static void man_page(const kin_verb *verb)
{
    printf(".TH KIN-%s 1 \"\" \"kin %s\" \"User Commands\"\n.SH NAME\nkin-%s \\- ", verb->name, kin_version(), verb->name);
    roff(verb->summary);
    printf(".SH SYNOPSIS\n.B kin %s\n", verb->name);
    roff(verb->arguments);
    if (*verb->description) {
        printf(".SH DESCRIPTION\n");
        roff(verb->description);
    }
    printf(".SH OPTIONS\n");
    for (size_t i = 0; i < kin_options_count; i++) {
        const kin_option *o = &kin_options_table[i];
        if (!kin_verb_takes(verb, o)) continue;
        char head[64];
        option_head(o, head, sizeof head);
        printf(".TP\n.B ");
        roff(head);
        roff(o->doc);
    }
    printf(".SH SEE ALSO\n.BR kin (1)\n");
}

static void man_page_of_all(void)
{
    printf(".TH KIN 1 \"\" \"kin %s\" \"User Commands\"\n.SH NAME\nkin \\- tell who is in a photo, on this machine\n", kin_version());
    printf(".SH SYNOPSIS\n.B kin\n.I VERB\n[options] [files]\n.SH VERBS\n");
    for (size_t i = 0; i < kin_verb_count; i++) {
        printf(".TP\n.B %s\n", kin_verbs[i].name);
        roff(kin_verbs[i].summary);
    }
    printf(".SH EXIT STATUS\n0 did it and found it; 1 did it, the answer is no; 2 usage; 3 an input is unreadable; 4 model or "
           "gallery unusable; 5 out of memory, disk or permission; 130 interrupted. The greatest wins.\n");
    printf(".SH FILES\n.I $XDG_DATA_HOME/kin/gallery.db\n.SH ENVIRONMENT\nKIN_CPU, KIN_LOG, KIN_MODELS, NO_COLOR\n");
}

static void completion(void)
{
    printf("# bash completion for kin, made by `kin help completion`\n_kin() {\n    local verb=${COMP_WORDS[1]} word=${COMP_WORDS[COMP_CWORD]}\n"
           "    if [ \"$COMP_CWORD\" = 1 ]; then\n        COMPREPLY=($(compgen -W \"");
    for (size_t i = 0; i < kin_verb_count; i++) printf("%s%s", i ? " " : "", kin_verbs[i].name);
    printf("\" -- \"$word\"))\n        return\n    fi\n    case $word in -*) ;; *) return ;; esac\n    case $verb in\n");
    for (size_t i = 0; i < kin_verb_count; i++) {
        printf("    %s) COMPREPLY=($(compgen -W \"", kin_verbs[i].name);
        for (size_t k = 0; k < kin_options_count; k++)
            if (kin_verb_takes(&kin_verbs[i], &kin_options_table[k])) printf("--%s ", kin_options_table[k].name);
        printf("\" -- \"$word\")) ;;\n");
    }
    printf("    esac\n}\ncomplete -o default -F _kin kin\n");
}

int kin_verb_help(kin_app *app)
{
    if (app->arg_count == 0) {
        kin_help_all(stdout);
        return EXIT_DONE;
    }
    const char *what = app->arg[0];
    if (strcmp(what, "completion") == 0) {
        completion();
        return EXIT_DONE;
    }
    bool            man = strncmp(what, "man:", 4) == 0;
    const char     *name = man ? what + 4 : what;
    const kin_verb *verb = kin_verb_find(name);
    if (man && strcmp(name, "kin") == 0)
        man_page_of_all();
    else if (!verb) {
        kin_say("help: no verb '%s'", name);
        return EXIT_USAGE;
    } else if (man)
        man_page(verb);
    else
        kin_help_verb(verb, stdout);
    return EXIT_DONE;
}
