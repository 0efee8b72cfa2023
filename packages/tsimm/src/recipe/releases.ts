/** Resources that are released when a run ends, with or without an error. */

/** Releases what was taken, the last first. */
export class Releases {
  readonly #taken: (() => Promise<void>)[] = [];

  /** Remembers how to release something. */
  add(release: () => Promise<void>): void {
    this.#taken.push(release);
  }

  /** Remembers what is to be released after all the rest. */
  addFirst(release: () => Promise<void>): void {
    this.#taken.unshift(release);
  }

  /** Releases everything, though some of it fails; then throws the first failure. */
  async release(): Promise<void> {
    const failures: unknown[] = [];
    for (let last = this.#taken.pop(); last !== undefined; last = this.#taken.pop()) {
      await last().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
