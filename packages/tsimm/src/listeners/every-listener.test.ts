import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as tsimm from "../index.ts";

const src = new URL("..", import.meta.url);
const text = (folder: string) =>
  readdirSync(new URL(folder, src), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/\.(test|fixture)\.ts$/.test(file))
    .map((file) => ({ file, text: readFileSync(new URL(`${folder}/${file}`, src), "utf8") }));

const used = ["recipe", "cli"]
  .flatMap(text)
  .map(({ text }) => text)
  .join();
const files = new Set(readdirSync(new URL("listeners", src), { recursive: true, encoding: "utf8" }));
const listeners = text("listeners").flatMap(({ file, text }) =>
  [...text.matchAll(/^export function (\w+)\([^{]*\): Listener \{$/gm)].map(
    ([, name = ""]) => [name, file] as const,
  ),
);

test("there are listeners", () => expect(listeners.length).toBeGreaterThan(5));

test.each(listeners)("%s is public and tested beside its file, or is one of the command's", (name, file) => {
  const place = name in tsimm ? file.replace(/\.ts$/, ".test.ts") : null;
  if (place === null) expect(used, `${name} is in neither index.ts, recipe nor cli`).toContain(name);
  else expect(files).toContain(place);
});
