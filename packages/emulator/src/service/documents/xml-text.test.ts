import { describe, expect, it } from "vitest";
import { cdataJson, element, escapeAttribute, escapeText, isRepresentable } from "./xml-text.ts";

describe("XML text", () => {
  it.each([
    ["a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"],
    ["one\r\ntwo\ttab", "one&#13;\ntwo\ttab"],
    ["]]>", "]]&gt;"],
    ["nul \u0000, bell \u0007, non-character \uffff", "nul \ufffd, bell \ufffd, non-character \ufffd"],
    ["lone \ud83d, whole 😀, 汉", "lone \ufffd, whole 😀, 汉"],
    ["quotes \" and '", "quotes \" and '"],
  ])("escapes %j", (text, xml) => {
    expect(escapeText(text)).toBe(xml);
  });

  it("escapes quotes and line ends in attributes", () => {
    expect(escapeAttribute('a"b\n\t\r<&>')).toBe("a&quot;b&#10;&#9;&#13;&lt;&amp;&gt;");
  });

  it("writes an element without text as an empty one", () => {
    expect([element("A", ""), element("A", "x&y")]).toEqual(["<A/>", "<A>x&amp;y</A>"]);
  });

  it("splits the end of a CDATA section over two", () => {
    expect(cdataJson({ comment: "a]]>b" })).toBe('<![CDATA[{"comment":"a]]]]><![CDATA[>b"}]]>');
    expect(cdataJson("\u0001\ufffe")).toBe('<![CDATA["\\u0001\\ufffe"]]>');
  });

  it("knows what XML can hold", () => {
    expect([isRepresentable("a\tb\r\n😀"), isRepresentable("\u0000"), isRepresentable("\ud800")]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
