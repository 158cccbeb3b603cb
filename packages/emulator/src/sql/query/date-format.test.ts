import { describe, expect, it } from "vitest";
import { toStrftime } from "./date-format.ts";

describe("toStrftime", () => {
  it.each([
    ["yyyymmdd", "%Y%m%d"],
    ["yyyy-mm-dd hh:mi:ss", "%Y-%m-%d %H:%M:%S"],
    ["YYYY/MM/DD HH24:MI:SS.ff3", "%Y/%m/%d %H:%M:%S.%g"],
    ["100% at dd", "100%% at %d"],
  ])("reads the service's %s", (format, strftime) => {
    expect(toStrftime(format, "service")).toBe(strftime);
  });

  it.each([
    ["yyyy-MM-dd HH:mm:ss.SSS", "%Y-%m-%d %H:%M:%S.%g"],
    ["d MMM yy, EEEE h a", "%-d %b %y, %A %-I %p"],
    ["yyyy'T'HH''mm %", "%YT%H'%M %%"],
  ])("reads Java's %s", (format, strftime) => {
    expect(toStrftime(format, "java")).toBe(strftime);
  });
});
