/** Follows the axis of the classes from a classifier to the outputs, and fits what names their number. */
import { capturedNames } from "../../onnx/captured-names.ts";
import type { GraphProto, NodeProto } from "../../onnx/generated/onnx_pb.ts";
import { type GraphLinks, intOf, listOf, nodeText } from "./graph-links.ts";

/** A value with an axis of classes. */
export interface ClassAxis {
  /** Counted from the end: -1 is the last axis. */
  readonly fromEnd: number;
  /** Sizes as far as they are known; undefined: not even how many axes there are. */
  readonly shape: readonly (number | undefined)[] | undefined;
}

/** A list of integers that a node reads, with another number of classes. */
export interface ListEdit {
  readonly node: NodeProto;
  /** Position among the node's inputs. */
  readonly input: number;
  readonly values: readonly number[];
}

/** What changes with the number of classes behind a classifier. */
export interface ClassAxes {
  /** Values with an axis of classes, by name. */
  readonly axes: ReadonlyMap<string, ClassAxis>;
  readonly lists: readonly ListEdit[];
}

/** Numbers of classes before and after. */
export interface ClassCounts {
  readonly before: number;
  readonly after: number;
}

/** Operators whose output has the axes of their first input. */
const alike: ReadonlySet<string> = new Set([
  ...[
    "Abs",
    "Cast",
    "CastLike",
    "Clip",
    "Dropout",
    "Elu",
    "Erf",
    "Exp",
    "HardSigmoid",
    "HardSwish",
    "Hardmax",
  ],
  ...["Identity", "LeakyRelu", "Log", "LogSoftmax", "LpNormalization", "Neg", "Reciprocal", "Relu", "Round"],
  ...["Selu", "Sigmoid", "Sign", "Softmax", "Softplus", "Sqrt", "Tanh", "QuantizeLinear", "DequantizeLinear"],
]);

