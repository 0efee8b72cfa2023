import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      "@tsimm/scheduler": source("packages/scheduler/src/index.ts"),
      "@tsimm/autodiff": source("packages/autodiff/src/index.ts"),
      "tsimm/browser": source("packages/tsimm/src/browser.ts"),
      "tsimm/layers": source("packages/tsimm/src/layers.ts"),
      "tsimm/plot": source("packages/tsimm/src/plot.ts"),
      tsimm: source("packages/tsimm/src/index.ts"),
    },
  },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "apps/*/src/**/*.test.ts",
      "docs/.vitepress/**/*.test.ts",
      "test/**/*.test.ts",
    ],
    testTimeout: 120_000,
    reporters: ["default", ["json", { outputFile: "node_modules/.cache/vitest.json" }]],
    pool: "forks",
    maxWorkers: 2,
    onConsoleLog(log, type) {
      throw new Error(`a test wrote to ${type}: ${log}`);
    },
  },
});
