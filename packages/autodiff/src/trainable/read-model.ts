/** A file as it is trained: whole, of float32 numbers, with the head that is wanted; and how it is written back. */
import { toBinary } from "@bufbuild/protobuf";
import { bringIn, type ExternalTensors, type WrittenModel } from "../onnx/external-data.ts";
import { type GraphProto, type ModelProto, ModelProtoSchema } from "../onnx/generated/onnx_pb.ts";
import { type ParsedModel, parseModel } from "../onnx/parse-model.ts";
import { mapTensors, tensorsOf } from "../onnx/tensors-of.ts";
import { setMetadata } from "../onnx/whole-file.ts";
import { isHalf, narrowed, widenHalves } from "../onnx/widen-halves.ts";
import { withFields } from "../onnx/with-fields.ts";
import { type BatchNormalizations, batchNormalizations } from "./batch-normalizations.ts";
import { type Choice, choose } from "./choice.ts";
import { activations } from "./final-activation.ts";
import { checkOneType, floatTypes, touchesHalves } from "./half-values.ts";
import { findClassifier } from "./head/find-classifier.ts";
import { graphLinks } from "./head/graph-links.ts";
import { newHead } from "./head/new-head.ts";
import { type Separated, separateTensors } from "./shared-tensors.ts";
import type { TrainableOptions } from "./trainable-options.ts";
import { constantsOf, constantTensor } from "./weight-slots.ts";

