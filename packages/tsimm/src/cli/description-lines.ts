/** What an ONNX file holds, for people. */
import type {
  Dimension,
  FixedDescription,
  ModelDescription,
  Obstacle,
  TensorDescription,
  ValueDescription,
} from "@tsimm/autodiff";
import { printable } from "../text/printable.ts";

/** Weights shown one by one. */
const mostWeights = 12;

/** Names shown of a kind. */
const mostNames = 3;

/** The lines of a description. */
export function descriptionLines(description: ModelDescription): string[] {
  const { producer, opset, otherOpsets, metadata, externalData, inputs, outputs } = description;
  const others = Object.entries(otherOpsets).map(([domain, version]) => `${domain} ${version}`);
  const lines = [
    `Graph:       ${description.name || "without a name"}`,
    `Producer:    ${[producer.name, producer.version].filter(Boolean).join(" ") || "not told"}`,
    `Opset:       ${[String(opset), ...others].join(", ")}`,
    ...Object.entries(metadata).map(([key, value]) => `Metadata:    ${key} = ${shortened(value)}`),
    ...externalData.map((location) => `Tensors in:  ${location}`),
    ...inputs.map((value) => `Input:       ${valueText(value)}`),
    ...outputs.map((value) => `Output:      ${valueText(value)}`),
    ...classifierLines(description),
    `Logits:      ${description.logits}`,
    ...weightLines(description.parameters),
    ...fixedLines(description.fixed),
    ...description.obstacles.map((obstacle) => `No gradient: ${obstacleText(obstacle)}`),
  ];
  return lines.map(printable);
}

function classifierLines({ classifier, noClassifier }: ModelDescription): string[] {
  if (classifier === null) return [`Classifier:  none was found: ${noClassifier}`];
  const { kind, node, classes, features, weight, bias } = classifier;
  const tensors = bias === null ? weight : `${weight}, ${bias}`;
  return [
    `Classifier:  ${kind} "${node}", ${count(features, "feature")} to ${count(classes, "class", "es")} (${tensors})`,
  ];
}

function weightLines(weights: readonly TensorDescription[]): string[] {
  const elements = weights.reduce((sum, weight) => sum + weight.elements, 0);
  const shown = weights.slice(-mostWeights).map((weight) => `  ${tensorText(weight)}`);
  const left = weights.length - shown.length;
  return [
    `Trainable:   ${count(weights.length, "tensor")} with ${count(elements, "element")}`,
    ...(left > 0 ? [`  ${count(left, "tensor")} before (--json lists all)`] : []),
    ...shown,
  ];
}

function fixedLines(fixed: readonly FixedDescription[]): string[] {
  const byReason = new Map<string, FixedDescription[]>();
  for (const tensor of fixed) {
    const reason = tensor.reason.startsWith("sets up ") ? "settings of operators" : tensor.reason;
    byReason.set(reason, [...(byReason.get(reason) ?? []), tensor]);
  }
  return [...byReason].map(([reason, tensors]) => {
    const elements = tensors.reduce((sum, tensor) => sum + tensor.elements, 0);
    return `Fixed:       ${count(tensors.length, "tensor")} with ${count(elements, "element")} (${reason}): ${names(tensors.map(({ name }) => name))}`;
  });
}

function obstacleText({ op, reason, nodes, weightsBefore }: Obstacle): string {
  return `${op} (${reason}): ${names(nodes)}; the ${count(weightsBefore.length, "weight")} before it can only stay: ${names(weightsBefore)}`;
}

function valueText({ name, dtype, shape }: ValueDescription): string {
  return `${name} ${dtype} ${shape === null ? "of a shape that is not told" : `[${shape.map(dimensionText).join(", ")}]`}`;
}

function dimensionText(dimension: Dimension): string {
  return dimension === null ? "?" : String(dimension);
}

function tensorText({ name, dtype, shape, elements }: TensorDescription): string {
  return `${name} ${dtype} [${shape.join(", ")}] ${elements.toLocaleString("en-US")}`;
}

function names(list: readonly string[]): string {
  const more =
    list.length > mostNames ? ` and ${(list.length - mostNames).toLocaleString("en-US")} more` : "";
  return list.slice(0, mostNames).join(", ") + more;
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}

function count(number: number, noun: string, plural = "s"): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : plural}`;
}
