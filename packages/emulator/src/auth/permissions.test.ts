import { describe, expect, it } from "vitest";
import { Refusal } from "../refusal.ts";
import { permits, requirePermission } from "./permissions.ts";

describe("permissions", () => {
  it.each([
    [{ shop: "write" }, "shop", true, true],
    [{ shop: "read" }, "shop", true, false],
    [{ shop: "read" }, "other", false, false],
    [{ "*": "read" }, "other", true, false],
    [{ "*": "write", shop: "read" }, "shop", true, false],
    [{ "*": "read", shop: "write" }, "SHOP", true, true],
    [{ Shop: "write" }, "shop", true, true],
    [{}, "shop", false, false],
  ] as const)("%j in %s: read %s, write %s", (permissions, project, read, write) => {
    expect([permits(permissions, project, "read"), permits(permissions, project, "write")]).toEqual([
      read,
      write,
    ]);
  });

  it("do not come from the names every object has", () => {
    expect(permits({}, "constructor", "read")).toBe(false);
    expect(permits({ "*": "read" }, "__proto__", "read")).toBe(true);
  });

  it.each([
    [{}, "AccessDenied", "has no access to project 'shop'"],
    [{ shop: "read" }, "NoPermission", "may read project 'shop', not write to it"],
  ] as const)("that are not enough, %j, are told as %s", (permissions, code, words) => {
    try {
      requirePermission({ owner: "ALIYUN$me@emulator.local", permissions }, "shop", "write");
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      expect(error).toMatchObject({ code, status: 403 });
      expect((error as Refusal).message).toMatch(/^ODPS-0130013:.*ALIYUN\$me@emulator\.local/);
      expect((error as Refusal).message).toContain(words);
    }
  });
});
