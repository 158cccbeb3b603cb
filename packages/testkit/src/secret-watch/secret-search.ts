/** Where a secret was found, and in which form; never the secret itself. */
export interface FoundSecret {
  readonly form: string;
  /** What stands before it. */
  readonly before: string;
}

/** Looks for secrets in texts, in every form that they travel or are kept in. */
export class SecretSearch {
  readonly #needles = new Map<string, string>();
  readonly #seen = new Set<string>();
  readonly #signatures = new Set<string>();

  /** Whether there is anything to look for. */
  get isEmpty(): boolean {
    return this.#needles.size === 0;
  }

  /** Adds a secret as text, unless it is so short or so plain a word that it stands everywhere. */
  addText(secret: string): void {
    if (this.#seen.has(secret)) return;
    this.#seen.add(secret);
    if (secret.length < shortest || plainWords.has(secret)) return;
    this.#needles.set(secret, "as it is");
    const percent = percentEncoded(secret);
    this.#addForm(percent, "percent-encoded");
    this.#addForm(percent.toLowerCase(), "percent-encoded");
    this.#addForm(encodeURIComponent(secret), "percent-encoded");
    this.#addForm(JSON.stringify(secret).slice(1, -1), "in JSON");
    this.#addBytes(new TextEncoder().encode(secret));
    // Keys of the newer signature are made of the word and the secret.
    if (secret.startsWith(keyPrefix)) this.addText(secret.slice(keyPrefix.length));
  }

  /** Adds a key that may be no text, such as one that was derived. */
  addKey(key: Uint8Array): void {
    const latin = Buffer.from(key).toString("latin1");
    if (this.#seen.has(latin)) return;
    if (/^[\x20-\x7e]*$/.test(latin)) {
      this.addText(latin);
      return;
    }
    this.#seen.add(latin);
    if (key.length >= shortest) this.#addBytes(key);
  }

  /** Adds the bytes of a signature. */
  addSignature(signature: Uint8Array): void {
    this.#signatures.add(Buffer.from(signature).toString("base64"));
    this.#signatures.add(Buffer.from(signature).toString("hex"));
  }

  /** The first secret in a text. */
  find(text: string): FoundSecret | undefined {
    for (const [needle, form] of this.#needles) {
      for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
        if (!isDefaultShown(needle, text, at)) return this.#at(`a secret ${form}`, text, at);
      }
    }
    for (const match of text.matchAll(
      /[A-Za-z0-9+/]{27}=(?!=)|[A-Za-z0-9+/]{43}=(?!=)|\b[0-9a-f]{40}\b|\b[0-9a-f]{64}\b/g,
    )) {
      if (this.#signatures.has(match[0])) return this.#at("a signature", text, match.index);
    }
    const header = /\b(?:ODPS|account_provider:\S+|Bearer) [^\s:"']{1,100}:[A-Za-z0-9+/]{27}=/.exec(text);
    return header === null ? undefined : this.#at("an Authorization value", text, header.index);
  }

  #at(form: string, text: string, at: number): FoundSecret {
    return { form, before: this.#withoutSecrets(text.slice(Math.max(0, at - 80), at)) };
  }

  #withoutSecrets(text: string): string {
    let rest = text;
    for (const needle of this.#needles.keys()) rest = rest.replaceAll(needle, "***");
    return rest;
  }

  #addBytes(bytes: Uint8Array): void {
    this.#addForm(Buffer.from(bytes).toString("hex"), "in hexadecimal");
    this.#addForm(Buffer.from(bytes).toString("hex").toUpperCase(), "in hexadecimal");
    for (const [skip, form] of base64Forms(bytes))
      this.#addForm(form, `in base64, ${skip} bytes into something`);
  }

  #addForm(form: string, name: string): void {
    if (form.length >= shortest && !this.#needles.has(form)) this.#needles.set(form, name);
  }
}

/** The emulator's own key is no secret: it is in its README, and its banner and snippets show it. */
function isDefaultShown(needle: string, text: string, at: number): boolean {
  if (needle !== "emulator-secret") return false;
  return /(?:access key +|\(default |accessKeySecret"?: ?"|ACCESS_KEY=|"emulator", ")$/.test(
    text.slice(Math.max(0, at - 40), at),
  );
}

const shortest = 8;
const keyPrefix = "aliyun_v4";
/** Secrets in tests that are names of options, too. */
const plainWords: ReadonlySet<string> = new Set(["sts-token", "access-key", "password"]);

/** The part of a secret's base64 that is the same wherever it stands in what is encoded, at each alignment. */
function* base64Forms(bytes: Uint8Array): Generator<readonly [number, string]> {
  for (const skip of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(skip), bytes]);
    // The first and the last characters mix with what stands around it.
    const form = padded
      .toString("base64")
      .slice(Math.ceil((skip * 8) / 6), Math.floor((padded.length * 8) / 6));
    yield [skip, form];
    yield [skip, form.replaceAll("+", "-").replaceAll("/", "_")];
  }
}

function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
