import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Every package and app runs its tests the same way; the JSON report is what the root `test` script adds up. */
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    reporters: ["default", "json"],
    outputFile: { json: "reports/tests.json" },
    // No key that a test uses may stand in anything that comes out of it.
    setupFiles: [fileURLToPath(new URL("packages/testkit/src/secret-watch/setup.ts", import.meta.url))],
    passWithNoTests: true,
    testTimeout: 30_000,
  },
});
