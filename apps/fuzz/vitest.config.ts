// @boundaries-ignore one configuration of the test runner for the whole workspace
export { default } from "../../vitest.shared.ts";
