/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside the TensorFlow Lite reader: what its files (read.c, tensors.c, nodes.c) share. The public face is
 * kin_graph_read_memory.
 *
 * Constants are used in place. One whose bytes do not lie at a multiple of its element's size (files of other writers,
 * bytes at an odd address) is copied into the graph's arena.
 */
#ifndef KIN_FORMAT_TFLITE_READ_H
#define KIN_FORMAT_TFLITE_READ_H

#include "format/tflite/flatbuffer.h"
#include "nn/graph.h"

typedef struct {
    kin_context  *ctx;
    kin_graph    *graph;
    kin_fb_file   file;
    kin_fb_table  model;
    kin_fb_vector codes, buffers;
    size_t        tensors; /* of the subgraph; the file's numbers are below it */
} kin_tflite;

/* The bytes of buffer `index`, inside or behind the flatbuffer; *bytes NULL when it holds none. `who` and `field` name
 * the place that refers to it. */
kin_status kin_tflite_buffer(kin_tflite *reader, const kin_fb_table *who, const char *field, uint32_t index,
                             const uint8_t **bytes, size_t *size);

/* A name fit for people: cut at a NUL, printable UTF-8. `room` is used where the file's own bytes are not. */
enum { KIN_TFLITE_NAME = 256 };
kin_fb_text kin_tflite_name(kin_fb_text text, char room[KIN_TFLITE_NAME]);

/* Adds the subgraph's tensors to the graph, in the file's order. */
kin_status kin_tflite_tensors(kin_tflite *reader, const kin_fb_table *subgraph);
/* Adds its operators. */
kin_status kin_tflite_nodes(kin_tflite *reader, const kin_fb_table *subgraph);

/* TensorType -> kin_type; false when we have no such type. */
bool kin_tflite_type(int8_t code, kin_type *out);
/* And back: each of our types has one. */
int8_t kin_tflite_code(kin_type type);

#endif
