// @ts-check
// Clopper and Pearson's interval of 95 %, as `tagthresh.metrics` computes it with SciPy.

const TAIL = 0.025;

// Logarithm of the gamma function: Lanczos' approximation (SIAM Journal B 1, 1964), g = 7.
const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** @param {number} x Above 0. */
function logGamma(x) {
  const t = x + 6.5;
  const sum = LANCZOS.reduce((total, c, i) => total + (i === 0 ? c : c / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * Regularised incomplete beta function by its continued fraction, evaluated as Lentz does
 * (Applied Optics 15, 1976). It converges fast below the mean, a / (a + b).
 *
 * @param {number} x
 * @param {number} a Above 0.
 * @param {number} b Above 0.
 * @returns {number} In [0, 1].
 */
export function incompleteBeta(x, a, b) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b);
  /** @param {number} value */
  const nonzero = (value) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / nonzero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 1000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let step = 1;
    for (const part of [even, odd]) {
      d = 1 / nonzero(1 + part * d);
      c = nonzero(1 + part / c);
      step = c * d;
      fraction *= step;
    }
    if (Math.abs(step - 1) < 1e-12) break;
  }
  return (Math.exp(front) * fraction) / a;
}

/**
 * Quantile of the beta distribution, by bisection.
 *
 * @param {number} share
 * @param {number} a
 * @param {number} b
 */
export function betaQuantile(share, a, b) {
  let [low, high] = [0, 1];
  for (let i = 0; i < 40; i += 1) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Interval of a share of clips.
 *
 * @param {number} hits
 * @param {number} n
 * @returns {[number, number]}
 */
export function shareInterval(hits, n) {
  if (!(n > 0)) return [0, 1];
  const misses = n - hits;
  return [
    hits > 0 ? betaQuantile(TAIL, hits, misses + 1) : 0,
    misses > 0 ? betaQuantile(1 - TAIL, hits + 1, misses) : 1,
  ];
}
