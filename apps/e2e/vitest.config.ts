import { defineConfig, mergeConfig } from "vitest/config";
// @boundaries-ignore one configuration of the test runner for the whole workspace
import shared from "../../vitest.shared.ts";

export default mergeConfig(
  shared,
  defineConfig({
    test: {
      include: ["interop/**/*.test.ts"],
      // A Java virtual machine or a first connection may take its time on a busy machine.
      hookTimeout: 120_000,
    },
  }),
);
