/** Headers of JPEG files, as far as they lead to an image that {@link decodeJpeg} decodes. */

/** A component of an image. */
export interface JpegComponent {
  /** Blocks side by side and one above the other in a coded unit. */
  readonly across: number;
  readonly down: number;
  /** Its 64 quantization steps, as the file has them. */
  readonly factors: Uint8Array;
  /** Its definitions of Huffman codes: 16 counts, then symbols. */
  readonly firstTable: Uint8Array;
  readonly otherTable: Uint8Array;
}

/** A baseline image in one scan. */
export interface JpegHeader {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Luminance, or luminance and the two colour differences. */
  readonly components: readonly [JpegComponent, ...JpegComponent[]];
  /** Coded units from one restart to the next, 0 without restarts. */
  readonly restartInterval: number;
  /** Where the coded data starts. */
  readonly dataStart: number;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: readonly {
    readonly id: number;
    readonly across: number;
    readonly down: number;
    readonly factors: number;
  }[];
}

const FRAME = 0xc0;
const HUFFMAN = 0xc4;
const SCAN = 0xda;
const QUANTIZATION = 0xdb;
const RESTART_INTERVAL = 0xdd;
const JFIF = 0xe0;
const ADOBE = 0xee;

/** Markers whose content does not matter: other applications' data, comments. */
const IGNORED = /^(e[1-9a-df]|fe)$/;

/**
 * Reads the headers of a file.
 *
 * @param bytes - A JPEG file.
 * @returns null for what is not a plain baseline image of luminance, or of luminance and colour differences at full or
 * half resolution, and for anything odd.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const factors = new Map<number, Uint8Array>();
  const tables = new Map<number, Uint8Array>();
  let frame: Frame | null = null;
  let restartInterval = 0;
  let jfif = false;
  let adobeTransform: number | null = null;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = view.getUint8(at + 1);
    const end = at + 2 + view.getUint16(at + 2);
    if (view.getUint8(at) !== 0xff || end > bytes.length) return null;
    const content = bytes.subarray(at + 4, end);
    at = end;
    if (marker === FRAME) {
      if (frame) return null;
      frame = readFrame(content);
      if (!frame) return null;
    } else if (marker === HUFFMAN) {
      if (!readTables(content, tables)) return null;
    } else if (marker === QUANTIZATION) {
      if (!readFactors(content, factors)) return null;
    } else if (marker === RESTART_INTERVAL) {
      if (content.length !== 2) return null;
      restartInterval = view.getUint16(end - 2);
    } else if (marker === JFIF) {
      jfif ||= content.length >= 14 && text(content, 5) === "JFIF\0";
    } else if (marker === ADOBE) {
      if (content.length >= 12 && text(content, 5) === "Adobe") adobeTransform = content[11] ?? 0;
    } else if (marker === SCAN) {
      if (!frame || !isLuminanceFirst(frame, jfif, adobeTransform)) return null;
      const components = readScan(content, frame, factors, tables);
      const { width, height } = frame;
      const [first, ...others] = components ?? [];
      return first
        ? { width, height, components: [first, ...others], restartInterval, dataStart: end }
        : null;
    } else if (!IGNORED.test(marker.toString(16))) return null;
  }
  return null;
}

function readFrame(content: Uint8Array): Frame | null {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const count = content[5] ?? 0;
  if (content[0] !== 8 || (count !== 1 && count !== 3) || content.length !== 6 + 3 * count) return null;
  const components = Array.from({ length: count }, (_, i) => {
    const sampling = view.getUint8(7 + 3 * i);
    return {
      id: view.getUint8(6 + 3 * i),
      across: sampling >> 4,
      down: sampling & 15,
      factors: view.getUint8(8 + 3 * i),
    };
  });
  const [width, height] = [view.getUint16(3), view.getUint16(1)];
  if (width === 0 || height === 0) return null;
  const samplings = components.map(({ across, down }) => `${across}x${down}`).join(" ");
  // The units of a single component are blocks, whatever its sampling.
  if (/^[1-4]x[1-4]$/.test(samplings)) {
    return { width, height, components: components.map((one) => ({ ...one, across: 1, down: 1 })) };
  }
  // libjpeg interpolates colour differences of at least three columns.
  const known = width > 4 ? ["1x1 1x1 1x1", "2x1 1x1 1x1", "2x2 1x1 1x1"] : ["1x1 1x1 1x1"];
  return known.includes(samplings) ? { width, height, components } : null;
}

/** libjpeg's rules; without any mark, the components' names tell. */
function isLuminanceFirst({ components }: Frame, jfif: boolean, adobeTransform: number | null): boolean {
  if (components.length === 1 || jfif) return true;
  if (adobeTransform !== null) return adobeTransform === 1;
  return components.map(({ id }) => id).join() === "1,2,3";
}

function readFactors(content: Uint8Array, factors: Map<number, Uint8Array>): boolean {
  if (content.length % 65 !== 0) return false;
  for (let at = 0; at < content.length; at += 65) {
    const place = content[at] ?? 0;
    // The high half tells of 16 bits.
    if (place > 3) return false;
    factors.set(place, content.subarray(at + 1, at + 65));
  }
  return true;
}

function readTables(content: Uint8Array, tables: Map<number, Uint8Array>): boolean {
  for (let at = 0; at < content.length; ) {
    const place = content[at] ?? 0;
    const counts = content.subarray(at + 1, at + 17);
    const symbols = counts.reduce((sum, count) => sum + count, 0);
    const table = content.subarray(at + 1, at + 17 + symbols);
    if ((place & 0xef) > 3 || symbols > 256 || table.length !== 16 + symbols || !fits(counts)) return false;
    if (place < 16 && !table.subarray(16).every((size) => size <= 11)) return false;
    tables.set(place, table);
    at += 17 + symbols;
  }
  return true;
}

/** Whether there are codes enough of each length; that of ones only is not used. */
function fits(counts: Uint8Array): boolean {
  let code = 0;
  return counts.every((count, i) => {
    code = 2 * code + count;
    return code < 2 ** (i + 1);
  });
}

function readScan(
  content: Uint8Array,
  frame: Frame,
  factors: ReadonlyMap<number, Uint8Array>,
  tables: ReadonlyMap<number, Uint8Array>,
): JpegComponent[] | null {
  const count = frame.components.length;
  if (content[0] !== count || content.length !== 4 + 2 * count) return null;
  // All coefficients at once, at full precision.
  if (content[1 + 2 * count] !== 0 || content[2 + 2 * count] !== 63 || content[3 + 2 * count] !== 0)
    return null;
  const components: JpegComponent[] = [];
  for (const [i, component] of frame.components.entries()) {
    const places = content[2 + 2 * i] ?? 0;
    const steps = factors.get(component.factors);
    const firstTable = tables.get(places >> 4);
    const otherTable = tables.get(16 | (places & 15));
    if (content[1 + 2 * i] !== component.id || !steps || !firstTable || !otherTable) return null;
    const { across, down } = component;
    components.push({ across, down, factors: steps, firstTable, otherTable });
  }
  return components;
}

function text(bytes: Uint8Array, length: number): string {
  return String.fromCharCode(...bytes.subarray(0, length));
}
