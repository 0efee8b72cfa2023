/** Suggestions for names that do not exist. */

/**
 * The end of an error message that suggests the nearest known name: `; did you mean "<name>"?`.
 *
 * @param given - What was written.
 * @param names - What would have been right.
 * @returns An empty text where nothing comes near: a third of the letters may differ.
 */
export function didYouMean(given: string, names: Iterable<string>): string {
  let nearest = "";
  let least = Math.max(1, Math.floor(given.length / 3)) + 1;
  for (const name of names) {
    if (Math.abs(name.length - given.length) >= least) continue;
    const distance = editDistance(given.toLowerCase(), name.toLowerCase());
    if (distance >= least) continue;
    least = distance;
    nearest = name;
  }
  return nearest && `; did you mean "${nearest}"?`;
}

/** Insertions, deletions and changes between two words (Levenshtein). */
function editDistance(a: string, b: string): number {
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (last[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]);
      row.push(Math.min(changed, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    last = row;
  }
  return last[b.length] ?? 0;
}
