/** The default theme with the colours of tsimm, and the components that pages may use. */

import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import "./colours.css";

const theme: Theme = { extends: DefaultTheme };

export default theme;
