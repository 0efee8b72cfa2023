/** Models at another batch size than their file holds. */
import { create } from "@bufbuild/protobuf";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Node } from "../graph/graph.ts";
import {
  type GraphProto,
  TensorShapeProto_DimensionSchema,
  type ValueInfoProto,
} from "../onnx/generated/onnx_pb.ts";
import { withFields } from "../onnx/with-fields.ts";
import { batchRewriting } from "./batch-rewriting.ts";

/** Changes a node before it is added. */
type Rewrite = (node: Node, builder: GraphBuilder) => Node;

/** Replays a graph whose inputs have these shapes. */
type Replay = (
  graph: GraphProto,
  shapes: ReadonlyMap<string, readonly number[]>,
  rewrite: Rewrite,
) => GraphBuilder;

/** Shapes that a user gives. */
interface BatchOptions {
  /** Shapes of the model's inputs by name. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** Value that must have a row for each sample. */
  readonly logits: string;
  /** The option `batchSize`. */
  readonly full: number | undefined;
  /** Samples; undefined: as many as the options and the file say. */
  readonly batchSize: number | undefined;
}

/**
 * Replays a graph at a batch size, the first dimension of its first input and of all that have the same there.
 *
 * @throws RangeError where the file fixes another batch size and a node cannot be shown to treat each sample alike.
 */
export function replayBatch(graph: GraphProto, options: BatchOptions, replay: Replay): GraphBuilder {
  const { inputs, full, batchSize = full, logits } = options;
  const shapes = new Map(Object.entries(inputs));
  const unchanged: Rewrite = (node) => node;
  if (batchSize === undefined) return replay(graph, shapes, unchanged);
  const stored = new Set(graph.initializer.map(({ name }) => name));
  const [first, ...others] = graph.input.filter(({ name }) => !stored.has(name));
  const size = (input: ValueInfoProto) => leading(input) ?? shapes.get(input.name)?.[0];
  const isFixed = first !== undefined && leading(first) !== undefined;
  const batched = [first, ...others].filter(
    (input) =>
      input && (input === first || (first && symbol(input) === symbol(first) && size(input) === size(first))),
  );
  const names = new Set(batched.map((input) => input?.name));
  for (const name of names) {
    const given = shapes.get(name ?? "")?.[0];
    if (full === undefined || given === undefined || given === full || isFixed) continue;
    throw new RangeError(
      `trainable: batchSize must be the first dimension in inputs, ${given} of "${name}", got ${full}; leave one of them out`,
    );
  }
  const resized = withFields(graph, {
    input: graph.input.map((input) => (names.has(input.name) ? withLeading(input, batchSize) : input)),
  });
  const resizedShapes = new Map(
    [...shapes].map(([name, shape]) => [name, names.has(name) ? [batchSize, ...shape.slice(1)] : shape]),
  );
  const fixed = first && leading(first);
  if (fixed === undefined || fixed === batchSize) return replay(resized, resizedShapes, unchanged);
  const { rewrite, verify } = batchRewriting(replay(graph, shapes, unchanged), fixed, batchSize);
  try {
    const builder = replay(resized, resizedShapes, rewrite);
    verify(builder, logits);
    return builder;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new RangeError(
      `trainable: batchSize must be ${fixed}, which the file fixes, got ${batchSize}: ${cause.message}; export the model with an open batch size`,
      { cause },
    );
  }
}

/** The first dimension in the file; undefined: it is open. */
function leading({ type }: ValueInfoProto): number | undefined {
  const dim = type?.value.case === "tensorType" ? type.value.value.shape?.dim[0] : undefined;
  const size = dim?.value.case === "dimValue" ? Number(dim.value.value) : 0;
  return size >= 1 ? size : undefined;
}

function symbol({ type }: ValueInfoProto): string | undefined {
  const dim = type?.value.case === "tensorType" ? type.value.value.shape?.dim[0] : undefined;
  return dim?.value.case === "dimParam" ? dim.value.value : dim === undefined ? undefined : "";
}

function withLeading(input: ValueInfoProto, size: number): ValueInfoProto {
  const { type } = input;
  if (type?.value.case !== "tensorType") return input;
  const tensor = type.value.value;
  const [first, ...rest] = tensor.shape?.dim ?? [];
  if (!tensor.shape || !first) return input;
  const dim = create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: BigInt(size) } });
  const value = withFields(tensor, { shape: withFields(tensor.shape, { dim: [dim, ...rest] }) });
  return withFields(input, { type: withFields(type, { value: { case: "tensorType", value } }) });
}
