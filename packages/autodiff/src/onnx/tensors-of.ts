/** The tensors of a model: initializers, and those in attributes of nodes. */
import type { ModelProto, NodeProto, TensorProto } from "./generated/onnx_pb.ts";
import { withFields } from "./with-fields.ts";

/** A tensor, and a key that stays the same while the model is changed. */
export interface KeyedTensor {
  readonly tensor: TensorProto;
  readonly key: string;
}

const keyOfInitializer = (name: string) => `tensor ${name}`;
const keyInNode = ({ output }: NodeProto, attribute: string) => `node ${output[0]} ${attribute}`;

/** Every tensor of a model's main graph. */
export function tensorsOf({ graph }: ModelProto): readonly KeyedTensor[] {
  if (!graph) return [];
  const inNodes = graph.node.flatMap((node) =>
    node.attribute.flatMap(({ t, name }) => (t ? [{ tensor: t, key: keyInNode(node, name) }] : [])),
  );
  return [...graph.initializer.map((tensor) => ({ tensor, key: keyOfInitializer(tensor.name) })), ...inNodes];
}

/** A model with others of its tensors; what stays the same is not copied. */
export function mapTensors(
  model: ModelProto,
  change: (tensor: TensorProto, key: string) => TensorProto,
): ModelProto {
  const { graph } = model;
  if (!graph) return model;
  const initializer = graph.initializer.map((tensor) => change(tensor, keyOfInitializer(tensor.name)));
  const node = graph.node.map((given) => {
    const attribute = given.attribute.map((entry) => {
      const t = entry.t && change(entry.t, keyInNode(given, entry.name));
      return t === entry.t ? entry : withFields(entry, { t });
    });
    return attribute.every((entry, at) => entry === given.attribute[at])
      ? given
      : withFields(given, { attribute });
  });
  return withFields(model, { graph: withFields(graph, { initializer, node }) });
}
