import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { classicScriptPlugin } from "./classic-script-plugin.ts";
import { fashionMnistPlugin } from "./fashion-mnist-plugin.ts";

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  // One folder of static files that works from any path; the playground from a disk too.
  base: "./",
  plugins: [vue(), fashionMnistPlugin(), classicScriptPlugin()],
  build: {
    rolldownOptions: {
      input: ["index.html", "train.html"].map(page).filter((file) => existsSync(file)),
    },
  },
  worker: { format: "es" },
  // There is none in a page. A helper that stands in for it would be one file that both of ONNX Runtime's import, and threads
  // run all that theirs imports.
  define: { require: "undefined" },
  // `vite` would bundle it for itself and lose the WebAssembly beside it.
  optimizeDeps: { exclude: ["onnxruntime-web"] },
});
