import { encodeModel, GraphBuilder } from "@tsimm/autodiff";
import { expect, test } from "vitest";
import { wasmEngine } from "./onnxruntime-web.ts";

test.each([
  [{ threads: 0 }, "wasmEngine: threads must be an integer >= 1, got 0"],
  [{ threads: 1.5 }, "wasmEngine: threads must be an integer >= 1, got 1.5"],
  [
    { threads: 2 },
    "wasmEngine: threads must be 1 outside a cross-origin isolated page, got 2; serve the page with the headers " +
      '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp"',
  ],
])("%o is refused", async (options, message) => {
  await expect(wasmEngine(options)).rejects.toThrow(new RangeError(message));
});

test("options stay as the first model found them", async () => {
  const builder = new GraphBuilder("identity");
  builder.output(builder.op("Identity", [builder.input("x", "float32", [1])]), "y");
  const other = await wasmEngine({ wasmUrl: "https://example.org/b.wasm" });
  const session = await (await wasmEngine()).load(encodeModel(builder.build()));
  await session.close();
  const refused =
    'wasmEngine: wasmUrl and threads must stay "" and 1 once a model is loaded, ' +
    'got "https://example.org/b.wasm" and 1; use another worker';
  await expect(other.load(new Uint8Array())).rejects.toThrow(new RangeError(refused));
  await expect(wasmEngine({ wasmUrl: new URL("https://example.org/b.wasm") })).rejects.toThrow(
    new RangeError(refused),
  );
  await expect((await wasmEngine()).load(new Uint8Array(8))).rejects.toThrow(/model|protobuf/i);
});
