/** The error of an engine whose device fails in the middle of its work. */

/**
 * The device of an engine is gone, or has no memory left: what was there is lost, and nothing runs on it any more.
 *
 * @example
 * const train = async (engine: string) => {
 *   if (engine === "webgpu") throw new DeviceLostError("the GPU was reset");
 *   return `trained on ${engine}`;
 * };
 * const result = await train("webgpu").catch((error) => {
 *   if (error instanceof DeviceLostError) return train("native");
 *   throw error;
 * });
 * result; // => "trained on native"
 */
export class DeviceLostError extends Error {
  override readonly name = "DeviceLostError";
}
