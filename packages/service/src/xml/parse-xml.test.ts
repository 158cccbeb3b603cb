import { describe, expect, it } from "vitest";
import { child, childrenOf, childText, parseXml } from "./parse-xml.ts";

describe("parseXml", () => {
  it("gives names, attributes, text and children, all as text", () => {
    const root = parseXml(
      '<?xml version="1.0"?>\n<Partitions><Marker/><MaxItems>0010</MaxItems>' +
        '<Partition><Column Name="pt" Value="007"/><!-- note --></Partition><Partition/></Partitions>\n',
    );
    expect(root.name).toBe("Partitions");
    expect(childText(root, "Marker")).toBeUndefined();
    expect(childText(root, "MaxItems")).toBe("0010");
    expect(childrenOf(root, "Partition")).toHaveLength(2);
    const [column] = childrenOf(childrenOf(root, "Partition")[0] ?? root, "Column");
    expect([...(column?.attributes ?? [])]).toEqual([
      ["Name", "pt"],
      ["Value", "007"],
    ]);
  });

  it("replaces the predefined entities and character numbers, in text and attributes, but not in CDATA", () => {
    const root = parseXml(
      '<a x="&quot;1&quot;">1 &lt; 2 &amp;&#33;&#x1F600;&unknown;<![CDATA[<b>&amp;</b>]]> end</a>',
    );
    expect(root.text).toBe("1 < 2 &!\u{1f600}&unknown;<b>&amp;</b> end");
    expect(root.attributes.get("x")).toBe('"1"');
  });

  it("keeps blanks that belong to the text", () => {
    expect(child(parseXml("<a><b> x\ty </b></a>"), "b")?.text).toBe(" x\ty ");
  });

  it.each([
    ["", "Expected XML, got nothing"],
    ["Service Unavailable", 'Expected XML, got "Service Unavailable"'],
    ['{"Code":"x"}', "Expected XML, got"],
    ["<a><b></a>", "Expected well-formed XML, got at line 1, column 7"],
    ["<a>text", "Expected well-formed XML"],
    ["<a>1</a><b/>", "Expected one root element, got 2"],
    ["<!-- nothing -->", "Expected"],
  ])("refuses %j", (text, message) => {
    expect(() => parseXml(text)).toThrow(message);
  });

  it("does not expand entities that a document declares", () => {
    const lol = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");
    const bomb = `<!DOCTYPE a [<!ENTITY l0 "lol">${lol}]><a>&l9;</a>`;
    expect(parseXml(bomb).text).toBe("&l9;");
  });

  it("does not reach for files", () => {
    const reach = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>';
    expect(() => parseXml(reach)).toThrow("External entities are not supported");
  });

  it("bounds the depth", () => {
    expect(() => parseXml(`${"<a>".repeat(5000)}${"</a>".repeat(5000)}`)).toThrow(/nested/i);
  });

  it("is not led to the prototype by names", () => {
    expect(() => parseXml("<a><__proto__>1</__proto__></a>")).toThrow();
    expect(childText(parseXml("<a><b>1</b></a>"), "constructor")).toBeUndefined();
  });
});
