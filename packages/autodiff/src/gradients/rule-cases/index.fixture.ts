/** Random applications of every operator that has a gradient rule. */
import type { Rules } from "./case.fixture.ts";
import { elementwiseRules } from "./elementwise.fixture.ts";
import { layoutRules } from "./layout.fixture.ts";
import { normalizationRules } from "./normalization.fixture.ts";
import { productRules } from "./product.fixture.ts";
import { reductionRules } from "./reduction.fixture.ts";
import { windowRules } from "./window.fixture.ts";

/** Operator -> how it is checked. */
export const rules: Rules = {
  ...elementwiseRules,
  ...layoutRules,
  ...normalizationRules,
  ...productRules,
  ...reductionRules,
  ...windowRules,
};