/** What a model is written as. */
export interface SavedFiles {
  /** The `.onnx` file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The files beside it, by location. */
  readonly externalData: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

/** Changes of a file beside its weights. */
export interface FileChanges {
  /** Entries of metadata to set. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What the activation that reads the logits becomes. */
  readonly activation?: "Sigmoid" | "Identity";
}

/** A file with the user's choices. */
export interface ReadModel extends ParsedModel {
  /** Name of the value that the loss reads. */
  readonly logits: string;
  readonly separated: Separated;
  readonly choice: Choice;
  readonly norms: BatchNormalizations;
  /** The last linear layer: the value that it reads, and names of its weight and bias; absent: none was found. */
  readonly head?: { readonly features: string; readonly tensors: readonly string[] };
  /**
   * The file with the numbers that its messages hold now.
   *
   * @param trained - Names of the tensors that were.
   */
  write(trained: ReadonlySet<string>, changes?: FileChanges): SavedFiles;
}

/**
 * Reads a file.
 *
 * @throws RangeError as `trainable` does.
 */
export function readModel(bytes: Uint8Array, options: TrainableOptions): ReadModel {
  const parsed = parseModel(bytes);
  const outside = bringIn(parsed.model, options.externalData);
  const { file, logits } = withHead(parsed, options);
  const halves = new Map(
    tensorsOf(file.model).flatMap(({ tensor, key }) =>
      isHalf(tensor.dataType) ? [[key, tensor] as const] : [],
    ),
  );
  const chosen =
    halves.size > 0 ? ofHalves(file, logits, options, halves) : withChoice(file, logits, options);
  const found = findClassifier(file.graph, logits);
  const isFound = !("problem" in found);
  return {
    ...chosen,
    logits,
    ...(isFound && {
      head: {
        features: found.node.input[0] ?? "",
        tensors: [found.weight, ...(found.bias === undefined ? [] : [found.bias])],
      },
    }),
    write(trained, { metadata = {}, activation } = {}) {
      const { model, externalData } = written(chosen, trained, { file, outside, halves });
      const changed = setMetadata(activation ? withActivation(model, logits, activation) : model, metadata);
      return { bytes: toBinary(ModelProtoSchema, changed), externalData };
    },
  };
}

type Chosen = ParsedModel & Pick<ReadModel, "separated" | "choice" | "norms">;

function withHead(
  parsed: ParsedModel,
  { classes, seed = 42, logits }: TrainableOptions,
): { readonly file: ParsedModel; readonly logits: string } {
  const output = logits ?? parsed.graph.output[0]?.name ?? "";
  if (classes === undefined) return { file: parsed, logits: output };
  const head = newHead(parsed.graph, { classes, seed, logits });
  const { graph } = head;
  return { file: { ...parsed, graph, model: withFields(parsed.model, { graph }) }, logits: head.logits };
}

/**
 * A model with tensors of 16 bits: with float32 ones in their place where some of them are trained, or lie behind what
 * is. Else they stay, and what reads them is frozen.
 */
function ofHalves(
  file: ParsedModel,
  logits: string,
  options: TrainableOptions,
  halves: Original["halves"],
): Chosen {
  const wide = () => {
    checkOneType(file.graph, floatTypes(file.graph));
    return withChoice(widened(file), logits, options);
  };
  if (options.train) {
    const chosen = wide();
    const trainsHalves = chosen.separated.tensors.some(
      ({ name, from }) => chosen.choice.isTrained(name) && findTensor(halves, from) !== undefined,
    );
    return trainsHalves ? chosen : withChoice(file, logits, options);
  }
  const plain = withChoice(file, logits, options);
  const { graph, choice } = plain;
  const types = floatTypes(graph);
  const links = graphLinks(graph);
  /** Values that depend on what is trained, and constants that are made of 16-bit tensors. */
  const behind = new Set(graph.initializer.map(({ name }) => name).filter(choice.isTrained));
  const ofHalf = new Set(
    [...links.stored].flatMap(([name, { dataType }]) => (isHalf(dataType) ? [name] : [])),
  );
  let isApart = true;
  for (const node of graph.node) {
    const isTrained = constantTensor(node) !== undefined && choice.isTrained(node.output[0] ?? "");
    if (isTrained || node.input.some((name) => behind.has(name))) {
      for (const name of node.output) behind.add(name);
      if (touchesHalves(node, types) || node.input.some((name) => ofHalf.has(name))) isApart = false;
    } else if (node.input.some((name) => ofHalf.has(name)) && links.isConstant(node.output[0] ?? "")) {
      for (const name of node.output) ofHalf.add(name);
    }
  }
  return behind.has(logits) && isApart ? plain : wide();
}

/** The nodes of its graph stay in execution order. */
function widened(file: ParsedModel): ParsedModel {
  const model = widenHalves(withFields(file.model, { graph: file.graph }));
  return { ...file, model, graph: model.graph ?? file.graph };
}

function withChoice(file: ParsedModel, logits: string, options: TrainableOptions): Chosen {
  const { model, graph } = file;
  const separated = separateTensors(graph, constantsOf(graph, logits), model.irVersion < 4n);
  const others = graph.initializer.map(({ name }) => name);
  const choice = choose(separated.tensors, others, options);
  const apart = separated.apply(graph);
  const tensors = new Map(separated.tensors.map((tensor) => [tensor.name, tensor]));
  return { ...file, graph: apart, separated, choice, norms: batchNormalizations(apart, tensors, choice) };
}

/** What a file was before it was opened. */
interface Original {
  readonly file: ParsedModel;
  readonly outside: ExternalTensors;
  /** Its tensors of 16 bits, by key. */
  readonly halves: ReadonlyMap<string, { readonly dataType: number }>;
}

function written(
  { model, separated }: Chosen,
  changed: ReadonlySet<string>,
  { file, outside, halves }: Original,
): WrittenModel {
  const shared = new Set(separated.tensors.filter(({ name, from }) => name !== from).map(({ from }) => from));
  const isSeparate = separated.tensors.some(({ name, from }) => changed.has(name) && shared.has(from));
  const graph = isSeparate && model.graph ? separated.apply(model.graph) : model.graph;
  const whole = graph === model.graph ? model : withFields(model, graph ? { graph } : {});
  const typed = model === file.model ? whole : inTypesOf(file.model, whole, separated, changed);
  return outside.putBack(typed);

  /** Tensors that were not trained, values and casts are those of the file. */
  function inTypesOf(
    original: ModelProto,
    given: ModelProto,
    { tensors }: Separated,
    trained: ReadonlySet<string>,
  ): ModelProto {
    const originOf = new Map(tensors.map(({ name, from }) => [name, from]));
    const before = new Map(tensorsOf(original).map(({ tensor, key }) => [key, tensor]));
    const narrow = mapTensors(given, (tensor, key) => {
      const name = nameOf(key);
      const origin = originOf.get(name);
      const half = halves.get(key) ?? (origin === undefined ? undefined : findTensor(halves, origin));
      if (!half) return tensor;
      const own = trained.has(name) ? undefined : before.get(key);
      return own ?? narrowed(tensor, half.dataType);
    });
    return withFields(
      narrow,
      narrow.graph && original.graph ? { graph: valuesOf(original.graph, narrow.graph) } : {},
    );
  }
}

/** The activation of a classifier is none of several labels, or of numbers. */
function withActivation(model: ModelProto, logits: string, opType: string): ModelProto {
  const { graph } = model;
  if (!graph) return model;
  const node = graph.node.map((one) => {
    const isFinal = activations.includes(one.opType) && one.input[0] === logits;
    return isFinal ? withFields(one, { opType, attribute: [] }) : one;
  });
  return withFields(model, { graph: withFields(graph, { node }) });
}

function valuesOf(original: GraphProto, given: GraphProto): GraphProto {
  const casts = new Map(
    original.node.flatMap((node) =>
      node.opType === "Cast" ? [[node.output[0], node.attribute] as const] : [],
    ),
  );
  const node = given.node.map((one) => {
    const attribute = casts.get(one.output[0]);
    return one.opType === "Cast" && attribute ? withFields(one, { attribute }) : one;
  });
  const { input, output, valueInfo } = original;
  return withFields(given, { node, input, output, valueInfo });
}

/** Name of a tensor, that of its Constant node's output included. */
function nameOf(key: string): string {
  return key.startsWith("tensor ")
    ? key.slice("tensor ".length)
    : key.replace(/^node /, "").replace(/ value$/, "");
}

function findTensor<T>(tensors: ReadonlyMap<string, T>, name: string): T | undefined {
  return tensors.get(`tensor ${name}`) ?? tensors.get(`node ${name} value`);
}
