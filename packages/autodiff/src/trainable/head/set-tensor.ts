/** Tensors in Constant nodes. */
import { create } from "@bufbuild/protobuf";
import { AttributeProtoSchema, type NodeProto, type TensorProto } from "../../onnx/generated/onnx_pb.ts";
import { withFields } from "../../onnx/with-fields.ts";

/** A Constant node with another tensor. */
export function setTensor(node: NodeProto, tensor: TensorProto): NodeProto {
  const value = create(AttributeProtoSchema, { name: "value", type: 4, t: tensor });
  return withFields(node, { attribute: [value] });
}
