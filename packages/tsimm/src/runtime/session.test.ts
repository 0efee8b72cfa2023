import { encodeModel, GraphBuilder, type Tensor } from "@tsimm/autodiff";
import { describe, expect, test } from "vitest";
import { native, wasm } from "./built-in-engines.ts";

function sumModel(): Uint8Array {
  const builder = new GraphBuilder("sum");
  const x = builder.input("x", "float32", [2, 3]);
  const y = builder.input("y", "float32", [3]);
  builder.output(builder.op("Add", [x, y]), "sum");
  builder.output(builder.op("Mul", [x, y]), "product");
  return encodeModel(builder.build());
}

const float32 = (shape: number[], ...values: number[]): Tensor => ({
  dtype: "float32",
  shape,
  data: Float32Array.from(values),
});
const feeds = { x: float32([2, 3], 1, 2, 3, 4, 5, 6), y: float32([3], 10, 20, 30) };

describe.each([native, wasm])("a session of the $name engine", async (definition) => {
  const engine = await definition.load();
  const load = () => engine.load(sumModel(), { threads: 1 });

  test("runs a model", async () => {
    const session = await load();
    expect(session.outputNames).toEqual(["sum", "product"]);
    expect(await session.run(feeds)).toEqual({
      sum: float32([2, 3], 11, 22, 33, 14, 25, 36),
      product: float32([2, 3], 10, 40, 90, 40, 100, 180),
    });
    await session.close();
  });

  test("computes only the outputs that are asked for, in fresh arrays", async () => {
    const session = await load();
    const first = await session.run(feeds, ["sum"]);
    const second = await session.run(feeds, ["sum"]);
    expect(Object.keys(first)).toEqual(["sum"]);
    expect(first["sum"]?.data).not.toBe(second["sum"]?.data);
    await session.close();
  });

  test("refuses to run once it is closed; closing twice is fine", async () => {
    const session = await load();
    await session.close();
    await session.close();
    await expect(session.run(feeds)).rejects.toThrow(
      new Error("Session.run: the session is closed; load the model again"),
    );
  });

  test("refuses inputs in shared memory, missing inputs and wrong shapes", async () => {
    const session = await load();
    const shared = new Float32Array(new SharedArrayBuffer(12));
    await expect(session.run({ ...feeds, y: { ...feeds.y, data: shared } })).rejects.toThrow(
      new TypeError("Session.run: y must not be in shared memory; copy it into an array of its own"),
    );
    await expect(session.run({ x: feeds.x })).rejects.toThrow("input 'y' is missing in 'feeds'");
    await expect(session.run({ ...feeds, y: float32([2], 1, 2) })).rejects.toThrow(/y.*Expected: 3/s);
    await session.close();
  });

  test("a model that is none is an error", async () => {
    await expect(engine.load(Uint8Array.of(1, 2, 3))).rejects.toThrow(/protobuf|ERROR_CODE/i);
  });
});
