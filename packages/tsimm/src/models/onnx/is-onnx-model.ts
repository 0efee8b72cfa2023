/** What a model that is made of an ONNX file has beside others. */
import type { ModelDescription } from "@tsimm/autodiff";
import type { SafeTensors } from "../../weights/safetensors.ts";
import type { Model } from "../model.ts";
import type { OnnxMetadata } from "../onnx-metadata.ts";
import type { ImageInput } from "./image-input.ts";

/** What a model has of the file that it is made of. */
export interface OnnxOrigin {
  /** The file. */
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly input: ImageInput;
  /** Value that was looked before for the head; null: the outputs. */
  readonly from: string | null;
  /** Whether the head is not that of the file. */
  readonly newHead: boolean;
  /** Whether mean and standard deviation are told by the file. */
  readonly preprocessing: "file" | "default";
  readonly description: ModelDescription;
  /** Tensors that cannot be trained since no gradient comes to them. */
  readonly withoutGradient: readonly string[];
  /**
   * The file with other weights, and what training adds to its metadata.
   *
   * @param batchSize - The only batch size that the file shall take; absent: that of the file, or any.
   * @throws RangeError if the file fixes another one, or none.
   */
  encode(weights: SafeTensors, metadata: Omit<OnnxMetadata, "architecture">, batchSize?: number): Uint8Array;
}

/** A model of an ONNX file. */
export interface OnnxModel extends Model {
  readonly onnx: OnnxOrigin;
}

/** Whether a model is made of an ONNX file. */
export function isOnnxModel(model: Model): model is OnnxModel {
  return "onnx" in model;
}
