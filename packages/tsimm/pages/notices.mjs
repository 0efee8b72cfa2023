/** The licences of the packages that a bundle holds. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { licencesWithoutFile } from "./licences-without-file.mjs";

/** Text of a licence file without its title and its copyright lines, on one line, so that equal ones are told. */
const TERMS = /^(?:(?:the )?\w+ licen[sc]e(?: \(\w+\))?|copyright\b.*\d{4}.*|all rights reserved\.?)$/i;

/**
 * Copyright lines of each package, then the terms that they share.
 *
 * @param modules - Paths of the modules in the bundle; those of tsimm are left out.
 * @returns Lines that hold no end of a comment.
 */
export function noticesOf(modules) {
  const packages = new Map();
  for (const id of modules) {
    const folder = packageFolder(id.replace(/^\0/, "").replace(/\?.*$/, ""));
    if (folder !== null && !packages.has(folder)) packages.set(folder, licenceOf(folder));
  }
  const byTerms = new Map();
  for (const { head, terms } of packages.values()) byTerms.set(terms, [...(byTerms.get(terms) ?? []), head]);
  return [...byTerms]
    .map(([terms, heads]) => [...heads.sort(), "", terms].join("\n"))
    .join("\n\n")
    .replaceAll("*/", "* /");
}

/** The folder of the package of node_modules that holds a file; null: none. */
function packageFolder(file) {
  for (let folder = dirname(file); folder.includes("node_modules"); folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    // Some packages have further manifests inside, without a name.
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).version !== undefined)
      return folder;
  }
  return null;
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[sc]e(\.(md|txt))?$/i.test(entry));
  const head = `${name} ${version} (${license.replace(/^\(|\)$/g, "")})`;
  if (file === undefined) {
    const { copyright, terms } = licencesWithoutFile[name] ?? {};
    if (terms === undefined)
      throw new Error(`${name} has no licence file; add its terms to licences-without-file.mjs`);
    return { head: `${head}: ${copyright}`, terms };
  }
  const lines = readFileSync(join(folder, file), "utf8")
    .split("\n")
    .map((line) => line.trim());
  const copyright = lines.filter((line) => /^copyright\b.*\d{4}/i.test(line));
  const terms = lines
    .filter((line) => !TERMS.test(line))
    .join("\n")
    .trim();
  // Line breaks within a paragraph differ.
  const paragraphs = terms.split(/\n{2,}/).map((paragraph) => paragraph.replaceAll("\n", " "));
  return { head: `${head}: ${copyright.join("; ")}`, terms: paragraphs.join("\n") };
}
