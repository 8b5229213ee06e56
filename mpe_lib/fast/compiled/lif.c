/* The exact LIF as one loop forward and one backward, on x, s and gradients [T, N].
 *
 * A tile of neurons goes through all its steps before the next tile starts: its potentials stay in
 * the nearest cache and each row of x is read in one piece. Forward leaves the potential before
 * every eighth step but the first; backward runs those eight again, from the last to the first.
 */
#include "lines.h"

int place_of(const char *kind, const char *name) {
    const char *const *names = !strcmp(kind, "reset") ? resets
                               : !strcmp(kind, "surrogate") ? surrogates : rules;
    for (int n = 0; names[n]; n++)
        if (!strcmp(names[n], name)) return n;
    return -1;
}

/* last: where the last potentials go, NULL if nobody asks. */
int lif_forward(const real *x, real *s, const real *v0, real *starts, real *last,
                const options *o) {
    const int64_t T = o->T, N = o->N;
    const real decay = o->decay, v_threshold = o->v_threshold;
#pragma omp parallel for num_threads(o->threads) schedule(static)
    for (int64_t first = 0; first < N; first += TILE) {
        const int64_t m = N - first < TILE ? N - first : TILE;
        real v[TILE], h[TILE];
        begin(v, v0, first, m);
        for (int64_t t = 0; t < T; t++) {
            const int64_t here = t * N + first;
            if (starts && t && t % CHUNK == 0)
                memcpy(starts + (t / CHUNK - 1) * N + first, v, m * sizeof(real));
            advance(x + here, v, h, s + here, m, decay, v_threshold, o->reset);
        }
        if (last) memcpy(last + first, v, m * sizeof(real));
    }
    return 0;
}

/* sums: two for each tile, of the gradients of decay and threshold; g_last: of the last potentials,
 * NULL for 0. */
int lif_backward(const real *x, const real *g_s, real *g_x, const real *v0, const real *starts,
                 real *g_v0, const real *g_last, double *sums, const options *o) {
    const int64_t T = o->T, N = o->N;
    const real decay = o->decay, v_threshold = o->v_threshold;
#pragma omp parallel for num_threads(o->threads) schedule(static)
    for (int64_t first = 0; first < N; first += TILE) {
        const int64_t m = N - first < TILE ? N - first : TILE;
        real v[CHUNK + 1][TILE], h[CHUNK][TILE], s[CHUNK][TILE];
        real g[TILE], f[TILE], by_decay[TILE] = {0}, by_threshold[TILE] = {0};
        begin(g, g_last, first, m);
        for (int64_t c = (T - 1) / CHUNK; c >= 0; c--) {
            const int64_t steps = T - c * CHUNK < CHUNK ? T - c * CHUNK : CHUNK;
            if (c) memcpy(v[0], starts + (c - 1) * N + first, m * sizeof(real));
            else begin(v[0], v0, first, m);
            for (int64_t i = 0; i < steps; i++) {
                memcpy(v[i + 1], v[i], m * sizeof(real));
                advance(x + (c * CHUNK + i) * N + first, v[i + 1], h[i], s[i], m, decay,
                        v_threshold, o->reset);
            }
            for (int64_t i = steps - 1; i >= 0; i--) {
                const int64_t here = (c * CHUNK + i) * N + first;
                step_back(h[i], s[i], g_s + here, g, f, by_threshold, m, v_threshold, o->reset,
                          o->surrogate);
                for (int64_t n = 0; n < m; n++) {
                    g_x[here + n] = g[n];
                    by_decay[n] += g[n] * v[i][n];
                    g[n] = decay * g[n];
                }
            }
        }
        if (g_v0) memcpy(g_v0 + first, g, m * sizeof(real));
        sums[2 * (first / TILE)] = total(by_decay, m);
        sums[2 * (first / TILE) + 1] = total(by_threshold, m);
    }
    return 0;
}
