/** Makes a built site independent of its path: one build opens at `/`, at `/tsimm/` and at `/a/b/`. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAst } from "vite";

/** Base that the site is built with; it stands for the folder of the site, wherever that is. */
export const PLACEHOLDER = "/--base--/";

/**
 * Replaces the placeholder in every file of the site.
 *
 * @param folder - The built site.
 */
export async function relocate(folder: string): Promise<void> {
  for (const path of await readdir(folder, { recursive: true })) {
    const change = changes[/\.(html|js|css)$/.exec(path)?.[1] ?? ""];
    if (change === undefined) continue;
    const file = join(folder, path);
    const text = await readFile(file, "utf8");
    if (!text.includes(PLACEHOLDER)) continue;
    const depth = path.split(/[\\/]/).length - 1;
    await writeFile(file, change(text, depth === 0 ? "./" : "../".repeat(depth)));
  }
}

const changes: Readonly<Record<string, (text: string, up: string) => string>> = {
  css: (text, up) => text.replaceAll(PLACEHOLDER, up),
  js: (text, up) => relocateScript(text, `new URL("${up}", import.meta.url).pathname`),
  html: relocatePage,
};

/**
 * Makes links absolute when a page is read: after it has changed in place its own address is another, and what was relative
 * to it would point elsewhere. The page for what is not found learns where the site lies.
 */
const keepAddresses = (up: string): string => `<script>{
  for (const link of document.querySelectorAll("a[href]"))
    if (typeof link.href === "string" && !link.getAttribute("href").startsWith("#")) link.setAttribute("href", link.href);
  sessionStorage.setItem("tsimm-site", new URL("${up}", location.href).pathname);
}</script>`;

/** Addresses in the markup become relative to the page, those in its scripts absolute. */
function relocatePage(text: string, up: string): string {
  return text
    .replace(/(?<=<script\b[^>]*>)[^<]+(?=<\/script>)/g, (script) =>
      script.includes(PLACEHOLDER)
        ? relocateScript(script, `new URL("${up}", location.href).pathname`)
        : script,
    )
    .replaceAll(`="${PLACEHOLDER}`, `="${up}`)
    .replace("</body>", () => `${keepAddresses(up)}</body>`);
}

/**
 * Replaces the placeholder in the strings of a script.
 *
 * @param base - Expression of the path that the site lies at.
 * @throws Error where the placeholder stands elsewhere than in a string.
 */
export function relocateScript(text: string, base: string): string {
  const parts: string[] = [];
  let end = 0;
  for (const node of stringsOf(parseAst(text))) {
    parts.push(text.slice(end, node.start), replaced(text.slice(node.start, node.end), node));
    end = node.end;
  }
  const rest = parts.filter((_, index) => index % 2 === 0).join("") + text.slice(end);
  if (rest.includes(PLACEHOLDER)) throw new Error("relocateScript: the base must stand in strings alone");
  return `const siteBase = ${base};\n${parts.join("")}${text.slice(end)}`;
}

function replaced(code: string, { type, isKey }: StringNode): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands in a template of the script
  if (type === "TemplateElement") return code.replaceAll(PLACEHOLDER, "${siteBase}");
  const expression = `${code}.replaceAll("${PLACEHOLDER}", siteBase)`;
  return isKey ? `[${expression}]` : expression;
}

interface StringNode {
  readonly type: "Literal" | "TemplateElement";
  readonly start: number;
  readonly end: number;
  /** Whether it is the key of an object's property. */
  readonly isKey: boolean;
}

/** Strings that hold the placeholder, in their order. */
function stringsOf(root: object): StringNode[] {
  const found: StringNode[] = [];
  const visit = (node: unknown, isKey: boolean): void => {
    if (Array.isArray(node)) for (const each of node) visit(each, false);
    else if (isNode(node)) {
      if (isString(node)) found.push({ type: node.type, start: node.start, end: node.end, isKey });
      for (const [name, value] of Object.entries(node)) {
        visit(value, node.type === "Property" && name === "key" && node["computed"] === false);
      }
    }
  };
  visit(root, false);
  return found.sort((one, other) => one.start - other.start);
}

type SyntaxNode = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly start: number;
  readonly end: number;
};

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

function isString(node: SyntaxNode): node is SyntaxNode & { type: StringNode["type"] } {
  const { value } = node;
  if (node.type === "Literal") return typeof value === "string" && value.includes(PLACEHOLDER);
  return node.type === "TemplateElement" && JSON.stringify(value).includes(PLACEHOLDER);
}
