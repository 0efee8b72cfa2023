/** Files of PyTorch that somebody broke on purpose: every one gives a value or a clear error, soon. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeTorchFile } from "./decode-torch-file.ts";
import { archive, bytesOf, name, tensor, text } from "./pickles.fixture.ts";
import { TorchFileError } from "./torch-file-error.ts";

const names = [
  ...["tensors.pth", "tensors-legacy.pth", "tensors-protocol-4.pth"],
  ...["state-dict.pth", "zip64.pth", "module.pth", "values-legacy.pth"],
];
const golden = new Map(
  names.map((file) => [
    file,
    new Uint8Array(readFileSync(new URL(`../../../../../test/golden/torch-files/${file}`, import.meta.url))),
  ]),
);
const bytesOfFile = (file: string): Uint8Array => golden.get(file) ?? new Uint8Array(0);

/** Opcodes that do something to the stack, and what they are for. */
const pieces = [
  ..."()]}0122.NQtaesuRbq\0h\0\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x93\x94\x95",
  ...[
    "q\x01",
    "h\x01",
    "K\x01",
    "K\xff",
    "M\xff\xff",
    "J\xff\xff\xff\xff",
    "G\x7f\xf8\0\0\0\0\0\0",
    "\x8a\x02\xff\x7f",
  ],
  ...["U\x01a", "X\x01\0\0\0b", "C\x01c", "r\xff\xff\xff\xff", "j\xff\xff\xff\xff", "\x95\0\0\0\0\0\0\0\0"],
  ...["storage", "0", "cpu", "latin1", "state_dict"].map(text),
  ...[
    "_rebuild_tensor_v2",
    "_rebuild_tensor_v3",
    "_rebuild_tensor",
    "_rebuild_parameter",
    "_rebuild_sparse_tensor",
  ].map((item) => name("torch._utils", item)),
  ...["FloatStorage", "LongStorage", "FloatTensor", "Size", "device", "float32", "Tensor"].map((item) =>
    name("torch", item),
  ),
  ...["set", "bytes", "bytearray", "complex", "eval"].map((item) => name("builtins", item)),
  name("torch._tensor", "_rebuild_from_type_v2"),
  name("collections", "OrderedDict"),
  name("collections", "Counter"),
  name("argparse", "Namespace"),
  name("torch.nn.parameter", "Parameter"),
  name("_codecs", "encode"),
  tensor(),
  tensor({ shape: "K\0K\x03\x86" }),
  tensor({ strides: "K\0K\0\x86" }),
];

function isReadOrRefused(bytes: Uint8Array): void {
  const started = performance.now();
  try {
    decodeTorchFile(bytes);
  } catch (error) {
    // A RangeError or a TypeError of the engine would be none.
    expect(error).toBeInstanceOf(TorchFileError);
    expect(String(error)).toMatch(
      /^TorchFileError: decodeTorchFile: the file is not read: it(s)? [\w"][^\n]{8,1000}$/,
    );
  }
  expect(performance.now() - started).toBeLessThan(5000);
}

const file = fc.constantFrom(...names);

test("bits that flipped", () => {
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(file, flips, (good, changes) => {
      const bytes = bytesOfFile(good).slice();
      for (const [at, flip] of changes) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip;
      isReadOrRefused(bytes);
    }),
    { numRuns: 1500 },
  );
});

test("files that were cut, and files with opcodes of others in them", () => {
  fc.assert(
    fc.property(
      file,
      fc.nat(),
      fc.nat(200),
      fc.array(fc.constantFrom(...pieces)),
      (name, at, gap, inserted) => {
        const good = bytesOfFile(name);
        const place = at % good.length;
        isReadOrRefused(bytesOf([good.subarray(0, place), ...inserted, good.subarray(place + gap)]));
      },
    ),
    { numRuns: 1000 },
  );
});

test("opcodes in any order, bare and in an archive", () => {
  const storage = { "data/0": new Uint8Array(24) };
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (opcodes) => {
      const pickle = bytesOf([0x80, 2, ...opcodes, "."]);
      isReadOrRefused(pickle);
      isReadOrRefused(archive(pickle, storage));
    }),
    { numRuns: 3000 },
  );
});

test("any bytes behind the beginning of a pickle", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
      isReadOrRefused(bytesOf([0x80, 2, rest]));
      isReadOrRefused(bytesOf(["PK\x03\x04", rest, "PK\x05\x06", rest]));
    }),
    { numRuns: 1000 },
  );
});
