/** A limit to the messages of a model, found without building them: two bytes make an object of hundreds. */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** Field -> what is inside of it, down to the attributes of nodes: what files hold many of. */
interface Fields {
  [field: number]: Fields;
}
const leaf: Fields = {};
const attribute: Fields = {};
const node: Fields = { 5: attribute };
const graph: Fields = { 1: node, 5: leaf, 11: leaf, 12: leaf, 13: leaf };
// Branches and loops: graphs inside of nodes.
attribute[6] = graph;
attribute[11] = graph;
const model: Fields = { 7: graph };

/** Language models of a hundred layers have a tenth of it. */
const most = 2 ** 20;

/** Messages inside of one another: 20 loops. */
const deepest = 64;

/**
 * Throws if a model has more than a million fields, names and numbers of lists among them; packed lists, as which
 * weights are stored, count as one.
 *
 * @param bytes - An encoded ModelProto.
 */
export function limitFields(bytes: Uint8Array): void {
  let count = 0;
  const scan = (given: Uint8Array, fields: Fields, depth: number): void => {
    if (depth > deepest) {
      throw new RangeError(
        "decodeModel: bytes must hold at most 20 graphs inside of one another, got more; export the model with fewer nested loops",
      );
    }
    const reader = new BinaryReader(given);
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      count += 1;
      if (count > most) {
        throw new RangeError(
          `decodeModel: bytes must hold at most ${most} fields, got more; split the model or leave out what is not trained`,
        );
      }
      const inside = fields[field];
      if (inside && wireType === WireType.LengthDelimited) scan(reader.bytes(), inside, depth + 1);
      else reader.skip(wireType, field);
    }
  };
  scan(bytes, model, 0);
}
