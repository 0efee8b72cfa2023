/** Random changes of brightness, contrast and saturation. */
import { permutation, type RandomStream } from "../../random/keyed-random.ts";
import { changeBrightness, changeContrast, changed, changeSaturation } from "./color.ts";
import type { Image } from "./image.ts";

/**
 * Changes brightness, contrast and saturation by factors drawn from U(max(0, 1 - c), 1 + c), in random order.
 *
 * @param image - The image.
 * @param strength - c >= 0; 0 changes nothing and draws nothing.
 * @param random - Where the numbers come from.
 * @see torchvision `transforms/transforms.py`, `ColorJitter`
 */
export function colorJitter(image: Image, strength: number, random: RandomStream): Image {
  if (strength === 0) return image;
  const low = Math.max(0, 1 - strength);
  const factor = () => low + (1 + strength - low) * random.uniform();
  const changes = [changeBrightness, changeContrast, changeSaturation];
  const factors = changes.map(factor);
  const order = permutation(changes.length, random);
  return changed(image, (loaded) => {
    for (const place of order) changes[place]?.(loaded, factors[place] ?? 1);
  });
}
