/* The neuron's lines on a tile of neighbouring neurons: charge, fire, reset, their backward, guess
 * and draw. The same lines as in dynamics.py, surrogate.py, estimate.py and draw.py.
 *
 * Built once for `real` = float and once for double, and never with fused multiply-add or "fast"
 * mathematics: a spike hangs on the last bit.
 */
#ifndef LINES_H
#define LINES_H
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef real
#define real float
#endif
#ifndef FIRE /* a test puts the surrogate's integral here */
#define FIRE(d) ((d) > 0 ? 1 : 0)
#endif
#ifndef ROOM /* and here nothing */
#define ROOM(bytes) malloc(bytes)
#endif
#define TILE 512
#define CHUNK 8 /* steps between two potentials that forward keeps for backward */

/* The names that these loops know, each list in the order of its enum; a caller asks for a name's
 * place with place_of() and takes -1 for "not known here". */
enum { HARD, SOFT, NONE };
enum { TRIANGLE, SIGMOID, ATAN };
enum { BERNOULLI, MEAN, RESETTING, ZERO };
static const char *const resets[] = {"hard", "soft", "none", NULL};
static const char *const surrogates[] = {"triangle", "sigmoid", "atan", NULL};
static const char *const rules[] = {"bernoulli", "mean", "hard", "zero", NULL};

typedef struct {
    int64_t T, N;
    double decay, v_threshold;
    int64_t reset, surrogate, rule, sweeps, threads;
    uint32_t k0, k1; /* the keys of the seed */
} options;

/* e^x to about 2e-13: n ln 2 taken out of x, then a polynomial in the rest. */
static inline double exponential(double x) {
    const double magic = 0x1.8p52; /* adding it rounds to a whole number */
    x = x < -700 ? -700 : x > 700 ? 700 : x;
    double shifted = x * 0x1.71547652b82fep0 + magic, n = shifted - magic, power;
    double r = (x - n * 0x1.62e42fefa3800p-1) - n * 0x1.ef35793c76730p-45;
    double p = 1.0 / 3628800;
    p = p * r + 1.0 / 362880;
    p = p * r + 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    uint64_t bits;
    memcpy(&bits, &shifted, 8);
    bits = (bits + 1023) << 52; /* 2^n */
    memcpy(&power, &bits, 8);
    return p * power;
}

static inline double logistic(double x) { return x < -709.78 ? 0 : 1 / (1 + exponential(-x)); }

/* The same to about 3e-7, in half the time. */
static inline float quick_logistic(float x) {
    const float magic = 0x1.8p23f;
    x = x < -80 ? 80 : x > 80 ? -80 : -x;
    float shifted = x * 0x1.715476p0f + magic, n = shifted - magic, power;
    float r = (x - n * 0x1.62e400p-1f) - n * 0x1.7f7d1cp-20f;
    float p = 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, 4);
    bits = (bits + 127) << 23;
    memcpy(&power, &bits, 4);
    return 1 / (1 + p * power);
}

static inline uint32_t mix(uint32_t z) {
    z = (z ^ (z >> 16)) * 0x7FEB352Du;
    z = (z ^ (z >> 15)) * 0x846CA68Bu;
    return z ^ (z >> 16);
}

/* Charge, fire, reset of a tile: h from v and x, then v after reset; spikes where s is given. */
static inline void advance(const real *x, real *v, real *h, real *s, int64_t m, real decay,
                           real v_threshold, int64_t reset) {
    for (int64_t n = 0; n < m; n++) {
        h[n] = decay * v[n] + x[n];
        s[n] = FIRE(h[n] - v_threshold);
    }
    if (reset == HARD)
        for (int64_t n = 0; n < m; n++) v[n] = (1 - s[n]) * h[n];
    else if (reset == SOFT)
        for (int64_t n = 0; n < m; n++) v[n] = h[n] - v_threshold * s[n];
    else
        memcpy(v, h, m * sizeof(real));
}

static inline void slopes(const real *h, real *f, int64_t m, real v_threshold, int64_t surrogate) {
    for (int64_t n = 0; n < m; n++) f[n] = h[n] - v_threshold;
    if (surrogate == TRIANGLE)
        for (int64_t n = 0; n < m; n++) {
            real y = 1 - (f[n] < 0 ? -f[n] : f[n]);
            f[n] = y < 0 ? 0 : y;
        }
    else if (surrogate == SIGMOID)
        for (int64_t n = 0; n < m; n++) {
            double up = logistic(4 * (double)f[n]);
            f[n] = f[n] == f[n] ? (real)(4 * up * (1 - up)) : f[n]; /* NaN stays NaN */
        }
    else
        for (int64_t n = 0; n < m; n++) {
            real y = (real)3.141592653589793 * f[n];
            f[n] = 1 / (1 + y * y);
        }
}

