import { defineConfig } from "vite";

// A page that is cross-origin isolated may compute on several threads.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  worker: { format: "es" },
  preview: { headers },
  server: { headers },
  // `vite` would bundle it for itself and lose the WebAssembly beside it.
  optimizeDeps: { exclude: ["onnxruntime-web"] },
});
