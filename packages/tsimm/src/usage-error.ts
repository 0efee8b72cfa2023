/** A mistake in how tsimm was called: a wrong argument, flag or configuration key. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
