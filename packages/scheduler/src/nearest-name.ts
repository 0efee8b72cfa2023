/**
 * The advice `did you mean "<name>"?` for a misspelt name.
 *
 * @param given - What was written; snake_case counts as its camelCase.
 * @param names - What would have been right.
 * @returns The advice, or an empty text where nothing comes near.
 * @example
 * didYouMean("decay_t", ["decayT", "decayRate"]); // => 'did you mean "decayT"?'
 */
export function didYouMean(given: string, names: readonly string[]): string {
  const wanted = camelCase(given);
  const most = Math.max(1, Math.floor(wanted.length / 3));
  let nearest = "";
  let least = most + 1;
  for (const name of names) {
    const distance = editDistance(wanted.toLowerCase(), name.toLowerCase(), least);
    if (distance < least) {
      least = distance;
      nearest = name;
    }
  }
  return nearest && `did you mean "${nearest}"?`;
}

/** `decay_t` as `decayT`. */
export function camelCase(name: string): string {
  return name.replace(/[_-]+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Insertions, deletions, changes and swaps of neighbours between two words, or `limit` if not fewer. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
