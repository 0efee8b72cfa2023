/** What a test needs from the machine. */

/**
 * Gets it; where that fails, the tests are to be skipped, and a line says so. In CI nothing is skipped.
 *
 * @param what - For the line, e.g. "PyTorch".
 * @returns null: skip.
 * @throws What `get` throws, when the environment variable CI is set.
 */
export async function required<T>(what: string, get: () => Promise<T>): Promise<T | null> {
  try {
    return await get();
  } catch (error) {
    if (process.env["CI"]) throw error;
    process.stderr.write(`\nSKIPPED: no ${what} on this machine, its tests did not run\n${error}\n\n`);
    return null;
  }
}
