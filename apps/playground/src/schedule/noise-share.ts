/** Noise from and to some epochs, as the flag takes it: in fractions of the run. */

/**
 * The shortest fractions of the epochs that begin and end the noise at the same t.
 *
 * @param span - Epochs from which (and to which) there is noise.
 * @param epochs - `--epochs`, an integer > 0.
 * @param perEpoch - t in an epoch.
 * @example
 * noiseShares([10, 40], 90, 1); // => [0.11, 0.44]
 */
export function noiseShares(span: readonly number[], epochs: number, perEpoch: number): readonly number[] {
  const length = epochs * perEpoch;
  return span.map((epoch) => {
    const first = Math.ceil(epoch * perEpoch);
    for (let digits = 1; digits <= 16; digits++) {
      const share = Number((first / length).toPrecision(digits));
      if (Math.ceil(share * length) === first) return share;
    }
    // The nearest fraction is above: the next one below begins at the same t.
    return (first - 0.5) / length;
  });
}
