/** The list of all rules, and what is derived from it. */
import { expect, test } from "vitest";
import { rulesText } from "./rules-text.fixture.ts";

test("the list of rules holds every rule that a file defines", async () => {
  await expect(await rulesText()).toMatchFileSnapshot("rules.ts");
});
