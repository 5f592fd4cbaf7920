/* SPDX-License-Identifier: Apache-2.0
 *
 * MTCNN's first stage. Levels of the pyramid are never made whole: each is cut into tiles of cells, and a piece of work is
 * one tile: resize its part of the picture, run P-Net, note the cells that fire. So levels and tiles run side by side on
 * the context's splitter, and memory does not grow with the picture but for what fires.
 */
#include <math.h>
#include <stdlib.h>

#include "face/detect/mtcnn.h"
#include "pixels/pixels.h"

enum {
    TILE = 96,                      /* cells along a tile's side at most */
    SEEN = KIN_MTCNN_CELL - KIN_MTCNN_STRIDE, /* pixels that a row of cells sees beyond its strides */
    TILES_AHEAD = 8                 /* of each worker, until what fired is gathered */
};
_Static_assert(2 * TILE + SEEN + 1 <= KIN_MTCNN_SIDE_MAX, "a tile fits the resampler");

static const float  least_score = 0.6f;
static const double level_limit = 0.5; /* overlap inside a level */

typedef struct {
    uint32_t column, row;
    float    score, move[4];
} cell;

/* One direction of a level. A tile's plan has `planned` cells and the tile hands over at most `step` of them: on a side of
 * odd length pooling ends in half a window, whose cell is right only at the picture's edge. */
typedef struct {
    int cells, tiles, step, planned, pixels;
} axis;

typedef struct {
    double          scale;
    int             width, height; /* pixels */
    axis            across, down;
    kin_mtcnn_slot *slot;
    size_t          slots, tiles, first_tile;
    cell           *fired;
    size_t          count, capacity;
} level;

typedef struct {
    const kin_image *picture;
    kin_context     *ctx;
    level            level[KIN_MTCNN_LEVELS_MAX];
    size_t           levels, tiles, first, ahead; /* of this round: its first tile, how many a round has */
    cell            *fired;   /* [ahead, TILE * TILE] */
    size_t          *count;   /* [ahead] */
} pyramid;

static axis axis_of(int pixels)
{
    axis a = {.cells = kin_mtcnn_cells(pixels)};
    a.tiles = (a.cells + TILE - 1) / TILE;
    a.step = (a.cells + a.tiles - 1) / a.tiles;
    a.tiles = (a.cells + a.step - 1) / a.step;
    const int odd = pixels % 2;
    a.planned = a.tiles == 1 ? a.cells : a.step + odd;
    if (a.planned > a.cells) a.planned = a.cells;
    a.pixels = 2 * a.planned + SEEN - odd;
    return a;
}

/* --- one tile --- */

static int at_most(int a, int b)
{
    return a < b ? a : b;
}

static void gather(const level *l, const kin_mtcnn_slot *slot, int tile, cell *fired, size_t *count)
{
    const float *score = kin_mtcnn_output(slot, KIN_MTCNN_SCORE_OUT), *move = kin_mtcnn_output(slot, KIN_MTCNN_BOX_OUT);
    const int    x0 = tile % l->across.tiles * l->across.step, y0 = tile / l->across.tiles * l->down.step;
    const int    x1 = at_most(x0 + l->across.step, l->across.cells), y1 = at_most(y0 + l->down.step, l->down.cells);
    const int    left = at_most(x0, l->across.cells - l->across.planned), top = at_most(y0, l->down.cells - l->down.planned);
    for (int x = x0; x < x1; x++)
        for (int y = y0; y < y1; y++) {
            const size_t at = (size_t)(x - left) * (size_t)l->down.planned + (size_t)(y - top);
            const float  probability = kin_mtcnn_score(score + 2 * at);
            if (!(probability >= least_score)) continue;
            cell *c = &fired[(*count)++];
            *c = (cell){.column = (uint32_t)x, .row = (uint32_t)y, .score = probability};
            for (int k = 0; k < 4; k++) c->move[k] = move[4 * at + (size_t)k];
        }
}

