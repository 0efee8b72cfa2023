/** A vite plugin: the playground as one classic script, so that its page opens from a disk too, by a double click. */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { build, type Plugin, type Rolldown } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));
const PAGE = "index.html";

/**
 * Gives `index.html` a deferred script without imports in place of its modules: browsers load no module from `file:`.
 * Chunks that no other page needs are left out.
 */
export function classicScriptPlugin(): Plugin {
  return {
    name: "classic-script",
    apply: "build",
    enforce: "post",
    async generateBundle(_, bundle) {
      const page = bundle[PAGE];
      if (page?.type !== "asset") throw new Error(`classicScriptPlugin: ${PAGE} must be among the pages`);
      const name = this.emitFile({ type: "asset", name: "playground.js", source: await classicScript() });
      page.source = String(page.source)
        .replace(/<script type="module"[^>]*>/, `<script defer src="./${this.getFileName(name)}">`)
        .replace(/\s*<link rel="modulepreload"[^>]*>/g, "")
        .replaceAll(" crossorigin", "");
      const needed = chunksOfOtherPages(bundle);
      for (const [file, { type }] of Object.entries(bundle)) {
        if (type === "chunk" && !needed.has(file)) delete bundle[file];
      }
    },
  };
}

/** The playground and all that it imports; its style sheets are those of the page. */
async function classicScript(): Promise<string> {
  const results = await build({
    ...{ root, configFile: false, logLevel: "error", plugins: [vue()] },
    build: {
      ...{ write: false, modulePreload: false, reportCompressedSize: false },
      rolldownOptions: {
        input: fileURLToPath(new URL("src/main.ts", import.meta.url)),
        output: { format: "iife", codeSplitting: false },
        checks: { pluginTimings: false },
      },
    },
  });
  if ("on" in results) throw new TypeError("classicScriptPlugin: the build must end");
  const [script, ...others] = [results].flat().flatMap(({ output }) => output.filter(isChunk));
  if (script === undefined || others.length > 0)
    throw new Error("classicScriptPlugin: one script was expected");
  return script.code;
}

function isChunk(file: Rolldown.OutputAsset | Rolldown.OutputChunk): file is Rolldown.OutputChunk {
  return file.type === "chunk";
}

/** Files that the other pages import, directly or not. */
function chunksOfOtherPages(bundle: Rolldown.OutputBundle): ReadonlySet<string> {
  const needed = new Set<string>();
  const waiting = Object.values(bundle).filter(
    (file) => isChunk(file) && file.isEntry && basename(file.facadeModuleId ?? "") !== PAGE,
  );
  for (const file of waiting) {
    if (!isChunk(file) || needed.has(file.fileName)) continue;
    needed.add(file.fileName);
    for (const name of [...file.imports, ...file.dynamicImports]) {
      const next = bundle[name];
      if (next !== undefined) waiting.push(next);
    }
  }
  return needed;
}
