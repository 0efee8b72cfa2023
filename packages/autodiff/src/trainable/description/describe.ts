/** Tells what an ONNX file holds, and what of it can be trained. */
import { dataTypeName } from "../../graph/data-type.ts";
import { bringIn, type ExternalData, externalLocations } from "../../onnx/external-data.ts";
import type { GraphProto, ModelProto, TensorProto, ValueInfoProto } from "../../onnx/generated/onnx_pb.ts";
import { parseModel } from "../../onnx/parse-model.ts";
import { widenHalves } from "../../onnx/widen-halves.ts";
import { withFields } from "../../onnx/with-fields.ts";
import { suggestedLogits } from "../final-activation.ts";
import { type FoundClassifier, findClassifier, type NoClassifier } from "../head/find-classifier.ts";
import { separateTensors } from "../shared-tensors.ts";
import { constantsOf } from "../weight-slots.ts";
import type {
  ClassifierDescription,
  Dimension,
  FixedDescription,
  ModelDescription,
  TensorDescription,
  ValueDescription,
  WeightDescription,
} from "./model-description.ts";
import { obstaclesOf } from "./obstacles.ts";
import { otherTensors } from "./other-tensors.ts";

/** Options of {@link describe}. */
export interface DescribeOptions {
  /** Files beside the model that hold its tensors; absent: what they hold is not looked at. */
  readonly externalData?: ExternalData;
  /** Value to look before for classifier and weights; absent: the outputs. */
  readonly logits?: string;
}

/**
 * Describes an ONNX model: inputs, outputs, weights, classifier, and what cannot be trained and why.
 *
 * @param bytes - An `.onnx` file, opset 7 to 21.
 * @throws RangeError if the bytes are no such model.
 * @example
 * const builder = new GraphBuilder("linear");
 * const x = builder.input("x", "float32", [4, 2]);
 * const w = builder.constant(float32([3, 2], [1, 2, 3, 4, 5, 6]), "w");
 * const z = builder.op("Gemm", [x, w], { transB: int(1) }, { name: "fc" });
 * builder.output(builder.op("Softmax", [z], { axis: int(1) }), "y");
 * const { classifier, logits, parameters } = describe(encodeModel(builder.build()));
 * classifier.classes; // => 3
 * logits; // => "fc_output_0"
 * parameters.map(({ name, elements }) => [name, elements]); // => [["w", 6]]
 */
export function describe(bytes: Uint8Array, options: DescribeOptions = {}): ModelDescription {
  const { model, graph, opset } = parseModel(bytes);
  const externalData = externalLocations(model);
  bringIn(model, options.externalData);
  const found = findClassifier(graph, options.logits);
  const logits = "problem" in found ? suggestedLogits(graph, options.logits) : found.logits;
  const dtypes = new Map(graph.initializer.map(({ name, dataType }) => [name, dataTypeName(dataType)]));
  const { parameters, fixed } = tensorsOf(model, graph, logits, dtypes);
  const initializers = new Set(graph.initializer.map(({ name }) => name));
  const domains = model.opsetImport.filter(({ domain }) => domain !== "" && domain !== "ai.onnx");
  return {
    name: graph.name,
    opset,
    otherOpsets: Object.fromEntries(domains.map(({ domain, version }) => [domain, Number(version)])),
    producer: { name: model.producerName, version: model.producerVersion },
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    externalData,
    inputs: graph.input.filter(({ name }) => !initializers.has(name)).map(describedValue),
    outputs: graph.output.map(describedValue),
    ...{ parameters, fixed, logits },
    ...classifierOf(found),
    obstacles: obstaclesOf(
      graph,
      logits,
      parameters.map(({ name }) => name),
    ),
  };
}

function tensorsOf(
  model: ModelProto,
  graph: GraphProto,
  logits: string,
  dtypes: ReadonlyMap<string, string>,
): { readonly parameters: readonly WeightDescription[]; readonly fixed: readonly FixedDescription[] } {
  const wide = widenHalves(withFields(model, { graph })).graph ?? graph;
  const { tensors } = separateTensors(wide, constantsOf(wide, logits), model.irVersion < 4n);
  const parameters: WeightDescription[] = [];
  const fixed: FixedDescription[] = [];
  for (const { name, from, proto, reads, role, reason } of tensors) {
    const tensor = { ...tensorOf(name, proto), dtype: dtypes.get(from) ?? dataTypeName(proto.dataType) };
    if (role === "weight") parameters.push({ ...tensor, slots: reads.map((read) => read.reason) });
    else fixed.push({ ...tensor, reason });
  }
  const others = otherTensors(graph).map(({ tensor, reason }) => ({
    ...tensorOf(tensor.name, tensor),
    reason,
  }));
  return { parameters, fixed: [...fixed, ...others] };
}

function tensorOf(name: string, { dims, dataType }: TensorProto): TensorDescription {
  const shape = dims.map(Number);
  const elements = shape.reduce((product, size) => product * size, 1);
  return { name, dtype: dataTypeName(dataType), shape, elements };
}

function describedValue({ name, type }: ValueInfoProto): ValueDescription {
  if (type?.value.case !== "tensorType") return { name, dtype: "none", shape: null };
  const { elemType, shape } = type.value.value;
  const dims = shape?.dim.map(({ value }): Dimension => {
    if (value.case === "dimParam" && value.value !== "") return value.value;
    const size = value.case === "dimValue" ? Number(value.value) : 0;
    return size >= 1 ? size : null;
  });
  return { name, dtype: dataTypeName(elemType), shape: dims ?? null };
}

function classifierOf(
  found: FoundClassifier | NoClassifier,
): Pick<ModelDescription, "classifier" | "noClassifier"> {
  if ("problem" in found) return { classifier: null, noClassifier: found.problem };
  const { kind, node, weight, bias = null, classes, features, output } = found;
  const classifier: ClassifierDescription = {
    ...{ kind, node: node.name || (node.output[0] ?? ""), weight, bias, classes, features, output },
  };
  return { classifier, noClassifier: null };
}
