import { describe, expect, it } from "vitest";
import { PropertyMap } from "./property-map.ts";

const map = () => new PropertyMap(["id", "Name", "toString"], "error", "column");

describe("PropertyMap", () => {
  it("finds properties without regard to case, in any order", () => {
    expect(map().find({ NAME: 1, Id: 2 })).toEqual(["Id", "NAME", undefined]);
  });

  it("does not take what every object inherits for a value", () => {
    expect(map().find({ id: 1 })).toEqual(["id", undefined, undefined]);
    expect(map().find({ toString: 1 })).toEqual([undefined, undefined, "toString"]);
  });

  it("sees the getters of a class and objects without a prototype", () => {
    class Person {
      get Name(): string {
        return "x";
      }
    }
    expect(map().find(new Person())).toEqual([undefined, "Name", undefined]);
    expect(map().find(Object.assign(Object.create(null) as object, { id: 1 }))).toEqual([
      "id",
      undefined,
      undefined,
    ]);
  });

  it("tells objects of the same properties but other classes apart", () => {
    class Row {
      id = 1;
      get name(): string {
        return "x";
      }
    }
    const columns = new PropertyMap(["id", "name"], "error", "column");
    expect(columns.find({ id: 1 })).toEqual(["id", undefined]);
    expect(columns.find(new Row())).toEqual(["id", "name"]);
    expect(columns.find({ id: 1 })).toEqual(["id", undefined]);
  });

  it("refuses a property that names nothing, unless it is to be ignored", () => {
    expect(() => map().find({ id: 1, extra: undefined })).toThrow("properties that are columns");
    expect(new PropertyMap(["id"], "ignore", "column").find({ extra: 1, ID: 2 })).toEqual(["ID"]);
  });

  it("refuses two properties for one column", () => {
    expect(() => map().find({ id: 1, ID: 2 })).toThrow("one property for the column id");
  });

  it("goes on being right when objects come in more shapes than it remembers", () => {
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const columns = new PropertyMap(names, "error", "column");
    for (let turn = 0; turn < 3; turn++) {
      names.forEach((name, index) => {
        const found = columns.find({ [name]: 1 });
        expect(found.indexOf(name)).toBe(index);
        expect(found.filter((property) => property !== undefined)).toEqual([name]);
      });
    }
  });
});
