/** What happened in a run, in order: always as a hash, and in words for whoever wants to read it. */
export class Trace {
  readonly lines: string[] | undefined;
  #low = 0x811c9dc5;
  #high = 0x2545f491;
  #count = 0;

  constructor(options: { readonly keepLines: boolean }) {
    this.lines = options.keepLines ? [] : undefined;
  }

  note(at: number, text: string): void {
    this.#count += 1;
    this.#add(at % 4_294_967_296);
    for (let index = 0; index < text.length; index += 1) {
      this.#add(text.charCodeAt(index));
    }
    this.lines?.push(`${clockText(at)}  ${text}`);
  }

  /** Number of notes and a hash over all of them: equal for equal runs. */
  get digest(): string {
    return `${this.#count}-${hex(this.#high)}${hex(this.#low)}`;
  }

  #add(value: number): void {
    this.#low = Math.imul(this.#low ^ value, 0x01000193);
    this.#high = Math.imul(this.#high ^ (value + this.#low), 0x85ebca6b);
  }
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}

function clockText(at: number): string {
  return new Date(at).toISOString().slice(5, 23).replace("T", " ");
}
