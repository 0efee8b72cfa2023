/** Control flow over constants becomes constants; what takes too long, or reads data, is left to the engine. */
import { expect, test } from "vitest";
import { trainable } from "../trainable.ts";
import { decodeModel } from "./decode-model.ts";
import { graph, node, onnxFile, tensor, value } from "./onnx-file.fixture.ts";

const integer = (name: string, value: number) => tensor(name, "int64", [], BigInt64Array.of(BigInt(value)));
const list = (name: string, ...values: readonly number[]) =>
  tensor(name, "int64", [values.length], BigInt64Array.from(values, BigInt));

/** Adds up to a sum in a loop of `rounds`; the sum picks a row of a table. */
function summing(rounds: number, step = "two") {
  const body = graph({
    nodes: [node("Add", ["sum", step], ["next"]), node("Identity", ["on"], ["goesOn"])],
    inputs: [value("round", "int64", []), value("on", "bool", []), value("sum", "int64", [])],
    outputs: [value("goesOn", "bool", []), value("next", "int64", [])],
  });
  return onnxFile(
    graph({
      nodes: [
        node("Loop", ["rounds", "", "zero"], ["sum"], { body }),
        node("Gather", ["w", "sum"], ["row"], { axis: 0 }),
        node("Mul", ["x", "row"], ["y"]),
      ],
      inputs: [value("x", "float32", [1, 3])],
      outputs: [value("y")],
      tensors: [
        ...[integer("rounds", rounds), integer("zero", 0), integer("two", 2)],
        tensor(
          "w",
          "float32",
          [9, 3],
          Float32Array.from({ length: 27 }, (_, i) => i),
        ),
      ],
    }),
  );
}

test("a loop is computed", () => {
  const { graph: read } = decodeModel(summing(3));
  expect(read.nodes.map(({ op }) => op)).toEqual(["Gather", "Mul"]);
  const [indices = ""] = read.nodes[0]?.inputs.slice(1) ?? [];
  expect(read.initializers.get(indices)?.data).toEqual(BigInt64Array.of(6n));
  expect(trainable(summing(3), { loss: "mse" }).parameters.map(({ name }) => name)).toEqual(["w"]);
});

test("a loop of billions of rounds is left to the engine, soon", () => {
  expect(() => decodeModel(summing(2 ** 40))).toThrow(
    /Loop "the Loop of sum": operators must have no subgraphs/,
  );
});

test("lists of tensors and the branch that is taken", () => {
  const bytes = onnxFile(
    graph({
      nodes: [
        node("SequenceEmpty", [], ["none"]),
        node("SequenceInsert", ["none", "one"], ["first"]),
        node("SequenceInsert", ["first", "three"], ["both"]),
        node("SequenceLength", ["both"], ["length"]),
        node("Equal", ["length", "two"], ["isTwo"]),
        node("If", ["isTwo"], ["shape"], {
          then_branch: graph({
            nodes: [node("ConcatFromSequence", ["both"], ["joined"], { axis: 0 })],
            outputs: [value("joined", "int64", [2])],
          }),
          else_branch: graph({ nodes: [node("Det", ["x"], ["bad"])], outputs: [value("bad")] }),
        }),
        node("Reshape", ["x", "shape"], ["flat"]),
        node("MatMul", ["flat", "w"], ["y"]),
      ],
      inputs: [value("x", "float32", [3, 1])],
      outputs: [value("y")],
      tensors: [
        ...[list("one", 1), list("three", 3), integer("two", 2)],
        tensor("w", "float32", [3, 2], Float32Array.of(1, 2, 3, 4, 5, 6)),
      ],
    }),
  );
  expect(decodeModel(bytes).graph.outputs).toEqual([{ name: "y", dtype: "float32", shape: [1, 2] }]);
});

test("a view by strides, as PyTorch writes one, is taken to another batch size", () => {
  // Of each sample [2, 3] its transpose, by indices into its six numbers.
  const bytes = onnxFile(
    graph({
      nodes: [
        node("Reshape", ["x", "all"], ["flat"]),
        node("Gather", ["flat", "order"], ["turned"]),
        node("Reshape", ["turned", "row"], ["features"]),
        node("Gemm", ["features", "w"], ["y"]),
      ],
      inputs: [value("x", "float32", [1, 2, 3])],
      outputs: [value("y")],
      tensors: [
        ...[list("all", -1), list("row", 1, 6)],
        tensor("order", "int64", [1, 3, 2], BigInt64Array.of(0n, 3n, 1n, 4n, 2n, 5n)),
        tensor(
          "w",
          "float32",
          [6, 2],
          Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)),
        ),
      ],
    }),
  );
  const model = trainable(bytes, { batchSize: 4 });
  expect(model.step.graph.inputs[0]?.shape).toEqual([4, 2, 3]);
  expect(model.step.graph.values.get("turned")?.shape).toEqual([4, 3, 2]);
});
