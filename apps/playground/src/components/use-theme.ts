import { onMounted, type Ref, ref } from "vue";

/** Theme of the page: that of the system, or the chosen one. */
export type Theme = "system" | "light" | "dark";

const KEY = "tsimm-theme";
const themes: readonly Theme[] = ["system", "light", "dark"];

/** The theme of the page, remembered where the browser allows it. */
export function useTheme(): { theme: Ref<Theme>; chooseTheme(chosen: Theme): void } {
  const theme = ref<Theme>("system");
  onMounted(() => {
    theme.value = themes.find((one) => one === remembered()) ?? "system";
    show(theme.value);
  });
  return {
    theme,
    chooseTheme(chosen) {
      theme.value = chosen;
      show(chosen);
      remember(chosen);
    },
  };
}

function show(theme: Theme): void {
  const { classList } = document.documentElement;
  for (const name of themes) classList.toggle(name, name === theme && name !== "system");
}

/** Storage is refused where cookies are. */
function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It lasts as long as the page then.
  }
}
