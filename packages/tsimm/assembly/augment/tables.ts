/** Tables of levels, and counts of levels. */

/** Levels of a channel. */
const LEVELS: usize = 256;

/**
 * Replaces each level by that of its channel's table, in place.
 *
 * @param pixels - uint8 [count, channels].
 * @param count - Pixels.
 * @param channels - 1 or 3.
 * @param tables - uint8 [channels, 256].
 */
export function applyTables(pixels: usize, count: usize, channels: usize, tables: usize): void {
  const end = pixels + count * channels;
  if (channels === 1) {
    for (; pixels < end; pixels++) store<u8>(pixels, load<u8>(tables + load<u8>(pixels)));
    return;
  }
  for (; pixels < end; pixels += 3) {
    store<u8>(pixels, load<u8>(tables + load<u8>(pixels)));
    store<u8>(pixels, load<u8>(tables + load<u8>(pixels, 1), LEVELS), 1);
    store<u8>(pixels, load<u8>(tables + load<u8>(pixels, 2), 2 * LEVELS), 2);
  }
}

/**
 * Counts the levels of each channel.
 *
 * @param pixels - uint8 [count, channels].
 * @param count - Pixels.
 * @param channels - 1 or 3.
 * @param counts - uint32 [channels, 256], zeros before.
 */
export function countLevels(pixels: usize, count: usize, channels: usize, counts: usize): void {
  const end = pixels + count * channels;
  for (; pixels < end; pixels += channels) {
    for (let channel: usize = 0; channel < channels; channel++) {
      const at = counts + 4 * (channel * LEVELS + load<u8>(pixels + channel));
      store<u32>(at, load<u32>(at) + 1);
    }
  }
}
