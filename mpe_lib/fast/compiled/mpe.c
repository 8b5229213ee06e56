/* The estimate as one loop forward and one backward, all refinement sweeps in one pass.
 *
 * Tile by tile, as the exact LIF in lif.c: nothing here needs the steps in order, but in order the
 * guess of the step before is still in the cache. The draw is a hash, so backward draws again.
 */
#include "lines.h"

/* One step of all passes at once. Row k of p is the potential before the step in pass k; afterwards
 * it is the one after the step, row 0 a new guess, and last what the last pass makes of the step.
 * Rows are W long: a tile, or all neurons where those are fewer. */
static inline void sweep(const real *x, real *s, real *p, int64_t W, real *last, real *stay,
                         int64_t m, uint64_t place, const options *o) {
    const int64_t K = o->sweeps;
    const real decay = o->decay, v_threshold = o->v_threshold;
    real h[TILE], inner[TILE];
    memcpy(last, p + K * W, m * sizeof(real));
    advance(x, last, h, s, m, decay, v_threshold, o->reset);
    for (int64_t k = K - 1; k >= 0; k--) {
        memcpy(p + (k + 1) * W, p + k * W, m * sizeof(real));
        advance(x, p + (k + 1) * W, h, inner, m, decay, v_threshold, o->reset);
    }
    guess(x, p, stay, m, place, o);
}

/* Both return 0, or 1 if there was no memory.
 *
 * v0: [K + 1, N], the potential before the first step in each pass, NULL for 0.
 * loss: one for each tile; weights [T] are kappa / neurons in a step, NULL for no loss. */
int mpe_forward(const real *x, real *s, const real *v0, const double *weights, double *loss,
                const options *o) {
    const int64_t T = o->T, N = o->N, K = o->sweeps, W = N < TILE ? N : TILE;
    int failed = 0;
#pragma omp parallel num_threads(o->threads)
    {
        real *p = ROOM((K + 1) * W * sizeof(real)), last[TILE], stay[TILE];
#pragma omp for schedule(static)
        for (int64_t first = 0; first < N; first += TILE) {
            const int64_t m = N - first < TILE ? N - first : TILE;
            double sum = 0;
            if (!p) {
#pragma omp atomic write
                failed = 1;
                continue;
            }
            for (int64_t k = 0; k <= K; k++) begin(p + k * W, v0, k * N + first, m);
            for (int64_t t = 0; t < T; t++) {
                const int64_t here = t * N + first;
                sweep(x + here, s + here, p, W, last, stay, m, here, o);
                if (!weights) continue;
                const real *v_hat = p + K * W;
                for (int64_t n = 0; n < m; n++)
                    last[n] = (v_hat[n] - last[n]) * (v_hat[n] - last[n]);
                sum += weights[t] * total(last, m);
            }
            if (weights) loss[first / TILE] = sum;
        }
        free(p);
    }
    return failed;
}

/* Forward again, keeping the potentials of all passes for a tile; then backward through them. */
int mpe_backward(const real *x, const real *g_s, real *g_x, const real *v0, real *g_v0,
                 const double *weights, double g_loss, double *sums, const options *o) {
    const int64_t T = o->T, N = o->N, K = o->sweeps, P = K + 1, W = N < TILE ? N : TILE;
    const real decay = o->decay, v_threshold = o->v_threshold;
    int failed = 0;
#pragma omp parallel num_threads(o->threads)
    {
        /* rows: T + 1 times the potentials of all passes, T times stay, and for each pass the
         * gradient of its potential */
        real *u = ROOM(((T + 1) * P + T + P) * W * sizeof(real));
        real *stay = u ? u + (T + 1) * P * W : u, *g = u ? stay + T * W : u;
        real last[TILE], h[TILE], s[TILE], f[TILE], pull[TILE], g_v[TILE], none[TILE] = {0};
#pragma omp for schedule(static)
        for (int64_t first = 0; first < N; first += TILE) {
            const int64_t m = N - first < TILE ? N - first : TILE;
            real by_decay[TILE] = {0}, by_threshold[TILE] = {0};
            if (!u) {
#pragma omp atomic write
                failed = 1;
                continue;
            }
            for (int64_t k = 0; k < P; k++) begin(u + k * W, v0, k * N + first, m);
            for (int64_t t = 0; t < T; t++) {
                real *next = u + (t + 1) * P * W;
                memcpy(next, u + t * P * W, P * W * sizeof(real));
                sweep(x + t * N + first, s, next, W, last, stay + t * W, m, t * N + first, o);
            }
            memset(g, 0, P * W * sizeof(real));
            for (int64_t t = T - 1; t >= 0; t--) {
                const int64_t here = t * N + first;
                const real *before = u + t * P * W, *v_hat = before + (P + K) * W;
                const real *f_guess = stay + t * W;
                memset(pull, 0, sizeof(pull)); /* gradient of v_hat[t] from the loss */
                if (weights) {
                    memcpy(last, before + K * W, m * sizeof(real));
                    advance(x + here, last, h, s, m, decay, v_threshold, o->reset);
                    const real scale = 2 * g_loss * weights[t];
                    for (int64_t n = 0; n < m; n++) pull[n] = scale * (v_hat[n] - last[n]);
                }
                for (int64_t n = 0; n < m; n++) { /* nothing passes a reset, NaN neither */
                    real whole = K ? g[n] : g[n] + pull[n];
                    g_x[here + n] = f_guess[n] == 0 ? 0 : whole * f_guess[n];
                }
                for (int64_t k = 0; k < P; k++) {
                    memcpy(last, before + k * W, m * sizeof(real));
                    advance(x + here, last, h, s, m, decay, v_threshold, o->reset);
                    for (int64_t n = 0; n < m; n++)
                        g_v[n] = k == K       ? -pull[n]
                                 : k + 1 == K ? g[K * W + n] + pull[n]
                                              : g[(k + 1) * W + n];
                    step_back(h, s, k == K ? g_s + here : none, g_v, f, by_threshold, m,
                              v_threshold, o->reset, o->surrogate);
                    for (int64_t n = 0; n < m; n++) {
                        g_x[here + n] += g_v[n];
                        by_decay[n] += g_v[n] * before[k * W + n];
                        g[k * W + n] = decay * g_v[n];
                    }
                }
            }
            for (int64_t k = 0; g_v0 && k < P; k++)
                memcpy(g_v0 + k * N + first, g + k * W, m * sizeof(real));
            sums[2 * (first / TILE)] = total(by_decay, m);
            sums[2 * (first / TILE) + 1] = total(by_threshold, m);
        }
        free(u);
    }
    return failed;
}
