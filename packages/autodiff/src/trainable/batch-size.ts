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
  /** The option `batchSize`. */
  readonly full: number | undefined;
  /** Samples; undefined: as many as the options and the file say. */
  readonly batchSize: number | undefined;
}

/** The inputs of a graph for a number of samples. */
export interface Batch {
  /** Names of the inputs whose first dimension it is. */
  readonly names: ReadonlySet<string>;
  /** Samples; undefined: as many as the shapes say. */
  readonly size: number | undefined;
  /** Samples for which the file is made, where they are others; undefined: the size is open, or that of the file. */
  readonly fixed: number | undefined;
  /** Shapes of inputs by name; those for the batch of the file where it is fixed. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/**
 * The batch of a graph, the first dimension of its first input and of all that have the same there.
 *
 * @throws RangeError where `inputs` and the option `batchSize` contradict each other, or none of them nor the file gives
 * a size to an input that a node reads.
 */
export function batchOf(graph: GraphProto, { inputs, full, batchSize: size = full }: BatchOptions): Batch {
  const shapes = new Map(Object.entries(inputs));
  const stored = new Set(graph.initializer.map(({ name }) => name));
  const [first, ...others] = graph.input.filter(({ name }) => !stored.has(name));
  if (size === undefined) {
    if (first && !shapes.has(first.name)) checkHasSize(graph, first);
    return { names: new Set(), size, fixed: undefined, shapes };
  }
  const sizeOf = (input: ValueInfoProto) => leading(input) ?? shapes.get(input.name)?.[0];
  const fixed = first && leading(first);
  const batched = [first, ...others].filter(
    (input) =>
      input &&
      (input === first || (first && symbol(input) === symbol(first) && sizeOf(input) === sizeOf(first))),
  );
  const names = new Set(batched.map((input) => input?.name ?? ""));
  for (const name of names) {
    const given = shapes.get(name)?.[0];
    if (full === undefined || given === undefined || given === full || fixed !== undefined) continue;
    throw new RangeError(
      `trainable: batchSize must be the first dimension in inputs, ${given} of "${name}", got ${full}; leave one of them out`,
    );
  }
  if (fixed !== undefined && fixed !== size) return { names, size, fixed, shapes };
  return { names, size, fixed: undefined, shapes: resizedShapes(shapes, names, size) };
}

/**
 * Replays a graph at a batch size.
 *
 * @param logits - Name of the value that must have a row for each sample.
 * @throws RangeError where the file fixes another batch size and a node cannot be shown to treat each sample alike.
 */
export function replayBatch(graph: GraphProto, batch: Batch, logits: string, replay: Replay): GraphBuilder {
  const { names, size, fixed, shapes } = batch;
  const unchanged: Rewrite = (node) => node;
  if (size === undefined) return replay(graph, shapes, unchanged);
  const resized = withBatch(graph, batch);
  if (fixed === undefined) return replay(resized, shapes, unchanged);
  const { rewrite, verify } = batchRewriting(replay(graph, shapes, unchanged), {
    ...{ from: fixed, to: size },
    isOfFile: namesOf(graph),
  });
  try {
    const builder = replay(resized, resizedShapes(shapes, names, size), rewrite);
    verify(builder, logits);
    return builder;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw fixedBatch(batch, `${cause.message}; export the model with an open batch size`, cause);
  }
}

/** Tells names that stand in a file. */
function namesOf({ initializer, input, node }: GraphProto): (name: string) => boolean {
  const names = new Set([...initializer, ...input].map(({ name }) => name));
  for (const { output } of node) for (const name of output) names.add(name);
  return (name) => names.has(name);
}

/** The error of a file that cannot run with another number of samples. */
export function fixedBatch({ fixed, size }: Batch, why: string, cause?: RangeError): RangeError {
  return new RangeError(
    `trainable: batchSize must be ${fixed}, which the file fixes, got ${size}: ${why}`,
    cause && { cause },
  );
}

/** The graph whose inputs have the batch size as their first dimension. */
export function withBatch(graph: GraphProto, { names, size }: Batch): GraphProto {
  if (size === undefined) return graph;
  return withFields(graph, {
    input: graph.input.map((input) => (names.has(input.name) ? withLeading(input, size) : input)),
  });
}

function resizedShapes(
  shapes: ReadonlyMap<string, readonly number[]>,
  names: ReadonlySet<string>,
  size: number,
): ReadonlyMap<string, readonly number[]> {
  return new Map(
    [...shapes].map(([name, shape]) => [name, names.has(name) ? [size, ...shape.slice(1)] : shape]),
  );
}

function checkHasSize({ node }: GraphProto, input: ValueInfoProto): void {
  const { name } = input;
  const isOpen = symbol(input) !== undefined && leading(input) === undefined;
  if (!isOpen || !node.some((reader) => reader.input.includes(name))) return;
  throw new RangeError(
    `trainable: batchSize must be given where the file leaves it open, the first dimension of "${name}", got none; ` +
      `give it, or the whole shape: inputs: { ${JSON.stringify(name)}: [...] }`,
  );
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
