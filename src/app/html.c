/* SPDX-License-Identifier: Apache-2.0
 *
 * The page: its file, its style, text that cannot become markup.
 */
#include "app/html.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "os/clock.h"

/* How every report begins, and nothing else that kin would write over. */
static const char begins[] = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"generator\" content=\"kin\"/>\n";

/* --- the file --- */

static bool is_report(const char *path)
{
    char  head[sizeof begins - 1];
    FILE *file = kin_path_what(path) == KIN_PATH_FILE ? fopen(path, "rb") : NULL;
    bool  same = file && fread(head, 1, sizeof head, file) == sizeof head && memcmp(head, begins, sizeof head) == 0;
    if (file) fclose(file);
    return same;
}

int kin_html_begin(kin_app *app, kin_html *h)
{
    *h = (kin_html){.file.descriptor = -1};
    if (!app->set.html) return EXIT_DONE;
    kin_status status = kin_file_begin(app->ctx, app->set.html, is_report(app->set.html), &h->file);
    if (status != KIN_OK) return kin_fail_verb(app, app->ctx, status, KIN_ROLE_OUTPUT);
    h->app = app;
    h->text = kin_buffer_make(app->ctx);
    return EXIT_DONE;
}

void kin_html_end(kin_html *h)
{
    kin_app *app = h->app;
    bool     keep = h->text.size > 0;
    if (!app) return;
    if (keep && h->status == KIN_OK) h->status = kin_file_append(app->ctx, &h->file, h->text.data, h->text.size);
    if (h->status != KIN_OK) kin_fail_verb(app, app->ctx, h->status, KIN_ROLE_OUTPUT);
    kin_status status = kin_file_end(app->ctx, &h->file, keep && h->status == KIN_OK);
    if (status != KIN_OK) kin_fail_verb(app, app->ctx, status, KIN_ROLE_OUTPUT);
    kin_buffer_free(&h->text);
    h->app = NULL;
}

/* --- markup and text --- */

static void add(kin_html *h, const char *bytes, size_t size)
{
    if (h->status == KIN_OK) h->status = kin_buffer_add(&h->text, bytes, size);
}

static void add_escaped(kin_html *h, const char *text)
{
    size_t n = strlen(text);
    char  *safe = h->status == KIN_OK ? malloc(n + 4) : NULL; /* kin_printable keeps room for three dots */
    if (!safe) {
        if (h->status == KIN_OK) h->status = kin_fail(h->app->ctx, KIN_E_MEMORY, "out of memory");
        return;
    }
    kin_printable(text, n, safe, n + 4);
    for (const char *at = safe; *at;) {
        size_t plain = strcspn(at, "&<>\"'");
        add(h, at, plain);
        at += plain;
        const char *as = *at == '&' ? "&amp;" : *at == '<' ? "&lt;" : *at == '>' ? "&gt;" : *at == '"' ? "&quot;" : *at ? "&#39;" : "";
        add(h, as, strlen(as));
        at += *at != '\0';
    }
    free(safe);
}

void kin_html_put(kin_html *h, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    while (*format) {
        size_t plain = strcspn(format, "%");
        char   number[128] = "%";
        add(h, format, plain);
        format += plain;
        if (!*format++) break;
        int precision = *format == '.' ? format[1] - '0' : -1;
        if (precision >= 0) format += 2;
        if (*format == 'z') format++; /* %zu is the only u */
        switch (*format++) {
        case 's': add_escaped(h, va_arg(args, const char *)); continue;
        case 'd': snprintf(number, sizeof number, "%d", va_arg(args, int)); break;
        case 'u': snprintf(number, sizeof number, "%zu", va_arg(args, size_t)); break;
        case 'f': snprintf(number, sizeof number, "%.*f", precision, va_arg(args, double)); break;
        case 'g': snprintf(number, sizeof number, "%.*g", precision, va_arg(args, double)); break;
        default: break; /* %% */
        }
        add(h, number, strlen(number));
    }
    va_end(args);
}

void kin_html_tile(kin_html *h, const char *look, const char *big, const char *words)
{
    kin_html_put(h, "<div class=\"tile %s\"><b>%s</b><p>%s</p></div>\n", look, big, words);
}

