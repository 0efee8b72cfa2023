import { expect, test } from "vitest";
import { markup } from "./markup.ts";

test.each([
  ["cat", "cat"],
  ["<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"],
  ['" onload="x', "&quot; onload=&quot;x"],
  ["a && b &amp;", "a &amp;&amp; b &amp;amp;"],
  ["a\n\u0000\u202eb", "a\\n\\x00\\u202eb"],
])("escapes %j", (text, expected) => {
  expect(markup(text)).toBe(expected);
});
