import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32c, maskedCrc32c } from "./crc-32c.ts";
import { crc32cBitByBit } from "./read-events.fixture.ts";

const count = (from: number, to: number) =>
  Uint8Array.from({ length: 32 }, (_, i) => from + (i * (to - from)) / 31);

test.each([
  { name: "no bytes", bytes: new Uint8Array(), crc: 0 },
  { name: "123456789", bytes: new TextEncoder().encode("123456789"), crc: 0xe3069283 },
  { name: "32 bytes of 0", bytes: new Uint8Array(32), crc: 0x8a9136aa },
  { name: "32 bytes of 255", bytes: new Uint8Array(32).fill(255), crc: 0x62a8ab43 },
  { name: "0 to 31", bytes: count(0, 31), crc: 0x46dd794e },
  { name: "31 to 0", bytes: count(31, 0), crc: 0x113fdb5c },
])("$name have RFC 3720's checksum", ({ bytes, crc }) => {
  expect(crc32c(bytes)).toBe(crc);
});

test("the table gives what the definition gives", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(crc32c(bytes)).toBe(crc32cBitByBit(bytes));
    }),
  );
});

test("the masked checksum is rotated by 15 bits and moved", () => {
  expect(maskedCrc32c(new Uint8Array())).toBe(0xa282ead8);
  expect(maskedCrc32c(new TextEncoder().encode("123456789"))).toBe(0xc78ab0e5);
});
