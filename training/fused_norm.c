/* Group norm and SiLU in one pass over bfloat16 pictures in channels-last order, forward and backward.
 *
 * PyTorch's own take three passes and two copies in float32. Rows are the pixels of a picture, [pixels][channels];
 * statistics and sums are float32. Compiled and called by cpu_layers.py; no headers but the standard ones.
 */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint16_t bf16;

static inline float widen(bf16 value) {
  uint32_t bits = (uint32_t)value << 16;
  float out;
  memcpy(&out, &bits, 4);
  return out;
}

static inline bf16 narrow(float value) { /* round to nearest, ties to even */
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return (bf16)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/* Below -80 it is as good as 0, and expf would be infinite, which -ffast-math does not reckon with. */
static inline float sigmoid(float y) { return 1.0f / (1.0f + expf(y < -80.0f ? 80.0f : -y)); }

/* Each channel's sum becomes its group's. */
static void spread_over_groups(float *values, int channels, int groups) {
  const int size = channels / groups;
  for (int g = 0; g < groups; g++) {
    float total = 0;
    for (int i = 0; i < size; i++) total += values[g * size + i];
    for (int i = 0; i < size; i++) values[g * size + i] = total;
  }
}

/* out = silu(weight * (x - mean) / deviation + bias), or without the silu. mean and rstd, [pictures][channels], are
 * what backward needs. */
void norm_forward(const bf16 *restrict x, const float *restrict weight, const float *restrict bias, bf16 *restrict out,
                  float *restrict means, float *restrict rstds, long pictures, long pixels, int channels, int groups,
                  float eps, int silu) {
  const float count = (float)pixels * (channels / groups);
  float *scale = malloc(2 * channels * sizeof(float)), *shift = scale + channels;
  if (!scale) abort();
  for (long b = 0; b < pictures; b++, x += pixels * channels, out += pixels * channels) {
    float *restrict mean = means + b * channels, *restrict rstd = rstds + b * channels;
    memset(mean, 0, channels * sizeof(float));
    memset(rstd, 0, channels * sizeof(float));
    for (long p = 0; p < pixels; p++) {
      const bf16 *restrict row = x + p * channels;
      for (int c = 0; c < channels; c++) {
        float v = widen(row[c]);
        mean[c] += v;
        rstd[c] += v * v;
      }
    }
    spread_over_groups(mean, channels, groups);
    spread_over_groups(rstd, channels, groups);
    for (int c = 0; c < channels; c++) {
      mean[c] /= count;
      float variance = rstd[c] / count - mean[c] * mean[c];
      rstd[c] = 1.0f / sqrtf((variance > 0 ? variance : 0) + eps);
      scale[c] = weight[c] * rstd[c];
      shift[c] = bias[c] - mean[c] * scale[c];
    }
    for (long p = 0; p < pixels; p++) {
      const bf16 *restrict row = x + p * channels;
      bf16 *restrict to = out + p * channels;
      if (silu)
        for (int c = 0; c < channels; c++) {
          float y = widen(row[c]) * scale[c] + shift[c];
          to[c] = narrow(y * sigmoid(y));
        }
      else
        for (int c = 0; c < channels; c++) to[c] = narrow(widen(row[c]) * scale[c] + shift[c]);
    }
  }
  free(scale);
}

/* From the gradient of the output that of x, and, added up over the pictures, those of weight and bias. */
void norm_backward(const bf16 *restrict x, const bf16 *restrict gradient, const float *restrict weight,
                   const float *restrict bias, const float *restrict means, const float *restrict rstds,
                   bf16 *restrict out, float *restrict weight_gradient, float *restrict bias_gradient, long pictures,
                   long pixels, int channels, int groups, int silu) {
  const float count = (float)pixels * (channels / groups);
  float *scale = malloc((6 * channels + pixels * channels) * sizeof(float));
  if (!scale) abort();
  float *shift = scale + channels, *total = shift + channels, *along = total + channels;
  float *by_row = along + channels, *constant = by_row + channels, *inner = constant + channels;
  memset(weight_gradient, 0, channels * sizeof(float));
  memset(bias_gradient, 0, channels * sizeof(float));
  for (long b = 0; b < pictures; b++, x += pixels * channels, gradient += pixels * channels, out += pixels * channels) {
    const float *restrict mean = means + b * channels, *restrict rstd = rstds + b * channels;
    for (int c = 0; c < channels; c++) {
      scale[c] = weight[c] * rstd[c];
      shift[c] = bias[c] - mean[c] * scale[c];
      total[c] = along[c] = 0;
    }
    for (long p = 0; p < pixels; p++) {
      const bf16 *restrict row = x + p * channels, *restrict from = gradient + p * channels;
      float *restrict keep = inner + p * channels;
      if (silu)
        for (int c = 0; c < channels; c++) {
          float y = widen(row[c]) * scale[c] + shift[c], s = sigmoid(y);
          keep[c] = widen(from[c]) * s * (1.0f + y * (1.0f - s));
        }
      else
        for (int c = 0; c < channels; c++) keep[c] = widen(from[c]);
      for (int c = 0; c < channels; c++) {
        total[c] += keep[c];
        along[c] += keep[c] * (widen(row[c]) - mean[c]);
      }
    }
    for (int c = 0; c < channels; c++) {
      along[c] *= rstd[c];
      weight_gradient[c] += along[c];
      bias_gradient[c] += total[c];
      by_row[c] = along[c] * weight[c];
      constant[c] = total[c] * weight[c];
    }
    spread_over_groups(by_row, channels, groups);
    spread_over_groups(constant, channels, groups);
    for (int c = 0; c < channels; c++) {
      by_row[c] *= -rstd[c] * rstd[c] / count;
      constant[c] = -rstd[c] * constant[c] / count - by_row[c] * mean[c];
    }
    for (long p = 0; p < pixels; p++) {
      const bf16 *restrict row = x + p * channels;
      const float *restrict keep = inner + p * channels;
      bf16 *restrict to = out + p * channels;
      for (int c = 0; c < channels; c++) to[c] = narrow(keep[c] * scale[c] + widen(row[c]) * by_row[c] + constant[c]);
    }
  }
  free(scale);
}
