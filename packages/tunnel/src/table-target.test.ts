import { describe, expect, it } from "vitest";
import { formatTableTarget, parseTableTarget } from "./table-target.ts";

const defaults = { project: "home" };

describe("parseTableTarget", () => {
  it.each([
    ["orders", { project: "home", table: "orders" }],
    ["sales.orders", { project: "sales", table: "orders" }],
    ["sales.eu.orders", { project: "sales", schema: "eu", table: "orders" }],
    [" sales . orders ", { project: "sales", table: "orders" }],
    ["orders/pt=1", { project: "home", table: "orders", partition: "pt=1" }],
    ["sales.orders/pt=1/region=cn", { project: "sales", table: "orders", partition: "pt=1,region=cn" }],
    ["sales.orders/pt=1,region=cn", { project: "sales", table: "orders", partition: "pt=1,region=cn" }],
    [
      `orders/pt='2026-11-22', region="cn"`,
      { project: "home", table: "orders", partition: "pt=2026-11-22,region=cn" },
    ],
    ["orders/pt=a.b", { project: "home", table: "orders", partition: "pt=a.b" }],
    ["orders/pt=1/", { project: "home", table: "orders", partition: "pt=1" }],
    ["`my.project`.`odd``name`", { project: "my.project", table: "odd`name" }],
    ["销售.订单", { project: "销售", table: "订单" }],
  ])("reads %s", (text, target) => {
    expect(parseTableTarget(text, defaults)).toEqual(target);
  });

  it("takes the schema of the configuration for a table named alone, and only then", () => {
    const three = { project: "home", schema: "main" };
    expect(parseTableTarget("orders", three)).toEqual({ project: "home", schema: "main", table: "orders" });
    expect(parseTableTarget("sales.orders", three)).toEqual({ project: "sales", table: "orders" });
  });

  it.each([
    ["", "Expected a name, then a dot, a slash or the end, at offset 0"],
    ["sales.", "Expected a name, then a dot, a slash or the end, at offset 6"],
    ["a.b.c.d", "Expected at most project.schema.table, at offset 5"],
    ["my table", "Expected a name, then a dot, a slash or the end, at offset 0"],
    ["orders/", "Expected a partition such as pt=1 after the slash, at offset 7"],
    ["`orders", "Expected a name, then a dot, a slash or the end, at offset 0"],
  ])("refuses %j", (text, message) => {
    expect(() => parseTableTarget(text, defaults)).toThrow(`${message} of ${JSON.stringify(text)}`);
  });

  it("refuses a partition that cannot be read, in the session's words", () => {
    expect(() => parseTableTarget("orders/pt", defaults)).toThrow('Expected "=" after partition key pt');
  });
});

describe("formatTableTarget", () => {
  it.each(["home.orders", "sales.eu.orders", "home.orders/pt=1,region=cn", "`my.project`.`odd``name`"])(
    "writes %s as it is read",
    (text) => {
      expect(formatTableTarget(parseTableTarget(text, defaults))).toBe(text);
    },
  );
});
