/* Decodes JPEGs at a fraction of their size with the system's libjpeg, as `djpeg -scale` does: the bar for the decoder here.
 *
 * usage: libjpeg FILE...
 * For each line on standard input, a number of eighths, it decodes all files at that scale and prints the milliseconds of
 * processor time it took. Files are read before. Colour pictures stay YCbCr: no conversion is counted. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <jpeglib.h>

struct file {
  unsigned char *bytes;
  unsigned long length;
};

static struct file load(const char *path) {
  struct file file = {NULL, 0};
  FILE *in = fopen(path, "rb");
  if (in == NULL || fseek(in, 0, SEEK_END) != 0) { perror(path); exit(1); }
  file.length = (unsigned long)ftell(in);
  rewind(in);
  file.bytes = malloc(file.length);
  if (file.bytes == NULL || fread(file.bytes, 1, file.length, in) != file.length) { perror(path); exit(1); }
  fclose(in);
  return file;
}

static void decode(struct file file, unsigned eighths) {
  struct jpeg_decompress_struct picture;
  struct jpeg_error_mgr errors;
  picture.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&picture);
  jpeg_mem_src(&picture, file.bytes, file.length);
  jpeg_read_header(&picture, TRUE);
  picture.scale_num = eighths;
  picture.scale_denom = 8;
  if (picture.num_components == 3) picture.out_color_space = JCS_YCbCr;
  jpeg_start_decompress(&picture);
  JSAMPARRAY rows = (*picture.mem->alloc_sarray)((j_common_ptr)&picture, JPOOL_IMAGE,
                                                 picture.output_width * picture.output_components, 8);
  while (picture.output_scanline < picture.output_height) jpeg_read_scanlines(&picture, rows, 8);
  jpeg_finish_decompress(&picture);
  jpeg_destroy_decompress(&picture);
}

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int main(int count, char **words) {
  int files = count - 1;
  struct file *all = malloc(sizeof *all * (size_t)(files > 0 ? files : 1));
  unsigned eighths;
  if (all == NULL) return 1;
  for (int i = 0; i < files; i++) all[i] = load(words[1 + i]);
  while (scanf("%u", &eighths) == 1) {
    double from = milliseconds();
    for (int i = 0; i < files; i++) decode(all[i], eighths);
    printf("%.3f\n", milliseconds() - from);
    fflush(stdout);
  }
  return 0;
}
