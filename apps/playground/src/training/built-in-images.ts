/** The images that come with the page. */
import { classNames, counts, side, url } from "virtual:fashion-mnist-mini";
import type { LabelledPixels, TrainingImages } from "./training-images.ts";

/**
 * Fetches the images that the page was built with: 2000 for training and 500 for validation, of 10 kinds of clothing.
 *
 * @throws Error if the file cannot be had.
 */
export async function builtInImages(): Promise<TrainingImages> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) {
    throw new Error(`The built-in images could not be loaded (${response.status}); reload the page`);
  }
  const unpacked = response.body.pipeThrough(new DecompressionStream("gzip"));
  const pixels = new Uint8Array(await new Response(unpacked).arrayBuffer());
  const train = labelled(pixels, counts.train);
  const rest = pixels.subarray(train.pixels.length);
  return { classNames, side, channels: 1, train, validation: labelled(rest, counts.validation) };
}

function labelled(pixels: Uint8Array, images: readonly number[]): LabelledPixels {
  const labels = images.flatMap((count, label) => new Array<number>(count).fill(label));
  return { pixels: pixels.subarray(0, labels.length * side * side), labels };
}
