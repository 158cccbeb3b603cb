import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Runs the tests that have to fail, under the watch. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  test: {
    include: ["*.fixture.ts"],
    reporters: ["default", "json"],
    setupFiles: [fileURLToPath(new URL("../../src/secret-watch/setup.ts", import.meta.url))],
  },
});