void kin_html_rate(kin_html *h, const kin_rate *r, double most)
{
    if (!r->of) {
        kin_html_put(h, "<span class=\"faint\">nothing to count</span>");
        return;
    }
    double scale = 100 / most, part = (double)r->count / (double)r->of;
    kin_html_put(h, "%zu of %zu <span class=\"faint\" style=\"white-space:nowrap\">(%.1f to %.1f %%)</span>", r->count, r->of, 100 * r->low, 100 * r->high);
    kin_html_put(h, "<svg class=\"whisker\" viewBox=\"0 0 104 10\" aria-hidden=\"true\"><path class=\"axis\" d=\"M2 5H102\"/>");
    kin_html_put(h, "<path class=\"range\" d=\"M%.1f 5H%.1f\"/><circle class=\"warn\" cx=\"%.1f\" cy=\"5\" r=\"3\"/></svg>",
                 2 + scale * r->low, 2 + scale * r->high, 2 + scale * part);
}

/* --- the page --- */

static const char style[] =
    ":root{color-scheme:light dark;--page:#fbfaf8;--card:#fff;--ink:#23211e;--faint:#77716a;--line:#e4dfd8;--own:#2a6fb0;--other:#d9822b;"
    "--warn:#c0392b;--good:#2f8a54}"
    "@media(prefers-color-scheme:dark){:root{--page:#191816;--card:#23211f;--ink:#ece8e2;--faint:#a29b92;--line:#3a3632;--own:#6fb1ec;"
    "--other:#f0a95b;--warn:#f07c6c;--good:#6fcf97}}"
    "*{box-sizing:border-box}"
    "body{margin:0 auto;padding:2.5rem 1.25rem 3rem;max-width:62rem;background:var(--page);color:var(--ink);"
    "font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",sans-serif;font-variant-numeric:tabular-nums;"
    "overflow-wrap:anywhere}"
    "h1{font-size:1.9rem;line-height:1.2;margin:0 0 .25rem;font-weight:650}h2{font-size:1.25rem;margin:2.75rem 0 .5rem;font-weight:650}"
    "p{margin:.4rem 0 .8rem;max-width:46rem}.faint,footer,figcaption{color:var(--faint)}bdi,b{font-weight:600}code{font-size:.9em}"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.8rem;margin:1.5rem 0}"
    ".tile,.card{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:.9rem 1rem;break-inside:avoid}"
    ".tile b{display:block;font-size:1.55rem;line-height:1.25}.tile.good b{color:var(--good)}.tile.warn b{color:var(--warn)}"
    ".tile p{margin:0;font-size:.87rem;color:var(--faint)}"
    ".card{margin:.8rem 0}.card>p{margin:.1rem 0 .5rem}.tag{font-size:.78rem;font-weight:600;border-radius:1rem;padding:.1rem .6rem;"
    "border:1px solid currentColor;color:var(--faint);margin-left:.4rem;white-space:nowrap}.tag.warn{color:var(--warn)}"
    ".tag.good{color:var(--good)}"
    ".sides{display:flex;flex-wrap:wrap;gap:.6rem 1.6rem}.side>div{font-size:.85rem;color:var(--faint);margin-bottom:.3rem}"
    ".strip{display:flex;flex-wrap:wrap;gap:.5rem}figure.face{margin:0;width:84px;font-size:.74rem;line-height:1.3;text-align:center}"
    "figure.face img,.none{display:block;width:84px;height:84px;border-radius:.5rem;background:var(--line)}"
    "figcaption{margin-top:.25rem}.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:.7rem}.cards>.card{margin:0}.none{padding-top:30px}figure.warn img,figure.warn .none{outline:3px solid var(--warn);outline-offset:-1px}"
    ".more{align-self:center;color:var(--faint)}"
    "table{border-collapse:collapse;width:100%;font-size:.93rem}th{font-weight:600;text-align:left;color:var(--faint);font-size:.83rem}"
    "th,td{padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}th{overflow-wrap:normal}td.n,th.n{text-align:right}"
    ".scroll{overflow-x:auto}.matrix{width:auto}.matrix td{padding:.25rem .4rem;text-align:center;min-width:2.2rem;"
    "border:1px solid var(--line)}.matrix td.good{color:var(--good);font-weight:600}.matrix td.warn{color:var(--warn)}.matrix th{padding:.25rem .5rem}.matrix th.up{writing-mode:vertical-rl;vertical-align:bottom}"
    "svg{display:block}svg.plot{width:100%;height:auto;background:var(--card);border:1px solid var(--line);border-radius:.7rem}"
    "svg text{fill:var(--faint);font-size:12px;font-family:inherit}svg text.mark{fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:5px}"
    ".grid,.axis{stroke:var(--line);fill:none}.mark line,line.mark{stroke:var(--ink);stroke-dasharray:4 3}"
    ".whisker{width:104px;height:10px;margin-top:.15rem}.range{stroke:var(--faint);stroke-width:3;stroke-linecap:round}"
    "svg .own{fill:var(--own)}svg .other{fill:var(--other)}svg .warn{fill:var(--warn)}"
    "path.hill{fill-opacity:.3;stroke-width:1.6}path.curve{fill:none!important;stroke-width:2}circle.dot{fill-opacity:.6}"
    "path.own{stroke:var(--own)}path.other{stroke:var(--other)}path.warn{stroke:var(--warn)}"
    ".keys{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;font-size:.87rem;color:var(--faint);margin:.5rem 0 1rem}"
    ".keys i{display:inline-block;width:.8rem;height:.8rem;border-radius:.2rem;margin-right:.4rem;vertical-align:-.05rem}"
    "i.own{background:var(--own)}i.other{background:var(--other)}i.warn{background:var(--warn)}"
    "footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.87rem}footer p{margin:.3rem 0}"
    "@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--faint:#555;--line:#ccc;--own:#2a6fb0;--other:#d9822b;"
    "--warn:#c0392b;--good:#2f8a54}body{padding:0;max-width:none;font-size:11pt}h2,h2+p{break-after:avoid}"
    "figure,tr,svg{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

