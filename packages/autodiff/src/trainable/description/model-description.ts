/** What {@link describe} tells of a model. */

/** A size; the name of an open dimension; null: an open one without a name. */
export type Dimension = number | string | null;

/** An input or output. */
export interface ValueDescription {
  readonly name: string;
  /** Element type as ONNX calls it, e.g. `float32`; `none` where the file does not tell it. */
  readonly dtype: string;
  /** null: the file does not tell it. */
  readonly shape: readonly Dimension[] | null;
}

/** A stored tensor. */
export interface TensorDescription {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly elements: number;
}

/** A weight that can be trained. */
export interface WeightDescription extends TensorDescription {
  /** Where it is read: operator, node and input, e.g. `Conv "conv1": weight`. */
  readonly slots: readonly string[];
}

/** A tensor that is not trained. */
export interface FixedDescription extends TensorDescription {
  /** Why, e.g. `running statistics`, `a fixed filter`, `quantized`. */
  readonly reason: string;
}

/** The last linear layer. */
export interface ClassifierDescription {
  readonly kind: "Gemm" | "MatMul" | "Conv";
  /** Name of its node. */
  readonly node: string;
  readonly weight: string;
  /** null: it has none. */
  readonly bias: string | null;
  readonly classes: number;
  /** Numbers that it sees of a sample. */
  readonly features: number;
  /** Output of the model that it leads to. */
  readonly output: string;
}

/** Operators through which no gradient comes to the weights before them. */
export interface Obstacle {
  /** Operator, with its domain where that is another than ONNX's. */
  readonly op: string;
  readonly reason: string;
  /** Names of the nodes. */
  readonly nodes: readonly string[];
  /** Weights before the first of them: with these frozen, the rest can be trained. */
  readonly weightsBefore: readonly string[];
}

/** A model, as far as training it is concerned. */
export interface ModelDescription {
  /** Of the graph. */
  readonly name: string;
  /** Version of the operator set `ai.onnx`. */
  readonly opset: number;
  /** Versions of other operator sets by domain. */
  readonly otherOpsets: Readonly<Record<string, number>>;
  readonly producer: { readonly name: string; readonly version: string };
  readonly metadata: Readonly<Record<string, string>>;
  /** Locations of other files that hold its tensors. */
  readonly externalData: readonly string[];
  readonly inputs: readonly ValueDescription[];
  readonly outputs: readonly ValueDescription[];
  /** In the order of the file. */
  readonly parameters: readonly WeightDescription[];
  readonly fixed: readonly FixedDescription[];
  /** Value that a loss over classes reads: what enters a final activation, else the first output. */
  readonly logits: string;
  /** null: none was found. */
  readonly classifier: ClassifierDescription | null;
  /** Why none was found. */
  readonly noClassifier: string | null;
  readonly obstacles: readonly Obstacle[];
}
