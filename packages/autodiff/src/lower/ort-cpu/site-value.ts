import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { joinedColumnsOf } from "./columns.ts";
import type { ConvShapes } from "./conv-shapes.ts";
import type { ConvSite } from "./conv-sites.ts";
import { filterWays } from "./filter-ways.ts";
import { forwardWays } from "./forward-ways.ts";
import { inputWays } from "./input-ways.ts";
import type { Way } from "./way.ts";

/**
 * Adds the nodes that compute a site in one of its ways.
 *
 * @param columns - What the windows of a node see, by its name; each is added once.
 */
export function siteValue(
  builder: GraphBuilder,
  { node, part, names, shapes }: Pick<ConvSite, "node" | "part" | "names" | "shapes">,
  way: string,
  columns: Map<string, Value>,
): Value {
  const value = (name: string) => builder.value(name);
  const joinedColumns = (): Value => {
    const { window, groups } = shapes;
    const seen = columns.get(node) ?? joinedColumnsOf(builder, value(names.x), window, groups);
    columns.set(node, seen);
    return seen;
  };
  switch (part) {
    case "forward": {
      const bias = names.bias === "" ? null : value(names.bias);
      const given = { x: value(names.x), w: value(names.w), bias, joinedColumns };
      return built(forwardWays, way, builder, shapes, given);
    }
    case "input":
      return built(inputWays, way, builder, shapes, { w: value(names.w), dy: value(names.dy) });
    case "filters": {
      const given = { x: value(names.x), dy: value(names.dy), joinedColumns };
      return built(filterWays, way, builder, shapes, given);
    }
  }
}

function built<Given>(
  ways: Readonly<Record<string, Way<Given>>>,
  way: string,
  builder: GraphBuilder,
  shapes: ConvShapes,
  given: Given,
): Value {
  const found = ways[way];
  if (!found) throw new RangeError(`lower: way must be one of ${Object.keys(ways).join(", ")}, got "${way}"`);
  return found.build(builder, shapes, given);
}
