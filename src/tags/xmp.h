/* SPDX-License-Identifier: Apache-2.0
 *
 * What read.c and write.c share of exempi. Included only where kin is built with it.
 */
#ifndef KIN_TAGS_XMP_H
#define KIN_TAGS_XMP_H

#include <exempi/xmp.h>
#include <exempi/xmperrors.h>

#include "os/library.h"
#include "tags/tags.h"

/* What is called of exempi, filled in by kin_xmp_enter. */
#define EXEMPI(f) f(xmp_append_array_item) f(xmp_delete_property) f(xmp_free) f(xmp_get_array_item)               \
    f(xmp_get_error) f(xmp_get_property) f(xmp_has_property) f(xmp_init) f(xmp_iterator_free) f(xmp_iterator_new) \
    f(xmp_iterator_next) f(xmp_new) f(xmp_new_empty) f(xmp_register_namespace) f(xmp_serialize)                   \
    f(xmp_set_property) f(xmp_string_cstr) f(xmp_string_free) f(xmp_string_len) f(xmp_string_new)
extern KIN_LIBRARY_TYPE(kin_exempi, EXEMPI) kin_exempi;

#define NS_MWG "http://www.metadataworkinggroup.com/schemas/regions/"
#define NS_IPTC "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
#define NS_MP "http://ns.microsoft.com/photo/1.2/"
#define NS_PHOTOSHOP "http://ns.adobe.com/photoshop/1.0/"
#define NS_KIN "urn:kin:tags/1.0/"

#define PATH_REGIONS "mwg-rs:Regions"
#define PATH_LIST PATH_REGIONS "/mwg-rs:RegionList"
#define PATH_SIZE PATH_REGIONS "/mwg-rs:AppliedToDimensions"
#define PATH_PERSONS "Iptc4xmpExt:PersonInImage"

enum { KIN_XMP_PATH = 300 };

/* exempi between these two: loaded at its first use in the process, namespaces, and one thread at a time, since its last
 * error and its table of namespaces are the process's. KIN_E_UNSUPPORTED when it is not on this machine, KIN_E_MEMORY when it
 * cannot start. */
kin_status kin_xmp_enter(kin_context *ctx);
void       kin_xmp_leave(void);

/* Checks and parses (within enter and leave). xmp_free it. */
kin_status kin_xmp_parse(kin_context *ctx, const uint8_t *packet, size_t size, XmpPtr *out);
/* What exempi's last error means, as a failure of ctx. */
kin_status kin_xmp_fail(kin_context *ctx, const char *what);

/* A number; false: there is none. */
bool kin_xmp_number(XmpPtr xmp, const char *ns, const char *path, XmpStringPtr scratch, double *out);
/* The number at p: where it ends, NULL when there is none. */
const char *kin_xmp_digits(const char *p, double *out);

/* The area and name ("": none; kept in `text`) of a region of the MWG list, from 1. false: it is no face or has no area. */
bool kin_xmp_mwg_region(XmpPtr xmp, int number, XmpStringPtr scratch, XmpStringPtr text, kin_area *area, const char **name);
/* The size of the picture that the list was made for; 0: it does not say. */
void kin_xmp_mwg_size(XmpPtr xmp, XmpStringPtr scratch, double *width, double *height);
/* Whether the list has an element of this number. */
bool kin_xmp_has(XmpPtr xmp, const char *ns, const char *list, int number);

#endif
