/** Decoding of the most usual JPEG files by compiled loops. */
import { type JpegExports, jpegModule } from "../wasm/generated/jpeg.ts";
import { instantiate } from "../wasm/instantiate.ts";
import { LoopMemory, Places } from "../wasm/loop-memory.ts";
import { type JpegHeader, readJpegHeader } from "./jpeg-header.ts";
import type { Image } from "./transforms/image.ts";

/** Bytes of the largest file that is decoded here: the memory of the loops does not shrink. */
const MAX_BYTES = 2 ** 22;

/** What follows the file in memory: markers that no loop accepts, at which all stop. */
const END = [0xff, 0x01, 0xff, 0x01, 0xff, 0x01, 0xff, 0x01];

/** Bytes of the longest definition of Huffman codes. */
const DEFINITION_SIZE = 16 + 256;

interface JpegLoops {
  readonly loops: JpegExports;
  readonly memory: LoopMemory;
}

let instance: JpegLoops | undefined;

/**
 * Decodes a baseline JPEG file of red, green and blue or of luminance, byte for byte as libjpeg-turbo by default.
 *
 * @param bytes - A JPEG file.
 * @param maxPixels - Pixels of the largest image that is decoded.
 * @returns An image of 3 channels; null if the file is damaged, larger than 4 MiB, progressive or otherwise unusual, and
 * has to be decoded by other means.
 */
export function decodeJpeg(bytes: Uint8Array, maxPixels: number): Image | null {
  if (bytes.length > MAX_BYTES) return null;
  const header = readJpegHeader(bytes);
  if (!header || header.width * header.height > maxPixels) return null;
  if (!instance) {
    const loops = instantiate<JpegExports>(jpegModule);
    instance = { loops, memory: new LoopMemory(loops.memory) };
  }
  return decode(bytes.subarray(header.dataStart), header, instance);
}

function decode(coded: Uint8Array, header: JpegHeader, { loops, memory }: JpegLoops): Image | null {
  const { width, height, components } = header;
  // The first component has the most samples; of the others, a coded unit holds one block.
  const [{ across, down }] = components;
  const units = Math.ceil(width / (8 * across));
  const unitRows = Math.ceil(height / (8 * down));
  const [coarseWidth, coarseHeight] = [Math.ceil(width / across), Math.ceil(height / down)];
  const rowLength = 3 * width;

  const places = new Places(loops.firstFree());
  const data = places.take(coded.length + END.length);
  const lines = places.take(3 * (2 * coarseWidth + 48));
  const target = places.take((8 * down + 1) * rowLength + 48);
  const placed = components.map((component) => ({
    ...component,
    pitch: 8 * component.across * units,
    plane: places.take(16 * component.down * 8 * component.across * units),
    steps: places.take(128),
    tables: [component.firstTable, component.otherTable].map((content) => ({
      content,
      definition: places.take(DEFINITION_SIZE),
      address: places.take(loops.tableSize()),
    })),
  }));

  const bytes = memory.ofSize(places.size);
  bytes.set(coded, data);
  bytes.set(END, data + coded.length);
  for (const [index, { factors, steps, plane, pitch, across, down, tables }] of placed.entries()) {
    bytes.set(factors, target);
    loops.orderFactors(target, steps);
    for (const [i, { content, definition, address }] of tables.entries()) {
      bytes.set(content, definition);
      loops.buildTable(definition, address, i === 0 ? 1 : 0);
    }
    const [first = 0, others = 0] = tables.map(({ address }) => address);
    loops.setComponent(index, steps, first, others, plane, pitch, across, down);
  }

  const pixels = new Uint8Array(rowLength * height);
  loops.startData(data, header.restartInterval);
  let y = 0;
  for (let row = 0; row < unitRows; row++) {
    if (!loops.decodeRow(row, units, components.length)) return null;
    // Where rows are doubled, the last one waits for its neighbour in the next units.
    const end = row === unitRows - 1 ? height : 8 * down * (row + 1) - (down - 1);
    if (components.length === 1) loops.greyRows(y, end, width, target);
    else loops.colourRows(y, end, width, coarseWidth, coarseHeight, lines, target);
    pixels.set(bytes.subarray(target, target + rowLength * (end - y)), rowLength * y);
    y = end;
  }
  return loops.isWhole() ? { width, height, channels: 3, data: pixels } : null;
}
