/** The page for addresses that are not there. It needs no other file: at what depth it is shown is not known. */

/**
 * Makes the page.
 *
 * @param icon - Address of the icon, a `data:` URL.
 * @param published - Path that the site is published at; a copy elsewhere is found by what the reader saw last.
 */
export function notFoundPage(icon: string, published: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>Page not found · tsimm</title>
<link rel="icon" type="image/svg+xml" href="${icon}">
<style>
  :root { color-scheme: light dark; }
  :root.light { color-scheme: light; }
  :root.dark { color-scheme: dark; }
  body {
    display: grid; min-height: 100vh; margin: 0; place-content: center; padding: 24px; box-sizing: border-box;
    background: light-dark(#ffffff, #10151d); color: light-dark(#1f2937, #e6eaf0);
    font: 17px/1.6 Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  }
  h1 { margin: 24px 0 8px; font-size: 32px; line-height: 1.2; letter-spacing: -0.02em; }
  a { color: light-dark(#0067a3, #6cbaf0); text-underline-offset: 3px; }
</style>
<script>
  const appearance = localStorage.getItem("vitepress-theme-appearance");
  if (appearance === "light" || appearance === "dark") document.documentElement.classList.add(appearance);
</script>
<main>
  <img src="${icon}" alt="" width="48" height="48">
  <h1>Page not found</h1>
  <p>Nothing lies at this address. <a id="home" href="${published}">To the first page of tsimm</a></p>
</main>
<script>
  const seen = [sessionStorage.getItem("tsimm-site"), "${published}", "/"];
  document.getElementById("home").href = seen.find((path) => path !== null && location.pathname.startsWith(path));
</script>
</html>
`;
}
