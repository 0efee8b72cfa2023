/** Pictures to learn from: one shape each, of any colour, size, place and turn. */

/** Names of the classes. */
export const classNames: readonly string[] = ["circle", "square", "triangle", "star"];

/** Side of a picture in pixels. */
export const side = 32;

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const context = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });

/** Draws a picture of a class. */
export function drawShape(label: number, random: () => number): ImageData {
  if (context === null) throw new Error("drawShape: this browser draws no 2d canvas in a worker");
  const hue = 360 * random();
  context.resetTransform();
  context.fillStyle = `hsl(${hue} 45% ${15 + 20 * random()}%)`;
  context.fillRect(0, 0, side, side);
  const radius = side * (0.22 + 0.16 * random());
  const place = () => radius + 1 + (side - 2 * radius - 2) * random();
  context.translate(place(), place());
  context.rotate(2 * Math.PI * random());
  context.fillStyle = `hsl(${hue + 60 + 240 * random()} 85% ${60 + 20 * random()}%)`;
  context.fill(outline(label, radius));
  return context.getImageData(0, 0, side, side);
}

function outline(label: number, radius: number): Path2D {
  const path = new Path2D();
  if (classNames[label] === "circle") {
    path.arc(0, 0, 0.85 * radius, 0, 2 * Math.PI);
    return path;
  }
  const star = classNames[label] === "star";
  const corners = star ? 10 : classNames[label] === "square" ? 4 : 3;
  for (let corner = 0; corner < corners; corner++) {
    const distance = star && corner % 2 === 1 ? 0.42 * radius : radius;
    const angle = (2 * Math.PI * corner) / corners;
    path.lineTo(distance * Math.cos(angle), distance * Math.sin(angle));
  }
  path.closePath();
  return path;
}

/** Bytes of pictures as a model takes them, uint8 [B, H, W, 3]: without the fourth channel. */
export function pixelBatch(pictures: readonly ImageData[]): Uint8Array {
  const batch = new Uint8Array(pictures.length * side * side * 3);
  for (const [i, { data }] of pictures.entries()) {
    for (let pixel = 0; pixel < side * side; pixel++) {
      batch.set(data.subarray(4 * pixel, 4 * pixel + 3), 3 * (i * side * side + pixel));
    }
  }
  return batch;
}
