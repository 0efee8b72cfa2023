/** TFRecord framing. */
import { maskedCrc32c } from "./crc-32c.ts";

/**
 * One record: uint64 length, masked CRC-32C of the length, data, masked CRC-32C of the data; little endian.
 *
 * @param data - Bytes of the record.
 * @returns `data.length + 16` bytes.
 * @example
 * tfRecord(Uint8Array.of(7)).length; // => 17
 * tfRecord(Uint8Array.of(7))[12]; // => 7
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}
