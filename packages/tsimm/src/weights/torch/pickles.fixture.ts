/** Pickles and archives, made by hand. */
import { type Zippable, zipSync } from "fflate";

type Part = string | number | Uint8Array;

/** Bytes of a pickle of protocol 2: numbers are bytes, text is ASCII. */
export function pickleOf(...parts: readonly Part[]): Uint8Array {
  return bytesOf([0x80, 2, ...parts, "."]);
}

/** GLOBAL */
export const name = (module: string, item: string): string => `c${module}\n${item}\n`;

/** SHORT_BINUNICODE */
export const text = (content: string): Uint8Array => bytesOf([0x8c, content.length, content]);

/** Opcodes that say how a tensor lies in the storage "0". */
export interface TensorOpcodes {
  readonly type?: string;
  readonly length?: number;
  readonly offset?: Part;
  readonly shape?: Part;
  readonly strides?: Part;
}

/** Arguments of `_rebuild_tensor_v2`. */
export function tensorArguments({
  type = "FloatStorage",
  length = 6,
  offset = "K\0",
  shape = "K\x02K\x03\x86",
  strides = "K\x03K\x01\x86",
}: TensorOpcodes = {}): Uint8Array {
  const storage = ["(", text("storage"), name("torch", type), text("0"), text("cpu"), "K", length, "tQ"];
  return bytesOf([
    "(",
    ...storage,
    offset,
    shape,
    strides,
    "\x89",
    name("collections", "OrderedDict"),
    ")Rt",
  ]);
}

/** A tensor as torch.save writes it. */
export function tensor(options: TensorOpcodes = {}): Uint8Array {
  return bytesOf([name("torch._utils", "_rebuild_tensor_v2"), tensorArguments(options), "R"]);
}

/** An archive as torch.save makes it. */
export function archive(pickle: Uint8Array, others: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  const files: Zippable = { "x/data.pkl": pickle };
  for (const [entry, content] of Object.entries(others)) files[`x/${entry}`] = content;
  return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) });
}

/** Parts one behind the other. */
export function bytesOf(parts: readonly Part[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === "number"
        ? Buffer.of(part)
        : typeof part === "string"
          ? Buffer.from(part, "latin1")
          : part,
    ),
  );
}
