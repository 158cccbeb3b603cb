import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDocumentError } from "./document-error.ts";
import { childText, readXml } from "./xml-reader.ts";
import { element, escapeAttribute } from "./xml-text.ts";

describe("readXml", () => {
  it("joins text, references and CDATA sections as they stand", () => {
    const root = readXml(
      '<?xml version="1.0"?>\n<a x="1 &amp; 2"> b &lt; &#x41;&#66; <![CDATA[ <x> &amp; ]]]]><![CDATA[>]]><!-- no --><c/> t</a>',
    );
    expect(root).toEqual({
      name: "a",
      attributes: new Map([["x", "1 & 2"]]),
      children: [{ name: "c", attributes: new Map(), children: [], text: "" }],
      text: " b < AB  <x> &amp; ]]> t",
    });
  });

  it("finds the trimmed text of a child", () => {
    const root = readXml("<a><b>\n one </b><b>two</b></a>");
    expect([childText(root, "b"), childText(root, "c")]).toEqual(["one", ""]);
  });

  it.each([
    ["", "Malformed XML: line 1, column 1: Start tag expected."],
    ["text", "Malformed XML: line 1, column 1: char 't' is not expected."],
    [
      "<a><b></a></b>",
      "Malformed XML: line 1, column 7: Expected closing tag 'b' (opened in line 1, col 4) instead of closing tag 'a'.",
    ],
    ["<a/><b/>", "Malformed XML: Expected one root element, got 2"],
    [
      "<a>&nbsp;</a>",
      "Malformed XML: Expected one of &amp; &lt; &gt; &quot; &apos; or a character reference, got &nbsp;",
    ],
    ["<a>x & y</a>", "Malformed XML: line 1, column 6: char '&' is not expected."],
    [
      "<a>&#0;</a>",
      "Malformed XML: Expected one of &amp; &lt; &gt; &quot; &apos; or a character reference, got &#0;",
    ],
    [
      "<a>&#xD800;</a>",
      "Malformed XML: Expected one of &amp; &lt; &gt; &quot; &apos; or a character reference, got &#xD800;",
    ],
    [
      "<a>&#x110000;</a>",
      "Malformed XML: Expected one of &amp; &lt; &gt; &quot; &apos; or a character reference, got &#x110000;",
    ],
    ["<a>\u0001</a>", "Malformed XML: the character U+0001 is not accepted"],
    ["<a>\ud800</a>", "Malformed XML: lone surrogates are not characters"],
    [
      '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
      "Malformed XML: document type declarations are not accepted",
    ],
    [
      '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
      "Malformed XML: document type declarations are not accepted",
    ],
    ["<a><!ENTITY x 'y'></a>", "Malformed XML: document type declarations are not accepted"],
  ])("refuses %j", (xml, message) => {
    expect(() => readXml(xml)).toThrow(message);
  });

  it("accepts what looks like a declaration inside CDATA and comments", () => {
    expect(readXml("<a><!-- <!DOCTYPE --><![CDATA[<!DOCTYPE x>]]></a>").text).toBe("<!DOCTYPE x>");
  });

  it("bounds length and depth", () => {
    expect(() => readXml(`<a>${" ".repeat(100)}</a>`, { maxLength: 100 })).toThrow(
      "Expected at most 100 characters of XML, got 107",
    );
    expect(() => readXml("<a>".repeat(40) + "</a>".repeat(40))).toThrow(
      "Malformed XML: Maximum nested tags exceeded",
    );
    expect(() => readXml("<a>".repeat(100_000))).toThrow("Malformed XML");
  });

  it("keeps names that mean something to JavaScript apart from objects", () => {
    expect(() => readXml("<__proto__><a/></__proto__>")).toThrow("Malformed XML");
    expect(readXml('<a toString="1"/>').attributes.get("toString")).toBe("1");
  });

  it("reads back every text that is written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const clean = text.toWellFormed().replace(/\p{Cc}|[\ufffe\uffff]/gu, "");
        const spaced = `a${clean}\r\n\t"']]>b`;
        expect(readXml(element("x", spaced)).text).toBe(spaced);
        expect(readXml(`<x y="${escapeAttribute(spaced)}"/>`).attributes.get("y")).toBe(spaced);
      }),
    );
  });

  it("answers any soup of markup with a document or a refusal of its own", () => {
    const piece = fc.constantFrom(
      ...'<a> </a> <b/> <![CDATA[ ]]> <!-- --> & &lt; &#65; &#x; <?pi ?> <! < > " = x:y text ]]'.split(" "),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        try {
          expect(readXml(pieces.join("")).name).not.toBe("");
        } catch (error) {
          if (!isDocumentError(error)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
