import { defineConfig } from "vite";

// A page that is cross-origin isolated may compute on several threads.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  worker: { format: "es" },
  // There is none in a page. A helper that stands in for it would be one file that both of ONNX Runtime's import, and threads
  // run all that theirs imports.
  define: { require: "undefined" },
  preview: { headers },
  server: { headers },
  // `vite` would bundle it for itself and lose the WebAssembly beside it.
  optimizeDeps: { exclude: ["onnxruntime-web"] },
});