/* One step backward, see lif_step_back: g_v becomes the gradient of h; the threshold's is added. */
static inline void step_back(const real *h, const real *s, const real *g_s, real *g_v, real *f,
                             real *by_threshold, int64_t m, real v_threshold, int64_t reset,
                             int64_t surrogate) {
    slopes(h, f, m, v_threshold, surrogate);
    if (reset == HARD)
        for (int64_t n = 0; n < m; n++) {
            real by_reset = g_v[n] == 0 ? 0 : g_v[n] * h[n]; /* nothing times infinity is nothing */
            real g_d = (g_s[n] - by_reset) * f[n];
            by_threshold[n] -= g_d;
            g_v[n] = g_v[n] * (1 - s[n]) + g_d;
        }
    else if (reset == SOFT)
        for (int64_t n = 0; n < m; n++) {
            real g_d = (g_s[n] - g_v[n] * v_threshold) * f[n];
            by_threshold[n] -= g_d + g_v[n] * s[n];
            g_v[n] += g_d;
        }
    else
        for (int64_t n = 0; n < m; n++) {
            real g_d = g_s[n] * f[n];
            by_threshold[n] -= g_d;
            g_v[n] += g_d;
        }
}

/* The number in [0, 1) of the n-th element after the one with these low and high words. */
static inline float uniform(uint32_t low, uint32_t n, uint32_t high, uint32_t k0, uint32_t k1) {
    uint32_t i = low + n, z = mix(mix(i ^ k0) ^ k1 ^ (high + (i < low)));
    return (float)(int32_t)(z >> 8) * 0x1p-24f;
}

/* v_hat of a row's tile that starts at flat index `first`; stay is dv_hat/dx, where it is given. */
static inline void guess(const real *x, real *v_hat, real *stay, int64_t m, uint64_t first,
                         const options *o) {
    const real v_threshold = o->v_threshold;
    const uint32_t k0 = o->k0, k1 = o->k1, low = (uint32_t)first, high = (uint32_t)(first >> 32);
    if (o->rule == BERNOULLI) {
        for (int64_t n = 0; n < m; n++)
            stay[n] = uniform(low, (uint32_t)n, high, k0, k1) - quick_logistic((float)x[n]);
        int near = 0; /* draws so close to their chance that the quick one may be wrong */
        for (int64_t n = 0; n < m; n++) near += stay[n] < (real)2e-6 && stay[n] > (real)-2e-6;
        for (int64_t n = 0; n < m; n++) {
            v_hat[n] = stay[n] < 0 ? 0 : x[n];
            stay[n] = stay[n] < 0 ? 0 : 1;
        }
        for (int64_t n = 0; near && n < m; n++) {
            int resets = uniform(low, (uint32_t)n, high, k0, k1) < logistic(x[n]);
            v_hat[n] = resets ? 0 : x[n];
            stay[n] = resets ? 0 : 1;
        }
    }
    else if (o->rule == MEAN)
        for (int64_t n = 0; n < m; n++) {
            double keep = logistic(-(double)x[n]);
            keep = x[n] > 700 ? 0 : x[n] == x[n] ? keep : x[n]; /* infinity and NaN as in torch */
            v_hat[n] = (real)(x[n] * keep);
            stay[n] = (real)(keep * (1 - x[n] * (1 - keep)));
        }
    else if (o->rule == RESETTING)
        for (int64_t n = 0; n < m; n++) {
            stay[n] = x[n] > v_threshold ? 0 : 1;
            v_hat[n] = x[n] > v_threshold ? 0 : x[n];
        }
    else {
        memset(v_hat, 0, m * sizeof(real));
        memset(stay, 0, m * sizeof(real));
    }
}

static inline void begin(real *v, const real *v0, int64_t first, int64_t m) {
    if (v0) memcpy(v, v0 + first, m * sizeof(real));
    else memset(v, 0, m * sizeof(real));
}

static inline double total(const real *a, int64_t m) {
    double part[8] = {0}; /* side by side, or each addition would wait for the one before */
    int64_t n = 0;
    for (; n + 8 <= m; n += 8)
        for (int64_t i = 0; i < 8; i++) part[i] += a[n + i];
    for (; n < m; n++) part[0] += a[n];
    for (int64_t i = 4; i; i /= 2)
        for (int64_t j = 0; j < i; j++) part[j] += part[j + i];
    return part[0];
}

#endif
