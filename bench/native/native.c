/* gcc's side of `npm run bench -- --native`: native WHAT ROWS COLUMNS INPUT OUTPUT writes the result, prints ns per call. */
#define _POSIX_C_SOURCE 199309L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Eight numbers, which the compiler puts into registers as wide as the machine has. */
typedef double wide __attribute__((vector_size(64), aligned(8)));

static double *room(size_t count) {
  double *at = malloc(count * sizeof *at);
  if (at == NULL) abort();
  return at;
}

/* Covariance of the columns of x[rows][n]: centred, packed into panels of eight columns, in tiles of eight by eight. */
static void covariance(long rows, long n, const double *x, double *work, double *out) {
  long panels = (n + 7) / 8;
  for (long p = 0; p < panels; p++) {
    long width = n - 8 * p < 8 ? n - 8 * p : 8;
    double mean[8] = {0};
    for (long t = 0; t < rows; t++) {
      for (long j = 0; j < width; j++) mean[j] += x[t * n + 8 * p + j];
    }
    for (long j = 0; j < width; j++) mean[j] /= rows;
    for (long t = 0; t < rows; t++) {
      double *to = work + (p * rows + t) * 8;
      for (long j = 0; j < 8; j++) to[j] = j < width ? x[t * n + 8 * p + j] - mean[j] : 0;
    }
  }
  for (long p = 0; p < panels; p++) {
    for (long q = p; q < panels; q++) {
      wide s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, s4 = {0}, s5 = {0}, s6 = {0}, s7 = {0};
      const double *a = work + p * rows * 8, *b = work + q * rows * 8;
      for (long t = 0; t < rows; t++, a += 8, b += 8) {
        wide v = *(const wide *)b;
        s0 += a[0] * v;
        s1 += a[1] * v;
        s2 += a[2] * v;
        s3 += a[3] * v;
        s4 += a[4] * v;
        s5 += a[5] * v;
        s6 += a[6] * v;
        s7 += a[7] * v;
      }
      wide sums[8] = {s0, s1, s2, s3, s4, s5, s6, s7};
      for (long i = 0; i < 8; i++) {
        for (long j = 0; j < 8; j++) {
          long row = 8 * p + i, column = 8 * q + j;
          if (row >= n || column >= n) continue;
          out[row * n + column] = out[column * n + row] = sums[i][j] / (rows - 1);
        }
      }
    }
  }
}

/* Lower triangle L of a = LL', the rest 0: column by column, each taken from the rows below it. */
static void cholesky(long n, const double *a, double *column, double *out) {
  for (long i = 0; i < n; i++) {
    for (long j = 0; j < n; j++) out[i * n + j] = j <= i ? a[i * n + j] : 0;
  }
  for (long k = 0; k < n; k++) {
    double root = sqrt(out[k * n + k]);
    for (long i = k; i < n; i++) column[i] = out[i * n + k] /= root;
    out[k * n + k] = root;
    for (long i = k + 1; i < n; i++) {
      double factor = column[i];
      for (long j = k + 1; j <= i; j++) out[i * n + j] -= factor * column[j];
    }
  }
}

/* VaR and expected shortfall at 99 % of n observations: Hoare's quickselect of a copy. */
static void tail(long n, const double *x, double *copy, double *out) {
  memcpy(copy, x, n * sizeof *x);
  long count = n / 100, target = count - 1, left = 0, right = n - 1;
  while (left < right) {
    double pivot = copy[(left + right) / 2];
    long i = left, j = right;
    while (i <= j) {
      while (copy[i] < pivot) i++;
      while (copy[j] > pivot) j--;
      if (i > j) break;
      double kept = copy[i];
      copy[i++] = copy[j];
      copy[j--] = kept;
    }
    if (target <= j) right = j;
    else if (target >= i) left = i;
    else break;
  }
  double sum = 0;
  for (long i = 0; i < count; i++) sum -= copy[i];
  out[0] = -copy[target];
  out[1] = sum / count;
}

static double normal(double x) { return 0.5 * erfc(-x * 0.70710678118654752440); }

/* Black-76 of the options in x (type, forward, strike, years, volatility) under the scenarios behind them, logs hoisted. */
static void grid(long options, long scenarios, const double *x, double *logs, double *out) {
  const double *moves = x + 5 * options, *scales = moves + scenarios, *shifts = scales + scenarios;
  for (long j = 0; j < scenarios; j++) logs[j] = log1p(moves[j]);
  for (long i = 0; i < options; i++) {
    double sign = x[i] == 1 ? 1 : -1, forward = x[options + i], strike = x[2 * options + i];
    double root = sqrt(x[3 * options + i]), sigma = x[4 * options + i], distance = log(forward / strike);
    for (long j = 0; j < scenarios; j++) {
      double deviation = (sigma * scales[j] + shifts[j]) * root;
      double d1 = (distance + logs[j]) / deviation + deviation / 2;
      double call = forward * (1 + moves[j]) * normal(sign * d1) - strike * normal(sign * (d1 - deviation));
      out[i * scenarios + j] = sign * call;
    }
  }
}

static long long now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return 1000000000LL * at.tv_sec + at.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  long long x = *(const long long *)a, y = *(const long long *)b;
  return (x > y) - (x < y);
}

int main(int count, char **given) {
  if (count != 6) return 2;
  long rows = atol(given[2]), columns = atol(given[3]);
  double *x = room(rows * columns), *work = room((rows + 8) * (columns + 8));
  const long scenarios = 16, options = (columns - 3 * scenarios) / 5;
  /* A tail has two results, a grid one for each option and scenario, a matrix as many as it has elements. */
  long results = strcmp(given[1], "tail") == 0 ? 2 : strcmp(given[1], "grid") == 0 ? options * scenarios : columns * columns;
  double *out = room(results);
  FILE *source = fopen(given[4], "rb"), *target;
  if (source == NULL || fread(x, sizeof *x, rows * columns, source) != (size_t)(rows * columns)) return 3;
  static long long times[100000];
  long taken = 0;
  for (long long until = now() + 600000000; (now() < until || taken < 9) && taken < 100000; taken++) {
    long long began = now();
    if (strcmp(given[1], "covariance") == 0) covariance(rows, columns, x, work, out);
    else if (strcmp(given[1], "cholesky") == 0) cholesky(rows, x, work, out);
    else if (strcmp(given[1], "tail") == 0) tail(columns, x, work, out);
    else if (strcmp(given[1], "grid") == 0) grid(options, scenarios, x, work, out);
    else return 4;
    times[taken] = now() - began;
  }
  target = fopen(given[5], "wb");
  if (target == NULL || fwrite(out, sizeof *out, results, target) != (size_t)results || fclose(target) != 0) return 5;
  qsort(times, taken, sizeof *times, ascending);
  printf("%lld\n", times[taken / 2]);
  return 0;
}