static void look(void *arg, size_t index, size_t worker)
{
    pyramid     *p = arg;
    const size_t number = p->first + index;
    size_t       at = 0;
    p->count[index] = 0;
    if (kin_cancelled(p->ctx)) return;
    while (at + 1 < p->levels && number >= p->level[at + 1].first_tile) at++;
    const level    *l = &p->level[at];
    const int       tile = (int)(number - l->first_tile);
    kin_mtcnn_slot *slot = &l->slot[l->slots == l->tiles ? (size_t)tile : worker];
    const int       left = at_most(tile % l->across.tiles * l->across.step, l->across.cells - l->across.planned);
    const int       top = at_most(tile / l->across.tiles * l->down.step, l->down.cells - l->down.planned);
    kin_mtcnn_view  view = {.in = p->picture, .width = p->picture->width, .height = p->picture->height,
                            .out_width = l->width, .out_height = l->height, .bytes = true};
    kin_mtcnn_resample(&view, KIN_MTCNN_STRIDE * left, KIN_MTCNN_STRIDE * top, l->across.pixels, l->down.pixels,
                       kin_plan_input(slot->plan, 0));
    if (kin_plan_run(slot->plan) == KIN_OK) gather(l, slot, tile, p->fired + index * TILE * TILE, &p->count[index]);
}

/* --- a level --- */

static int better_first(const void *left, const void *right)
{
    const cell *a = left, *b = right;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    if (a->column != b->column) return a->column > b->column ? -1 : 1; /* the reference takes the later of equal ones */
    return (a->row < b->row) - (a->row > b->row);
}

static kin_status keep_fired(kin_context *ctx, level *l, const cell *fired, size_t count)
{
    if (l->count + count > l->capacity) {
        size_t capacity = l->count + count + l->capacity, bytes;
        if (!kin_mul_size(capacity, sizeof *fired, &bytes)) return kin_fail(ctx, KIN_E_LIMIT, "more finds than memory can hold");
        KIN_TRY(kin_realloc(ctx, &l->fired, bytes));
        l->capacity = capacity;
    }
    for (size_t i = 0; i < count; i++) l->fired[l->count++] = fired[i];
    return KIN_OK;
}

/* Whether a cell that was kept before overlaps this one too much. All windows of a level have the same size but for
 * rounding, so only cells nearby can: sides of 11 / scale + 1 that share two thirds, and a pixel of rounding. */
static bool near_kept(const level *l, const uint64_t *kept, const cell *c)
{
    const int64_t reach = (int64_t)ceil((11 + 3 * l->scale) / 6) + 1;
    const int64_t x0 = c->column > reach ? c->column - reach : 0, y0 = c->row > reach ? c->row - reach : 0;
    kin_window    mine, other;
    kin_mtcnn_cell_window((int)c->column, (int)c->row, l->scale, &mine);
    for (int64_t x = x0; x <= c->column + reach && x < l->across.cells; x++)
        for (int64_t y = y0; y <= c->row + reach && y < l->down.cells; y++) {
            size_t at = (size_t)x * (size_t)l->down.cells + (size_t)y;
            if (!(kept[at / 64] >> at % 64 & 1)) continue;
            kin_mtcnn_cell_window((int)x, (int)y, l->scale, &other);
            if (kin_mtcnn_overlap(&other, &mine, level_limit, false)) return true;
        }
    return false;
}

/* Suppression inside a level; the cells that stay, best first. */
static kin_status suppress(kin_context *ctx, level *l)
{
    uint64_t *kept;
    size_t    stay = 0;
    if (l->count > 1) qsort(l->fired, l->count, sizeof *l->fired, better_first);
    KIN_TRY(kin_alloc_zero(ctx, (size_t)l->across.cells * (size_t)l->down.cells / 64 + 1, sizeof *kept, &kept));
    for (size_t i = 0; i < l->count; i++) {
        const cell c = l->fired[i];
        if (near_kept(l, kept, &c)) continue;
        size_t at = (size_t)c.column * (size_t)l->down.cells + c.row;
        kept[at / 64] |= (uint64_t)1 << at % 64;
        l->fired[stay++] = c;
    }
    l->count = stay;
    kin_release(ctx, kept);
    return KIN_OK;
}

