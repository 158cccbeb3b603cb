/** One side of a production. */
export type Expression =
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "symbol"; readonly text: string }
  | { readonly kind: "class"; readonly name: string; readonly least: number; readonly most: number }
  | { readonly kind: "production"; readonly name: string }
  | { readonly kind: "optional" | "repeated"; readonly body: Expression }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Expression[] };

/** Reads every production of the `ebnf` blocks of a Markdown file. */
export function readGrammar(markdown: string): Map<string, Expression> {
  const text = [...markdown.matchAll(/```ebnf\n([\s\S]*?)```/g)].map(([, block]) => block).join("\n");
  const tokens = text.replace(/\(\*[\s\S]*?\*\)/g, "").match(/"[^"]+"|<[a-z][^>]*>|\w+|[=;|()[\]{}]/g) ?? [];
  const grammar = new Map<string, Expression>();
  let at = 0;
  while (at < tokens.length) {
    const name = tokens[at] ?? "";
    if (tokens[at + 1] !== "=" || grammar.has(name)) {
      throw new Error(`Expected one production, got ${tokens.slice(at, at + 5).join(" ")}`);
    }
    at += 2;
    grammar.set(name, readChoice());
    expect(";");
  }
  return grammar;

  function readChoice(): Expression {
    const parts = [readSequence()];
    while (tokens[at] === "|") {
      at += 1;
      parts.push(readSequence());
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "choice", parts };
  }

  function readSequence(): Expression {
    const parts: Expression[] = [];
    while (!/^[|;)\]}]$/.test(tokens[at] ?? ";")) parts.push(readItem());
    return { kind: "sequence", parts };
  }

  function readItem(): Expression {
    const token = tokens[at] ?? "";
    at += 1;
    if (token === "(" || token === "[" || token === "{") {
      const body = readChoice();
      expect({ "(": ")", "[": "]", "{": "}" }[token]);
      return token === "(" ? body : { kind: token === "[" ? "optional" : "repeated", body };
    }
    if (token.startsWith('"')) return { kind: "symbol", text: token.slice(1, -1) };
    if (token.startsWith("<")) {
      const [, name = "", least, most] = /^<(\w+)(?: (\d+)\.\.(\d+))?>$/.exec(token) ?? [];
      return { kind: "class", name, least: Number(least ?? 0), most: Number(most ?? 0) };
    }
    return /^[A-Z_]+$/.test(token) ? { kind: "word", text: token } : { kind: "production", name: token };
  }

  function expect(token: string): void {
    if (tokens[at] !== token) throw new Error(`Expected ${token}, got ${tokens.slice(at, at + 5).join(" ")}`);
    at += 1;
  }
}

/**
 * Makes a sentence of the production.
 *
 * `draw(n)` gives a whole number from 0 up to, not including, n: one draw per choice, repetition and token. Past a
 * length that is drawn first, the sentence takes the shortest way out.
 */
export function makeSentence(
  grammar: ReadonlyMap<string, Expression>,
  start: string,
  draw: (below: number) => number,
): string {
  const longest = 2 + draw(80);
  const costs = shortestCosts(grammar);
  const out: string[] = [];
  write({ kind: "production", name: start });
  return out.join("");

  function write(expression: Expression): void {
    const deep = out.length > longest;
    switch (expression.kind) {
      case "word":
        push(draw(2) === 0 ? expression.text : expression.text.toLowerCase());
        break;
      case "symbol":
        push(expression.text);
        break;
      case "class":
        push(makeToken(expression, draw));
        break;
      case "production": {
        const body = grammar.get(expression.name);
        if (body === undefined) throw new Error(`No production ${expression.name}`);
        write(body);
        break;
      }
      case "optional":
        if (!deep && draw(2) === 0) write(expression.body);
        break;
      case "repeated":
        for (let left = deep ? 0 : draw(3); left > 0; left -= 1) write(expression.body);
        break;
      case "sequence":
        for (const part of expression.parts) write(part);
        break;
      case "choice": {
        const cheapest = expression.parts.reduce((best, part) => (costs(part) < costs(best) ? part : best));
        write(deep ? cheapest : (expression.parts[draw(expression.parts.length)] ?? cheapest));
        break;
      }
    }
  }

  function push(token: string): void {
    if (out.length > 0) out.push([" ", "\n", " /* c */ ", " "][draw(4)] ?? " ");
    out.push(token);
  }
}

function makeToken(token: Extract<Expression, { kind: "class" }>, draw: (below: number) => number): string {
  const pick = (...from: readonly string[]): string => from[draw(from.length)] ?? "";
  const unique = draw(100_000);
  switch (token.name) {
    case "name":
      return pick(`n${unique}`, `\`q${unique}\``, `\`it\`\`s ${unique}\``, `_${unique}`);
    case "word":
      return `f${unique}`;
    case "key":
      return pick("odps.sql.type.system.odps2", "a", "a-b.1c");
    case "string":
      return pick("'plain'", '"double"', "'it\\'s'", "'a' 'b'", "''", "'汉字'");
    case "number":
      return pick("0", "42", "1.5", "1e3", "12L", "0.25BD");
    case "integer":
      return String(token.least + draw(token.most - token.least + 1));
    case "anything":
      return pick("1", "a, b", "x + 'y'");
    default:
      throw new Error(`No token class ${token.name}`);
  }
}

/** How many productions the shortest sentence of an expression passes through. */
function shortestCosts(grammar: ReadonlyMap<string, Expression>): (expression: Expression) => number {
  const known = new Map([...grammar.keys()].map((name) => [name, 1e9]));
  const cost = (expression: Expression): number => {
    switch (expression.kind) {
      case "production":
        return known.get(expression.name) ?? 1e9;
      case "sequence":
        return expression.parts.reduce((sum, part) => sum + cost(part), 0);
      case "choice":
        return Math.min(...expression.parts.map(cost));
      default:
        return expression.kind === "word" ? 0.01 : 0;
    }
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const [name, body] of grammar) {
      const next = 1 + cost(body);
      if (next < (known.get(name) ?? 1e9)) {
        known.set(name, next);
        changed = true;
      }
    }
  }
  return cost;
}
