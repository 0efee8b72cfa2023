/** Tensors whose bytes lie in other files beside the model. */
import { clearField, create } from "@bufbuild/protobuf";
import { elementSize } from "./element-size.ts";
import {
  type ModelProto,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from "./generated/onnx_pb.ts";
import { mapTensors, tensorsOf } from "./tensors-of.ts";
import { withFields } from "./with-fields.ts";

/**
 * The files beside a model: bytes by location, such as `model.onnx.data`, or a function that reads one.
 *
 * A location is a relative path inside the model's folder, with `/` between its parts.
 */
export type ExternalData = Readonly<Record<string, Uint8Array>> | ((location: string) => Uint8Array);

/** Place of a tensor's bytes. */
interface Place {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** A model whose tensors were in other files, as it is written. */
export interface WrittenModel {
  readonly model: ModelProto;
  /** The content of each file by location. */
  readonly externalData: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

/** A model's tensors in other files. */
export interface ExternalTensors {
  /**
   * Puts the tensors of a model back where they came from. Tensors of another size, such as those of a new head, stay in
   * the model.
   */
  putBack(model: ModelProto): WrittenModel;
}

/** ONNX's number for data in another file. */
const external = 1;

/**
 * Brings tensors from other files into a model.
 *
 * @param model - Its tensors get their bytes.
 * @param given - Absent: such tensors stay outside, and who reads one is told.
 * @throws RangeError if a location leaves the model's folder, or a file is missing or too short.
 */
export function bringIn(model: ModelProto, given: ExternalData | undefined): ExternalTensors {
  const places = new Map<string, Place>();
  const files = new Map<string, Uint8Array>();
  for (const { tensor, key } of tensorsOf(model)) {
    if (tensor.dataLocation !== external) continue;
    // Read where it is needed, which says that it is missing.
    if (given === undefined) continue;
    const place = placeOf(tensor);
    const bytes = files.get(place.location) ?? fileAt(place.location, given, tensor.name);
    files.set(place.location, bytes);
    const { offset, length } = place;
    if (offset + length > bytes.length) {
      throw new RangeError(
        `decodeModel: tensor "${tensor.name}" must lie inside "${place.location}" of ${bytes.length} bytes, got offset ${offset} and length ${length}; the file is cut or another one`,
      );
    }
    tensor.rawData = bytes.subarray(offset, offset + length);
    tensor.externalData = [];
    clearField(tensor, TensorProtoSchema.field.dataLocation);
    places.set(key, place);
  }
  return {
    putBack(model) {
      if (places.size === 0) return { model, externalData: {} };
      const written = new Map([...files].map(([location, bytes]) => [location, bytes.slice()]));
      const changed = mapTensors(model, (tensor, key) => {
        const place = places.get(key);
        const file = place && written.get(place.location);
        if (!file || tensor.rawData.length !== place.length) return tensor;
        file.set(tensor.rawData, place.offset);
        const entries = { location: place.location, offset: place.offset, length: place.length };
        const externalData = Object.entries(entries).map(([entry, value]) =>
          create(StringStringEntryProtoSchema, { key: entry, value: String(value) }),
        );
        return withFields(tensor, { rawData: new Uint8Array(), externalData, dataLocation: external });
      });
      return { model: changed, externalData: Object.fromEntries(written) };
    },
  };
}

/** Locations of the files beside a model, each once, checked as {@link bringIn} does. */
export function externalLocations(model: ModelProto): readonly string[] {
  const outside = tensorsOf(model).filter(({ tensor }) => tensor.dataLocation === external);
  return [...new Set(outside.map(({ tensor }) => placeOf(tensor).location))];
}

function placeOf(tensor: TensorProto): Place {
  const subject = `decodeModel: tensor "${tensor.name}"`;
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get("location") ?? "";
  checkLocation(location, subject);
  const size = elementSize(tensor.dataType);
  if (size === undefined) {
    throw new RangeError(
      `${subject} must have a numeric element type to lie in another file, got number ${tensor.dataType}`,
    );
  }
  const needed = tensor.dims.reduce((product, dim) => product * Number(dim), 1) * size;
  const offset = Number(entries.get("offset") ?? "0");
  const length = Number(entries.get("length") ?? String(needed));
  const isSize = (value: number) => Number.isSafeInteger(value) && value >= 0;
  if (!isSize(offset) || !isSize(length) || !isSize(needed)) {
    throw new RangeError(
      `${subject} must have an offset and a length that are integers >= 0, got "${entries.get("offset")}" and "${entries.get("length")}"`,
    );
  }
  if (length !== needed) {
    throw new RangeError(
      `${subject} must have ${needed} bytes in "${location}" for its shape [${tensor.dims.join(", ")}], got length ${length}`,
    );
  }
  return { location, offset, length };
}

/** A location names a file inside the model's folder, whatever the system it is read on. */
function checkLocation(location: string, subject: string): void {
  const parts = location.split("/");
  const isInside = parts.every((part) => part !== "" && part !== "." && part !== "..");
  // Backslashes and colons are separators and drives elsewhere.
  const isPlain = !/[\\:\0]/.test(location);
  if (isInside && isPlain) return;
  throw new RangeError(
    `${subject} must lie in a file inside the model's folder, got location ${JSON.stringify(location)}`,
  );
}

function fileAt(location: string, given: ExternalData, tensor: string): Uint8Array {
  const bytes: unknown =
    typeof given === "function"
      ? given(location)
      : Object.hasOwn(given, location)
        ? given[location]
        : undefined;
  if (bytes instanceof Uint8Array) return bytes;
  throw new RangeError(
    `decodeModel: externalData must have the bytes of "${location}", which tensor "${tensor}" lies in, got ${bytes === undefined ? "none" : typeof bytes}`,
  );
}