/* --- all --- */

static kin_status plan_levels(kin_mtcnn *m, pyramid *p, double min_face)
{
    double scale[KIN_MTCNN_LEVELS_MAX];
    p->levels = kin_mtcnn_scales(p->picture->width, p->picture->height, min_face, scale);
    for (size_t i = 0; i < p->levels; i++) {
        level *l = &p->level[i];
        l->scale = scale[i];
        l->width = (int)ceil(p->picture->width * scale[i]);
        l->height = (int)ceil(p->picture->height * scale[i]);
        l->across = axis_of(l->width);
        l->down = axis_of(l->height);
        l->first_tile = p->tiles;
        l->tiles = (size_t)l->across.tiles * (size_t)l->down.tiles;
        l->slots = l->tiles < m->workers ? l->tiles : m->workers;
        l->slot = m->slot[KIN_PNET] + i * m->workers;
        p->tiles += l->tiles;
        for (size_t k = 0; k < l->slots; k++)
            KIN_TRY(kin_mtcnn_plan(m, KIN_PNET, i * m->workers + k, 1, l->across.pixels, l->down.pixels));
    }
    p->ahead = TILES_AHEAD * m->workers < p->tiles ? TILES_AHEAD * m->workers : p->tiles;
    KIN_TRY(kin_alloc_zero(m->ctx, p->ahead, TILE * TILE * sizeof *p->fired, &p->fired));
    return kin_alloc_zero(m->ctx, p->ahead, sizeof *p->count, &p->count);
}

/* Rounds of tiles, levels one after the other; what fired leaves a round in the order of the tiles. */
static kin_status look_everywhere(pyramid *p)
{
    size_t at = 0;
    for (p->first = 0; p->first < p->tiles; p->first += p->ahead) {
        const size_t round = p->tiles - p->first < p->ahead ? p->tiles - p->first : p->ahead;
        kin_split(p->ctx->splitter, look, p, round);
        if (kin_cancelled(p->ctx)) return kin_fail(p->ctx, KIN_E_CANCELLED, "cancelled");
        for (size_t i = 0; i < round; i++) {
            while (at + 1 < p->levels && p->first + i >= p->level[at + 1].first_tile) at++;
            KIN_TRY(keep_fired(p->ctx, &p->level[at], p->fired + i * TILE * TILE, p->count[i]));
        }
    }
    return KIN_OK;
}

static kin_status hand_over(pyramid *p, kin_window **windows, size_t *count)
{
    size_t all = 0;
    for (size_t i = 0; i < p->levels; i++) {
        KIN_TRY(suppress(p->ctx, &p->level[i]));
        all += p->level[i].count;
    }
    KIN_TRY(kin_alloc_zero(p->ctx, all, sizeof **windows, windows));
    for (size_t i = 0; i < p->levels; i++)
        for (size_t k = 0; k < p->level[i].count; k++) {
            const cell *c = &p->level[i].fired[k];
            kin_window *w = &(*windows)[(*count)++];
            kin_mtcnn_cell_window((int)c->column, (int)c->row, p->level[i].scale, w);
            w->score = c->score;
            for (int n = 0; n < 4; n++) w->move[n] = c->move[n];
        }
    return KIN_OK;
}

kin_status kin_mtcnn_propose(kin_mtcnn *m, const kin_image *picture, double min_face, kin_window **windows, size_t *count)
{
    pyramid *p;
    *windows = NULL;
    *count = 0;
    KIN_TRY(kin_alloc_zero(m->ctx, 1, sizeof *p, &p));
    p->picture = picture;
    p->ctx = m->ctx;
    kin_status status = plan_levels(m, p, min_face);
    if (status == KIN_OK) status = look_everywhere(p);
    if (status == KIN_OK) status = hand_over(p, windows, count);
    for (size_t i = 0; i < p->levels; i++) kin_release(m->ctx, p->level[i].fired);
    kin_release(m->ctx, p->fired);
    kin_release(m->ctx, p->count);
    kin_release(m->ctx, p);
    return status;
}
