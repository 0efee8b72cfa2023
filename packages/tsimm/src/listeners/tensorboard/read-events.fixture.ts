/** Reads event files for tests, record by record, with a checksum of its own. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { EventSchema } from "./generated/event_pb.ts";

/** An event in few words: version, `start`, or a scalar's tag and value. */
export type ReadEvent = readonly [step: number, what: string, value?: number];

/** CRC-32C by its definition: division of polynomials, bit by bit. */
export function crc32cBitByBit(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const odd = ((crc >>> 0) ^ (byte >>> bit)) & 1;
      crc = (crc >>> 1) ^ (odd ? 0x82f63b78 : 0);
    }
  }
  return ~crc >>> 0;
}

/** Events of a file up to a record that is cut off. */
export function decodeEvents(file: Uint8Array): ReadEvent[] {
  const events: ReadEvent[] = [];
  for (let rest = file; rest.length >= 12; ) {
    const view = new DataView(rest.buffer, rest.byteOffset);
    const length = Number(view.getBigUint64(0, true));
    if (rest.length < length + 16) break;
    const data = rest.subarray(12, 12 + length);
    checkSum(rest.subarray(0, 8), view.getUint32(8, true));
    checkSum(data, view.getUint32(12 + length, true));
    const { step, what } = fromBinary(EventSchema, data);
    if (what.case === "summary") {
      for (const { tag, value } of what.value.value)
        events.push([Number(step), tag, value.value ?? Number.NaN]);
    } else
      events.push([Number(step), what.case === "fileVersion" ? what.value : `start ${what.value?.status}`]);
    rest = rest.subarray(length + 16);
  }
  return events;
}

/** Events of a folder's files in the order that TensorBoard reads them. */
export async function readEvents(folder: string): Promise<ReadEvent[][]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (name) => decodeEvents(await readFile(join(folder, name)))));
}

function checkSum(bytes: Uint8Array, masked: number): void {
  const rotated = (masked - 0xa282ead8) >>> 0;
  const crc = ((rotated << 15) | (rotated >>> 17)) >>> 0;
  if (crc !== crc32cBitByBit(bytes)) throw new Error(`a checksum is ${crc.toString(16)}`);
}
