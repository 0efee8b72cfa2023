/** A mistake in how tsimm was called: a wrong argument, flag or configuration key. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * The result of `make`, which takes its arguments from flags.
 *
 * @throws UsageError in place of the RangeError or TypeError by which a library function refuses them.
 */
export function fromFlags<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
