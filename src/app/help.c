/* SPDX-License-Identifier: Apache-2.0
 *
 * Help, man pages and bash completion from the tables of verbs and options.
 *     kin help [VERB]    kin help man:VERB (a man page)    kin help completion (bash)
 */
#include <string.h>

#include "app/app.h"

static const struct {
    int         status;
    const char *meaning;
} statuses[] = {
    {EXIT_DONE, "did it, and found it"},
    {EXIT_NO, "did it, the answer is no: no face, unknown, different"},
    {EXIT_USAGE, "the command line makes no sense"},
    {EXIT_INPUT, "an input is unreadable or refused; the others were worked on"},
    {EXIT_UNUSABLE, "model or gallery unusable"},
    {EXIT_RESOURCES, "out of memory or disk, or no permission"},
    {EXIT_INTERRUPTED, "interrupted"},
};

static const struct {
    const char *name, *meaning;
} variables[] = {
    {"XDG_DATA_HOME", "where the gallery (kin/gallery.db) and models by name (kin/models/NAME.tflite, kin/models/mtcnn/) lie; default ~/.local/share"},
    {"KIN_MODELS", "a folder that is looked into for NAME.tflite and mtcnn/ first"},
    {"KIN_CPU", "scalar, sse41, avx2, avx512: runs that level's code instead of the machine's best, for tests"},
    {"KIN_LOG", "debug: lines about what happens inside, on standard error"},
    {"NO_COLOR", "set: no colours on a terminal"},
};

enum { WIDTH = 96, TEXT = 600 /* of an option with its default */ };
#define COUNT(table) (sizeof(table) / sizeof *(table))

/* --- for a terminal --- */

void kin_help_all(FILE *to)
{
    fprintf(to, "kin tells who is in a photo, on this machine. usage: kin VERB [options] [files]\n\n");
    for (size_t i = 0; i < kin_verb_count; i++) fprintf(to, "  %-10s %s\n", kin_verbs[i].name, kin_verbs[i].summary);
    fprintf(to, "\nkin help VERB tells more. Exit status (of several the greatest):\n");
    for (size_t i = 0; i < COUNT(statuses); i++) fprintf(to, "  %3d  %s\n", statuses[i].status, statuses[i].meaning);
}

