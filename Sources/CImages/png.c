#include "CImages.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    png_structp png;
    png_infop info;
    const uint8_t *bytes;
    size_t count;
    size_t at;
    char *clause;
    jmp_buf jump;
} reading;

static void fail(png_structp png, png_const_charp message) {
    reading *file = png_get_error_ptr(png);
    snprintf(file->clause, quantd_image_clause_capacity, "%s", message);
    longjmp(file->jump, 1);
}

/// Warnings are about profiles and texts, of which nothing is used here.
static void warn(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void take(png_structp png, png_bytep target, size_t count) {
    reading *file = png_get_io_ptr(png);
    if (count > file->count - file->at) {
        png_error(png, "the file ends early");
    }
    memcpy(target, file->bytes + file->at, count);
    file->at += count;
}

static void begin(reading *file) {
    file->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, file, fail, warn);
    file->info = file->png ? png_create_info_struct(file->png) : NULL;
    if (!file->info) {
        snprintf(file->clause, quantd_image_clause_capacity, "no memory for libpng");
        longjmp(file->jump, 1);
    }
    png_set_read_fn(file->png, file, take);
    // The caller looks at the size between the two functions, and says what is wrong with it in numbers.
    png_set_user_limits(file->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_read_info(file->png, file->info);
}

// The functions with setjmp change none of their own variables, whose values would be lost with the jump.

static bool read_header(reading *file, quantd_image_header *header, uint8_t *exif) {
    if (setjmp(file->jump)) {
        return false;
    }
    begin(file);
    header->width = png_get_image_width(file->png, file->info);
    header->height = png_get_image_height(file->png, file->info);
    png_uint_32 exif_count = 0;
    png_bytep exif_bytes = NULL;
    if (png_get_eXIf_1(file->png, file->info, &exif_count, &exif_bytes) && exif_count <= quantd_image_exif_capacity) {
        memcpy(exif, exif_bytes, exif_count);
        header->exif_count = exif_count;
    }
    return true;
}

/// Makes every kind of PNG three or four channels of eight bits: of 16 bits the upper eight, of alpha nothing where it
/// is not wanted. Gamma and profiles change nothing.
static void set_transformations(reading *file, int channels) {
    png_set_strip_16(file->png);
    // Palettes and transparent colours become plain channels, grey of fewer bits becomes eight.
    png_set_expand(file->png);
    png_set_gray_to_rgb(file->png);
    if (channels == 4) {
        png_set_add_alpha(file->png, 255, PNG_FILLER_AFTER);
    } else {
        png_set_strip_alpha(file->png);
    }
}

static bool read_pixels(reading *file, int channels, uint8_t *pixels) {
    if (setjmp(file->jump)) {
        return false;
    }
    begin(file);
    set_transformations(file, channels);
    const int passes = png_set_interlace_handling(file->png);
    png_read_update_info(file->png, file->info);
    const size_t row_size = (size_t)png_get_image_width(file->png, file->info) * (size_t)channels;
    if (png_get_rowbytes(file->png, file->info) != row_size) {
        png_error(file->png, "the rows have another number of channels than their kind says");
    }
    const png_uint_32 height = png_get_image_height(file->png, file->info);
    for (int pass = 0; pass < passes; pass++) {
        for (png_uint_32 y = 0; y < height; y++) {
            png_read_row(file->png, pixels + y * row_size, NULL);
        }
    }
    // A file that is cut behind its last row is damaged all the same.
    png_read_end(file->png, NULL);
    return true;
}

bool quantd_png_header(const uint8_t *bytes, size_t count, quantd_image_header *header, uint8_t *exif, char *clause) {
    reading file = {.bytes = bytes, .count = count, .clause = clause};
    const bool is_read = read_header(&file, header, exif);
    png_destroy_read_struct(&file.png, &file.info, NULL);
    return is_read;
}

bool quantd_png_pixels(const uint8_t *bytes, size_t count, int channels, uint8_t *pixels, char *clause) {
    reading file = {.bytes = bytes, .count = count, .clause = clause};
    const bool is_read = read_pixels(&file, channels, pixels);
    png_destroy_read_struct(&file.png, &file.info, NULL);
    return is_read;
}
