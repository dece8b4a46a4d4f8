#ifndef QUANTD_CIMAGES_H
#define QUANTD_CIMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libpng and libjpeg-turbo behind functions that return. Both libraries report an error by a jump, which must cross no
// frame of Swift's: here it ends in the function that it began in.
//
// Each function reads a whole file from memory. It returns false where the file is damaged or of a kind that is not
// supported, with the reason in `clause`, and then leaves whatever it was to fill half filled.

enum {
    /// Bytes of a clause, the zero behind it included.
    quantd_image_clause_capacity = 256,
    /// The longest EXIF block: what a JPEG segment can hold.
    quantd_image_exif_capacity = 65536,
};

/// What a file says before its pixels.
typedef struct {
    uint32_t width;
    uint32_t height;
    /// Bytes of the EXIF block, a TIFF header and what follows it; 0 where there is none.
    size_t exif_count;
} quantd_image_header;

// Reads what stands before the pixels, and the EXIF block into `exif`.
bool quantd_png_header(const uint8_t *bytes, size_t count, quantd_image_header *header, uint8_t *exif, char *clause);
bool quantd_jpeg_header(const uint8_t *bytes, size_t count, quantd_image_header *header, uint8_t *exif, char *clause);

// Reads the pixels into `pixels`, which has room for width * height * channels bytes with the size that the header reader
// gave: R, G and B for three channels, and A for four.
bool quantd_png_pixels(const uint8_t *bytes, size_t count, int channels, uint8_t *pixels, char *clause);
bool quantd_jpeg_pixels(const uint8_t *bytes, size_t count, int channels, uint8_t *pixels, char *clause);

#endif
