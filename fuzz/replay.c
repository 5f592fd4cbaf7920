/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a fuzz target over files and folders of files, without libFuzzer: part of every test run. Each file is also given cut
 * and with changed bytes, always the same ones, so that a small corpus reaches the error paths too.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_MAX = 1 << 20, VARIANTS = 64 };

/* A copy of exactly `size` bytes, so that a sanitizer sees a read behind the end. */
static void give(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy) exit(1);
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static int replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "%s: cannot open\n", path);
        return 1;
    }
    uint8_t *data = malloc(FILE_MAX);
    if (!data) exit(1);
    size_t size = fread(data, 1, FILE_MAX, f);
    fclose(f);
    give(data, size);
    for (size_t i = 0; size && i < VARIANTS; i++) {
        give(data, size * i / VARIANTS);
        size_t  at = (size_t)((i * 2654435761u + 12345u) % size);
        uint8_t was = data[at];
        data[at] ^= (uint8_t)(1u << i % 8);
        give(data, size);
        data[at] = was;
    }
    free(data);
    return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int replay(const char *path, int *count)
{
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISDIR(status.st_mode)) {
        ++*count;
        return replay_file(path);
    }
    struct dirent **entry;
    int             n = scandir(path, &entry, NULL, by_name), bad = n < 0;
    for (int i = 0; i < n; i++) {
        char below[4096];
        snprintf(below, sizeof below, "%s/%s", path, entry[i]->d_name);
        if (entry[i]->d_name[0] != '.') bad |= replay(below, count);
        free(entry[i]);
    }
    if (n >= 0) free(entry);
    return bad;
}

int main(int argc, char **argv)
{
    int bad = 0, count = 0;
    for (int i = 1; i < argc; i++) bad |= replay(argv[i], &count);
    if (!count) fprintf(stderr, "nothing to replay\n");
    return bad || !count;
}
