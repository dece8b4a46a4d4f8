#include "CImages.h"

#include <stdio.h>
// jpeglib.h uses FILE and does not include it.
#include <jpeglib.h>
#include <jerror.h>
#include <setjmp.h>
#include <string.h>

typedef struct {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    const uint8_t *bytes;
    size_t count;
    char *clause;
    jmp_buf jump;
} reading;

/// Each scan of a progressive file goes over the whole picture, and may have next to no bytes. Encoders write a dozen, for
/// which the second limit leaves room in the largest picture.
enum { most_scans = 100, most_scanned_pixels = 1 << 30 };

static void leave(reading *file, const char *clause) {
    snprintf(file->clause, quantd_image_clause_capacity, "%s", clause);
    longjmp(file->jump, 1);
}

static void fail(j_common_ptr jpeg) {
    char message[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, message);
    leave(jpeg->client_data, message);
}

/// libjpeg only warns where data are missing or wrong, and makes up the rest of the picture. What it warns of without
/// making anything up is common in old collections, and lets pass.
static void hear(j_common_ptr jpeg, int level) {
    if (level >= 0) {
        return;
    }
    switch (jpeg->err->msg_code) {
        case JWRN_EXTRANEOUS_DATA:
        case JWRN_ADOBE_XFORM:
        case JWRN_JFIF_MAJOR:
            return;
        default:
            fail(jpeg);
    }
}

static void print_nothing(j_common_ptr jpeg) {
    (void)jpeg;
}

static void limit_scans(j_common_ptr jpeg) {
    const j_decompress_ptr picture = (j_decompress_ptr)jpeg;
    const uint64_t scans = (uint64_t)picture->input_scan_number;
    if (scans > most_scans || scans * picture->image_width * picture->image_height > most_scanned_pixels) {
        char clause[64];
        snprintf(clause, sizeof clause, "too many scans (%d)", picture->input_scan_number);
        leave(jpeg->client_data, clause);
    }
}

static void begin(reading *file) {
    j_decompress_ptr jpeg = &file->jpeg;
    jpeg->err = jpeg_std_error(&file->errors);
    file->errors.error_exit = fail;
    file->errors.emit_message = hear;
    file->errors.output_message = print_nothing;
    jpeg->client_data = file;
    jpeg_create_decompress(jpeg);
    file->progress.progress_monitor = limit_scans;
    jpeg->progress = &file->progress;
    jpeg_mem_src(jpeg, file->bytes, file->count);
    jpeg_save_markers(jpeg, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(jpeg, TRUE);
    if (jpeg->num_components != 1 && jpeg->num_components != 3 && jpeg->num_components != 4) {
        char clause[64];
        snprintf(clause, sizeof clause, "%d components, wanted 1, 3 or 4", jpeg->num_components);
        leave(file, clause);
    }
}

// The functions with setjmp change none of their own variables, whose values would be lost with the jump.

static bool read_header(reading *file, quantd_image_header *header, uint8_t *exif) {
    static const uint8_t prefix[6] = "Exif\0";
    if (setjmp(file->jump)) {
        return false;
    }
    begin(file);
    header->width = file->jpeg.image_width;
    header->height = file->jpeg.image_height;
    for (jpeg_saved_marker_ptr marker = file->jpeg.marker_list; marker; marker = marker->next) {
        if (marker->data_length > sizeof prefix && memcmp(marker->data, prefix, sizeof prefix) == 0) {
            header->exif_count = marker->data_length - sizeof prefix;
            memcpy(exif, marker->data + sizeof prefix, header->exif_count);
            break;
        }
    }
    return true;
}

/// Print colours as OpenCV takes them: stored inverted, as Adobe's programs do, and each of them times black.
static void convert_print_row(const uint8_t *cmyk, size_t width, int channels, uint8_t *pixels) {
    for (size_t x = 0; x < width; x++, cmyk += 4, pixels += channels) {
        const int black = cmyk[3];
        for (int i = 0; i < 3; i++) {
            pixels[i] = (uint8_t)(black - ((255 - cmyk[i]) * black >> 8));
        }
        if (channels == 4) {
            pixels[3] = 255;
        }
    }
}

static bool read_pixels(reading *file, int channels, uint8_t *pixels) {
    if (setjmp(file->jump)) {
        return false;
    }
    begin(file);
    j_decompress_ptr jpeg = &file->jpeg;
    const bool is_print = jpeg->num_components == 4;
    jpeg->out_color_space = is_print ? JCS_CMYK : channels == 4 ? JCS_EXT_RGBA : JCS_EXT_RGB;
    jpeg_start_decompress(jpeg);
    const size_t width = jpeg->output_width;
    JSAMPARRAY print_row = is_print ? jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, (JDIMENSION)width * 4, 1) : NULL;
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = pixels + jpeg->output_scanline * width * (size_t)channels;
        jpeg_read_scanlines(jpeg, is_print ? print_row : &row, 1);
        if (is_print) {
            convert_print_row(print_row[0], width, channels, row);
        }
    }
    // A file that is cut behind its last row is damaged all the same.
    jpeg_finish_decompress(jpeg);
    return true;
}

bool quantd_jpeg_header(const uint8_t *bytes, size_t count, quantd_image_header *header, uint8_t *exif, char *clause) {
    reading file = {.bytes = bytes, .count = count, .clause = clause};
    const bool is_read = read_header(&file, header, exif);
    jpeg_destroy_decompress(&file.jpeg);
    return is_read;
}

bool quantd_jpeg_pixels(const uint8_t *bytes, size_t count, int channels, uint8_t *pixels, char *clause) {
    reading file = {.bytes = bytes, .count = count, .clause = clause};
    const bool is_read = read_pixels(&file, channels, pixels);
    jpeg_destroy_decompress(&file.jpeg);
    return is_read;
}
