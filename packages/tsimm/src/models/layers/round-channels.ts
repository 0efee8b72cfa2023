/** Channel counts that suit vector units. */

/**
 * Rounds to a multiple of 8, at least 8.
 *
 * @param least - Smallest share of `channels` that the result may be, in [0, 1]; below, it is 8 more.
 * @example
 * roundChannels(35.2); // => 32
 * roundChannels(12, 0.9); // => 16
 */
export function roundChannels(channels: number, least = 0.9): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < least * channels ? rounded + 8 : rounded;
}