/* Prints `text` in lines of at most `width` columns, each after `indent` spaces; `column`: what stands in the first one already. */
static void wrap(FILE *to, const char *text, int indent, int width, int column)
{
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

/* Calls `each` with every line of `text`. */
static void lines(const char *text, void (*each)(FILE *to, const char *line, int length), FILE *to)
{
    for (const char *line = text; *line;) {
        int length = (int)strcspn(line, "\n");
        each(to, line, length);
        line += length;
        line += *line == '\n';
    }
}

static void example_line(FILE *to, const char *line, int length)
{
    fprintf(to, "    %.*s\n", length, line);
}

static void option_head(const kin_option *o, char *out, size_t size)
{
    char letter[8] = "";
    if (o->letter) snprintf(letter, sizeof letter, "-%c, ", o->letter);
    snprintf(out, size, "%s--%s%s%s", letter, o->name, o->argument ? " " : "", o->argument ? o->argument : "");
}

/* "size of a face (default 40)", without the default where there is nothing to say. */
static void option_text(const kin_option *o, char *out, size_t size)
{
    const bool has = o->fallback && strcmp(o->fallback, "0") != 0;
    snprintf(out, size, has ? "%s (default %s)" : "%s", o->doc, o->fallback);
}

void kin_help_verb(const kin_verb *verb, FILE *to)
{
    fprintf(to, "usage: kin %s [options]%s%s\n\n  %s\n\n", verb->name, *verb->arguments ? " " : "", verb->arguments, verb->summary);
    if (*verb->description) {
        wrap(to, verb->description, 2, WIDTH, 0);
        fputc('\n', to);
    }
    for (size_t i = 0; i < kin_options_count; i++) {
        const kin_option *o = &kin_options_table[i];
        if (!kin_verb_takes(verb, o)) continue;
        char head[64], text[TEXT];
        option_head(o, head, sizeof head);
        option_text(o, text, sizeof text);
        wrap(to, text, 25, WIDTH, fprintf(to, "  %-22s", head));
    }
    if (*verb->examples) fprintf(to, "\nFor example:\n");
    lines(verb->examples, example_line, to);
}

/* --- man pages --- */

/* roff text: lines of at most 72 columns, hyphens escaped, no line that begins with a request. */
static void roff(const char *text)
{
    int column = 0;
    for (const char *word = text; *word;) {
        if (*word == '\n') {
            printf(strncmp(word, "\n\n", 2) == 0 ? "\n.PP\n" : "\n");
            column = 0, word += strspn(word, "\n");
            continue;
        }
        int n = (int)strcspn(word, " \n");
        if (column && column + 1 + n > 72)
            putchar('\n'), column = 0;
        else if (column)
            putchar(' '), column++;
        if (!column && (*word == '.' || *word == '\'')) printf("\\&");
        for (int i = 0; i < n; i++) printf(word[i] == '-' ? "\\-" : word[i] == '\\' ? "\\e" : "%c", word[i]);
        column += n;
        word += n;
        while (*word == ' ') word++;
    }
    putchar('\n');
}

static void title(const char *name)
{
    printf(".TH ");
    for (; *name; name++) putchar(*name >= 'a' && *name <= 'z' ? *name - 32 : *name);
    printf(" 1 \"%s\" \"kin %s\" \"User Commands\"\n.SH NAME\n", KIN_RELEASED, kin_version());
}

static void exit_statuses(void)
{
    printf(".SH EXIT STATUS\nWhen several apply, the greatest.\n");
    for (size_t i = 0; i < COUNT(statuses); i++) {
        printf(".TP\n.B %d\n", statuses[i].status);
        roff(statuses[i].meaning);
    }
}

static void roff_line(FILE *to, const char *line, int length)
{
    if (*line == '.' || *line == '\'') fputs("\\&", to);
    for (int i = 0; i < length; i++) fprintf(to, line[i] == '-' ? "\\-" : line[i] == '\\' ? "\\e" : "%c", line[i]);
    fputc('\n', to);
}

static void man_page(const kin_verb *verb)
{
    char name[32];
    snprintf(name, sizeof name, "kin-%s", verb->name);
    title(name);
    printf("%s \\- ", name);
    roff(verb->summary);
    printf(".SH SYNOPSIS\n.B kin %s\n[options]\n", verb->name);
    if (*verb->arguments) roff(verb->arguments);
    printf(".SH DESCRIPTION\n");
    roff(*verb->description ? verb->description : verb->summary);
    printf(".SH OPTIONS\n");
    for (size_t i = 0; i < kin_options_count; i++) {
        const kin_option *o = &kin_options_table[i];
        if (!kin_verb_takes(verb, o)) continue;
        char head[64], text[TEXT];
        option_head(o, head, sizeof head);
        option_text(o, text, sizeof text);
        printf(".TP\n.B ");
        roff(head);
        roff(text);
    }
    exit_statuses();
    if (*verb->examples) {
        printf(".SH EXAMPLES\n.nf\n");
        lines(verb->examples, roff_line, stdout);
        printf(".fi\n");
    }
    printf(".SH SEE ALSO\n.BR kin (1)\n");
}

static void man_page_of_all(void)
{
    title("kin");
    printf("kin \\- tell who is in a photo, on this machine\n.SH SYNOPSIS\n.B kin\n.I VERB\n[options] [files]\n.SH DESCRIPTION\n");
    roff("Finds faces in photos, learns people from a few photos each, and names them in others. Nothing leaves the machine. "
         "Files and folders may be mixed; folders are walked; - is standard input. Results go to standard output, everything "
         "else to standard error. It is no lock: a photo of a face can fool it. Enrol only people who agreed to it.");
    printf(".SH VERBS\nEach has a page of its own, such as\n.BR kin\\-identify (1).\n");
    for (size_t i = 0; i < kin_verb_count; i++) {
        printf(".TP\n.B %s\n", kin_verbs[i].name);
        roff(kin_verbs[i].summary);
    }
    exit_statuses();
    printf(".SH FILES\n.TP\n.I $XDG_DATA_HOME/kin/gallery.db\nthe people\n.SH ENVIRONMENT\n");
    for (size_t i = 0; i < COUNT(variables); i++) {
        printf(".TP\n.B %s\n", variables[i].name);
        roff(variables[i].meaning);
    }
}

/* --- bash completion --- */

static void completion(void)
{
    printf("# bash completion for kin, made by `kin help completion`\n"
           "_kin() {\n"
           "    local verb=${COMP_WORDS[1]} word=${COMP_WORDS[COMP_CWORD]} verbs=\"");
    for (size_t i = 0; i < kin_verb_count; i++) printf("%s%s", i ? " " : "", kin_verbs[i].name);
    printf("\"\n"
           "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
           "        COMPREPLY=($(compgen -W \"$verbs\" -- \"$word\"))\n"
           "        return\n"
           "    fi\n"
           "    if [ \"${COMP_WORDS[COMP_CWORD-1]}\" = --detector ]; then\n"
           "        COMPREPLY=($(compgen -W \"detector mtcnn\" -- \"$word\"))\n"
           "        return\n"
           "    fi\n"
           "    case $verb:$word in\n"
           "    help:*) COMPREPLY=($(compgen -W \"$verbs\" -- \"$word\")) ;;\n");
    for (size_t i = 0; i < kin_verb_count; i++) {
        printf("    %s:-*) COMPREPLY=($(compgen -W \"", kin_verbs[i].name);
        for (size_t k = 0; k < kin_options_count; k++)
            if (kin_verb_takes(&kin_verbs[i], &kin_options_table[k])) printf("--%s ", kin_options_table[k].name);
        printf("\" -- \"$word\")) ;;\n");
    }
    /* Names that CSV would quote are left to be typed. */
    printf("    forget:* | rename:* | enroll:* | reject:* | merge:* | split:*)\n"
           "        [ \"$COMP_CWORD\" = 2 ] || [ \"$verb$COMP_CWORD\" = merge3 ] || [ \"$verb$COMP_CWORD\" = split3 ] || return\n"
           "        local name IFS=$'\\n'\n"
           "        for name in $(kin people --csv 2>/dev/null | sed -n '2,$s/^\\([^\",]*\\),[0-9]*,[01],.*/\\1/p'); do\n"
           "            case $name in \"$word\"*) COMPREPLY+=(\"$(printf %%q \"$name\")\") ;; esac\n"
           "        done ;;\n"
           "    esac\n"
           "}\n"
           "complete -o default -F _kin kin\n");
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
        kin_say_no_verb(name);
        return EXIT_USAGE;
    } else if (man)
        man_page(verb);
    else
        kin_help_verb(verb, stdout);
    return EXIT_DONE;
}