void kin_html_matrix(kin_html *h, const char *const *name, size_t rows, const char *other, const size_t *count, const char *of)
{
    size_t columns = rows + (other ? 1 : 0);
    if (rows > KIN_MATRIX_MOST) return;
    kin_html_put(h, "<h2>Who is taken for whom</h2><p>A row a folder; how many of its %s were called what. On the diagonal they are right.</p>\n"
                    "<div class=\"scroll\"><table class=\"matrix\"><tr><th></th>", of);
    for (size_t i = 0; i < columns; i++) kin_html_put(h, "<th class=\"up\">%s</th>", i < rows ? name[i] : other);
    kin_html_put(h, "</tr>\n");
    for (size_t k = 0; k < rows; k++) {
        kin_html_put(h, "<tr><th>%s</th>", name[k]);
        for (size_t i = 0; i < columns; i++, count++) {
            kin_html_put(h, "<td class=\"%s\">", !*count ? "" : i == k ? "good" : "warn");
            if (*count) kin_html_put(h, "%zu", *count);
            kin_html_put(h, "</td>");
        }
        kin_html_put(h, "</tr>\n");
    }
    kin_html_put(h, "</table></div>\n");
}

void kin_html_head(kin_html *h, const char *title)
{
    add(h, begins, sizeof begins - 1);
    kin_html_put(h, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
                    "base-uri 'none'; form-action 'none'\"/>\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><meta name=\"robots\" content=\"noindex\"/>\n"
                    "<title>%s</title>\n<style>", title);
    add(h, style, sizeof style - 1);
    kin_html_put(h, "</style></head><body>\n<h1>%s</h1>\n", title);
}

void kin_html_foot(kin_html *h, const kin_embedder *embedder)
{
    const kin_settings *set = &h->app->set;
    time_t              now = (time_t)kin_clock_unix();
    struct tm           utc;
    char                date[40] = "";
    if (gmtime_r(&now, &utc)) strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &utc);
    kin_html_put(h, "<footer><p>Made by kin %s, %s. Model: <code>%s</code>", kin_version(), date, set->model ? set->model : set->base ? set->base : "recogniser");
    if (embedder) kin_html_put(h, " (%s)", kin_embedder_fingerprint(embedder));
    if (set->detector) kin_html_put(h, "; detector: <code>%s</code>", set->detector);
    if (!isnan(set->min_face)) kin_html_put(h, "; faces from %g pixels on", set->min_face);
    if (set->small) kin_html_put(h, "; small faces too");
    if (set->rotations && strcmp(set->rotations, "auto") == 0) kin_html_put(h, "; turned faces too");
    if (set->no_flip) kin_html_put(h, "; without mirror images");
    kin_html_put(h, ".</p>\n<p>This page shows faces and names, and only you may read the file. It holds all that it shows, loads nothing and "
                    "runs nothing.</p></footer>\n</body></html>\n");
}
