import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({
  // One folder of static files that works from any path.
  base: "./",
  plugins: [vue()],
});