const pools: ReadonlySet<string> = new Set(["AveragePool", "GlobalAveragePool", "GlobalMaxPool", "MaxPool"]);
const operands: ReadonlySet<string> = new Set([
  ...["Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "PRelu", "Where", "Equal", "Greater", "Less"],
]);

/**
 * Walks from a classifier's output through all nodes that read it.
 *
 * @param start - Name of the output, with its axis.
 * @throws RangeError for a node that reads the classes by number, or cannot be followed.
 */
export function followClasses(
  graph: GraphProto,
  start: readonly [name: string, axis: ClassAxis],
  counts: ClassCounts,
  links: GraphLinks,
): ClassAxes {
  const axes = new Map([start]);
  const lists: ListEdit[] = [];
  for (const node of graph.node) {
    const at = node.input.findIndex((name) => axes.has(name));
    if (at < 0 && capturedNames(node).some((name) => axes.has(name))) {
      throw refused(node, "has a graph inside that reads the classes");
    }
    const axis = axes.get(node.input[at] ?? "");
    if (!axis || node.output.some((name) => axes.has(name))) continue;
    const next = behind(node, at, axis, { axes, lists, counts, links });
    const [first = ""] = node.output;
    if (next && first !== "") axes.set(first, next);
  }
  return { axes, lists };
}

interface Walk {
  readonly axes: ReadonlyMap<string, ClassAxis>;
  readonly lists: ListEdit[];
  readonly counts: ClassCounts;
  readonly links: GraphLinks;
}

/** The axis of classes in what a node yields; undefined: there is none any more. */
function behind(node: NodeProto, input: number, axis: ClassAxis, walk: Walk): ClassAxis | undefined {
  const { opType: op, domain } = node;
  if (domain !== "" && domain !== "ai.onnx") throw refused(node, "is of another domain");
  if (alike.has(op) && input === 0) return axis;
  if (operands.has(op)) return ofOperands(node, axis, walk);
  if (op === "Shape" || op === "Size") return undefined;
  if (input !== 0) throw refused(node, `reads the classes as input ${input}`);
  if (pools.has(op)) return pooled(node, axis);
  if (op.startsWith("Reduce")) return reduced(node, axis, walk);
  switch (op) {
    case "ArgMax":
    case "ArgMin":
      return without(node, axis, [intOf(node, "axis", 0)], intOf(node, "keepdims", 1) !== 0);
    case "TopK":
      return topK(node, axis, walk);
    case "Flatten":
      return flattened(node, axis, walk);
    case "Squeeze":
      return squeezed(node, axis, walk);
    case "Unsqueeze":
      return unsqueezed(node, axis, walk);
    case "Transpose":
      return transposed(node, axis, walk);
    case "Reshape":
      return reshaped(node, axis, walk);
    case "Slice":
      return sliced(node, axis, walk);
    case "Gather":
      return gathered(node, axis, walk);
    default:
      throw refused(node, "cannot be followed");
  }
}

function refused(node: NodeProto, why: string): RangeError {
  return new RangeError(
    `trainable: classes must be those of the file behind its classifier, since ${nodeText(node)} ${why}; cut the model before it, or name logits before it`,
  );
}

/** Position of the classes from the front. */
function fromFront(node: NodeProto, { fromEnd, shape }: ClassAxis): number {
  if (shape) return shape.length + fromEnd;
  throw refused(node, "needs the number of axes of what it reads, which the file does not tell");
}

function isSame(node: NodeProto, axis: ClassAxis, given: number): boolean {
  return given < 0 && !axis.shape ? given === axis.fromEnd : positive(given, axis) === fromFront(node, axis);
}

function positive(given: number, { shape }: ClassAxis): number {
  return given < 0 ? given + (shape?.length ?? 0) : given;
}

/** A constant operand must not have a number for each class; it would be of the old ones. */
function ofOperands(node: NodeProto, axis: ClassAxis, { axes, counts, links }: Walk): ClassAxis {
  for (const name of node.input) {
    const dims = links.stored.get(name)?.dims.map(Number);
    if (!dims || axes.has(name) || (dims.at(axis.fromEnd) ?? 1) === 1) continue;
    throw refused(node, `holds a number for each of the ${counts.before} classes in "${name}"`);
  }
  for (const name of node.input) {
    const other = axes.get(name);
    if (other && other.fromEnd !== axis.fromEnd) throw refused(node, "joins classes on different axes");
  }
  return axis;
}

function pooled(node: NodeProto, axis: ClassAxis): ClassAxis {
  if (axis.shape && fromFront(node, axis) !== 1) throw refused(node, "pools over the classes");
  const isGlobal = node.opType.startsWith("Global");
  const shape = axis.shape?.map((size, at) => (at < 2 ? size : isGlobal ? 1 : undefined));
  return { ...axis, shape };
}

function reduced(node: NodeProto, axis: ClassAxis, { links }: Walk): ClassAxis | undefined {
  const axes = listOf(node, "axes", 1, links);
  if (axes === "unknown") throw refused(node, "reduces over axes that are computed");
  if (axes === undefined || axes.length === 0) {
    return intOf(node, "noop_with_empty_axes", 0) !== 0 ? axis : undefined;
  }
  return without(node, axis, axes, intOf(node, "keepdims", 1) !== 0);
}

/** The axis without others, or with size 1 in their place. */
function without(
  node: NodeProto,
  axis: ClassAxis,
  axes: readonly number[],
  keeps: boolean,
): ClassAxis | undefined {
  if (axes.some((given) => isSame(node, axis, given))) return undefined;
  if (keeps) {
    const at = axes.map((given) => positive(given, axis));
    return { ...axis, shape: axis.shape?.map((size, index) => (at.includes(index) ? 1 : size)) };
  }
  const front = fromFront(node, axis);
  const gone = axes.map((given) => positive(given, axis));
  const later = gone.filter((at) => at > front).length;
  return { fromEnd: axis.fromEnd + later, shape: axis.shape?.filter((_, index) => !gone.includes(index)) };
}

function topK(node: NodeProto, axis: ClassAxis, { counts, links }: Walk): ClassAxis | undefined {
  if (!isSame(node, axis, intOf(node, "axis", -1))) return axis;
  const [k = Number.NaN] = links.integersOf(node.input[1] ?? "") ?? [intOf(node, "k", Number.NaN)];
  if (k <= counts.after) return undefined;
  throw refused(node, `picks the best ${k} of the classes`);
}

function flattened(node: NodeProto, axis: ClassAxis, { counts }: Walk): ClassAxis {
  const { shape } = axis;
  const first = intOf(node, "axis", 1);
  const split = first < 0 ? first + (shape?.length ?? 0) : first;
  // Without shapes: the rows of a batch stay rows.
  if (!shape && first !== 1) throw refused(node, "needs the number of axes of what it reads");
  const front = shape ? fromFront(node, axis) : undefined;
  const part = front === undefined ? [] : front >= split ? shape?.slice(split) : shape?.slice(0, split);
  const others = (part ?? []).filter(
    (_, index) => index !== (front ?? 0) - (front !== undefined && front >= split ? split : 0),
  );
  if (others.some((size) => size !== undefined && size !== 1)) {
    throw refused(node, "joins the classes with other axes");
  }
  const isLast = front === undefined || front >= split;
  return {
    fromEnd: isLast ? -1 : -2,
    shape: isLast ? [undefined, counts.before] : [counts.before, undefined],
  };
}

function squeezed(node: NodeProto, axis: ClassAxis, { links }: Walk): ClassAxis | undefined {
  const axes = listOf(node, "axes", 1, links);
  if (axes === "unknown") throw refused(node, "squeezes axes that are computed");
  if (axes !== undefined) return without(node, axis, axes, false);
  const { shape } = axis;
  if (!shape || shape.some((size, at) => size === undefined && at > 0)) {
    throw refused(node, "squeezes all axes of size 1, and the file does not tell which they are");
  }
  const ones = shape.flatMap((size, at) => (size === 1 && at !== fromFront(node, axis) ? [at] : []));
  return without(node, axis, ones, false);
}

function unsqueezed(node: NodeProto, axis: ClassAxis, { links }: Walk): ClassAxis {
  const axes = listOf(node, "axes", 1, links);
  if (axes === "unknown" || axes === undefined) throw refused(node, "adds axes that are computed");
  const rank = (axis.shape?.length ?? 0) + axes.length;
  if (!axis.shape && axes.some((given) => given < 0)) throw refused(node, "adds axes from the end");
  const added = new Set(axes.map((given) => (given < 0 ? given + rank : given)));
  const old = [...(axis.shape ?? [])];
  const shape: (number | undefined)[] = [];
  let front = -1;
  const wanted = fromFront(node, axis);
  for (let at = 0, index = 0; at < rank; at++) {
    if (added.has(at)) shape.push(1);
    else {
      if (index === wanted) front = at;
      shape.push(old[index++]);
    }
  }
  return { fromEnd: front - rank, shape };
}

function transposed(node: NodeProto, axis: ClassAxis, { links }: Walk): ClassAxis {
  const front = fromFront(node, axis);
  const given = listOf(node, "perm", -1, links);
  const rank = axis.shape?.length ?? 0;
  const perm =
    given === undefined || given === "unknown"
      ? Array.from({ length: rank }, (_, at) => rank - 1 - at)
      : given;
  return { fromEnd: perm.indexOf(front) - rank, shape: perm.map((at) => axis.shape?.[at]) };
}

/** The target of a Reshape: a list, or one that is joined from the batch size and a list. */
function reshaped(node: NodeProto, axis: ClassAxis, { counts, lists, links }: Walk): ClassAxis {
  const target = node.input[1] ?? "";
  const values = links.integersOf(target);
  if (values) {
    const sizes = values.map((size, at) => (size === 0 ? axis.shape?.[at] : size === -1 ? undefined : size));
    const at = classesIn(node, values, axis, counts);
    if (values[at] === counts.before) {
      lists.push({ node, input: 1, values: values.with(at, counts.after) });
    }
    return { fromEnd: at - values.length, shape: sizes };
  }
  const join = links.producers.get(target);
  const parts =
    join?.opType === "Concat" ? join.input.map((name) => ({ name, list: links.integersOf(name) })) : [];
  const fixed = parts.filter(({ list }) => list !== undefined);
  // Behind the batch size: the rest of each sample.
  const last = parts.at(-1);
  if (join && fixed.length > 0 && last?.list) {
    const rest = fixed.flatMap(({ list }) => list ?? []);
    const at = rest.lastIndexOf(-1) >= 0 ? rest.lastIndexOf(-1) : rest.indexOf(counts.before);
    const part = parts.findIndex(({ list }) => list?.includes(counts.before));
    if (at < 0) throw refused(node, "gives the classes a shape that is computed");
    if (rest[at] === counts.before) {
      const { list = [] } = parts[part] ?? {};
      lists.push({ node: join, input: part, values: list.with(list.indexOf(counts.before), counts.after) });
    }
    return { fromEnd: at - rest.length, shape: undefined };
  }
  throw refused(node, "gives the classes a shape that is computed");
}

/** Where the classes are in the target of a Reshape. */
function classesIn(
  node: NodeProto,
  values: readonly number[],
  axis: ClassAxis,
  { before }: ClassCounts,
): number {
  const named = values.flatMap((size, at) => (size === before ? [at] : []));
  const front = axis.shape ? axis.shape.length + axis.fromEnd : undefined;
  // A size that is taken over.
  if (named.length === 0 && front !== undefined && values[front] === 0) return front;
  if (named.length === 1) return named[0] ?? 0;
  if (named.length > 1) {
    // The batch may have as many samples as there are classes.
    if (front !== undefined && values.length > front && named.includes(front)) return front;
    throw refused(node, `has the number of classes, ${before}, more than once in its shape`);
  }
  const open = values.indexOf(-1);
  if (open >= 0) return open;
  throw refused(node, `gives the classes the shape [${values.join(", ")}]`);
}

function sliced(node: NodeProto, axis: ClassAxis, { links }: Walk): ClassAxis {
  const [starts, ends] = [listOf(node, "starts", 1, links), listOf(node, "ends", 2, links)];
  const axes = listOf(node, "axes", 3, links);
  const lists = [starts, ends, axes];
  if (lists.includes("unknown") || !Array.isArray(starts) || !Array.isArray(ends)) {
    throw refused(node, "cuts along axes that are computed");
  }
  const given = Array.isArray(axes) ? axes : [...starts.keys()];
  const cut = new Set(given.map((at) => positive(at, axis)));
  for (const [index, at] of given.entries()) {
    if (!isSame(node, axis, at)) continue;
    const isWhole = starts[index] === 0 && (ends[index] ?? 0) > 2 ** 30;
    if (!isWhole) throw refused(node, `cuts classes ${starts[index]} to ${ends[index]} out`);
  }
  return {
    ...axis,
    shape: axis.shape?.map((size, at) => (cut.has(at) && at !== fromFront(node, axis) ? undefined : size)),
  };
}

function gathered(node: NodeProto, axis: ClassAxis, { links }: Walk): ClassAxis {
  const along = intOf(node, "axis", 0);
  if (isSame(node, axis, along)) throw refused(node, "picks classes by number");
  const indices = links.stored.get(node.input[1] ?? "");
  if (!indices || !axis.shape) throw refused(node, "picks rows by numbers that are computed");
  const at = positive(along, axis);
  const picked = indices.dims.map(Number);
  const shape = [...axis.shape.slice(0, at), ...picked, ...axis.shape.slice(at + 1)];
  const front = fromFront(node, axis);
  return { fromEnd: (front > at ? front - 1 + picked.length : front) - shape.length, shape };
}
