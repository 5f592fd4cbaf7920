/* SPDX-License-Identifier: Apache-2.0
 *
 * MTCNN (Zhang et al. 2016) as facenet's detect_face.py runs it: P-Net over a pyramid of the picture proposes windows,
 * R-Net and O-Net look closer, and O-Net gives the five points. The three networks see the picture transposed: x is the
 * first direction of their input [n, width, height, 3], whose numbers are (pixel - 127.5) / 128.
 */
#ifndef KIN_FACE_DETECT_MTCNN_H
#define KIN_FACE_DETECT_MTCNN_H

#include "face/detect/finds.h"
#include "kin/model.h"

typedef struct kin_mtcnn kin_mtcnn;

enum { KIN_MTCNN_NETWORKS = 3 };
extern const char *const kin_mtcnn_file[KIN_MTCNN_NETWORKS]; /* "pnet.tflite", "rnet.tflite", "onet.tflite" */
#define KIN_MTCNN_SCORE 0.7f /* the published least score of the third stage */

/* P-, R- and O-Net, which are borrowed. KIN_E_FORMAT when the outputs of one have not the shapes that its stage needs. */
kin_status kin_mtcnn_new(kin_context *ctx, kin_graph *const graph[KIN_MTCNN_NETWORKS], kin_mtcnn **out);
kin_graph *const *kin_mtcnn_graphs(const kin_mtcnn *mtcnn);
void              kin_mtcnn_free(kin_mtcnn *mtcnn);
/* Packs the weights of the usual shapes. */
kin_status kin_mtcnn_prepare(kin_mtcnn *mtcnn);
/* The faces, best score first; `score`: of the third stage. Numbers are those of detect_face.py, as its users take them. */
kin_status kin_mtcnn_find(kin_mtcnn *mtcnn, const kin_image *picture, double min_face, float score, kin_finds *finds);

/* --- mtcnn_boxes.c: MATLAB's arithmetic --- */

/* A box by its first and its last pixel, both inside, counted from 1. */
typedef struct {
    double    x0, y0, x1, y1;
    float     score;
    float     move[4]; /* of x0, y0, x1, y1, in sides of the box */
    kin_point points[KIN_POINTS];
    uint32_t  order;
} kin_window;

enum {
    KIN_MTCNN_CELL = 12,  /* what a cell of P-Net sees, in pixels of its level */
    KIN_MTCNN_STRIDE = 2, /* from cell to cell */
    KIN_MTCNN_LEVELS_MAX = 64,
    KIN_MTCNN_LEAST_FACE = 4, /* pixels: the picture is enlarged three times for it */
    KIN_MTCNN_WINDOWS_MAX = 32767 /* the reference's indices are int16; more windows than a photo has proposals */
};

/* The scales of the pyramid; returns how many. */
size_t kin_mtcnn_scales(int width, int height, double min_face, double scale[KIN_MTCNN_LEVELS_MAX]);
/* Cells along a side of `n` >= KIN_MTCNN_CELL pixels. */
static inline int kin_mtcnn_cells(int n)
{
    return (n - 1) / 2 - 4;
}
/* What cell (column, row) of a level sees of the picture; sets the box only. */
void kin_mtcnn_cell_window(int column, int row, double scale, kin_window *window);
/* Whether the two overlap by more than `limit` of both together, or (`smaller`) of the smaller one. */
bool kin_mtcnn_overlap(const kin_window *a, const kin_window *b, double limit, bool smaller);
/* Non-maximum suppression in place: best score first, of equal ones the later; returns how many stay, at most
 * KIN_MTCNN_WINDOWS_MAX. */
size_t kin_mtcnn_suppress(kin_window *window, size_t count, double limit, bool smaller);
/* Moves the sides by `move` times width and height, each counted as last - first + plus (0 in the first stage, else 1). */
void kin_mtcnn_regress(kin_window *window, int plus);
void kin_mtcnn_square(kin_window *window); /* as long as the longer side, about the same middle */
void kin_mtcnn_fix(kin_window *window);    /* whole numbers, towards zero */

/* --- mtcnn_resample.c: OpenCV's INTER_AREA --- */

/* A window of the picture, resized. What of it lies outside the picture is 0. */
typedef struct {
    const kin_image *in;
    int              x, y, width, height; /* in pixels of the picture, counted from 0; x and y may be negative */
    int              out_width, out_height;
    bool             bytes; /* results are whole numbers, as those of a picture (the pyramid); else not (crops) */
} kin_mtcnn_view;

enum { KIN_MTCNN_SIDE_MAX = 256 };

/* The part (x0, y0, width, height) of the resized view, transposed to [width, height, 3], as (value - 127.5) / 128. No
 * side is over KIN_MTCNN_SIDE_MAX. The same numbers as cv2.resize(..., INTER_AREA) gives, of bytes exactly; of crops, which
 * the reference resizes in double precision, to 1e-4 of a grey level. */
void kin_mtcnn_resample(const kin_mtcnn_view *view, int x0, int y0, int width, int height, float *out);

/* --- mtcnn_nets.c: plans, and who runs them --- */

enum { KIN_PNET, KIN_RNET, KIN_ONET };
enum { KIN_MTCNN_SCORE_OUT, KIN_MTCNN_BOX_OUT, KIN_MTCNN_POINTS_OUT, KIN_MTCNN_OUTS };

typedef struct {
    kin_plan *plan;
    kin_shape shape;
    int       output[KIN_MTCNN_OUTS]; /* which of the network's */
} kin_mtcnn_slot;

struct kin_mtcnn {
    kin_context    *ctx;
    kin_context     solo; /* carries the plans: each is run by one thread, with its neighbours' at the same time */
    uint64_t        charged; /* of solo's memory, to ctx */
    kin_graph      *graph[KIN_MTCNN_NETWORKS];
    size_t          workers;
    kin_mtcnn_slot *slot[KIN_MTCNN_NETWORKS]; /* [workers], P-Net: [KIN_MTCNN_LEVELS_MAX * workers] */
};

/* Slot `i` of a network gets a plan of [n, width, height, 3], which is kept when it has it already. */
kin_status kin_mtcnn_plan(kin_mtcnn *mtcnn, int network, size_t i, int n, int width, int height);
void       kin_mtcnn_plan_drop(kin_mtcnn *mtcnn, int network, size_t i);
/* The probability of a face, of the pair that the network gives, rounded as 1 / (1 + e^-x) in single precision: near 1 few
 * numbers are left then, and which of two windows counts as the better is decided as in the reference. */
static inline float kin_mtcnn_score(const float pair[2])
{
    return 1.0f / (1.0f + pair[0] / pair[1]);
}
static inline const float *kin_mtcnn_output(const kin_mtcnn_slot *slot, int which)
{
    return kin_plan_output(slot->plan, (size_t)slot->output[which]);
}

/* --- mtcnn_pyramid.c: the first stage --- */

/* The windows that P-Net proposes, level by level, suppressed inside each. *windows is overwritten; kin_release. */
kin_status kin_mtcnn_propose(kin_mtcnn *mtcnn, const kin_image *picture, double min_face, kin_window **windows, size_t *count);

#endif
